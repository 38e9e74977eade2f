// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "core/figures/attention_figure.h"
#include "core/figures/attention_scale.h"
#include "core/figures/axes.h"
#include "core/figures/token_labels.h"

namespace lottery {

namespace {

constexpr std::size_t most_rectangles = 40;  // a side
constexpr double largest_cell_mm = 8.0;      // where the figure's height is free
constexpr double shortest_bar_mm = 24.0;     // so that its label is read
constexpr double tick_mm = 0.8;

bool is_whole(const AttentionMapContent& content) {
    return !content.values.empty() && content.values.size() == content.rows.size() * content.columns.size();
}

struct MapLayout {
    double height_mm = 0.0;
    Box grid;
    Box color_bar;
    TokenLabels rows, columns;
    double cell = 0.0;
};

MapLayout layout_map(const AttentionMapContent& content, const AttentionMapOptions& options, const FigureStyle& style) {
    MapLayout layout;
    const double em = em_mm(style.font_pt), small = em_mm(tick_size(style)), big = em_mm(title_size(style));
    const auto rows = static_cast<double>(content.rows.size()), columns = static_cast<double>(content.columns.size());
    const double side = 0.5 * em + line_height * em + tick_mm + 0.35 * small;  // axis label and ticks beside tokens
    const double right = options.color_bar ? color_bar_room(style).all() + 0.2 * em : 0.6 * em;
    const double top = options.title.empty() ? 0.6 * em : 0.4 * big + line_height * big + 0.4 * em;
    const double most = 0.26 * style.width_mm;
    // Labels take room from the cells, and cells decide how large labels can be.
    layout.rows = fit_token_labels(content.rows, 1e3, tick_size(style), most);
    layout.columns = fit_token_labels(content.columns, 1e3, tick_size(style), most);
    for (int pass = 0; pass < 3; ++pass) {
        const double width = style.width_mm - side - layout.rows.room_mm - right;
        layout.cell = std::max(width, 1.0) / columns;
        if (style.height_mm > 0.0) {
            const double height = style.height_mm - top - side - layout.columns.room_mm;
            layout.cell = std::min(layout.cell, std::max(height, 1.0) / rows);
        } else {
            layout.cell = std::min({layout.cell, largest_cell_mm, 1.4 * style.width_mm / rows});
        }
        if (const double pixel = style.pixel_mm; pixel > 0.0 && layout.cell > pixel)
            layout.cell = std::floor(layout.cell / pixel + 1e-6) * pixel;
        layout.rows = fit_token_labels(content.rows, layout.cell, tick_size(style), most);
        layout.columns = fit_token_labels(content.columns, layout.cell, tick_size(style), most);
    }
    const double left = side + layout.rows.room_mm, bottom = side + layout.columns.room_mm;
    const double width = layout.cell * columns, height = layout.cell * rows;
    const double tall = std::max(height, options.color_bar ? shortest_bar_mm : 0.0);
    layout.height_mm = style.height_mm > 0.0 ? style.height_mm : top + tall + bottom;
    const auto snapped = [&](double value) {
        return style.pixel_mm > 0.0 ? std::round(value / style.pixel_mm) * style.pixel_mm : value;
    };
    layout.grid = {snapped(left + std::max(style.width_mm - left - right - width, 0.0) / 2),
                   snapped(top + std::max(layout.height_mm - top - bottom - height, 0.0) / 2), width, height};
    if (options.color_bar) {
        const double length = std::max(height, std::min(shortest_bar_mm, layout.height_mm - top - bottom));
        layout.color_bar = {layout.grid.right() + color_bar_room(style).gap, layout.grid.center().y - length / 2,
                            color_bar_room(style).width, length};
    }
    return layout;
}

class MapPainter {
public:
    MapPainter(const AttentionMapContent& content, const AttentionMapOptions& options, const FigureStyle& style,
               Scene& scene)
        : content_(content),
          options_(options),
          style_(style),
          scene_(scene),
          layout_(layout_map(content, options, style)),
          colors_(attention_colors(content.values, options.scale, options.map, options.range)) {}

    void paint() {
        scene_.height_mm = layout_.height_mm;
        draw_title(scene_, options_.title, style_);
        draw_cells();
        draw_boundaries();
        scene_.add(SceneRectangle{layout_.grid, std::nullopt, Stroke{style_.colors.muted, 0.18, {}}, 0.0});
        draw_tokens();
        if (options_.color_bar) draw_color_bar(scene_, layout_.color_bar, colors_, options_.value_label, style_);
    }

private:
    [[nodiscard]] float value(std::size_t row, std::size_t column) const {
        return content_.values[row * content_.columns.size() + column];
    }

    void draw_cells() {
        const std::size_t rows = content_.rows.size(), columns = content_.columns.size();
        if (std::max(rows, columns) > most_rectangles) {
            scene_.add(attention_image(layout_.grid, static_cast<int>(rows), static_cast<int>(columns), content_.values,
                                       colors_, style_.colors));
            return;
        }
        double gap = std::min(0.15, 0.06 * layout_.cell);
        if (style_.pixel_mm > 0.0) gap = std::max(style_.pixel_mm, std::round(gap / style_.pixel_mm) * style_.pixel_mm);
        gap = std::min(gap, 0.25 * layout_.cell);
        const auto box = [&](std::size_t row, std::size_t column) {
            return Box{layout_.grid.x + layout_.cell * static_cast<double>(column),
                       layout_.grid.y + layout_.cell * static_cast<double>(row), layout_.cell - gap,
                       layout_.cell - gap};
        };
        std::vector<std::string> texts;
        if (options_.annotate)
            for (const float v : content_.values)
                if (std::isfinite(v)) texts.push_back(number_text(v, options_.digits));
        const CellNumbers numbers = fit_cell_numbers(texts, box(0, 0), 1, tick_size(style_));
        for (std::size_t row = 0; row < rows; ++row)
            for (std::size_t column = 0; column < columns; ++column) {
                const Color fill = colors_.of(value(row, column), style_.colors);
                scene_.add(SceneRectangle{box(row, column), fill, std::nullopt, 0.0});
                if (std::isfinite(value(row, column)))
                    draw_cell_numbers(scene_, box(row, column), {number_text(value(row, column), options_.digits)},
                                      numbers, contrasting(fill));
            }
    }

    // Two tones, so that the line shows on every colour.
    void draw_boundaries() {
        const Box& grid = layout_.grid;
        for (const auto& [color, width] : {std::pair{style_.colors.background, 0.4}, {style_.colors.text, 0.15}}) {
            const Stroke stroke{color, width, {}};
            for (const std::size_t at : content_.boundaries) {
                const double offset = layout_.cell * static_cast<double>(at);
                if (at > 0 && at < content_.columns.size())
                    scene_.add(SceneLine{{grid.x + offset, grid.y}, {grid.x + offset, grid.bottom()}, stroke});
                if (at > 0 && at < content_.rows.size())
                    scene_.add(SceneLine{{grid.x, grid.y + offset}, {grid.right(), grid.y + offset}, stroke});
            }
        }
    }

    void text(const std::string& what, Point where, TextAnchor anchor, TextLevel level, double size, double rotation) {
        scene_.add(SceneText{what, where, anchor, level, size, rotation, style_.colors.text, false});
    }

    void draw_tokens() {
        const Box& grid = layout_.grid;
        const double small = em_mm(tick_size(style_)), em = em_mm(style_.font_pt);
        const double away = tick_mm + 0.35 * small;
        const Stroke tick{style_.colors.muted, 0.18, {}};
        for (std::size_t i = 0; i < content_.rows.size(); ++i) {
            if (!is_written(i, layout_.rows)) continue;
            const double y = grid.y + layout_.cell * (static_cast<double>(i) + 0.5);
            scene_.add(SceneLine{{grid.x - tick_mm, y}, {grid.x, y}, tick});
            text(token_label(content_.rows, i, layout_.rows), {grid.x - away, y}, TextAnchor::End, TextLevel::Middle,
                 layout_.rows.size_pt, 0.0);
        }
        for (std::size_t i = 0; i < content_.columns.size(); ++i) {
            if (!is_written(i, layout_.columns)) continue;
            const double x = grid.x + layout_.cell * (static_cast<double>(i) + 0.5);
            scene_.add(SceneLine{{x, grid.bottom()}, {x, grid.bottom() + tick_mm}, tick});
            text(token_label(content_.columns, i, layout_.columns), {x, grid.bottom() + away}, TextAnchor::End,
                 TextLevel::Middle, layout_.columns.size_pt, -90.0);
        }
        const double below = grid.bottom() + away + layout_.columns.room_mm + 0.25 * em;
        text(fitted(options_.column_label, style_.font_pt, style_.width_mm - 2 * em), {grid.center().x, below},
             TextAnchor::Middle, TextLevel::Top, style_.font_pt, 0.0);
        const double beside = grid.x - away - layout_.rows.room_mm - 0.55 * em;
        const double middle = std::clamp(grid.center().y, 0.0, layout_.height_mm);
        text(fitted(options_.row_label, style_.font_pt, layout_.height_mm - 2 * em), {beside, middle},
             TextAnchor::Middle, TextLevel::Baseline, style_.font_pt, -90.0);
    }

    const AttentionMapContent& content_;
    const AttentionMapOptions& options_;
    const FigureStyle& style_;
    Scene& scene_;
    MapLayout layout_;
    ColorScale colors_;
};

DataTable table_of(const AttentionMapContent& content, const AttentionMapOptions& options) {
    DataTable table;
    table.columns = {"row", "row token", "column", "column token", options.value_label};
    for (std::size_t row = 0; row < content.rows.size(); ++row)
        for (std::size_t column = 0; column < content.columns.size(); ++column)
            table.rows.push_back({static_cast<std::int64_t>(row + 1), content.rows[row],
                                  static_cast<std::int64_t>(column + 1), content.columns[column],
                                  content.values[row * content.columns.size() + column]});
    return table;
}

}  // namespace

Figure attention_map_figure(const AttentionMapContent& content, const AttentionMapOptions& options,
                            const FigureStyle& style) {
    Figure figure;
    Scene& scene = figure.scene;
    scene.width_mm = style.width_mm;
    if (style.height_mm > 0.0) scene.height_mm = style.height_mm;
    scene.background = style.colors.background;
    scene.title = options.title.empty() ? options.value_label : options.title;
    scene.description = "Map of " + options.value_label + ", " + std::to_string(content.rows.size()) + " by " +
                        std::to_string(content.columns.size()) + " tokens.";
    if (!is_whole(content)) {
        draw_title(scene, options.title, style);
        figure.data.columns = table_of({}, options).columns;
        return figure;
    }
    figure.data = table_of(content, options);
    MapPainter(content, options, style, scene).paint();
    return figure;
}

}  // namespace lottery
