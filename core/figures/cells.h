// SPDX-License-Identifier: GPL-3.0-or-later
//
// What heatmaps and matrices share: numbers that fit into coloured cells, and the colour bar beside them.
//
// Thread rule: pure functions of plain values, but for the scene they draw into.
#pragma once

#include <string>
#include <vector>

#include "core/figures/color.h"
#include "core/figures/figure.h"

namespace lottery {

// How numbers are written into cells of one figure: one size for all, leading zeros for all or none.
struct CellNumbers {
    double size_pt = 0.0;  // 0: they do not fit
    bool leading_zero = true;
};

// The largest size, up to `largest_pt`, at which each of `texts` fits into a cell that holds so many lines. Zeros
// before the point are dropped only to become legible at all, or to gain a good deal.
CellNumbers fit_cell_numbers(const std::vector<std::string>& texts, const Box& cell, int lines, double largest_pt);
// As they are written: "0.25" or ".25".
std::string cell_number(const std::string& text, const CellNumbers& numbers);
// Lines below each other, in the middle of the cell. Nothing where numbers do not fit.
void draw_cell_numbers(Scene& scene, const Box& cell, const std::vector<std::string>& lines, const CellNumbers& numbers,
                       Color ink);

struct ColorScale {
    ColorMap map = ColorMap::Viridis;
    double low = 0.0, high = 1.0;
    // NaN and infinite ones are drawn in a grey between `neutral` and `background`.
    [[nodiscard]] Color of(double value, const FigureColors& colors) const;
};
// Of finite values; a diverging map has its middle at 0.
ColorScale color_scale(ColorMap map, const std::vector<double>& values);

// Upright, with ticks and numbers on its right and the label, cut where it is too long, beside them.
void draw_color_bar(Scene& scene, const Box& bar, const ColorScale& scale, const std::string& label,
                    const FigureStyle& style);
// What a colour bar and its numbers take on the right of a figure, its distance from the cells included.
struct ColorBarRoom {
    double gap = 0.0, width = 0.0, numbers = 0.0;  // mm
    [[nodiscard]] double all() const { return gap + width + numbers; }
};
ColorBarRoom color_bar_room(const FigureStyle& style);

}  // namespace lottery
