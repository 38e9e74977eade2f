// SPDX-License-Identifier: GPL-3.0-or-later
//
// A checkpoint with the mask files that a run was given.
//
// Thread rule: one thread at a time per model.
#pragma once

#include <filesystem>
#include <optional>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/model/bert.h"
#include "core/model/weight_masks.h"

namespace lottery {

struct MaskFiles {
    std::optional<std::filesystem::path> head_mask;    // [L,N] .npy
    std::optional<std::filesystem::path> mlp_mask;     // [L] .npy
    std::optional<std::filesystem::path> weight_mask;  // magnitude mask
};

struct MaskedModel {
    LoadedModel loaded;    // weights that the weight mask prunes are zero
    ComponentMasks masks;  // everything the model has, without files
    WeightMasks weights;   // empty without a file
};

// Errors: those of load_model, read_component_masks and read_weight_masks.
Result<MaskedModel> load_masked_model(const std::filesystem::path& checkpoint, int label_count, torch::Device device,
                                      const MaskFiles& files, ProgressSink& progress);

}  // namespace lottery
