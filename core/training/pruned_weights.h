// SPDX-License-Identifier: GPL-3.0-or-later
//
// Pruned weights that stay exactly zero while the others are trained: their gradients are zeroed before the norm is
// taken and clipped, so that neither AdamW's moments nor its weight decay ever moves them. Equal to training through
// torch.nn.utils.prune's reparametrisation, of which only the product weight × mask is ever used.
//
// Thread rule: one thread at a time per model.
#pragma once

#include <torch/torch.h>

#include <utility>
#include <vector>

#include "core/model/weight_masks.h"
#include "core/training/adamw.h"

namespace lottery {

class PrunedWeights {
public:
    // Zeroes the pruned weights of `model`, to which the masks must belong. No masks: nothing is pruned.
    PrunedWeights(BertForSequenceClassification& model, const WeightMasks* masks);

    // After the backward pass and before the optimizer's step.
    void zero_gradients();
    // After a state was read that knew nothing of these masks: pruned weights and their moments become zero.
    void zero_state(AdamW& optimizer);

private:
    std::vector<std::pair<torch::Tensor, torch::Tensor>> pruned_;  // parameter; bool of its shape, on its device
};

}  // namespace lottery
