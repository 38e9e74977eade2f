// SPDX-License-Identifier: GPL-3.0-or-later
//
// How figures are drawn on a widget: as large as it is, in its type size and its colours, sharp on its screen.
//
// Thread rule: GUI thread.
#pragma once

#include <QWidget>
#include <algorithm>

#include "core/figures/figure.h"
#include "widgets/figures/paint_scene.h"

namespace lottery::gui {

inline double pixelsPerMm(const QWidget& widget) { return widget.logicalDpiX() / 25.4; }

inline FigureStyle screenStyle(const QWidget& widget) {
    const double scale = pixelsPerMm(widget);
    FigureStyle style;
    style.width_mm = std::max(widget.width(), 1) / scale;
    style.height_mm = std::max(widget.height(), 1) / scale;
    style.font_pt = widget.fontInfo().pointSizeF();
    style.pixel_mm = 1.0 / (scale * widget.devicePixelRatioF());
    style.colors = figureColors(widget.palette());
    return style;
}

}  // namespace lottery::gui
