// SPDX-License-Identifier: GPL-3.0-or-later
//
// Colours and colour maps of figures.
//
// viridis and cividis are interpolated from 33 evenly spaced samples of the published tables (viridis: Smith and
// van der Walt 2015, matplotlib; cividis: Nuñez, Anderton and Renslow 2018). OrangeRed, Purples and BlueRed are
// our own: anchors interpolated in OKLab (Ottosson 2020) so that lightness changes evenly and stays legible in
// grey.
//
// Thread rule: plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lottery {

// sRGB, 0…255 each.
struct Color {
    std::uint8_t red = 0, green = 0, blue = 0, alpha = 255;
    bool operator==(const Color&) const = default;
};

// "#rrggbb", without alpha.
std::string to_hex(Color color);
// Straight sRGB mixture, share of `b` in [0, 1]; the result is as opaque as the mixture of the two alphas.
Color mix(Color a, Color b, double share_of_b);
// Relative luminance of WCAG 2, [0, 1]; alpha is ignored.
double luminance(Color color);
// Black or white, whichever has the greater WCAG contrast on `background`.
Color contrasting(Color background);

enum class ColorMap { Viridis, Cividis, OrangeRed, Purples, BlueRed };

// `position` in [0, 1], clamped; NaN gives `not_a_number_color`.
Color sample(ColorMap map, double position);
inline constexpr Color not_a_number_color{200, 200, 200};

// "viridis", "cividis", "orange-red", "purples", "blue-red (diverging)"; for menus and options.
std::string_view name_of(ColorMap map);
const std::vector<ColorMap>& all_color_maps();

}  // namespace lottery
