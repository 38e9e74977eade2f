// SPDX-License-Identifier: GPL-3.0-or-later
//
// Looks of QCustomPlot on the screen, the same as those of the exported figures, light and dark.
//
// Thread rule: GUI thread.
#pragma once

#include "core/figures/axes.h"
#include "widgets/figures/custom_plot.h"

namespace lottery::gui {

// Background, axes, ticks, grid, legends and fonts of every axis rectangle from the widget's palette and font.
// Returns the colours, for graphs and items.
FigureColors themePlot(QCustomPlot& plot);

// Round tick values with the same number of digits each, as in the exported figures.
void setTicks(QCPAxis& axis, const Ticks& ticks);

// A filled point with a rim of the background, as accepted steps and dev scores have.
QCPScatterStyle pointStyle(const QColor& color, const FigureColors& colors, double size);

}  // namespace lottery::gui
