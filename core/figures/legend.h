// SPDX-License-Identifier: GPL-3.0-or-later
//
// A legend in rows: samples with their names, from left to right.
//
// Thread rule: draws into the scene it was given.
#pragma once

#include <limits>
#include <string>

#include "core/figures/axes.h"

namespace lottery {

class Legend {
public:
    // `start`: left end of the first sample, middle of the row. An entry that would pass `right` begins a new row.
    Legend(Scene& scene, const FigureStyle& style, Point start, double right = std::numeric_limits<double>::infinity());

    // Writes `name` right of the room for a sample; returns the sample's centre.
    Point entry(const std::string& name, double sample_mm);
    // Middle of the last row.
    [[nodiscard]] double last_row() const { return at_.y; }

private:
    Scene& scene_;
    const FigureStyle& style_;
    double left_, right_;
    Point at_;
};

}  // namespace lottery
