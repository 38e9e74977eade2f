// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/matrix_figure.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/figures/axes.h"
#include "core/figures/cells.h"

namespace lottery {
namespace {

constexpr double kLargestCell = 14.0;  // mm
constexpr double kShortestBar = 24.0;  // mm, so that its label is read

double deviation_of(const MatrixContent& content, std::size_t row, std::size_t column) {
    return content.deviations.empty() ? std::numeric_limits<double>::quiet_NaN() : content.deviations[row][column];
}

std::vector<std::string> lines_of(const MatrixContent& content, std::size_t row, std::size_t column, int digits) {
    const double value = content.values[row][column];
    if (!std::isfinite(value)) return {"\u2013"};
    std::vector<std::string> lines{number_text(value, digits)};
    if (const double deviation = deviation_of(content, row, column); std::isfinite(deviation))
        lines.push_back("\u00b1" + number_text(deviation, digits));
    return lines;
}

template <typename Visit>
void for_each_cell(const MatrixContent& content, Visit&& visit) {
    const int size = static_cast<int>(content.names.size());
    for (int row = 0; row < size; ++row)
        for (int column = 0; column <= row; ++column) visit(row, column);
}

double longest_name(const MatrixContent& content, double size_pt) {
    double widest = 0.0;
    for (const auto& name : content.names) widest = std::max(widest, text_width_mm(name, size_pt));
    return widest;
}

ColorScale scale_of(const MatrixContent& content, const MatrixOptions& options) {
    if (options.range && options.range->first < options.range->second)
        return {options.map, options.range->first, options.range->second};
    std::vector<double> values;
    for_each_cell(content, [&](int row, int column) {
        values.push_back(content.values[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)]);
    });
    return color_scale(options.map, values);
}

DataTable table_of(const MatrixContent& content) {
    DataTable table;
    table.columns = {"row", "column", content.value_label.empty() ? "value" : content.value_label,
                     "standard deviation"};
    for_each_cell(content, [&](int r, int c) {
        const auto row = static_cast<std::size_t>(r), column = static_cast<std::size_t>(c);
        const double deviation = deviation_of(content, row, column);
        table.rows.push_back({content.names[row], content.names[column], content.values[row][column],
                              std::isnan(deviation) ? DataCell(std::string()) : DataCell(deviation)});
    });
    return table;
}

}  // namespace

Box MatrixLayout::cell(int row, int column) const {
    const double width = grid.width / size, height = grid.height / size;
    return {grid.x + width * column, grid.y + height * row, width - gap, height - gap};
}

MatrixLayout layout_matrix(const MatrixContent& content, const MatrixOptions& options, const FigureStyle& style) {
    MatrixLayout layout;
    layout.size = static_cast<int>(content.names.size());
    layout.width_mm = style.width_mm;
    layout.tick_pt = tick_size(style);
    const int size = std::max(layout.size, 1);
    const double small = em_mm(layout.tick_pt), big = em_mm(title_size(style)), em = em_mm(style.font_pt);
    const double names = longest_name(content, layout.tick_pt);
    const double left = 0.4 * small + names + 0.5 * small;
    const double right = options.color_bar ? color_bar_room(style).all() + 0.2 * em : 0.6 * em;
    const double top = options.title.empty() ? 0.6 * em : 0.4 * big + line_height * big + 0.5 * em;
    const double room = std::max(style.width_mm - left - right, 1.0);
    // Names stand below their columns, turned where they are wider than these.
    double cell = std::min(room / size, kLargestCell);
    if (style.height_mm > 0.0)
        cell = std::min(cell, std::max((style.height_mm - top - names - 1.2 * small) / size, 0.5));
    const double below = names > 0.95 * cell ? names : small;
    const double bottom = 0.5 * small + below + 0.6 * small;
    const double height = std::max(cell * size, options.color_bar ? kShortestBar : 0.0);
    layout.height_mm = style.height_mm > 0.0 ? style.height_mm : top + height + bottom;
    const double spare_x = std::max(style.width_mm - left - right - cell * size, 0.0);
    const double spare_y = std::max(layout.height_mm - top - bottom - cell * size, 0.0);
    layout.grid = {left + spare_x / 2, top + spare_y / 2, cell * size, cell * size};
    layout.gap = std::min(0.2, 0.25 * cell);
    if (options.color_bar) {
        const double length = std::max(layout.grid.height, std::min(kShortestBar, layout.height_mm - top - bottom));
        layout.color_bar = {layout.grid.right() + color_bar_room(style).gap, layout.grid.center().y - length / 2,
                            color_bar_room(style).width, length};
    }
    return layout;
}

std::optional<std::pair<int, int>> matrix_cell_at(const MatrixLayout& layout, Point point) {
    if (layout.size < 1 || !layout.grid.contains(point)) return std::nullopt;
    const auto place = [&](double offset, double length) {
        return std::min(static_cast<int>(offset / length * layout.size), layout.size - 1);
    };
    const int row = place(point.y - layout.grid.y, layout.grid.height);
    const int column = place(point.x - layout.grid.x, layout.grid.width);
    if (column > row) return std::nullopt;
    return std::pair{row, column};
}

Figure matrix_figure(const MatrixContent& content, const MatrixOptions& options, const FigureStyle& style) {
    Figure figure;
    figure.data = table_of(content);
    const MatrixLayout layout = layout_matrix(content, options, style);
    Scene& scene = figure.scene;
    scene.width_mm = layout.width_mm;
    scene.height_mm = layout.height_mm;
    scene.background = style.colors.background;
    scene.title = options.title.empty() ? content.value_label : options.title;
    scene.description = "A matrix of " + std::to_string(layout.size) + " by " + std::to_string(layout.size) + ": " +
                        content.value_label + ".";
    draw_title(scene, options.title, style);
    if (layout.size == 0) return figure;

    const ColorScale scale = scale_of(content, options);
    std::vector<std::string> texts;
    int most_lines = 1;
    for_each_cell(content, [&](int row, int column) {
        const auto lines =
            lines_of(content, static_cast<std::size_t>(row), static_cast<std::size_t>(column), options.digits);
        most_lines = std::max(most_lines, static_cast<int>(lines.size()));
        texts.insert(texts.end(), lines.begin(), lines.end());
    });
    const CellNumbers numbers =
        options.annotate ? fit_cell_numbers(texts, layout.cell(0, 0), most_lines, layout.tick_pt) : CellNumbers{};
    for_each_cell(content, [&](int r, int c) {
        const auto row = static_cast<std::size_t>(r), column = static_cast<std::size_t>(c);
        const Color fill = scale.of(content.values[row][column], style.colors);
        scene.add(SceneRectangle{layout.cell(r, c), fill, std::nullopt, 0.0});
        draw_cell_numbers(scene, layout.cell(r, c), lines_of(content, row, column, options.digits), numbers,
                          contrasting(fill));
    });

    const double small = em_mm(layout.tick_pt);
    const bool turned = longest_name(content, layout.tick_pt) > 0.95 * layout.grid.width / layout.size;
    for (int i = 0; i < layout.size; ++i) {
        const auto& name = content.names[static_cast<std::size_t>(i)];
        scene.add(SceneText{name,
                            {layout.grid.x - 0.5 * small, layout.cell(i, 0).center().y},
                            TextAnchor::End,
                            TextLevel::Middle,
                            layout.tick_pt,
                            0.0,
                            style.colors.text,
                            false});
        scene.add(SceneText{name,
                            {layout.cell(0, i).center().x, layout.grid.bottom() + 0.5 * small},
                            turned ? TextAnchor::End : TextAnchor::Middle,
                            turned ? TextLevel::Middle : TextLevel::Top,
                            layout.tick_pt,
                            turned ? -90.0 : 0.0,
                            style.colors.text,
                            false});
    }
    if (options.color_bar) draw_color_bar(scene, layout.color_bar, scale, content.value_label, style);
    return figure;
}

}  // namespace lottery
