// SPDX-License-Identifier: GPL-3.0-or-later
//
// The iterative search for head and MLP masks (method.md §4), on any model that can score a mask.
// Source: Prasanna et al. 2020 (arXiv 2005.00561), after Michel et al. 2019 (arXiv 1905.10650).
//
// Thread rule: runs in the caller's thread.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "core/base/result.h"
#include "core/pruning/mask_search_options.h"

namespace lottery {

// One pass over the search split: the metric with `masks`, and what every component is worth there.
struct ScoredPass {
    double score = 0.0;  // may be NaN (constant predictions)
    ComponentImportance importance;
    std::optional<double> kept_share = {};  // see MaskSearchStep
    std::optional<double> milliseconds_per_example = {};
    std::optional<double> seconds = {};  // it took, where not all of it was now
};
using ScorePass = std::function<Outcome<ScoredPass>(const ComponentMasks&)>;

struct SearchTarget {
    int layers = 0;
    int heads = 0;
    std::string metric;   // name of the search metric
    double chance = 0.0;  // its value for a model that learned nothing
    double worst = 0.0;   // what a NaN score counts as: 0 for accuracy, −1 for correlations
    ScorePass pass;
    // What the model has; without a value everything. The rest starts masked, and the search only takes away.
    std::optional<ComponentMasks> components = std::nullopt;
    int neurons = 0;  // per MLP; of a search for blocks of them
};

// Errors (rigorous mode): a full score at or below chance, a full score that is NaN.
Outcome<MaskSearchResult> search_masks(const SearchTarget& target, const MaskSearchOptions& options,
                                       std::stop_token stop, MaskSearchObserver& observer);

// The `count` least important components still kept (fewer when fewer are left), ties by index; NaN counts as most
// important.
std::vector<Component> least_important_heads(const ComponentMasks& masks, const ComponentImportance& importance,
                                             int count);
std::vector<Component> least_important_mlps(const ComponentMasks& masks, const ComponentImportance& importance,
                                            int count);
std::vector<Component> least_important_neurons(const ComponentMasks& masks, const ComponentImportance& importance,
                                               int count);

}  // namespace lottery
