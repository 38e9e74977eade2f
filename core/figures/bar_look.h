// SPDX-License-Identifier: GPL-3.0-or-later
//
// How bars of one series are told from those of another: by colour, lightness and hatching, so that they differ in grey
// too.
//
// Thread rule: pure functions of plain values, but for the scene they draw into.
#pragma once

#include <cstddef>

#include "core/figures/figure.h"

namespace lottery {

enum class Hatching { None, Lines, Crossed };

struct BarLook {
    Color fill;
    Hatching hatching = Hatching::None;
};

// Dark, middle, light, lightest, then again hatched: neighbours differ in grey. Repeats after 8.
BarLook bar_look(std::size_t series);
// A bar, a part of one, or its sample in a legend, with a thin edge.
void draw_bar_fill(Scene& scene, const Box& box, const BarLook& look, const FigureStyle& style);

}  // namespace lottery
