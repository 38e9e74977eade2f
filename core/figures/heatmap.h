// SPDX-License-Identifier: GPL-3.0-or-later
//
// Heatmaps of components: layers × heads, with the MLPs as a column beside them and a colour bar. For
// importances, masks, survival over masks, and later for every other number per head.
//
// Legend: L layers, N heads per layer.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/figures/figure.h"

namespace lottery {

struct HeatmapContent {
    ComponentImportance values;                    // [L,N] and [L]; NaN: no value, drawn grey
    std::optional<ComponentImportance> deviation;  // a second line in the cell, "±…"
    std::optional<ComponentMasks> masks;           // masked cells are crossed out
    std::vector<Component> newly_masked;           // outlined
};

// What fills a cell: its value, or only whether it is kept (then values are neither drawn nor written).
enum class HeatmapFill { Values, Masks };

struct HeatmapOptions {
    HeatmapFill fill = HeatmapFill::Values;
    ColorMap map = ColorMap::Viridis;
    bool annotate = true;  // numbers in the cells, where they fit
    int digits = 2;        // after the decimal point, 0…6
    bool color_bar = true;
    bool legend = true;  // explains crosses and outlines, where there are any
    std::string title;   // empty: none
    std::string column_label = "Head";
    std::string value_label = "importance";
    std::optional<std::pair<double, double>> range;  // of the colours; default: that of the finite values
    std::optional<Component> selected;               // outlined, for the screen
    std::optional<Component> hovered;                // outlined thinly, for the screen
};

// Where the cells of a heatmap lie.
struct HeatmapLayout {
    double width_mm = 0.0, height_mm = 0.0;  // of the whole figure
    int layers = 0, heads = 0;
    Box head_grid;     // L × N cells
    Box mlp_column;    // L × 1 cells; no width without MLPs
    Box color_bar;     // empty without one
    double gap = 0.0;  // mm between cells
    double tick_pt = 7.0, label_pt = 8.0;
    double tick_y = 0.0, label_y = 0.0, legend_y = 0.0;  // text lines, mm
    [[nodiscard]] Box cell(const Component& component) const;
};

HeatmapLayout layout_heatmap(const HeatmapContent& content, const HeatmapOptions& options, const FigureStyle& style);

// The component under a point of the figure, nothing between and outside the grids. Gaps belong to the cell
// before them.
std::optional<Component> component_at(const HeatmapLayout& layout, Point point);

Figure heatmap(const HeatmapContent& content, const HeatmapOptions& options, const FigureStyle& style);

// Mean and standard deviation (ddof 1; none for a single mask) of masks, which must be of one size; an empty list
// gives an empty content. `heatmap` of it is the survival heatmap.
HeatmapContent survival_content(std::span<const ComponentMasks> masks);
// The survival heatmap with its usual options: share of the masks in which each component survives, 0…1.
Figure survival_heatmap(std::span<const ComponentMasks> masks, HeatmapOptions options, const FigureStyle& style);

}  // namespace lottery
