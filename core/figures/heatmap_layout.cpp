// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "core/figures/axes.h"
#include "core/figures/cells.h"
#include "core/figures/heatmap.h"

namespace lottery {

namespace {

constexpr double shortest_bar_mm = 24.0;         // so that its label is read
constexpr double largest_cell_mm = 11.0;         // where the figure's height is free
constexpr double largest_screen_cell_mm = 26.0;  // where it is given

double snapped(double value, double pixel) { return pixel > 0.0 ? std::round(value / pixel) * pixel : value; }
double snapped_down(double value, double pixel) {
    return pixel > 0.0 ? std::max(std::floor(value / pixel + 1e-6), 1.0) * pixel : value;
}

bool has_legend(const HeatmapContent& content, const HeatmapOptions& options) {
    return options.legend && (content.masks.has_value() || !content.newly_masked.empty());
}

}  // namespace

Box HeatmapLayout::cell(const Component& component) const {
    const Box& grid = component.head < 0 ? mlp_column : head_grid;
    const int columns = component.head < 0 ? 1 : std::max(heads, 1);
    const double width = grid.width / columns, height = grid.height / layers;
    return {grid.x + width * std::max(component.head, 0), grid.y + height * component.layer, width - gap, height - gap};
}

HeatmapLayout layout_heatmap(const HeatmapContent& content, const HeatmapOptions& options, const FigureStyle& style) {
    HeatmapLayout layout;
    layout.layers = content.values.heads.layers;
    layout.heads = content.values.heads.heads;
    layout.width_mm = style.width_mm;
    layout.tick_pt = tick_size(style);
    layout.label_pt = style.font_pt;
    const double pixel = style.pixel_mm;
    const double small = em_mm(layout.tick_pt), em = em_mm(layout.label_pt), big = em_mm(title_size(style));
    const int layers = std::max(layout.layers, 1), heads = std::max(layout.heads, 1);

    const bool bar = options.color_bar && options.fill == HeatmapFill::Values;
    const double row_numbers = text_width_mm(std::to_string(layers), layout.tick_pt);
    const double left = 0.4 * em + line_height * em + row_numbers + 0.7 * small;
    const double mlp_text = text_width_mm("MLP", layout.tick_pt);
    const ColorBarRoom bar_room = color_bar_room(style);
    const double right = bar ? bar_room.all() + 0.2 * em : 0.6 * em;
    const double top = options.title.empty() ? 0.6 * em : 0.4 * big + line_height * big + 0.5 * em;
    const double bottom = 0.5 * small + line_height * small + line_height * em +
                          (has_legend(content, options) ? 1.7 * em : 0.0) + 0.3 * em;

    // The MLP column stands half a cell apart, further where its heading needs the room.
    const int columns = content.values.mlps.empty() ? heads : heads + 1;
    const double room = std::max(style.width_mm - left - right, 1.0);
    double width = room / (columns == heads ? heads : heads + 1.5), apart = columns == heads ? 0.0 : 0.5 * width;
    if (columns > heads && mlp_text > 1.4 * width) {
        apart = (mlp_text - width) / 2 + 0.5 * width + text_width_mm("0", layout.tick_pt);
        width = std::max(room - apart - std::max(mlp_text - width, 0.0) / 2, 0.5) / columns;
    }
    double height = width;
    if (style.height_mm > 0.0) {
        const double free_height = std::max(style.height_mm - top - bottom, 1.0);
        height = std::min({free_height / layers, 1.25 * width, largest_screen_cell_mm});
        width = std::min(width, 2.0 * height);
        layout.height_mm = style.height_mm;
    } else {
        width = std::min(width, largest_cell_mm);
        height = std::min(width, 1.3 * style.width_mm / layers);
        layout.height_mm = top + std::max(height * layers, bar ? shortest_bar_mm : 0.0) + bottom;
    }
    width = snapped_down(width, pixel);
    height = snapped_down(height, pixel);
    apart = snapped(std::min(apart, std::max(0.8 * width, mlp_text)), pixel);

    const double used = left + width * columns + apart + right;
    const double x = snapped(left + std::max(style.width_mm - used, 0.0) / 2, pixel);
    const double spare = std::max(layout.height_mm - top - bottom - height * layers, 0.0);
    const double y = snapped(top + spare / 2, pixel);
    layout.head_grid = {x, y, width * layout.heads, height * layout.layers};
    layout.mlp_column = {layout.head_grid.right() + apart, y, columns == heads ? 0.0 : width, height * layout.layers};
    if (bar) {
        const double overhang = columns == heads ? 0.0 : std::max(mlp_text - width, 0.0) / 2;
        const double length =
            std::max(height * layout.layers, std::min(shortest_bar_mm, layout.height_mm - top - bottom));
        layout.color_bar = {snapped(layout.mlp_column.right() + std::max(bar_room.gap, overhang), pixel),
                            snapped(layout.head_grid.center().y - length / 2, pixel), snapped(bar_room.width, pixel),
                            length};
    }
    layout.gap = std::min(pixel > 0.0 ? std::max(snapped(0.2, pixel), pixel) : 0.2, 0.25 * std::min(width, height));
    layout.tick_y = layout.head_grid.bottom() + 0.5 * small;
    layout.label_y = layout.tick_y + line_height * small;
    layout.legend_y = layout.label_y + line_height * em + 0.5 * em;
    return layout;
}

std::optional<Component> component_at(const HeatmapLayout& layout, Point point) {
    if (layout.layers < 1) return std::nullopt;
    const auto row = [&](const Box& grid) {
        return std::min(static_cast<int>((point.y - grid.y) / grid.height * layout.layers), layout.layers - 1);
    };
    if (layout.heads > 0 && layout.head_grid.contains(point)) {
        const double column = (point.x - layout.head_grid.x) / layout.head_grid.width * layout.heads;
        return Component{row(layout.head_grid), std::min(static_cast<int>(column), layout.heads - 1)};
    }
    if (layout.mlp_column.contains(point)) return Component{row(layout.mlp_column), -1};
    return std::nullopt;
}

}  // namespace lottery
