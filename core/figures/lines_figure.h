// SPDX-License-Identifier: GPL-3.0-or-later
//
// Curves with bands, in panels beside each other: how numbers change over the steps of a search.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "core/figures/figure.h"

namespace lottery {

struct LinePoint {
    double x = 0.0;  // a step
    double y = 0.0;  // NaN: a gap
    double low = std::numeric_limits<double>::quiet_NaN(), high = std::numeric_limits<double>::quiet_NaN();  // band
};
struct LineSeries {
    std::string name;
    std::vector<LinePoint> points;  // ascending in x
};
struct LinePanel {
    std::string x_label, y_label;
    std::vector<LineSeries> series;  // the same names in each panel
};
struct LinesContent {
    std::string title;  // empty: none
    std::vector<LinePanel> panels;
    std::string band;  // what the bands are, for the legend; empty: none are drawn
};

// Data: one row per point: panel (its y label), series, x, y, low, high.
Figure lines_figure(const LinesContent& content, const FigureStyle& style);

}  // namespace lottery
