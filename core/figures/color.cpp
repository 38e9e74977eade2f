// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/color.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <span>

namespace lottery {

namespace {

constexpr std::array<Color, 33> viridis{
    {{68, 1, 84},    {71, 13, 96},   {72, 24, 106},  {72, 35, 116},  {71, 45, 123},  {69, 54, 129},  {66, 64, 134},
     {63, 73, 137},  {59, 82, 139},  {55, 90, 141},  {51, 99, 141},  {47, 106, 142}, {44, 114, 142}, {41, 122, 142},
     {38, 129, 142}, {35, 137, 142}, {33, 144, 140}, {31, 152, 139}, {31, 159, 136}, {33, 166, 133}, {40, 174, 128},
     {49, 181, 123}, {62, 188, 116}, {76, 194, 108}, {93, 201, 99},  {110, 206, 88}, {130, 211, 76}, {150, 216, 63},
     {171, 220, 50}, {192, 223, 36}, {213, 226, 26}, {234, 229, 26}, {253, 231, 37}}};
constexpr std::array<Color, 33> cividis{
    {{0, 34, 78},     {0, 40, 91},     {0, 46, 106},    {4, 51, 113},    {26, 56, 111},   {39, 62, 110},
     {50, 67, 109},   {59, 73, 108},   {67, 78, 108},   {75, 84, 108},   {82, 89, 109},   {90, 95, 110},
     {97, 101, 111},  {104, 106, 113}, {111, 112, 115}, {117, 118, 118}, {124, 123, 120}, {132, 129, 121},
     {139, 135, 120}, {147, 141, 120}, {155, 147, 118}, {163, 154, 117}, {171, 160, 114}, {179, 166, 112},
     {187, 173, 108}, {195, 180, 105}, {204, 186, 100}, {212, 193, 95},  {221, 201, 88},  {230, 208, 81},
     {239, 215, 72},  {248, 223, 60},  {254, 232, 56}}};

// Anchors of our own maps, evenly spaced.
constexpr std::array<Color, 5> orange_red{
    {{255, 247, 238}, {254, 212, 158}, {249, 140, 88}, {209, 48, 32}, {110, 0, 4}}};
constexpr std::array<Color, 5> purples{
    {{252, 251, 254}, {214, 212, 234}, {154, 150, 201}, {104, 74, 162}, {58, 4, 118}}};
constexpr std::array<Color, 7> blue_red{
    {{12, 52, 110}, {52, 121, 184}, {158, 199, 224}, {246, 246, 246}, {244, 176, 148}, {204, 74, 66}, {106, 4, 30}}};

struct Lab {
    double lightness, a, b;
};

double linear(std::uint8_t channel) {
    const double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

std::uint8_t channel_of(double value) {
    const double c = value <= 0.0031308 ? value * 12.92 : 1.055 * std::pow(value, 1.0 / 2.4) - 0.055;
    return static_cast<std::uint8_t>(std::lround(std::clamp(c, 0.0, 1.0) * 255.0));
}

// Ottosson 2020, "A perceptual color space for image processing".
Lab to_oklab(Color color) {
    const double r = linear(color.red), g = linear(color.green), b = linear(color.blue);
    const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

Color from_oklab(const Lab& lab) {
    const double l = std::pow(lab.lightness + 0.3963377774 * lab.a + 0.2158037573 * lab.b, 3);
    const double m = std::pow(lab.lightness - 0.1055613458 * lab.a - 0.0638541728 * lab.b, 3);
    const double s = std::pow(lab.lightness - 0.0894841775 * lab.a - 1.2914855480 * lab.b, 3);
    return {channel_of(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
            channel_of(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
            channel_of(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

Color between(std::span<const Color> stops, double position, bool perceptual) {
    const double place = std::clamp(position, 0.0, 1.0) * static_cast<double>(stops.size() - 1);
    const auto below = std::min(static_cast<std::size_t>(place), stops.size() - 2);
    const double share = place - static_cast<double>(below);
    if (!perceptual) return mix(stops[below], stops[below + 1], share);
    // The anchors themselves come back exactly, without a round trip through OKLab.
    if (share == 0.0) return stops[below];
    if (share == 1.0) return stops[below + 1];
    const Lab a = to_oklab(stops[below]), b = to_oklab(stops[below + 1]);
    return from_oklab(
        {std::lerp(a.lightness, b.lightness, share), std::lerp(a.a, b.a, share), std::lerp(a.b, b.b, share)});
}

}  // namespace

std::string to_hex(Color color) {
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "#%02x%02x%02x", color.red, color.green, color.blue);
    return text.data();
}

Color mix(Color a, Color b, double share_of_b) {
    const auto channel = [share_of_b](std::uint8_t x, std::uint8_t y) {
        return static_cast<std::uint8_t>(
            std::lround(std::lerp(static_cast<double>(x), static_cast<double>(y), share_of_b)));
    };
    return {channel(a.red, b.red), channel(a.green, b.green), channel(a.blue, b.blue), channel(a.alpha, b.alpha)};
}

double luminance(Color color) {
    return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue);
}

Color contrasting(Color background) {
    // (1 + .05) / (Y + .05) > (Y + .05) / .05, solved for Y.
    return luminance(background) < 0.1791 ? Color{255, 255, 255} : Color{0, 0, 0};
}

Color sample(ColorMap map, double position) {
    if (std::isnan(position)) return not_a_number_color;
    switch (map) {
        case ColorMap::Viridis:
            return between(viridis, position, false);
        case ColorMap::Cividis:
            return between(cividis, position, false);
        case ColorMap::OrangeRed:
            return between(orange_red, position, true);
        case ColorMap::Purples:
            return between(purples, position, true);
        case ColorMap::BlueRed:
            return between(blue_red, position, true);
    }
    return not_a_number_color;
}

std::string_view name_of(ColorMap map) {
    switch (map) {
        case ColorMap::Viridis:
            return "viridis";
        case ColorMap::Cividis:
            return "cividis";
        case ColorMap::OrangeRed:
            return "orange-red";
        case ColorMap::Purples:
            return "purples";
        case ColorMap::BlueRed:
            return "blue-red (diverging)";
    }
    return "";
}

const std::vector<ColorMap>& all_color_maps() {
    static const std::vector<ColorMap> maps{ColorMap::Viridis, ColorMap::Cividis, ColorMap::OrangeRed,
                                            ColorMap::Purples, ColorMap::BlueRed};
    return maps;
}

}  // namespace lottery
