// SPDX-License-Identifier: GPL-3.0-or-later
//
// Smooth translucent lines, thousands of them in a frame: an order of magnitude faster than QPainter, which makes a
// path of every line that is wider than a pixel. No widget here.
//
// Thread rule: pure functions, but for the image they draw into.
#pragma once

#include <QImage>
#include <QPointF>
#include <QRect>

#include "core/figures/color.h"

namespace lottery::gui {

struct SmoothLine {
    QPointF from, to;  // pixels of the image
    double width = 1.0;
    Color color;  // its alpha is the opacity
    bool dashed = false;
};

// Into an image of Format_RGB32, inside of `clip`. Ends are cut along an axis; a line without length draws nothing.
void drawSmoothLine(QImage& image, const QRect& clip, const SmoothLine& line);

}  // namespace lottery::gui
