// SPDX-License-Identifier: GPL-3.0-or-later
//
// Gates learned on the search examples: each component's output is multiplied by a random gate z in [0,1] with a hard
// concrete distribution, and the gates' log α are trained to keep the task's loss low while few gates are open
// (Louizos, Welling, Kingma 2018, arXiv 1712.01312; for attention heads Voita et al. 2019, arXiv 1905.09418). Weights
// stay frozen.
//
// Why not movement scores (Sanh et al. 2020, arXiv 2005.07683): they rank weights by where fine-tuning moves them, and
// with frozen weights reduce to a sum of signed gradients at ξ = 1, a noisier form of the criterion that is already
// there. Gates optimise the very trade a search makes (loss against components left), jointly over all components.
//
// Thread rule: pure functions.
#pragma once

#include <torch/torch.h>

namespace lottery {

// Hard concrete distribution with the paper's constants: temperature β = 2/3, stretched to (γ, ζ) = (−0.1, 1.1).
inline constexpr double kGateTemperature = 2.0 / 3.0;
inline constexpr double kGateLow = -0.1;
inline constexpr double kGateHigh = 1.1;

// A sample of z in [0,1] for uniform noise in (0,1), differentiable in log α.
torch::Tensor sample_gate(const torch::Tensor& log_alpha, const torch::Tensor& noise);
// P(z > 0), the expected L0 norm of a gate.
torch::Tensor open_probability(const torch::Tensor& log_alpha);

}  // namespace lottery
