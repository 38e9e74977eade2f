// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/cells.h"

#include <algorithm>
#include <cmath>

#include "core/figures/axes.h"

namespace lottery {
namespace {

constexpr double kSmallestPt = 4.5;
constexpr double kLineHeight = 1.15;  // em

std::string without_leading_zero(std::string text) {
    if (const auto zero = text.find("0.");
        zero != std::string::npos && (zero == 0 || text[zero - 1] < '0' || text[zero - 1] > '9')) {
        text.erase(zero, 1);
    }
    return text;
}

}  // namespace

CellNumbers fit_cell_numbers(const std::vector<std::string>& texts, const Box& cell, int lines, double largest_pt) {
    for (const bool leading_zero : {true, false}) {
        double widest = 0.0;  // at one point
        for (const auto& text : texts)
            widest = std::max(widest, text_width_mm(leading_zero ? text : without_leading_zero(text), 1.0));
        if (widest == 0.0) return {};
        const double by_width = 0.9 * cell.width / widest;
        const double by_height = 0.9 * cell.height / (lines * kLineHeight * mm_per_point);
        const double size = std::min({largest_pt, by_width, by_height});
        const double wanted = leading_zero ? std::min(largest_pt, 5.5) : kSmallestPt;
        if (size >= wanted) return {size, leading_zero};
    }
    return {};
}

std::string cell_number(const std::string& text, const CellNumbers& numbers) {
    return numbers.leading_zero ? text : without_leading_zero(text);
}

void draw_cell_numbers(Scene& scene, const Box& cell, const std::vector<std::string>& lines, const CellNumbers& numbers,
                       Color ink) {
    if (numbers.size_pt <= 0.0) return;
    const double line = kLineHeight * em_mm(numbers.size_pt);
    double y = cell.center().y - (static_cast<double>(lines.size()) - 1.0) * line / 2;
    for (const auto& text : lines) {
        scene.add(SceneText{cell_number(text, numbers),
                            {cell.center().x, y},
                            TextAnchor::Middle,
                            TextLevel::Middle,
                            numbers.size_pt,
                            0.0,
                            ink,
                            false});
        y += line;
    }
}

Color ColorScale::of(double value, const FigureColors& colors) const {
    return std::isfinite(value) ? sample(map, (value - low) / (high - low))
                                : mix(colors.neutral, colors.background, 0.55);
}

ColorScale color_scale(ColorMap map, const std::vector<double>& values) {
    auto [low, high] = padded_range(values, 0.0);
    if (map == ColorMap::BlueRed) {
        high = std::max(std::abs(low), std::abs(high));
        low = -high;
    }
    return {map, low, high};
}

ColorBarRoom color_bar_room(const FigureStyle& style) {
    const double small = em_mm(tick_size(style)), em = em_mm(style.font_pt);
    return {em, 0.9 * em, 0.8 + 0.35 * small + text_width_mm("0.00", tick_size(style)) + 0.4 * em + line_height * em};
}

void draw_color_bar(Scene& scene, const Box& bar, const ColorScale& scale, const std::string& label,
                    const FigureStyle& style) {
    constexpr int slices = 96;
    for (int i = 0; i < slices; ++i) {
        // Each slice reaches to the foot, so that no seam shows between two.
        const double y = bar.y + bar.height * i / slices;
        scene.add(SceneRectangle{
            {bar.x, y, bar.width, bar.bottom() - y}, sample(scale.map, 1.0 - (i + 0.5) / slices), std::nullopt, 0.0});
    }
    const double tick_pt = tick_size(style), small = em_mm(tick_pt);
    const int most = std::clamp(static_cast<int>(bar.height / (2.2 * small)), 2, 7);
    const Ticks ticks = nice_ticks(scale.low, scale.high, most);
    const auto write = [&](const std::string& what, Point where, TextAnchor anchor, TextLevel level, double size,
                           double rotation) {
        scene.add(SceneText{what, where, anchor, level, size, rotation, style.colors.text, false});
    };
    double widest = 0.0;
    for (const double value : ticks.values) {
        const double y = bar.bottom() - (value - scale.low) / (scale.high - scale.low) * bar.height;
        scene.add(SceneLine{{bar.right(), y}, {bar.right() + 0.8, y}, Stroke{style.colors.muted, 0.18, {}}});
        const std::string number = tick_text(value, ticks.decimals);
        widest = std::max(widest, text_width_mm(number, tick_pt));
        write(number, {bar.right() + 0.8 + 0.35 * small, y}, TextAnchor::Start, TextLevel::Middle, tick_pt, 0.0);
    }
    const double x = bar.right() + 0.8 + 0.35 * small + widest + 0.5 * em_mm(style.font_pt);
    write(fitted(label, style.font_pt, bar.height), {x, bar.center().y}, TextAnchor::Middle, TextLevel::Top,
          style.font_pt, -90.0);
}

}  // namespace lottery
