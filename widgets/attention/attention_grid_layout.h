// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where the thumbnails of layers × heads lie: rows are layers, columns heads. Pixels from the top left corner of the
// whole content, which may be larger than what is seen. No widget here.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <QRectF>
#include <QSizeF>
#include <QString>
#include <functional>
#include <optional>

#include "core/pruning/mask_search_options.h"

namespace lottery::gui {

struct GridLayout {
    int layers = 0, heads = 0;
    double left = 0.0, top = 0.0;  // bands for the numbers of layers and heads
    double side = 0.0;             // of a thumbnail, whole pixels
    double badge = 0.0;            // height of the strip below a thumbnail, 0 without badges
    double gap = 0.0;              // between cells, and around them

    [[nodiscard]] double columnStep() const { return side + gap; }
    [[nodiscard]] double rowStep() const { return side + badge + gap; }
    [[nodiscard]] QSizeF size() const;
    // The thumbnail, without its badge.
    [[nodiscard]] QRectF thumbnail(const Component& head) const;
    [[nodiscard]] QRectF badgeOf(const Component& head) const;
    // Both, and for a layer as a whole.
    [[nodiscard]] QRectF cell(const Component& head) const;
    [[nodiscard]] QRectF row(int layer) const;
    // Nothing in the bands and outside; gaps belong to the cell before them.
    [[nodiscard]] std::optional<Component> at(const QPointF& point) const;
};

// Of layers or heads that a stretch of the content shows, first and last inclusive; none: last < first.
struct GridRange {
    int first = 0, last = -1;
};
GridRange visibleLayers(const GridLayout& layout, double from, double to);
GridRange visibleHeads(const GridLayout& layout, double from, double to);

inline constexpr double kSmallestThumbnail = 28.0, kLargestThumbnail = 220.0;  // pixels

// As large as `room` allows, between the two above. `left`, `top`, `badge`: see the layout.
GridLayout layoutGrid(int layers, int heads, const QSizeF& room, double left, double top, double badge);

// The first words of `text` that are not wider than `width`, as `widthOf` measures them: "diagonal 0.93" becomes
// "diagonal"; empty where not even the first word fits.
QString wordsThatFit(const QString& text, double width, const std::function<double(const QString&)>& widthOf);

}  // namespace lottery::gui
