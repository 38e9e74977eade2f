// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/figures/plot_theme.h"

#include "widgets/figures/paint_scene.h"

namespace lottery::gui {

FigureColors themePlot(QCustomPlot& plot) {
    const FigureColors colors = figureColors(plot.palette());
    const QColor text = toQColor(colors.text), muted = toQColor(colors.muted), grid = toQColor(colors.grid);
    QFont small = plot.font();
    if (small.pointSizeF() > 7.5) small.setPointSizeF(small.pointSizeF() - 1.0);
    plot.setBackground(QBrush(toQColor(colors.background)));
    for (QCPAxisRect* rectangle : plot.axisRects()) {
        for (QCPAxis* axis : rectangle->axes()) {
            const bool first = axis->axisType() == QCPAxis::atBottom || axis->axisType() == QCPAxis::atLeft;
            axis->setVisible(first);
            axis->setBasePen(QPen(muted, 0));
            axis->setTickPen(QPen(muted, 0));
            axis->setSubTickPen(QPen(Qt::NoPen));
            axis->setTickLength(0, 4);
            axis->setTickLabelColor(text);
            axis->setTickLabelFont(small);
            axis->setLabelColor(text);
            axis->setLabelFont(plot.font());
            axis->setLabelPadding(4);
            axis->grid()->setPen(axis->axisType() == QCPAxis::atLeft ? QPen(grid, 0) : QPen(Qt::NoPen));
            axis->grid()->setSubGridVisible(false);
            axis->grid()->setZeroLinePen(Qt::NoPen);
            axis->setSelectableParts(QCPAxis::spNone);
        }
        // Without a pen for zero the grid line at zero would be missing.
        rectangle->axis(QCPAxis::atLeft)->grid()->setZeroLinePen(QPen(grid, 0));
    }
    for (int i = 0; i < plot.plottableCount(); ++i) plot.plottable(i)->setSelectable(QCP::stNone);
    return colors;
}

void setTicks(QCPAxis& axis, const Ticks& ticks) {
    auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    for (const double value : ticks.values)
        ticker->addTick(value, QString::fromStdString(tick_text(value, ticks.decimals)));
    axis.setTicker(ticker);
}

QCPScatterStyle pointStyle(const QColor& color, const FigureColors& colors, double size) {
    return {QCPScatterStyle::ssCircle, QPen(toQColor(colors.background), 1), QBrush(color), size};
}

}  // namespace lottery::gui
