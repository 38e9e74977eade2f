// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/figures/figure_view.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "widgets/figures/paint_scene.h"

namespace lottery::gui {

FigureView::FigureView(QWidget* parent) : QWidget(parent) { setAttribute(Qt::WA_OpaquePaintEvent); }

void FigureView::setFigure(Builder builder, ToolTip toolTip) {
    builder_ = std::move(builder);
    toolTip_ = std::move(toolTip);
    const Scene drawn = scene();
    setAccessibleName(QString::fromStdString(drawn.title));
    setAccessibleDescription(QString::fromStdString(drawn.description));
    update();
}

double FigureView::pixelsPerMm() const { return logicalDpiX() / 25.4; }

FigureStyle FigureView::style() const {
    FigureStyle style;
    style.width_mm = std::max(width(), 1) / pixelsPerMm();
    style.height_mm = std::max(height(), 1) / pixelsPerMm();
    style.font_pt = fontInfo().pointSizeF();
    style.pixel_mm = 1.0 / (pixelsPerMm() * devicePixelRatioF());
    style.colors = figureColors(palette());
    return style;
}

Scene FigureView::scene() const { return builder_ ? builder_(style()).scene : Scene{}; }

QString FigureView::toolTipAt(const QPointF& position) const {
    if (!toolTip_) return {};
    return toolTip_({position.x() / pixelsPerMm(), position.y() / pixelsPerMm()}, style());
}

bool FigureView::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QString text = toolTipAt(help->pos());
        if (text.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), text, this);
        return true;
    }
    return QWidget::event(event);
}

void FigureView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), toQColor(style().colors.background));
    if (builder_) paintScene(painter, scene(), QRectF(rect()), font());
}

}  // namespace lottery::gui
