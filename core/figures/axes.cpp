// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/axes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace lottery {

namespace {

constexpr double tick_mm = 0.8;   // length of a tick mark
constexpr double hair_mm = 0.18;  // width of axes and grid lines

double widest(const Ticks& ticks, double size_pt) {
    double width = 0.0;
    for (const double value : ticks.values)
        width = std::max(width, text_width_mm(tick_text(value, ticks.decimals), size_pt));
    return width;
}

Ticks ticks_of_step(double low, double high, double step) {
    Ticks ticks;
    // A whisker of tolerance, so that an end that is a multiple of the step up to rounding keeps its tick.
    const double slack = step * 1e-9;
    const double first = std::ceil((low - slack) / step), last = std::floor((high + slack) / step);
    for (double k = first; k <= last; k += 1.0) ticks.values.push_back(k == 0.0 ? 0.0 : k * step);
    ticks.decimals = std::max(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-9)));
    return ticks;
}

}  // namespace

Ticks nice_ticks(double low, double high, int at_most) {
    if (!std::isfinite(low) || !std::isfinite(high) || !(low < high)) return {};
    const int limit = std::max(at_most, 2);
    double power = std::pow(10.0, std::floor(std::log10((high - low) / limit)));
    while (true) {
        for (const double factor : {1.0, 2.0, 5.0}) {
            const double step = factor * power;
            if (std::floor(high / step + 1e-9) - std::ceil(low / step - 1e-9) + 1.0 <= limit)
                return ticks_of_step(low, high, step);
        }
        power *= 10.0;
    }
}

Ticks whole_ticks(double low, double high, int at_most) {
    Ticks ticks = nice_ticks(low, high, at_most);
    if (ticks.values.size() > 1 && ticks.values[1] - ticks.values[0] < 1.0) ticks = ticks_of_step(low, high, 1.0);
    std::erase_if(ticks.values, [](double value) { return value != std::round(value); });
    ticks.decimals = 0;
    return ticks;
}

std::string tick_text(double value, int decimals) {
    std::array<char, 64> text{};
    const double size = std::abs(value);
    if (decimals > 5 || size >= 1e7) {
        std::snprintf(text.data(), text.size(), "%.3g", size);
    } else {
        std::snprintf(text.data(), text.size(), "%.*f", decimals, size);
    }
    return (value < 0.0 ? "\u2212" : "") + std::string(text.data());
}

std::string number_text(double value, int digits) {
    if (std::isnan(value)) return "undefined";
    if (std::isinf(value)) return value > 0 ? "\u221e" : "\u2212\u221e";
    std::string text = tick_text(value, digits);
    const bool zero = text.find_first_of("123456789") == std::string::npos;
    return zero ? tick_text(0.0, digits) : text;
}

std::pair<double, double> padded_range(const std::vector<double>& values, double margin) {
    bool any = false;
    double low = 0.0, high = 1.0;
    for (const double value : values) {
        if (!std::isfinite(value)) continue;
        low = any ? std::min(low, value) : value;
        high = any ? std::max(high, value) : value;
        any = true;
    }
    if (!any) return {0.0, 1.0};
    // Distances far below a value's own size are noise of its last digits.
    const double distance = high - low;
    const double least = std::max(std::abs(low), std::abs(high)) * 1e-6;
    if (distance <= least) {
        const double half = std::max(std::abs(low) * 0.05, 0.01);
        return {low - half, high + half};
    }
    return {low - margin * distance, high + margin * distance};
}

Box plot_area(const Box& outer, const AxisTexts& texts, const FigureStyle& style) {
    const double small = em_mm(tick_size(style)), em = em_mm(style.font_pt);
    const double left =
        widest(texts.y, tick_size(style)) + tick_mm + 0.35 * small + (texts.y_label.empty() ? 0.0 : 1.45 * em);
    const double bottom =
        tick_mm + 0.3 * small + line_height * small + (texts.x_label.empty() ? 0.0 : line_height * em);
    const double top = 0.5 * small;  // half of the uppermost number
    const double right = texts.x.values.empty() ? 0.0 : widest(texts.x, tick_size(style)) / 2;
    return {outer.x + left, outer.y + top, std::max(outer.width - left - right, 1.0),
            std::max(outer.height - top - bottom, 1.0)};
}

void draw_axes(Scene& scene, const Axes& axes, const AxisTexts& texts, const FigureStyle& style) {
    const Box& area = axes.area;
    const FigureColors& colors = style.colors;
    const double size = tick_size(style), small = em_mm(size), em = em_mm(style.font_pt);
    const Stroke grid{colors.grid, hair_mm, {}}, axis{colors.muted, hair_mm, {}};
    for (const double value : texts.y.values) {
        const double y = axes.at(axes.x_low, value).y;
        scene.add(SceneLine{{area.x, y}, {area.right(), y}, grid});
        scene.add(SceneLine{{area.x - tick_mm, y}, {area.x, y}, axis});
        scene.add(SceneText{tick_text(value, texts.y.decimals),
                            {area.x - tick_mm - 0.35 * small, y},
                            TextAnchor::End,
                            TextLevel::Middle,
                            size,
                            0.0,
                            colors.text,
                            false});
    }
    for (const double value : texts.x.values) {
        const double x = axes.at(value, axes.y_low).x;
        scene.add(SceneLine{{x, area.bottom()}, {x, area.bottom() + tick_mm}, axis});
        scene.add(SceneText{tick_text(value, texts.x.decimals),
                            {x, area.bottom() + tick_mm + 0.3 * small},
                            TextAnchor::Middle,
                            TextLevel::Top,
                            size,
                            0.0,
                            colors.text,
                            false});
    }
    scene.add(SceneLine{{area.x, area.y}, {area.x, area.bottom()}, axis});
    scene.add(SceneLine{{area.x, area.bottom()}, {area.right(), area.bottom()}, axis});
    if (!texts.x_label.empty()) {
        scene.add(SceneText{texts.x_label,
                            {area.center().x, area.bottom() + tick_mm + 0.3 * small + line_height * small},
                            TextAnchor::Middle,
                            TextLevel::Top,
                            style.font_pt,
                            0.0,
                            colors.text,
                            false});
    }
    if (!texts.y_label.empty()) {
        const double x = area.x - tick_mm - 0.35 * small - widest(texts.y, size) - 0.5 * em;
        scene.add(SceneText{texts.y_label,
                            {x, area.center().y},
                            TextAnchor::Middle,
                            TextLevel::Baseline,
                            style.font_pt,
                            -90.0,
                            colors.text,
                            false});
    }
}

double draw_title(Scene& scene, const std::string& title, const FigureStyle& style) {
    if (title.empty()) return 0.0;
    const double size = title_size(style), em = em_mm(size);
    const double margin = 0.4 * em;
    scene.add(SceneText{fitted(title, size * 1.08, style.width_mm - 2 * margin),
                        {margin, margin},
                        TextAnchor::Start,
                        TextLevel::Top,
                        size,
                        0.0,
                        style.colors.text,
                        true});
    return margin + line_height * em;
}

std::string fitted(const std::string& text, double size_pt, double width_mm) {
    if (text_width_mm(text, size_pt) <= width_mm) return text;
    std::string cut = text;
    while (!cut.empty()) {
        // Whole characters: first the continuation bytes, then the lead byte.
        while ((static_cast<unsigned char>(cut.back()) & 0xC0U) == 0x80U && cut.size() > 1) cut.pop_back();
        cut.pop_back();
        if (text_width_mm(cut + "\u2026", size_pt) <= width_mm) break;
    }
    return cut.empty() ? std::string() : cut + "\u2026";
}

void draw_cross(Scene& scene, Point center, double half_mm, const Stroke& stroke) {
    scene.add(SceneLine{{center.x - half_mm, center.y - half_mm}, {center.x + half_mm, center.y + half_mm}, stroke});
    scene.add(SceneLine{{center.x - half_mm, center.y + half_mm}, {center.x + half_mm, center.y - half_mm}, stroke});
}

void draw_hatch(Scene& scene, const Box& box, double spacing_mm, const Stroke& stroke) {
    // Lines x + y = s, rising to the right, on a common grid so that neighbours match.
    const double step = spacing_mm * std::sqrt(2.0);
    const double first = std::ceil((box.x + box.y) / step) * step;
    for (double s = first; s < box.right() + box.bottom(); s += step) {
        const double left = std::max(box.x, s - box.bottom()), right = std::min(box.right(), s - box.y);
        if (right > left) scene.add(SceneLine{{left, s - left}, {right, s - right}, stroke});
    }
}

}  // namespace lottery
