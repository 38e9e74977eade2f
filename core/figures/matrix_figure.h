// SPDX-License-Identifier: GPL-3.0-or-later
//
// Symmetric matrices of named things against themselves: the overlap of masks over tasks, agreement between tasks. The
// lower triangle is drawn, the upper one says the same.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/figures/figure.h"

namespace lottery {

struct MatrixContent {
    std::vector<std::string> names;               // of rows and columns
    std::vector<std::vector<double>> values;      // [row][column]; NaN: undefined, drawn grey with a dash
    std::vector<std::vector<double>> deviations;  // a second line in the cell, "±…"; empty: none; NaN: not in this cell
    std::string value_label;                      // of the colour bar, and of the data's column
};

struct MatrixOptions {
    ColorMap map = ColorMap::Viridis;
    bool annotate = true;
    int digits = 1;  // after the decimal point
    bool color_bar = true;
    std::string title;                               // empty: none
    std::optional<std::pair<double, double>> range;  // of the colours; default: that of the finite values drawn
};

struct MatrixLayout {
    double width_mm = 0.0, height_mm = 0.0;
    Box grid;
    Box color_bar;     // empty without one
    double gap = 0.0;  // between cells
    double tick_pt = 7.0;
    int size = 0;
    [[nodiscard]] Box cell(int row, int column) const;
};
MatrixLayout layout_matrix(const MatrixContent& content, const MatrixOptions& options, const FigureStyle& style);
// Row and column of the cell under a point; nothing outside, and in the half that is not drawn.
std::optional<std::pair<int, int>> matrix_cell_at(const MatrixLayout& layout, Point point);

// Data: one row per drawn cell: row, column, value, deviation.
Figure matrix_figure(const MatrixContent& content, const MatrixOptions& options, const FigureStyle& style);

}  // namespace lottery
