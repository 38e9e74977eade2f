// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where the parts of a large map lie in its view, in pixels: cells, labels, bars of the sums, legend. No widget here.
//
//                [column title]
//                [column labels]
//   [row title] [row labels] [plot] [row sums] [legend]
//                [column sums]
//
// Thread rule: pure functions of plain values.
#pragma once

#include <QRectF>
#include <QSizeF>
#include <optional>
#include <vector>

#include "widgets/attention/attention_grid_layout.h"

namespace lottery::gui {

struct MapCell {
    int row = 0, column = 0;
    bool operator==(const MapCell&) const = default;
};

// What the parts around the plot take; 0: left out.
struct MapBands {
    double title = 0.0;          // height of a line of text
    bool row_title = true;       // rows have a title too
    double row_labels = 0.0;     // width
    double column_labels = 0.0;  // height, text runs upwards
    double sums = 0.0;           // thickness of the bars' strips
    double legend = 0.0;         // width, with numbers and label
};

struct MapLayout {
    int rows = 0, columns = 0;
    double cell_width = 0.0, cell_height = 0.0;
    QPointF offset;  // of the content under the plot's corner
    QRectF plot, row_title, column_title, row_labels, column_labels, row_sums, column_sums, legend;

    [[nodiscard]] QSizeF content() const { return {columns * cell_width, rows * cell_height}; }
    // May lie outside of the plot.
    [[nodiscard]] QRectF cell(int row, int column) const;
    [[nodiscard]] std::optional<MapCell> cellAt(const QPointF& point) const;
    [[nodiscard]] std::optional<int> rowLabelAt(const QPointF& point) const;
    [[nodiscard]] std::optional<int> columnLabelAt(const QPointF& point) const;
    [[nodiscard]] GridRange visibleRows() const;
    [[nodiscard]] GridRange visibleColumns() const;
};

// The whole map in `room` at zoom 1, then `zoom` times larger, seen through `page` (`room` less scroll bars) at
// `offset`, which is brought into its bounds. Square cells where there are as many rows as columns.
MapLayout layoutMap(int rows, int columns, const QSizeF& room, const QSizeF& page, const MapBands& bands, double zoom,
                    const QPointF& offset);
// At which the smaller side of a cell is as large as is ever useful; at least 1.
double largestZoom(const MapLayout& layout, double zoom);

// Which labels of `visible` are written, where cells are `step` and labels `need` pixels apart: every k-th, and those
// of `always` in place of their neighbours. Ascending.
std::vector<int> labelsThatFit(const GridRange& visible, double step, double need, const std::vector<int>& always);
// Type size for cells of `step` pixels: `full`, at which a line takes `line` pixels, or less, but still legible.
double labelPoints(double step, double full, double line);

}  // namespace lottery::gui
