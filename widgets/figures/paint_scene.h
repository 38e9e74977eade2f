// SPDX-License-Identifier: GPL-3.0-or-later
//
// Draws a figure's scene with QPainter: the one renderer for screen, PNG and PDF.
//
// Thread rule: any thread that may use QPainter on the painter's device.
#pragma once

#include <QColor>
#include <QFont>
#include <QPainter>
#include <QPalette>
#include <QRectF>

#include "core/figures/figure.h"

namespace lottery::gui {

QColor toQColor(Color color);
Color fromQColor(const QColor& color);

// Sans-serif faces of papers, in the order tried; the last resort is the system's sans-serif.
QFont figureFont();

// Fills `target` (in the painter's coordinates) with the scene, its background included. The scene's proportions
// are kept: its width fills the width of `target`. `font` gives the face, the scene the sizes.
void paintScene(QPainter& painter, const Scene& scene, const QRectF& target, const QFont& font = figureFont());

// Colours of figures on the screen, from the palette: light or dark.
FigureColors figureColors(const QPalette& palette);
bool isDark(const QPalette& palette);

}  // namespace lottery::gui
