// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/bar_figure.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "core/figures/axes.h"

namespace lottery {

namespace {

enum class Hatching { None, Lines, Crossed };

struct Look {
    Color fill;
    Hatching hatching = Hatching::None;
};

// Dark, middle, light, lightest, then again hatched: neighbours differ in grey.
Look look_of(std::size_t series) {
    static const std::vector<Look> looks{{{31, 78, 133}, Hatching::None},    {{232, 150, 46}, Hatching::None},
                                         {{196, 208, 222}, Hatching::Lines}, {{226, 226, 226}, Hatching::None},
                                         {{0, 128, 96}, Hatching::Lines},    {{214, 168, 205}, Hatching::Crossed},
                                         {{112, 48, 96}, Hatching::None},    {{150, 196, 140}, Hatching::Crossed}};
    return looks[series % looks.size()];
}

struct Statistics {
    double mean = std::numeric_limits<double>::quiet_NaN();
    double deviation = std::numeric_limits<double>::quiet_NaN();
    std::int64_t runs = 0;
};

Statistics statistics_of(std::span<const double> values) {
    Statistics s;
    double sum = 0.0, squares = 0.0;
    for (const double value : values) {
        if (std::isfinite(value)) {
            sum += value;
            ++s.runs;
        }
    }
    if (s.runs == 0) return s;
    s.mean = sum / static_cast<double>(s.runs);
    for (const double value : values) {
        if (std::isfinite(value)) squares += (value - s.mean) * (value - s.mean);
    }
    if (s.runs > 1) s.deviation = std::sqrt(squares / static_cast<double>(s.runs - 1));
    return s;
}

std::span<const double> values_of(const BarGroup& group, std::size_t series) {
    if (series >= group.values.size()) return {};
    return group.values[series];
}

void draw_filled(Scene& scene, const Box& box, const Look& look, const FigureStyle& style) {
    scene.add(SceneRectangle{box, look.fill, std::nullopt, 0.0});
    const Stroke hatch{mix(style.colors.text, look.fill, 0.3), 0.18, {}};
    if (look.hatching != Hatching::None) draw_hatch(scene, box, 0.9, hatch);
    if (look.hatching == Hatching::Crossed) {
        for (double y = box.y + 0.9; y < box.bottom(); y += 0.9) {
            scene.add(SceneLine{{box.x, y}, {box.right(), y}, hatch});
        }
    }
    scene.add(SceneRectangle{box, std::nullopt, Stroke{mix(style.colors.text, look.fill, 0.25), 0.18, {}}, 0.0});
}

// Names of the series, in as many rows as they need; returns the height.
double draw_legend(Scene& scene, const std::vector<std::string>& series, double left, double top, double right,
                   const FigureStyle& style) {
    const double size = tick_size(style), em = em_mm(size), side = 1.0 * em;
    double x = left, y = top + 0.6 * em;
    for (std::size_t i = 0; i < series.size(); ++i) {
        const double width = side + 0.4 * em + text_width_mm(series[i], size);
        if (x > left && x + width > right) {
            x = left;
            y += 1.5 * em;
        }
        draw_filled(scene, {x, y - side / 2, side * 1.3, side}, look_of(i), style);
        scene.add(SceneText{series[i],
                            {x + 1.3 * side + 0.4 * em, y},
                            TextAnchor::Start,
                            TextLevel::Middle,
                            size,
                            0.0,
                            style.colors.text,
                            false});
        x += width + 1.6 * em;
    }
    return y - top + 1.0 * em;
}

DataTable table_of(const BarContent& content) {
    DataTable table;
    table.columns = {"group", "series", "kind", "value", "standard deviation", "runs"};
    for (const BarGroup& group : content.groups) {
        for (std::size_t i = 0; i < content.series.size(); ++i) {
            const auto values = values_of(group, i);
            for (const double value : values) {
                table.rows.push_back(
                    {group.name, content.series[i], std::string("run"), value, std::string(), std::string()});
            }
            if (values.empty()) continue;
            const Statistics s = statistics_of(values);
            table.rows.push_back({group.name, content.series[i], std::string("mean"), s.mean, s.deviation, s.runs});
        }
    }
    return table;
}

class BarPainter {
public:
    BarPainter(const BarContent& content, const FigureStyle& style, Scene& scene)
        : content_(content), style_(style), scene_(scene) {}

    void paint() {
        const double em = em_mm(tick_size(style_));
        double top = draw_title(scene_, content_.title, style_) + 0.3 * em;
        top += draw_legend(scene_, content_.series, 0.8 * em, top, style_.width_mm - 0.6 * em, style_);
        const auto [low, high] = range();
        AxisTexts texts{"", content_.value_label, {}, nice_ticks(low, high, 6)};
        const Box outer{0.3 * em, top, style_.width_mm - 0.9 * em, scene_.height_mm - top - 0.4 * em};
        axes_ = {plot_area(outer, texts, style_), 0.0, std::max(static_cast<double>(content_.groups.size()), 1.0), low,
                 high};
        draw_axes(scene_, axes_, texts, style_);
        for (std::size_t g = 0; g < content_.groups.size(); ++g) draw_group(g);
        const double zero = axes_.at(0, 0).y;
        if (low < 0.0) {
            scene_.add(
                SceneLine{{axes_.area.x, zero}, {axes_.area.right(), zero}, Stroke{style_.colors.muted, 0.25, {}}});
        }
    }

private:
    [[nodiscard]] std::pair<double, double> range() const {
        double low = 0.0, high = 0.0;
        for (const BarGroup& group : content_.groups) {
            for (std::size_t i = 0; i < content_.series.size(); ++i) {
                const Statistics s = statistics_of(values_of(group, i));
                const double deviation = std::isfinite(s.deviation) ? s.deviation : 0.0;
                if (std::isfinite(s.mean)) {
                    low = std::min(low, s.mean - deviation);
                    high = std::max(high, s.mean + deviation);
                }
                for (const double value : values_of(group, i)) {
                    if (!std::isfinite(value)) continue;
                    low = std::min(low, value);
                    high = std::max(high, value);
                }
            }
        }
        if (low == high) return {0.0, 1.0};
        return {low * 1.05, high * 1.05};
    }

    void draw_group(std::size_t g) {
        const BarGroup& group = content_.groups[g];
        const double size = tick_size(style_), em = em_mm(size);
        const double slot = axes_.area.width / axes_.x_high;
        const auto bars = static_cast<double>(std::max<std::size_t>(content_.series.size(), 1));
        const double width = std::min(0.78 * slot / bars, 9.0);
        const double center = axes_.at(static_cast<double>(g) + 0.5, 0).x;
        for (std::size_t i = 0; i < content_.series.size(); ++i) {
            const double x = center + (static_cast<double>(i) - bars / 2) * width;
            draw_bar(values_of(group, i), {x + 0.06 * width, 0.0, 0.88 * width, 0.0}, look_of(i));
        }
        scene_.add(SceneText{fitted(group.name, size, slot - 0.3 * em),
                             {center, axes_.area.bottom() + 0.6 * em},
                             TextAnchor::Middle,
                             TextLevel::Top,
                             size,
                             0.0,
                             style_.colors.text,
                             false});
    }

    void draw_bar(std::span<const double> values, Box box, const Look& look) {
        const Statistics s = statistics_of(values);
        if (!std::isfinite(s.mean)) return;
        const double zero = axes_.at(0, 0).y, tip = axes_.at(0, s.mean).y;
        box.y = std::min(zero, tip);
        box.height = std::abs(zero - tip);
        draw_filled(scene_, box, look, style_);
        const double x = box.center().x;
        if (std::isfinite(s.deviation)) {
            const double up = axes_.at(0, s.mean + s.deviation).y, down = axes_.at(0, s.mean - s.deviation).y;
            const double cap = std::min(0.25 * box.width, 0.9);
            // Light beneath dark, so that the bar of error shows on dark bars too.
            for (const auto& [color, line] :
                 {std::pair{style_.colors.background, 0.65}, std::pair{style_.colors.text, 0.3}}) {
                const Stroke stroke{color, line, {}};
                scene_.add(SceneLine{{x, up}, {x, down}, stroke});
                scene_.add(SceneLine{{x - cap, up}, {x + cap, up}, stroke});
                scene_.add(SceneLine{{x - cap, down}, {x + cap, down}, stroke});
            }
        }
        if (!content_.show_runs || s.runs < 2) return;
        const double spread = 0.5 * box.width / static_cast<double>(values.size());
        double at = x - spread * (static_cast<double>(values.size()) - 1) / 2;
        for (const double value : values) {
            if (std::isfinite(value)) {
                scene_.add(SceneCircle{{at, axes_.at(0, value).y},
                                       std::min(0.12 * box.width, 0.5),
                                       style_.colors.background,
                                       Stroke{style_.colors.text, 0.15, {}}});
            }
            at += spread;
        }
    }

    const BarContent& content_;
    const FigureStyle& style_;
    Scene& scene_;
    Axes axes_;
};

}  // namespace

Figure bar_figure(const BarContent& content, const FigureStyle& style) {
    Figure figure;
    figure.data = table_of(content);
    Scene& scene = figure.scene;
    scene.width_mm = style.width_mm;
    scene.height_mm = style.height_mm > 0.0 ? style.height_mm : std::min(0.66 * style.width_mm, 80.0);
    scene.background = style.colors.background;
    scene.title = content.title.empty() ? content.value_label : content.title;
    scene.description = "Bars of " + content.value_label + " for " + std::to_string(content.groups.size()) +
                        " groups; error bars are one standard deviation over runs.";
    BarPainter(content, style, scene).paint();
    return figure;
}

}  // namespace lottery
