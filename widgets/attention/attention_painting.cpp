// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/attention_painting.h"

#include <QAccessible>

#include "widgets/figures/paint_scene.h"

namespace lottery::gui {

void paintMessage(QPainter& painter, const QAbstractScrollArea& view, const QString& text) {
    const FigureColors colors = figureColors(view.palette());
    const QRect area = view.viewport()->rect();
    painter.fillRect(area, toQColor(colors.background));
    painter.setPen(toQColor(colors.muted));
    painter.drawText(area.adjusted(16, 16, -16, -16), Qt::AlignCenter | Qt::TextWordWrap, text);
    paintFocus(painter, view);
}

void paintFocus(QPainter& painter, const QAbstractScrollArea& view) {
    if (!view.hasFocus()) return;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(view.palette().color(QPalette::Highlight), 1));
    painter.drawRect(QRectF(view.viewport()->rect()).adjusted(0.5, 0.5, -0.5, -0.5));
}

QFont smallFont(const QFont& font) {
    QFont small = font;
    if (small.pointSizeF() > 7.5) small.setPointSizeF(small.pointSizeF() - 1.0);
    return small;
}

void describeView(QAbstractScrollArea& view, const QString& text) {
    if (text == view.accessibleDescription()) return;
    view.setAccessibleDescription(text);
    QAccessibleEvent changed(&view, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
}

void prepareView(QAbstractScrollArea& view) {
    view.setFrameShape(QFrame::NoFrame);
    view.viewport()->setMouseTracking(true);
    view.viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    view.setFocusPolicy(Qt::StrongFocus);
    view.setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

}  // namespace lottery::gui
