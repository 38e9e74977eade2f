// SPDX-License-Identifier: GPL-3.0-or-later
//
// Masks of MLP neurons as runs are given them: a file, and how large its blocks are.
//
// Thread rule: any thread.
#pragma once

#include <filesystem>
#include <optional>

#include "core/base/result.h"
#include "core/model/bert_config.h"
#include "core/model/masks.h"
#include "core/model/weight_masks.h"

namespace lottery {

// neuron_mask.npy [L,K] of a model. Neurons per block: as given, or as the search that wrote the mask recorded it
// beside it, or as the only size that so many even blocks can have. Errors: those of read_neuron_mask; blocks that do
// not divide the model's neurons.
Result<NeuronMatrix> read_neurons(const std::filesystem::path& file, std::optional<int> block_size,
                                  const BertConfig& config);

// The weights that a masked neuron has: its row and bias in the intermediate, its column in the output. Of layers that
// still have an MLP, whose neurons are all there.
WeightMasks weights_of_neurons(const NeuronMatrix& neurons, const BertConfig& config);

}  // namespace lottery
