// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/residual_ablation.h"

#include <numeric>
#include <string>

#include "core/model/bert.h"

namespace lottery {

Status leave_out_residuals(EncoderPlan& plan, const ResidualAblation& ablation) {
    auto layers = ablation.layers;
    if (layers.empty()) {
        layers.resize(plan.layers.size());
        std::iota(layers.begin(), layers.end(), 0);
    }
    for (const int l : layers) {
        const auto place = "layer " + std::to_string(l);
        if (l < 0 || l >= static_cast<int>(plan.layers.size()))
            return Error{"the model has layers 0 to " + std::to_string(plan.layers.size() - 1), place, {}};
        auto& layer = plan.layers[static_cast<std::size_t>(l)];
        const auto nothing_left = [&](const char* what) {
            return Error{std::string("its ") + what + " is gone: without the residual nothing of the layer is left",
                         place, "Name the layers that still have it with --layers"};
        };
        if (ablation.attention && !layer.attention) return nothing_left("attention");
        if (ablation.mlp && !layer.mlp) return nothing_left("MLP");
        layer.attention_residual = layer.attention_residual && !ablation.attention;
        layer.mlp_residual = layer.mlp_residual && !ablation.mlp;
    }
    return ok();
}

}  // namespace lottery
