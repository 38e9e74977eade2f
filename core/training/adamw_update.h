// SPDX-License-Identifier: GPL-3.0-or-later
//
// AdamW's arithmetic on plain memory. A source of its own, so that it is compiled for speed (see CMakeLists.txt)
// without the torch headers.
//
// Thread rule: reentrant; calls on separate memory may overlap.
#pragma once

#include <cstdint>

namespace lottery {

struct AdamWUpdate {
    float beta1, beta2;
    float clip;          // factor on the gradient
    float decay;         // factor on the parameter, 1 − learning rate × weight decay
    float step_size;     // learning rate / (1 − β1^t)
    float second_scale;  // 1 / √(1 − β2^t)
    float epsilon;
};

// One step of `count` parameters: parameter, first and second moment, gradient.
void adamw_update(float* parameter, float* exp_avg, float* exp_avg_sq, const float* gradient, std::int64_t count,
                  const AdamWUpdate& update);

}  // namespace lottery
