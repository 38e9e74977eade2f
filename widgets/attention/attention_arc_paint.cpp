// SPDX-License-Identifier: GPL-3.0-or-later
//
// How AttentionArcView is drawn.
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/figures/axes.h"
#include "widgets/attention/attention_arc_view.h"
#include "widgets/attention/attention_line.h"
#include "widgets/attention/attention_map_content.h"
#include "widgets/attention/attention_painting.h"
#include "widgets/figures/paint_scene.h"

namespace lottery::gui {

void AttentionArcView::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    if (!content_) {
        paintMessage(painter, *this, placeholder_);
        return;
    }
    const FigureColors colors = figureColors(palette());
    painter.fillRect(viewport()->rect(), toQColor(colors.background));
    // Drawn once for a place, kept while only the focus or what lies above changes. Of the device that is painted on,
    // which need not be the screen.
    const double ratio = painter.deviceTransform().m11();
    const QSize pixels = (QSizeF(viewport()->size()) * ratio).toSize();
    if (picture_.size() != pixels) {
        picture_ = QImage(pixels, QImage::Format_RGB32);
        picture_.setDevicePixelRatio(ratio);
        picture_.fill(toQColor(colors.background));
        paintLines(picture_, colors);
    }
    painter.drawImage(QPointF(0, 0), picture_);
    paintTokens(painter, colors);
    if (focus()) paintMarks(painter, colors);
    paintHead(painter, colors);
    paintFocus(painter, *this);
}

void AttentionArcView::paintLines(QImage& image, const FigureColors& colors) const {
    const double ratio = image.devicePixelRatio();
    const QRect clip = QRect(0, qRound(layout_.head.bottom() * ratio), image.width(), image.height()) & image.rect();
    for (const ArcLine& line : lines_.lines) {
        if (!layout_.isVisible(line)) continue;
        const double share = static_cast<double>(line.share);
        Color color = arcColor(static_cast<std::size_t>(line.head), colors);
        color.alpha = static_cast<std::uint8_t>(std::lround(20.0 + 235.0 * share));
        drawSmoothLine(image, clip,
                       {QPointF(layout_.from, layout_.middle(line.query)) * ratio,
                        QPointF(layout_.to, layout_.middle(line.key)) * ratio, (0.8 + 2.0 * share) * ratio, color,
                        line.weight < 0.0F});
    }
}

void AttentionArcView::paintTokens(QPainter& painter, const FigureColors& colors) const {
    painter.save();
    painter.setClipRect(viewport()->rect().adjusted(0, static_cast<int>(layout_.head.bottom()), 0, 0));
    const GridRange visible = layout_.visible();
    for (const int token : segmentBreaks(content_->tokens)) {
        const double y = layout_.middle(token) - layout_.row / 2;
        painter.setPen(QPen(toQColor(colors.neutral), 1, Qt::DashLine));
        painter.drawLine(QPointF(layout_.queries.left(), y), QPointF(layout_.keys.right(), y));
    }
    for (int token = visible.first; token <= visible.last; ++token) {
        const QString text = QString::fromStdString(content_->tokens.texts[static_cast<std::size_t>(token)]);
        for (const bool row : {true, false}) {
            const QRectF box = layout_.label({token, row});
            const bool isSelected = selected_ == ArcToken{token, row}, isHovered = hovered_ == ArcToken{token, row};
            QFont font = this->font();
            font.setBold(isSelected || isHovered);
            painter.setFont(font);
            if (isSelected || isHovered)
                painter.fillRect(box, isSelected ? palette().color(QPalette::Highlight) : toQColor(colors.grid));
            painter.setPen(isSelected ? palette().color(QPalette::HighlightedText) : toQColor(colors.text));
            painter.drawText(box.adjusted(4, 0, -4, 0), (row ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter,
                             QFontMetricsF(font).elidedText(text, Qt::ElideRight, box.width() - 8));
        }
    }
    painter.restore();
}

// How much each head gives to every token of the other side, one strip per head.
void AttentionArcView::paintMarks(QPainter& painter, const FigureColors& colors) const {
    painter.save();
    painter.setClipRect(viewport()->rect().adjusted(0, static_cast<int>(layout_.head.bottom()), 0, 0));
    const bool row = focus()->row;
    const QRectF& marks = row ? layout_.key_marks : layout_.query_marks;
    const double step = (marks.width() - 4.0) / static_cast<double>(content_->heads.size());
    for (const ArcLine& line : lines_.lines) {
        const double y = layout_.middle(row ? line.key : line.query) - layout_.row / 2;
        QColor color = toQColor(arcColor(static_cast<std::size_t>(line.head), colors));
        color.setAlphaF(line.share);
        painter.fillRect(QRectF(marks.x() + 2 + line.head * step, y + 1, step - 1, layout_.row - 2), color);
    }
    painter.restore();
}

void AttentionArcView::paintHead(QPainter& painter, const FigureColors& colors) const {
    painter.setFont(smallFont(font()));
    const QFontMetricsF metrics(painter.font());
    std::vector<double> widths;
    for (const ArcHead& head : content_->heads)
        widths.push_back(metrics.horizontalAdvance(QString::fromStdString(head.name)) + 14.0);
    const auto places = flowPlaces(widths, layout_.head.width() - 16.0, 12.0);
    const double line = metrics.height() + 2;
    for (std::size_t head = 0; head < places.size(); ++head) {
        const double x = 8.0 + places[head].x, y = 3.0 + places[head].line * line;
        painter.fillRect(QRectF(x, y + 2, 10, line - 6), toQColor(arcColor(head, colors)));
        painter.setPen(toQColor(colors.text));
        painter.drawText(QRectF(x + 14, y, widths[head], metrics.height()), Qt::AlignLeft | Qt::AlignVCenter,
                         QString::fromStdString(content_->heads[head].name));
    }
    const QString label = QString::fromStdString(content_->value_label);
    const QString least = QString::fromStdString(number_text(threshold_ * lines_.largest, 3));
    QString text =
        threshold_ > 0.0 ? tr("%1 lines, %2 ≥ %3").arg(lines_.all).arg(label, least) : tr("%1 lines").arg(lines_.all);
    if (lines_.all > lines_.lines.size()) text = tr("the %1 strongest of %2").arg(lines_.lines.size()).arg(text);
    painter.setPen(toQColor(colors.muted));
    painter.drawText(QRectF(8, 3 + (places.back().line + 1) * line, layout_.head.width() - 16, metrics.height()),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(text, Qt::ElideRight, layout_.head.width() - 16));
}

}  // namespace lottery::gui
