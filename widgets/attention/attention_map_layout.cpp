// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/attention_map_layout.h"

#include <algorithm>
#include <cmath>

namespace lottery::gui {

namespace {

constexpr double kLargestFittedCell = 96.0, kLargestCell = 72.0;  // pixels
constexpr double kSmallestPoints = 6.5;

// Even cells where they are large enough for the lost pixels not to matter.
double wholePixels(double side) { return side >= 6.0 ? std::floor(side) : side; }

GridRange rangeOf(double offset, double page, double step, int count) {
    if (count < 1 || step <= 0.0 || page <= 0.0) return {};
    const auto place = [&](double x) { return std::clamp(static_cast<int>(std::floor(x / step)), 0, count - 1); };
    return {place(offset), place(offset + page - 1e-6)};
}

std::optional<int> placeOf(double x, double step, int count) {
    const double place = std::floor(x / step);
    if (step <= 0.0 || place < 0.0 || place >= count) return std::nullopt;
    return static_cast<int>(place);
}

}  // namespace

QRectF MapLayout::cell(int row, int column) const {
    return {plot.x() - offset.x() + column * cell_width, plot.y() - offset.y() + row * cell_height, cell_width,
            cell_height};
}

std::optional<MapCell> MapLayout::cellAt(const QPointF& point) const {
    if (!plot.contains(point)) return std::nullopt;
    const auto row = placeOf(point.y() - plot.y() + offset.y(), cell_height, rows);
    const auto column = placeOf(point.x() - plot.x() + offset.x(), cell_width, columns);
    if (!row || !column) return std::nullopt;
    return MapCell{*row, *column};
}

std::optional<int> MapLayout::rowLabelAt(const QPointF& point) const {
    if (!row_labels.contains(point)) return std::nullopt;
    return placeOf(point.y() - plot.y() + offset.y(), cell_height, rows);
}

std::optional<int> MapLayout::columnLabelAt(const QPointF& point) const {
    if (!column_labels.contains(point)) return std::nullopt;
    return placeOf(point.x() - plot.x() + offset.x(), cell_width, columns);
}

GridRange MapLayout::visibleRows() const { return rangeOf(offset.y(), plot.height(), cell_height, rows); }
GridRange MapLayout::visibleColumns() const { return rangeOf(offset.x(), plot.width(), cell_width, columns); }

MapLayout layoutMap(int rows, int columns, const QSizeF& room, const QSizeF& page, const MapBands& bands, double zoom,
                    const QPointF& offset) {
    MapLayout layout;
    layout.rows = rows;
    layout.columns = columns;
    if (rows < 1 || columns < 1) return layout;
    constexpr double margin = 4.0;
    const double rowTitle = bands.row_title ? bands.title : 0.0;
    const double left = std::ceil(margin + rowTitle + bands.row_labels);
    const double top = std::ceil(margin + bands.title + bands.column_labels);
    const double right = margin + bands.sums + bands.legend, bottom = margin + bands.sums;
    const auto inside = [&](const QSizeF& size) {
        return QSizeF(std::max(size.width() - left - right, 1.0), std::max(size.height() - top - bottom, 1.0));
    };
    const QSizeF fit = inside(room);
    double width = std::min(fit.width() / columns, kLargestFittedCell);
    double height = std::min(fit.height() / rows, kLargestFittedCell);
    if (rows == columns) width = height = std::min(width, height);
    layout.cell_width = wholePixels(width) * zoom;
    layout.cell_height = wholePixels(height) * zoom;

    const QSizeF content = layout.content();
    const QSizeF seen = content.boundedTo(inside(page));
    layout.offset = {std::clamp(offset.x(), 0.0, content.width() - seen.width()),
                     std::clamp(offset.y(), 0.0, content.height() - seen.height())};
    // In the middle of what is too wide for it.
    const double shift = std::floor(std::max(page.width() - left - seen.width() - right, 0.0) / 2.0);
    layout.plot = {QPointF(left + shift, top), seen};
    const QRectF& plot = layout.plot;
    layout.row_title = {margin + shift, plot.y(), rowTitle, plot.height()};
    layout.column_title = {plot.x(), margin, plot.width(), bands.title};
    layout.row_labels = {plot.x() - bands.row_labels, plot.y(), bands.row_labels, plot.height()};
    layout.column_labels = {plot.x(), plot.y() - bands.column_labels, plot.width(), bands.column_labels};
    layout.row_sums = {plot.right(), plot.y(), bands.sums, plot.height()};
    layout.column_sums = {plot.x(), plot.bottom(), plot.width(), bands.sums};
    layout.legend = {plot.right() + bands.sums, plot.y(), bands.legend,
                     std::min(std::clamp(plot.height(), 70.0, 260.0), std::max(page.height() - top - margin, 1.0))};
    return layout;
}

double largestZoom(const MapLayout& layout, double zoom) {
    const double fitted = std::min(layout.cell_width, layout.cell_height) / zoom;
    return fitted > 0.0 ? std::max(kLargestCell / fitted, 1.0) : 1.0;
}

std::vector<int> labelsThatFit(const GridRange& visible, double step, double need, const std::vector<int>& always) {
    std::vector<int> labels;
    if (step <= 0.0) return labels;
    const int apart = std::max(static_cast<int>(std::ceil(need / step - 1e-9)), 1);
    const auto isFree = [&](int place) {
        return std::ranges::none_of(labels, [&](int other) { return std::abs(place - other) < apart; });
    };
    for (const int place : always)
        if (place >= visible.first && place <= visible.last && isFree(place)) labels.push_back(place);
    for (int place = visible.first; place <= visible.last; ++place)
        if (place % apart == 0 && isFree(place)) labels.push_back(place);
    std::ranges::sort(labels);
    return labels;
}

double labelPoints(double step, double full, double line) {
    if (line <= 0.0) return full;
    return std::clamp(full * step / line, std::min(kSmallestPoints, full), full);
}

}  // namespace lottery::gui
