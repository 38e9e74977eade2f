// SPDX-License-Identifier: GPL-3.0-or-later
//
// Distributions side by side, as boxes from quartile to quartile with whiskers to the extremes.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <string>
#include <vector>

#include "core/figures/figure.h"

namespace lottery {

struct BoxNumbers {
    double low = 0.0, quarter = 0.0, median = 0.0, three_quarters = 0.0, high = 0.0;
};
struct BoxGroup {
    std::string name;                // below the group
    std::vector<std::string> names;  // of its boxes, for the data
    std::vector<BoxNumbers> boxes;
};
struct BoxContent {
    std::string title;  // empty: none
    std::string value_label;
    std::vector<BoxGroup> groups;
};

// Data: one row per box: group, box, minimum, 25%, median, 75%, maximum.
Figure box_figure(const BoxContent& content, const FigureStyle& style);

}  // namespace lottery
