// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/attention_image.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "widgets/figures/paint_scene.h"

namespace lottery::gui {

namespace {

std::size_t at(int row, int columns, int column) {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(column);
}

// First of `from` cells that belongs to block `block` of `to`.
int firstOf(int block, int from, int to) {
    return static_cast<int>(static_cast<long long>(block) * static_cast<long long>(from) / to);
}

}  // namespace

ColorTable::ColorTable(const ColorScale& scale, const FigureColors& colors)
    : low_(scale.low),
      factor_(scale.high > scale.low ? (kSteps - 1) / (scale.high - scale.low) : 0.0),
      undefined_(toQColor(scale.of(std::nan(""), colors)).rgb()),
      colors_{} {
    for (int i = 0; i < kSteps; ++i)
        colors_[static_cast<std::size_t>(i)] = toQColor(sample(scale.map, static_cast<double>(i) / (kSteps - 1))).rgb();
}

QRgb ColorTable::of(float value) const {
    if (!std::isfinite(value)) return undefined_;
    const double step = (static_cast<double>(value) - low_) * factor_ + 0.5;
    return colors_[static_cast<std::size_t>(std::clamp(step, 0.0, kSteps - 1.0))];
}

std::vector<float> reduced(std::span<const float> map, int rows, int columns, int toRows, int toColumns) {
    toRows = std::clamp(toRows, 1, std::max(rows, 1));
    toColumns = std::clamp(toColumns, 1, std::max(columns, 1));
    if (toRows == rows && toColumns == columns) return {map.begin(), map.end()};
    std::vector<float> result(at(toRows, toColumns, 0), std::nanf(""));
    for (int r = 0; r < toRows; ++r) {
        for (int row = firstOf(r, rows, toRows); row < firstOf(r + 1, rows, toRows); ++row) {
            for (int c = 0; c < toColumns; ++c) {
                float& best = result[at(r, toColumns, c)];
                for (int column = firstOf(c, columns, toColumns); column < firstOf(c + 1, columns, toColumns);
                     ++column) {
                    const float value = map[at(row, columns, column)];
                    if (std::isnan(best) || std::abs(value) > std::abs(best)) best = value;
                }
            }
        }
    }
    return result;
}

QImage mapImage(std::span<const float> map, int rows, int columns, const ColorTable& colors) {
    if (rows < 1 || columns < 1 || map.size() != at(rows, columns, 0)) return {};
    QImage image(columns, rows, QImage::Format_RGB32);
    for (int row = 0; row < rows; ++row) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(row));
        for (int column = 0; column < columns; ++column) line[column] = colors.of(map[at(row, columns, column)]);
    }
    return image;
}

}  // namespace lottery::gui
