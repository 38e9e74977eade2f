// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/masked_model.h"

#include <utility>

namespace lottery {

Result<MaskedModel> load_masked_model(const std::filesystem::path& checkpoint, int label_count, torch::Device device,
                                      const MaskFiles& files, ProgressSink& progress) {
    MaskedModel masked;
    LOTTERY_TRY(masked.loaded, load_model(checkpoint, label_count, 0, device, progress));
    auto& model = masked.loaded.model;
    LOTTERY_TRY(masked.masks, read_component_masks(files.head_mask, files.mlp_mask, model->components()));
    if (files.weight_mask) {
        LOTTERY_TRY(masked.weights, read_weight_masks(*files.weight_mask, model->config()));
        apply_weight_masks(model, masked.weights);
    }
    return masked;
}

}  // namespace lottery
