// SPDX-License-Identifier: GPL-3.0-or-later
//
// Iterative global magnitude pruning and its controls (method.md §4), on any model that can score a mask.
// Source: Prasanna et al. 2020 (arXiv 2005.00561).
//
// Thread rule: runs in the caller's thread.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/weight_masks.h"
#include "core/pruning/magnitude_options.h"
#include "core/pruning/magnitude_selection.h"

namespace lottery {

struct MagnitudeTarget {
    std::string metric;                  // name of the search metric
    double chance = 0.0;                 // its value for a model that learned nothing
    double worst = 0.0;                  // what a NaN score counts as: 0 for accuracy, −1 for correlations
    WeightMasks everything;              // all kept
    std::vector<torch::Tensor> weights;  // of these parameters, fp32, contiguous on the CPU
    // The metric with pruned weights at zero. Each call prunes more than the one before it. May be NaN.
    std::function<Outcome<double>(const WeightMasks&)> score;
    // What a mask leaves of each head and MLP, for the record of each step; may be empty.
    std::function<WeightSurvival(const WeightMasks&)> survival = nullptr;
};

struct MagnitudeSearch {
    MagnitudeResult result;  // without what only a run knows
    WeightMasks masks;
};

// Each step prunes round(amount × alive) of the weights still alive, the smallest magnitudes over all parameters,
// ties by index. The mask kept is the one before the last step that was tried, also where that step reached the
// threshold. The search ends below the threshold, after max_steps, or when a step would prune nothing; then nothing was
// tried, and the last mask stays.
// Errors (rigorous mode): a full score at or below chance, a full score that is NaN.
Outcome<MagnitudeSearch> search_weight_masks(const MagnitudeTarget& target, const MagnitudeOptions& options,
                                             std::stop_token stop, MagnitudeObserver& observer);

// Prunes `number` more of the kept weights, over all parameters together (magnitude_selection.h). `weights` in the
// masks' order, fp32, contiguous on the CPU.
void prune_weights(WeightMasks& masks, const std::vector<torch::Tensor>& weights, std::int64_t number,
                   MagnitudeEnd end);
// How many weights a share of `alive` is: rounded half to even, as Python and torch.nn.utils.prune round.
std::int64_t share_of(std::int64_t alive, double amount);

// A mask over the same parameters that keeps exactly as many weights, drawn uniformly by `seed` (the same on every
// platform).
WeightMasks random_weight_masks(const WeightMasks& good, std::uint64_t seed);
// One that keeps as many of the smallest magnitudes. `weights` in the masks' order, fp32, contiguous on the CPU.
WeightMasks bad_weight_masks(const WeightMasks& good, const std::vector<torch::Tensor>& weights);
// Weights that both keep; the masks must be over the same parameters.
std::int64_t common_weights(const WeightMasks& a, const WeightMasks& b);

}  // namespace lottery
