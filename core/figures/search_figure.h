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
#include <vector>

#include "core/figures/heatmap.h"
#include "core/pruning/magnitude_options.h"

namespace lottery {

// What a plot shows of a step of any search.
struct SearchPoint {
    int index = 0;
    double score = 0.0;
    bool accepted = false;
    std::string phase;                 // phase_name() has it in words
    std::optional<double> kept_share;  // 0…1; of the prunable weights, or of the parameters, embeddings aside
};
std::vector<SearchPoint> points_of(std::span<const MaskSearchStep> steps);
std::vector<SearchPoint> points_of(std::span<const MagnitudeStep> steps);

// What the score is drawn over.
enum class SearchAxis { Steps, KeptShare };

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

struct MagnitudeCurve {
    std::span<const MagnitudeStep> steps;                               // steps[i].index == i
    std::string metric;                                                 // label of the score axis; empty: "score"
    double threshold_score = std::numeric_limits<double>::quiet_NaN();  // NaN: no line
    int kept_step = -1;                                                 // whose mask was kept, ringed; -1: none yet
    SearchAxis axis = SearchAxis::Steps;
    std::string title;  // empty: none
};
// The same of a magnitude search: over its steps, or over the share of weights kept, which falls from left to right.
Figure magnitude_figure(const MagnitudeCurve& curve, const FigureStyle& style);

// The step since which `component` has been masked without a break up to the last of `steps`; nothing when it is
// kept there. (A later phase starts from the best masks again, so that a component can come back.)
std::optional<int> masked_since(std::span<const MaskSearchStep> steps, const Component& component);

// For every component the last accepted step among `steps` whose mask keeps it; NaN if none does.
ComponentImportance survived_until(std::span<const MaskSearchStep> steps);

}  // namespace lottery
