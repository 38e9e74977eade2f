// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/pruned_weights.h"

namespace lottery {

PrunedWeights::PrunedWeights(BertForSequenceClassification& model, const WeightMasks* masks) {
    if (masks == nullptr) return;
    apply_weight_masks(model, *masks);
    auto parameters = model->named_parameters();
    for (const auto& mask : masks->masks) {
        const auto& parameter = parameters[mask.parameter];
        pruned_.emplace_back(parameter, mask.kept.to(parameter.device()).logical_not());
    }
}

void PrunedWeights::zero_gradients() {
    const torch::NoGradGuard no_grad;
    // Filled, not multiplied: a gradient that is not finite would survive a multiplication by zero.
    for (auto& [parameter, pruned] : pruned_)
        if (auto& gradient = parameter.mutable_grad(); gradient.defined()) gradient.masked_fill_(pruned, 0.0);
}

void PrunedWeights::zero_state(AdamW& optimizer) {
    const torch::NoGradGuard no_grad;
    for (auto& slot : optimizer.slots())
        for (const auto& [parameter, pruned] : pruned_)
            if (parameter.is_same(slot.parameter))
                for (auto* tensor : {&slot.parameter, &slot.exp_avg, &slot.exp_avg_sq})
                    tensor->masked_fill_(pruned, 0.0);
}

}  // namespace lottery
