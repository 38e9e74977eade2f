// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which kinds of attention pattern the heads show: per task, stacked bars of the classes' shares, one bar per group of
// heads (all heads or super-survivors, before and after fine-tuning), one panel per kind of map (raw, norm-based);
// Prasanna, Rogers and Rumshisky 2020, section 5.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/figures/figure.h"

namespace lottery {

struct PatternBar {
    std::vector<double> shares;  // per class, 0…1; NaN: not known; empty: no bar
    std::int64_t maps = 0;       // that were classified
};

struct PatternTask {
    std::string name;              // "MRPC"
    std::vector<PatternBar> bars;  // one per name in PatternContent::groups
};

struct PatternPanel {
    std::string name;  // "raw attention"
    std::vector<PatternTask> tasks;
};

struct PatternContent {
    std::vector<std::string> classes;  // in the legend, from the foot of a bar to its top
    std::vector<std::string> groups;   // of bars: "all heads, pre-trained"; letters stand for them under the bars
    std::vector<PatternPanel> panels;
    std::string value_label = "share of maps";
    std::string title;     // empty: none
    bool annotate = true;  // percentages in the parts, where they fit
};

// Classes differ in colour, lightness and hatching, so that they differ in grey too. Data: panel, task, group, class,
// share, maps; one row per part of a bar.
Figure pattern_figure(const PatternContent& content, const FigureStyle& style);

}  // namespace lottery
