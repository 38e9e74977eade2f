// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/attention_grid_layout.h"

#include <algorithm>
#include <cmath>

namespace lottery::gui {

namespace {

GridRange rangeOf(double from, double to, double origin, double step, int count) {
    if (count < 1 || step <= 0.0 || to <= origin || from >= origin + step * count) return {};
    const auto place = [&](double x) { return std::clamp(std::floor((x - origin) / step), 0.0, count - 1.0); };
    return {static_cast<int>(place(from)), static_cast<int>(place(to))};
}

}  // namespace

QSizeF GridLayout::size() const { return {left + gap + heads * columnStep(), top + gap + layers * rowStep()}; }

QRectF GridLayout::thumbnail(const Component& head) const {
    return {left + gap + head.head * columnStep(), top + gap + head.layer * rowStep(), side, side};
}

QRectF GridLayout::badgeOf(const Component& head) const {
    return thumbnail(head).translated(0, side).adjusted(0, 0, 0, badge - side);
}

QRectF GridLayout::cell(const Component& head) const { return thumbnail(head).adjusted(0, 0, 0, badge); }

QRectF GridLayout::row(int layer) const { return cell({layer, 0}).united(cell({layer, std::max(heads - 1, 0)})); }

std::optional<Component> GridLayout::at(const QPointF& point) const {
    const double x = point.x() - left - gap, y = point.y() - top - gap;
    if (x < 0.0 || y < 0.0 || side <= 0.0) return std::nullopt;
    const double head = std::floor(x / columnStep()), layer = std::floor(y / rowStep());
    if (head >= heads || layer >= layers) return std::nullopt;
    return Component{static_cast<int>(layer), static_cast<int>(head)};
}

GridRange visibleLayers(const GridLayout& layout, double from, double to) {
    return rangeOf(from, to, layout.top + layout.gap, layout.rowStep(), layout.layers);
}

GridRange visibleHeads(const GridLayout& layout, double from, double to) {
    return rangeOf(from, to, layout.left + layout.gap, layout.columnStep(), layout.heads);
}

GridLayout layoutGrid(int layers, int heads, const QSizeF& room, double left, double top, double badge) {
    GridLayout layout{layers, heads, std::ceil(left), std::ceil(top), 0.0, std::ceil(badge), 0.0};
    if (layers < 1 || heads < 1) return layout;
    const auto fitting = [&](double gap) {
        return std::floor(std::min((room.width() - layout.left - gap) / heads - gap,
                                   (room.height() - layout.top - gap) / layers - gap - layout.badge));
    };
    // Larger thumbnails stand a little farther apart.
    layout.gap = fitting(6.0) >= 56.0 ? 6.0 : 4.0;
    layout.side = std::clamp(fitting(layout.gap), kSmallestThumbnail, kLargestThumbnail);
    return layout;
}

QString wordsThatFit(const QString& text, double width, const std::function<double(const QString&)>& widthOf) {
    QString fitting = text;
    while (!fitting.isEmpty() && widthOf(fitting) > width) {
        const qsizetype space = fitting.lastIndexOf(' ');
        fitting = space > 0 ? fitting.left(space) : QString();
    }
    return fitting;
}

}  // namespace lottery::gui
