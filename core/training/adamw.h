// SPDX-License-Identifier: GPL-3.0-or-later
//
// AdamW with bias correction (Loshchilov & Hutter 2019, arXiv 1711.05101), betas 0.9 and 0.999, with the global
// gradient norm clipped on the way: on the CPU one pass over each parameter's memory.
// Weight decay spares biases and LayerNorm.
//
// Thread rule: one thread at a time per optimizer.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lottery {

struct AdamWOptions {
    double epsilon = 1e-8;
    double weight_decay = 0.0;
    double max_gradient_norm = 1.0;  // 0 disables clipping
};

class AdamW {
public:
    struct Slot {
        std::string name;
        torch::Tensor parameter;  // fp32
        torch::Tensor exp_avg, exp_avg_sq;
        bool decays;
    };

    AdamW(const std::vector<std::pair<std::string, torch::Tensor>>& parameters, AdamWOptions options);

    // `step` is 1-based. Parameters without a gradient stay as they are. Gradients are dropped afterwards.
    void step(std::int64_t step, double learning_rate);

    [[nodiscard]] std::vector<Slot>& slots() { return slots_; }

private:
    // min(1, max_norm / (norm + 1e-6)), a one-element tensor on the parameters' device; undefined without clipping.
    [[nodiscard]] torch::Tensor clip_coefficient() const;

    AdamWOptions options_;
    std::vector<Slot> slots_;
};

}  // namespace lottery
