// SPDX-License-Identifier: GPL-3.0-or-later
//
// Scores side by side: groups (tasks) of bars (full model, importance mask, random masks, majority), with error
// bars and the single runs as dots.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <string>
#include <vector>

#include "core/figures/figure.h"

namespace lottery {

struct BarGroup {
    std::string name;                         // under the group
    std::vector<std::vector<double>> values;  // per series the single runs; empty: no bar; NaN is passed over
};

struct BarContent {
    std::vector<std::string> series;  // in the legend, in the order of the bars
    std::vector<BarGroup> groups;     // each with one list of values per series
    std::string value_label;          // "accuracy"
    std::string title;                // empty: none
    bool show_runs = true;            // a dot per run where there is more than one
};

// Mean as a bar, standard deviation (ddof 1) as an error bar where there are at least two runs. The axis starts
// at 0 unless values are negative. Series differ in lightness and hatching, so that they differ in grey too.
// Data: one row per run, then mean, deviation and number of runs per bar.
Figure bar_figure(const BarContent& content, const FigureStyle& style);

}  // namespace lottery
