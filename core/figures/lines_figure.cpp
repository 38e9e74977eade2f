// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/lines_figure.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/figures/axes.h"
#include "core/figures/legend.h"
#include "core/figures/series_look.h"

namespace lottery {
namespace {

constexpr double kSample = 6.0;           // mm of line in the legend
constexpr std::size_t kMostMarkers = 40;  // of a line

bool has_band(const LinePoint& p) { return std::isfinite(p.low) && std::isfinite(p.high); }

// Bands lie over each other: what is behind shows through.
Color band_color(const SeriesLook& look) {
    constexpr std::uint8_t kAlpha = 56;
    return {look.color.red, look.color.green, look.color.blue, kAlpha};
}

double draw_legend(Scene& scene, const LinesContent& content, double top, const FigureStyle& style) {
    const double em = em_mm(tick_size(style));
    Legend legend(scene, style, {0.6 * em, top + 0.7 * em}, style.width_mm - 0.6 * em);
    const auto& series = content.panels.front().series;
    for (std::size_t i = 0; i < series.size(); ++i) {
        const SeriesLook look = series_look(i);
        const Point at = legend.entry(series[i].name, kSample);
        scene.add(
            SceneLine{{at.x - kSample / 2, at.y}, {at.x + kSample / 2, at.y}, Stroke{look.color, 0.35, look.dashes}});
        draw_marker(scene, at, 0.7, look, true, style.colors.background);
    }
    if (!content.band.empty()) {
        const Point at = legend.entry(content.band, kSample);
        scene.add(SceneRectangle{{at.x - kSample / 2, at.y - 0.4 * em, kSample, 0.8 * em},
                                 mix(style.colors.neutral, style.colors.background, 0.6),
                                 std::nullopt,
                                 0.0});
    }
    return legend.last_row() + 0.9 * em;
}

void draw_band(Scene& scene, const Axes& axes, const std::vector<LinePoint>& points, Color color) {
    // A polygon per stretch without gaps: along the upper edge, and back along the lower one.
    for (std::size_t begin = 0; begin < points.size();) {
        std::size_t end = begin;
        while (end < points.size() && has_band(points[end])) ++end;
        ScenePolygon band{{}, color, std::nullopt};
        for (std::size_t i = begin; i < end; ++i) band.points.push_back(axes.at(points[i].x, points[i].high));
        for (std::size_t i = end; i > begin; --i) band.points.push_back(axes.at(points[i - 1].x, points[i - 1].low));
        if (end - begin > 1) scene.add(band);
        begin = std::max(end, begin + 1);
    }
}

void draw_line(Scene& scene, const Axes& axes, const std::vector<LinePoint>& points, const SeriesLook& look,
               Color background) {
    ScenePolyline line{{}, Stroke{look.color, 0.35, look.dashes}};
    const auto finish = [&] {
        if (line.points.size() > 1) scene.add(line);
        line.points.clear();
    };
    for (const auto& p : points) {
        if (std::isfinite(p.y))
            line.points.push_back(axes.at(p.x, p.y));
        else
            finish();
    }
    finish();
    // Where there are many, only some: markers that touch are a thick line.
    const std::size_t every = points.size() / kMostMarkers + 1;
    for (std::size_t i = 0; i < points.size(); i += every)
        if (std::isfinite(points[i].y))
            draw_marker(scene, axes.at(points[i].x, points[i].y), 0.6, look, true, background);
}

DataTable table_of(const LinesContent& content) {
    DataTable table;
    table.columns = {"panel", "series", "x", "y", "low", "high"};
    for (const auto& panel : content.panels)
        for (const auto& series : panel.series)
            for (const auto& p : series.points)
                table.rows.push_back({panel.y_label, series.name, p.x, p.y, p.low, p.high});
    return table;
}

}  // namespace

Figure lines_figure(const LinesContent& content, const FigureStyle& style) {
    Figure figure;
    figure.data = table_of(content);
    Scene& scene = figure.scene;
    scene.width_mm = style.width_mm;
    scene.background = style.colors.background;
    scene.title = content.title;
    scene.description = std::to_string(content.panels.size()) + " plots of curves.";
    const double em = em_mm(tick_size(style));
    const double title = draw_title(scene, content.title, style);
    if (content.panels.empty()) {
        scene.height_mm = std::max(style.height_mm, title + em);
        return figure;
    }
    const double top = draw_legend(scene, content, title + 0.2 * em, style);
    const double panel_width = style.width_mm / static_cast<double>(content.panels.size());
    scene.height_mm = style.height_mm > 0.0 ? style.height_mm : top + std::min(0.72 * panel_width, 70.0);
    for (std::size_t i = 0; i < content.panels.size(); ++i) {
        const LinePanel& panel = content.panels[i];
        std::vector<double> x, y;
        for (const auto& series : panel.series)
            for (const auto& p : series.points) {
                x.push_back(p.x);
                y.insert(y.end(), {p.y, p.low, p.high});
            }
        const auto [first, last] = padded_range(x, 0.03);
        const auto [low, high] = padded_range(y, 0.06);
        const Box outer{static_cast<double>(i) * panel_width + 0.3 * em, top, panel_width - 0.9 * em,
                        scene.height_mm - top - 0.4 * em};
        const int most = std::max(2, static_cast<int>(outer.width / (4.5 * em)));
        const AxisTexts texts{panel.x_label, panel.y_label, whole_ticks(first, last, most), nice_ticks(low, high, 6)};
        const Axes axes{plot_area(outer, texts, style), first, last, low, high};
        draw_axes(scene, axes, texts, style);
        if (!content.band.empty())
            for (std::size_t s = 0; s < panel.series.size(); ++s)
                draw_band(scene, axes, panel.series[s].points, band_color(series_look(s)));
        for (std::size_t s = 0; s < panel.series.size(); ++s)
            draw_line(scene, axes, panel.series[s].points, series_look(s), style.colors.background);
    }
    return figure;
}

}  // namespace lottery
