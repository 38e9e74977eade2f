// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/comparison_figure.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/figures/axes.h"
#include "core/figures/legend.h"
#include "core/figures/series_look.h"

namespace lottery {
namespace {

using Place = std::function<std::optional<double>(const ComparisonPoint&)>;

std::optional<double> percent_kept(const ComparisonPoint& p) { return 100.0 * p.kept_share; }
std::optional<double> milliseconds(const ComparisonPoint& p) { return p.milliseconds_per_example; }

struct Panel {
    Place place;
    std::string label, short_label;
    Axes axes;
    AxisTexts texts;
};

void draw_series(Scene& scene, const Panel& panel, const ComparisonSeries& series, const SeriesLook& look,
                 const FigureStyle& style) {
    struct Mark {
        Point data;
        bool accepted;
    };
    std::vector<Mark> marks;
    for (const ComparisonPoint& p : series.points)
        if (const auto x = panel.place(p); x && std::isfinite(*x) && std::isfinite(p.score))
            marks.push_back({{*x, p.score}, p.accepted});
    std::stable_sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) { return a.data.x > b.data.x; });
    ScenePolyline line{{}, Stroke{look.color, 0.35, look.dashes}};
    for (const Mark& m : marks) line.points.push_back(panel.axes.at(m.data.x, m.data.y));
    if (line.points.size() > 1) scene.add(line);
    for (const Mark& m : marks)
        draw_marker(scene, panel.axes.at(m.data.x, m.data.y), 0.7, look, m.accepted, style.colors.background);
}

bool has_rejected(const ComparisonContent& content) {
    return std::any_of(content.series.begin(), content.series.end(), [](const ComparisonSeries& series) {
        return std::any_of(series.points.begin(), series.points.end(),
                           [](const ComparisonPoint& p) { return !p.accepted; });
    });
}

DataTable table_of(const ComparisonContent& content) {
    DataTable table;
    table.columns = {"search", "step", "accepted", "kept share", "milliseconds per example", "score"};
    for (const auto& series : content.series)
        for (const auto& p : series.points)
            table.rows.push_back(
                {series.name, std::int64_t{p.step}, std::int64_t{p.accepted ? 1 : 0}, p.kept_share,
                 p.milliseconds_per_example ? DataCell(*p.milliseconds_per_example) : DataCell(std::string()),
                 p.score});
    return table;
}

// Draws the legend below `top`; returns where the panels may begin.
double draw_legend(Scene& scene, const ComparisonContent& content, double top, const FigureStyle& style) {
    const double em = em_mm(tick_size(style)), sample = 6.0;
    Legend legend(scene, style, {0.6 * em, top + 0.7 * em}, style.width_mm - 0.6 * em);
    for (std::size_t i = 0; i < content.series.size(); ++i) {
        const SeriesLook look = series_look(i);
        const Point at = legend.entry(content.series[i].name, sample);
        scene.add(
            SceneLine{{at.x - sample / 2, at.y}, {at.x + sample / 2, at.y}, Stroke{look.color, 0.35, look.dashes}});
        draw_marker(scene, at, 0.7, look, true, style.colors.background);
    }
    const SeriesLook neutral{style.colors.muted, {}, Marker::Circle};
    if (has_rejected(content))
        draw_marker(scene, legend.entry("below its threshold", 1.8), 0.7, neutral, false, style.colors.background);
    if (std::isfinite(content.threshold_score)) {
        const Point at = legend.entry("threshold " + number_text(content.threshold_score, 3), sample);
        scene.add(SceneLine{
            {at.x - sample / 2, at.y}, {at.x + sample / 2, at.y}, Stroke{style.colors.text, 0.25, {1.2, 0.8}}});
    }
    return legend.last_row() + 0.9 * em;
}

}  // namespace

bool has_speeds(const ComparisonContent& content) {
    return std::any_of(content.series.begin(), content.series.end(), [](const ComparisonSeries& series) {
        return std::any_of(series.points.begin(), series.points.end(),
                           [](const ComparisonPoint& p) { return p.milliseconds_per_example.has_value(); });
    });
}

Figure comparison_figure(const ComparisonContent& content, const FigureStyle& style) {
    Figure figure;
    figure.data = table_of(content);
    Scene& scene = figure.scene;
    const bool speeds = has_speeds(content);
    const double panel_width = speeds ? style.width_mm / 2 : style.width_mm;
    scene.width_mm = style.width_mm;
    scene.background = style.colors.background;
    scene.title = content.title.empty() ? "Mask searches compared" : content.title;
    const std::string metric = content.metric.empty() ? "score" : metric_name(content.metric);
    scene.description = "Score (" + metric + ") of the masks of " + std::to_string(content.series.size()) +
                        " searches over the share of parameters kept" +
                        (speeds ? " and over milliseconds per example." : ".");

    const double em = em_mm(tick_size(style));
    const double title = draw_title(scene, content.title, style);
    const double top = draw_legend(scene, content, title + 0.2 * em, style);
    scene.height_mm = style.height_mm > 0.0 ? style.height_mm : top + std::min(0.66 * panel_width, 70.0);

    std::vector<Panel> panels{{percent_kept, "Parameters kept, % (embeddings aside)", "Parameters kept, %", {}, {}}};
    if (speeds) panels.push_back({milliseconds, "Time per example, ms", "ms per example", {}, {}});
    std::vector<double> scores{content.threshold_score};
    for (const auto& series : content.series)
        for (const auto& p : series.points) scores.push_back(p.score);
    const auto [low, high] = padded_range(scores, 0.06);
    for (std::size_t i = 0; i < panels.size(); ++i) {
        Panel& panel = panels[i];
        std::vector<double> places;
        for (const auto& series : content.series)
            for (const auto& p : series.points)
                if (const auto x = panel.place(p)) places.push_back(*x);
        const auto [first, last] = padded_range(places, 0.04);
        const Box outer{static_cast<double>(i) * panel_width + 0.3 * em, top, panel_width - 0.9 * em,
                        scene.height_mm - top - 0.4 * em};
        if (text_width_mm(panel.label, style.font_pt) > outer.width) panel.label = panel.short_label;
        panel.texts = {panel.label, i == 0 ? metric : "",
                       nice_ticks(first, last, static_cast<int>(outer.width / (4.5 * em))), nice_ticks(low, high, 6)};
        panel.axes = {plot_area(outer, panel.texts, style), first, last, low, high};
        draw_axes(scene, panel.axes, panel.texts, style);
        if (std::isfinite(content.threshold_score)) {
            const double y = panel.axes.at(first, content.threshold_score).y;
            scene.add(SceneLine{
                {panel.axes.area.x, y}, {panel.axes.area.right(), y}, Stroke{style.colors.text, 0.25, {1.2, 0.8}}});
        }
        for (std::size_t s = 0; s < content.series.size(); ++s)
            draw_series(scene, panel, content.series[s], series_look(s), style);
    }
    return figure;
}

}  // namespace lottery
