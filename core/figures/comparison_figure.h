// SPDX-License-Identifier: GPL-3.0-or-later
//
// Mask searches side by side: what score is left at which size, and at which speed where it was measured.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "core/figures/figure.h"

namespace lottery {

struct ComparisonPoint {
    int step = 0;
    double kept_share = 1.0;  // of the parameters, embeddings aside
    std::optional<double> milliseconds_per_example;
    double score = 0.0;
    bool accepted = true;  // the score reached the search's threshold
};

struct ComparisonSeries {
    std::string name;                     // in the legend
    std::vector<ComparisonPoint> points;  // in any order
};

struct ComparisonContent {
    std::vector<ComparisonSeries> series;
    std::string metric;                                                 // of the score axis; empty: "score"
    double threshold_score = std::numeric_limits<double>::quiet_NaN();  // NaN: no line
    std::string title;                                                  // empty: none
};

// Score over the share of parameters kept, one line per search; beside it over milliseconds per example when a point
// has them. Masks below the threshold are hollow. Lines differ in colour, dashes and markers, so that they differ in
// grey too. Data: one row per point.
Figure comparison_figure(const ComparisonContent& content, const FigureStyle& style);

// Whether the figure gets its second panel.
bool has_speeds(const ComparisonContent& content);

}  // namespace lottery
