// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/bar_figure.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "core/figures/axes.h"
#include "core/figures/bar_look.h"

namespace lottery {

namespace {

BarStatistics statistics_of(std::span<const double> values) {
    BarStatistics s{std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN(), 0, false};
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

BarStatistics statistics_of(const BarGroup& group, std::size_t series) {
    BarStatistics s = statistics_of(values_of(group, series));
    if (s.runs == 1 && series < group.deviations.size() && std::isfinite(group.deviations[series])) {
        s.deviation = group.deviations[series];
        s.population = true;
    }
    return s;
}

BarLook look_of(const BarContent& content, std::size_t series) {
    return bar_look(series < content.looks.size() ? content.looks[series] : series);
}

// Names of the series, in as many rows as they need; returns the height.
double draw_legend(Scene& scene, const BarContent& content, double left, double top, double right,
                   const FigureStyle& style) {
    const std::vector<std::string>& series = content.series;
    const double size = tick_size(style), em = em_mm(size), side = 1.0 * em;
    double x = left, y = top + 0.6 * em;
    for (std::size_t i = 0; i < series.size(); ++i) {
        const double width = side + 0.4 * em + text_width_mm(series[i], size);
        if (x > left && x + width > right) {
            x = left;
            y += 1.5 * em;
        }
        draw_bar_fill(scene, {x, y - side / 2, side * 1.3, side}, look_of(content, i), style);
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
            const BarStatistics s = statistics_of(group, i);
            table.rows.push_back({group.name, content.series[i], std::string("mean"), s.mean, s.deviation, s.runs});
        }
    }
    return table;
}

// The smallest range of an axis that starts at 0 and holds all runs and error bars of these groups.
std::pair<double, double> range_of(const BarContent& content, std::size_t first, std::size_t count) {
    double low = 0.0, high = 0.0;
    for (std::size_t g = first; g < first + count; ++g) {
        const BarGroup& group = content.groups[g];
        for (std::size_t i = 0; i < content.series.size(); ++i) {
            const BarStatistics s = statistics_of(group, i);
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

// One axis with the groups that stand on it.
struct Panel {
    std::size_t first = 0, count = 0;
    Box outer;
    double header_mm = 0.0;  // of its name, above the axis
    Axes axes;
    AxisTexts texts;
};

// From the heights of title and legend to the places of axes and bars.
class BarLayout {
public:
    BarLayout(const BarContent& content, const FigureStyle& style) : content_(content), style_(style) {
        // The legend's height follows from its width; a scene that nobody sees measures both.
        Scene trial;
        height_mm = style.height_mm > 0.0 ? style.height_mm : natural_height();
        top_mm = draw_heading(trial);
        const double em = em_mm(tick_size(style));
        const Box all{0.3 * em, top_mm, style.width_mm - 0.9 * em, std::max(height_mm - top_mm - 0.4 * em, 1.0)};
        if (content.columns <= 0 || content.groups.empty()) {
            add_panel(0, content.groups.size(), all, 0.0, 6);
            return;
        }
        const std::size_t columns = column_count(), rows = row_count();
        const double gap = 1.2 * em, header = 1.7 * em_mm(style.font_pt);
        const double width = (all.width - gap * static_cast<double>(columns - 1)) / static_cast<double>(columns);
        const double height = (all.height - gap * static_cast<double>(rows - 1)) / static_cast<double>(rows);
        for (std::size_t g = 0; g < content.groups.size(); ++g) {
            const Box cell{all.x + static_cast<double>(g % columns) * (width + gap),
                           all.y + static_cast<double>(g / columns) * (height + gap), width, height};
            add_panel(g, 1, cell, header, std::clamp(static_cast<int>(height / (2.5 * em)), 2, 5));
        }
        align(columns);
    }

    // Title and legend; returns where the axes may begin.
    double draw_heading(Scene& scene) const {
        const double em = em_mm(tick_size(style_));
        const double top = draw_title(scene, content_.title, style_) + 0.3 * em;
        return top + draw_legend(scene, content_, 0.8 * em, top, style_.width_mm - 0.6 * em, style_);
    }

    [[nodiscard]] Box column(const Panel& panel, std::size_t group, std::size_t series) const {
        const double slot = panel.axes.area.width / panel.axes.x_high;
        const auto bars = static_cast<double>(std::max<std::size_t>(content_.series.size(), 1));
        const double width = std::min((content_.columns > 0 ? 0.94 : 0.78) * slot / bars, 9.0);
        const double center = panel.axes.at(static_cast<double>(group - panel.first) + 0.5, 0).x;
        return {center + (static_cast<double>(series) - bars / 2) * width, panel.axes.area.y, width,
                panel.axes.area.height};
    }

    [[nodiscard]] static Box bar(const Panel& panel, const Box& column, double mean) {
        const double zero = panel.axes.at(0, 0).y, tip = panel.axes.at(0, mean).y;
        return {column.x + 0.06 * column.width, std::min(zero, tip), 0.88 * column.width, std::abs(zero - tip)};
    }

    double height_mm = 0.0, top_mm = 0.0;
    std::vector<Panel> panels;

private:
    [[nodiscard]] std::size_t column_count() const {
        return std::min(static_cast<std::size_t>(content_.columns), content_.groups.size());
    }
    [[nodiscard]] std::size_t row_count() const {
        return (content_.groups.size() + column_count() - 1) / column_count();
    }
    [[nodiscard]] double natural_height() const {
        if (content_.columns <= 0 || content_.groups.empty()) return std::min(0.66 * style_.width_mm, 80.0);
        return 16.0 + 42.0 * static_cast<double>(row_count());
    }

    void add_panel(std::size_t first, std::size_t count, const Box& outer, double header, int ticks) {
        Panel panel{first, count, outer, header, {}, {}};
        const auto [low, high] = range_of(content_, first, count);
        const bool own = header > 0.0 && !content_.groups[first].value_label.empty();
        panel.texts = {
            "", own ? content_.groups[first].value_label : content_.value_label, {}, nice_ticks(low, high, ticks)};
        const Box inner{outer.x, outer.y + header, outer.width, std::max(outer.height - header, 1.0)};
        // A label longer than its axis would run into the next panel.
        if (header > 0.0) panel.texts.y_label = fitted(panel.texts.y_label, style_.font_pt, inner.height);
        panel.axes = {plot_area(inner, panel.texts, style_), 0.0, std::max(static_cast<double>(count), 1.0), low, high};
        // Nothing is written below the axis of a panel.
        if (header > 0.0) panel.axes.area.height = std::max(inner.bottom() - 0.3 - panel.axes.area.y, 1.0);
        panels.push_back(std::move(panel));
    }

    // Axes above each other begin at the same place, however wide their numbers are.
    void align(std::size_t columns) {
        for (std::size_t c = 0; c < columns; ++c) {
            double left = 0.0;
            for (std::size_t i = c; i < panels.size(); i += columns) left = std::max(left, panels[i].axes.area.x);
            for (std::size_t i = c; i < panels.size(); i += columns) {
                Box& area = panels[i].axes.area;
                area.width = std::max(area.right() - left, 1.0);
                area.x = left;
            }
        }
    }

    const BarContent& content_;
    const FigureStyle& style_;
};

class BarPainter {
public:
    BarPainter(const BarContent& content, const FigureStyle& style, Scene& scene)
        : content_(content), style_(style), scene_(scene) {}

    void paint(const BarLayout& layout) {
        layout.draw_heading(scene_);
        for (const Panel& panel : layout.panels) {
            draw_axes(scene_, panel.axes, panel.texts, style_);
            for (std::size_t g = panel.first; g < panel.first + panel.count; ++g) {
                draw_name(panel, g);
                for (std::size_t i = 0; i < content_.series.size(); ++i)
                    draw_bar(panel, layout.column(panel, g, i), g, i);
            }
            if (panel.axes.y_low < 0.0) {
                const double zero = panel.axes.at(0, 0).y;
                scene_.add(SceneLine{
                    {panel.axes.area.x, zero}, {panel.axes.area.right(), zero}, Stroke{style_.colors.muted, 0.25, {}}});
            }
        }
    }

private:
    void draw_name(const Panel& panel, std::size_t g) {
        const BarGroup& group = content_.groups[g];
        const double small = tick_size(style_), em = em_mm(small);
        const Box& area = panel.axes.area;
        if (panel.header_mm > 0.0) {
            const double size = style_.font_pt;
            const double y = area.y - 0.55 * em_mm(size);
            const std::string name = fitted(group.name, size * 1.08, area.width);
            scene_.add(SceneText{
                name, {area.x, y}, TextAnchor::Start, TextLevel::Baseline, size, 0.0, style_.colors.text, true});
            const double left = text_width_mm(name, size * 1.08) + 0.8 * em;
            const std::string note = fitted(group.note, small, std::max(area.width - left, 0.0));
            if (!note.empty())
                scene_.add(SceneText{note,
                                     {area.x + left, y},
                                     TextAnchor::Start,
                                     TextLevel::Baseline,
                                     small,
                                     0.0,
                                     style_.colors.muted,
                                     false});
            return;
        }
        const double slot = area.width / panel.axes.x_high;
        scene_.add(SceneText{fitted(group.name, small, slot - 0.3 * em),
                             {panel.axes.at(static_cast<double>(g - panel.first) + 0.5, 0).x, area.bottom() + 0.6 * em},
                             TextAnchor::Middle,
                             TextLevel::Top,
                             small,
                             0.0,
                             style_.colors.text,
                             false});
    }

    void draw_bar(const Panel& panel, const Box& column, std::size_t group, std::size_t series) {
        const std::span<const double> values = values_of(content_.groups[group], series);
        const BarStatistics s = statistics_of(content_.groups[group], series);
        if (!std::isfinite(s.mean)) return;
        const Box box = BarLayout::bar(panel, column, s.mean);
        draw_bar_fill(scene_, box, look_of(content_, series), style_);
        const double x = box.center().x;
        if (std::isfinite(s.deviation)) {
            const double up = panel.axes.at(0, s.mean + s.deviation).y, down = panel.axes.at(0, s.mean - s.deviation).y;
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
                scene_.add(SceneCircle{{at, panel.axes.at(0, value).y},
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
};

}  // namespace

BarStatistics bar_statistics(const BarContent& content, std::size_t group, std::size_t series) {
    if (group >= content.groups.size()) return statistics_of({});
    return statistics_of(content.groups[group], series);
}

std::vector<BarPlace> bar_places(const BarContent& content, const FigureStyle& style) {
    const BarLayout layout(content, style);
    std::vector<BarPlace> places;
    for (const Panel& panel : layout.panels)
        for (std::size_t g = panel.first; g < panel.first + panel.count; ++g)
            for (std::size_t i = 0; i < content.series.size(); ++i) {
                const double mean = bar_statistics(content, g, i).mean;
                if (!std::isfinite(mean)) continue;
                const Box column = layout.column(panel, g, i);
                places.push_back({g, i, BarLayout::bar(panel, column, mean), column});
            }
    return places;
}

Figure bar_figure(const BarContent& content, const FigureStyle& style) {
    Figure figure;
    figure.data = table_of(content);
    const BarLayout layout(content, style);
    Scene& scene = figure.scene;
    scene.width_mm = style.width_mm;
    scene.height_mm = layout.height_mm;
    scene.background = style.colors.background;
    scene.title = content.title.empty() ? content.value_label : content.title;
    scene.description = "Bars of " + content.value_label + " for " + std::to_string(content.groups.size()) +
                        " groups; error bars are one standard deviation over runs.";
    BarPainter(content, style, scene).paint(layout);
    return figure;
}

}  // namespace lottery
