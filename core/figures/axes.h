// SPDX-License-Identifier: GPL-3.0-or-later
//
// Plot axes of the figures: round tick values, the map from data to paper, and the drawing helpers that the
// builders share.
//
// Thread rule: pure functions of plain values, but for the scene they draw into.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/figures/figure.h"

namespace lottery {

struct Ticks {
    std::vector<double> values;
    int decimals = 0;  // digits after the point that tell them apart
};

// Multiples of 1, 2 or 5 times a power of ten inside [low, high], at most `at_most` (at least 2) of them.
// Empty when the range is empty or not finite.
Ticks nice_ticks(double low, double high, int at_most);
// The same with whole numbers only, for counts.
Ticks whole_ticks(double low, double high, int at_most);
// With a true minus sign; very small and very large ticks as "2e-05".
std::string tick_text(double value, int decimals);
// "0.812": a value in running text, NaN as "undefined".
std::string number_text(double value, int digits);

// Smallest and largest of the finite values, widened by `margin` of the distance; a single value is widened to
// something visible; without any, [0, 1].
std::pair<double, double> padded_range(const std::vector<double>& values, double margin);

// From data to millimetres, y upwards in data.
struct Axes {
    Box area;
    double x_low = 0.0, x_high = 1.0, y_low = 0.0, y_high = 1.0;
    [[nodiscard]] Point at(double x, double y) const {
        return {area.x + (x - x_low) / (x_high - x_low) * area.width,
                area.bottom() - (y - y_low) / (y_high - y_low) * area.height};
    }
};

struct AxisTexts {
    std::string x_label, y_label;  // empty: none
    Ticks x, y;                    // x.values empty: no x axis numbers (the builder writes its own)
};

// Type sizes that belong together.
inline double tick_size(const FigureStyle& style) { return style.font_pt > 6.0 ? style.font_pt - 1.0 : style.font_pt; }
inline double title_size(const FigureStyle& style) { return style.font_pt + 1.0; }
inline double em_mm(double size_pt) { return size_pt * mm_per_point; }

// What is left of `outer` for the data once numbers and labels have their room.
Box plot_area(const Box& outer, const AxisTexts& texts, const FigureStyle& style);
// Horizontal grid lines, both axes with ticks and numbers, labels.
void draw_axes(Scene& scene, const Axes& axes, const AxisTexts& texts, const FigureStyle& style);

// Title at the top left; returns the height it takes, 0 for an empty one. A title too long for the width is
// cut with an ellipsis.
double draw_title(Scene& scene, const std::string& title, const FigureStyle& style);
// `text` cut with an ellipsis so that it takes at most `width_mm`.
std::string fitted(const std::string& text, double size_pt, double width_mm);

// A cross of two strokes centred on a point.
void draw_cross(Scene& scene, Point center, double half_mm, const Stroke& stroke);
// Lines at 45° through a box, `spacing_mm` apart, cut at its edges.
void draw_hatch(Scene& scene, const Box& box, double spacing_mm, const Stroke& stroke);

}  // namespace lottery
