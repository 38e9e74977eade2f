// SPDX-License-Identifier: GPL-3.0-or-later
//
// Maps as images: colours of values, and maps made smaller than the pixels they are drawn on. No widget here.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <QImage>
#include <array>
#include <span>
#include <vector>

#include "core/figures/cells.h"

namespace lottery::gui {

// A colour scale in 1024 steps, so that colouring costs one look-up per value.
class ColorTable {
public:
    ColorTable(const ColorScale& scale, const FigureColors& colors);
    // NaN and infinite values are grey; others are clamped.
    [[nodiscard]] QRgb of(float value) const;

private:
    static constexpr int kSteps = 1024;
    double low_, factor_;
    QRgb undefined_;
    std::array<QRgb, kSteps> colors_;
};

// [toRows,toColumns] from [rows,columns], the value of largest magnitude of each block of cells, so that a thin line or
// a single bright cell stays visible. NaN where a block has nothing else. Sides are not enlarged.
std::vector<float> reduced(std::span<const float> map, int rows, int columns, int toRows, int toColumns);

// One pixel per cell.
QImage mapImage(std::span<const float> map, int rows, int columns, const ColorTable& colors);

}  // namespace lottery::gui
