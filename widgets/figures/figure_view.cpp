// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/figures/figure_view.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "widgets/figures/paint_scene.h"
#include "widgets/figures/screen_style.h"

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

Scene FigureView::scene() const { return builder_ ? builder_(screenStyle(*this)).scene : Scene{}; }

QString FigureView::toolTipAt(const QPointF& position) const {
    if (!toolTip_) return {};
    return toolTip_({position.x() / pixelsPerMm(*this), position.y() / pixelsPerMm(*this)}, screenStyle(*this));
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
    painter.fillRect(rect(), toQColor(screenStyle(*this).colors.background));
    if (builder_) paintScene(painter, scene(), QRectF(rect()), font());
}

}  // namespace lottery::gui
