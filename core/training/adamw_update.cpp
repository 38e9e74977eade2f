// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/adamw_update.h"

#include <cmath>

namespace lottery {

void adamw_update(float* parameter, float* exp_avg, float* exp_avg_sq, const float* gradient, std::int64_t count,
                  const AdamWUpdate& u) {
    for (std::int64_t i = 0; i < count; ++i) {
        const float g = gradient[i] * u.clip;
        exp_avg[i] = u.beta1 * exp_avg[i] + (1.0F - u.beta1) * g;
        exp_avg_sq[i] = u.beta2 * exp_avg_sq[i] + (1.0F - u.beta2) * g * g;
        parameter[i] =
            parameter[i] * u.decay - u.step_size * exp_avg[i] / (std::sqrt(exp_avg_sq[i]) * u.second_scale + u.epsilon);
    }
}

}  // namespace lottery
