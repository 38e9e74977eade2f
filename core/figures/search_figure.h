// SPDX-License-Identifier: GPL-3.0-or-later
//
// A mask search as a figure, and what its steps say about a component.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>

#include "core/figures/heatmap.h"

namespace lottery {

struct SearchCurve {
    std::span<const MaskSearchStep> steps;                              // as they came, steps[i].index == i
    std::string metric;                                                 // label of the score axis; empty: "score"
    double threshold_score = std::numeric_limits<double>::quiet_NaN();  // NaN: no line
    std::string title;                                                  // empty: none
};

// Score over search steps: accepted steps filled, rejected ones crossed, the threshold dashed, phases shaded and
// named. A score that is not finite is drawn as a cross at the foot of the plot. Data: one row per step.
Figure search_figure(const SearchCurve& curve, const FigureStyle& style);
Figure search_figure(const MaskSearchResult& result, const std::string& title, const FigureStyle& style);

// The step since which `component` has been masked without a break up to the last of `steps`; nothing when it is
// kept there. (A later phase starts from the best masks again, so that a component can come back.)
std::optional<int> masked_since(std::span<const MaskSearchStep> steps, const Component& component);

// For every component the last accepted step among `steps` whose mask keeps it; NaN if none does.
ComponentImportance survived_until(std::span<const MaskSearchStep> steps);

}  // namespace lottery
