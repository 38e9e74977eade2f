// SPDX-License-Identifier: GPL-3.0-or-later
//
// How series of a plot are told apart: by colour, dashes and marker, so that they differ in grey too.
//
// Thread rule: pure functions of plain values, but for the scene they draw into.
#pragma once

#include <cstddef>
#include <vector>

#include "core/figures/color.h"
#include "core/figures/scene.h"

namespace lottery {

enum class Marker { Circle, Square, Triangle, Diamond };

struct SeriesLook {
    Color color;
    std::vector<double> dashes;
    Marker marker = Marker::Circle;
};

// Colours that colour-blind readers tell apart (Okabe and Ito 2008), without the yellow that paper swallows. Repeats
// after 84.
SeriesLook series_look(std::size_t index);

// Filled with the series' colour, or hollow.
void draw_marker(Scene& scene, Point at, double radius, const SeriesLook& look, bool filled, Color background);

}  // namespace lottery
