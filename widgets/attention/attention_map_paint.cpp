// SPDX-License-Identifier: GPL-3.0-or-later
//
// How AttentionMapView is drawn.
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/figures/axes.h"
#include "widgets/attention/attention_image.h"
#include "widgets/attention/attention_map_view.h"
#include "widgets/attention/attention_painting.h"
#include "widgets/figures/paint_scene.h"

namespace lottery::gui {

namespace {

QString numberOf(double value, double largest) {
    const int decimals = std::clamp(2 - static_cast<int>(std::floor(std::log10(std::max(largest, 1e-9)))), 0, 6);
    return QString::fromStdString(tick_text(value, decimals));
}

// Seen on dark and bright cells alike: a line of the text's colour beside one of the ground's.
void drawOutline(QPainter& painter, const QRectF& box, const QColor& inner, const QColor& outer) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(outer, 1, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.drawRect(box.adjusted(-1.5, -1.5, 1.5, 1.5));
    painter.setPen(QPen(inner, 1, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.drawRect(box.adjusted(-0.5, -0.5, 0.5, 0.5));
}

}  // namespace

// The whole map, one pixel per cell; fewer where the device has fewer, so that no bright cell falls between them.
const QImage& AttentionMapView::imageFor(double ratio) {
    const auto pixels = [&](int cells, double length) {
        return std::clamp(static_cast<int>(std::floor(length * ratio + 1e-6)), 1, cells);
    };
    const QSize size(pixels(layout_.columns, layout_.content().width()),
                     pixels(layout_.rows, layout_.content().height()));
    if (image_.size() != size) {
        const ColorTable table(colorScale(), figureColors(palette()));
        const bool whole = size == QSize(layout_.columns, layout_.rows);
        image_ = whole ? mapImage(content_->values, layout_.rows, layout_.columns, table)
                       : mapImage(reduced(content_->values, layout_.rows, layout_.columns, size.height(), size.width()),
                                  size.height(), size.width(), table);
    }
    return image_;
}

void AttentionMapView::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    if (!content_) {
        paintMessage(painter, *this, placeholder_);
        return;
    }
    const FigureColors colors = figureColors(palette());
    painter.fillRect(viewport()->rect(), toQColor(colors.background));
    painter.save();
    painter.setClipRect(layout_.plot);
    paintCells(painter);
    paintNumbers(painter, colors);
    paintMarks(painter, colors);
    painter.restore();
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(toQColor(colors.neutral), 1));
    painter.drawRect(layout_.plot.adjusted(-0.5, -0.5, 0.5, 0.5));
    for (const bool rows : {true, false}) {
        painter.save();
        paintLabels(painter, colors, rows);
        painter.restore();
        painter.save();
        if (sumsShown_) paintSums(painter, colors, rows);
        painter.restore();
    }
    paintLegend(painter, colors);
    paintFocus(painter, *this);
}

void AttentionMapView::paintCells(QPainter& painter) {
    // Of the device that is painted on, which need not be the screen.
    const QImage& image = imageFor(painter.deviceTransform().m11());
    const GridRange rows = layout_.visibleRows(), columns = layout_.visibleColumns();
    const QRectF target(layout_.cell(rows.first, columns.first).topLeft(),
                        layout_.cell(rows.last, columns.last).bottomRight());
    const double x = static_cast<double>(image.width()) / layout_.columns;
    const double y = static_cast<double>(image.height()) / layout_.rows;
    const QRectF source(columns.first * x, rows.first * y, (columns.last - columns.first + 1) * x,
                        (rows.last - rows.first + 1) * y);
    painter.drawImage(target, image, source);
}

// Written into cells that are large enough.
void AttentionMapView::paintNumbers(QPainter& painter, const FigureColors& colors) {
    const QFont small = smallFont(font());
    const QFontMetricsF metrics(small);
    const double largest = std::max(std::abs(range_.first), std::abs(range_.second));
    const QString widest = numberOf(content_->difference ? -largest : largest, largest);
    if (layout_.cell_height < metrics.height() + 2 || layout_.cell_width < metrics.horizontalAdvance(widest) + 4)
        return;
    painter.setFont(small);
    const ColorScale scale = colorScale();
    const GridRange rows = layout_.visibleRows(), columns = layout_.visibleColumns();
    for (int row = rows.first; row <= rows.last; ++row) {
        for (int column = columns.first; column <= columns.last; ++column) {
            const double value = valueAt({row, column});
            if (!std::isfinite(value) || !layout_.plot.contains(layout_.cell(row, column).adjusted(2, 2, -2, -2)))
                continue;
            painter.setPen(toQColor(contrasting(scale.of(value, colors))));
            painter.drawText(layout_.cell(row, column), Qt::AlignCenter, numberOf(value, largest));
        }
    }
}

// Boundaries of segments, the selected tokens and the crosshair.
void AttentionMapView::paintMarks(QPainter& painter, const FigureColors& colors) {
    const QColor ground = toQColor(colors.background), text = toQColor(colors.text);
    const QRectF& plot = layout_.plot;
    const auto line = [&](const QLineF& at) {
        painter.setPen(QPen(ground, 2));
        painter.drawLine(at);
        painter.setPen(QPen(text, 1, Qt::DashLine));
        painter.drawLine(at);
    };
    for (const int row : content_->rows.breaks) {
        const double y = layout_.cell(row, 0).y();
        line({plot.left(), y, plot.right(), y});
    }
    for (const int column : content_->columns.breaks) {
        const double x = layout_.cell(0, column).x();
        line({x, plot.top(), x, plot.bottom()});
    }
    const auto strip = [&](std::optional<int> row, std::optional<int> column, const QColor& color) {
        if (row) {
            const QRectF cell = layout_.cell(*row, 0);
            drawOutline(painter, {plot.x() - 4, cell.y(), plot.width() + 8, cell.height()}, color, ground);
        }
        if (column) {
            const QRectF cell = layout_.cell(0, *column);
            drawOutline(painter, {cell.x(), plot.y() - 4, cell.width(), plot.height() + 8}, color, ground);
        }
    };
    strip(selectedRow_, selectedColumn_, palette().color(QPalette::Highlight));
    if (hovered_) strip(hovered_->row, hovered_->column, text);
}

void AttentionMapView::paintLabels(QPainter& painter, const FigureColors& colors, bool rows) {
    const MapAxis& axis = rows ? content_->rows : content_->columns;
    const double step = rows ? layout_.cell_height : layout_.cell_width;
    const auto selected = rows ? selectedRow_ : selectedColumn_;
    QFont font = smallFont(this->font());
    const double full = font.pointSizeF(), line = QFontMetricsF(font).height();
    if (full > 0.0) font.setPointSizeF(labelPoints(step, full, line));
    const QFontMetricsF metrics(font);
    std::vector<int> always;
    if (hovered_) always.push_back(rows ? hovered_->row : hovered_->column);
    if (selected) always.push_back(*selected);
    // Columns are written upwards: the same as rows, in a frame turned by a quarter.
    const QRectF band = rows ? layout_.row_labels : layout_.column_labels;
    painter.save();
    if (!rows) {
        painter.translate(band.left(), band.bottom());
        painter.rotate(-90);
    }
    const double length = rows ? band.width() : band.height();
    const double start = rows ? band.left() : 0.0,
                 across = rows ? layout_.plot.y() - layout_.offset.y() : -layout_.offset.x();
    painter.setClipRect(QRectF(start, rows ? band.top() : 0.0, length, rows ? band.height() : band.width()));
    const GridRange visible = rows ? layout_.visibleRows() : layout_.visibleColumns();
    for (const int place : labelsThatFit(visible, step, metrics.height() * 0.95, always)) {
        // At an edge the label of a cell that is seen in part stays whole.
        const double half = metrics.height() / 2, first = rows ? band.top() : 0.0;
        const double last = first + (rows ? band.height() : band.width());
        const double middle = std::max(std::min(across + (place + 0.5) * step, last - half), first + half);
        const QRectF box(start, middle - metrics.height() / 2, length, metrics.height());
        const bool isSelected = selected == place;
        const bool isHovered = hovered_ && (rows ? hovered_->row : hovered_->column) == place;
        QFont bold = font;
        bold.setBold(isHovered || isSelected);
        painter.setFont(bold);
        const QColor ground = isSelected  ? palette().color(QPalette::Highlight)
                              : isHovered ? toQColor(colors.grid)
                                          : toQColor(colors.background);
        if (isSelected || isHovered) painter.fillRect(box, ground);
        painter.setPen(isSelected ? palette().color(QPalette::HighlightedText) : toQColor(colors.text));
        const QString label = QString::fromStdString(axis.labels[static_cast<std::size_t>(place)]);
        painter.drawText(box.adjusted(3, 0, -3, 0), (rows ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter,
                         QFontMetricsF(bold).elidedText(label, Qt::ElideRight, length - 6));
    }
    painter.restore();
    painter.setFont(smallFont(this->font()));
    painter.setPen(toQColor(colors.muted));
    const QString title = QString::fromStdString(axis.title);
    if (rows) {
        painter.translate(layout_.row_title.left(), layout_.row_title.bottom());
        painter.rotate(-90);
        painter.drawText(QRectF(0, 0, layout_.row_title.height(), layout_.row_title.width()), Qt::AlignCenter, title);
    } else {
        painter.drawText(layout_.column_title, Qt::AlignCenter, title);
    }
}

void AttentionMapView::paintSums(QPainter& painter, const FigureColors& colors, bool rows) {
    const QRectF strip = (rows ? layout_.row_sums : layout_.column_sums).adjusted(rows ? 4 : 0, rows ? 0 : 4, 0, 0);
    const std::vector<double>& sums = rows ? sums_.rows : sums_.columns;
    const double largest = rows ? sums_.largest_row : sums_.largest_column;
    const double thick = (rows ? strip.width() : strip.height()) - 4;
    const double step = rows ? layout_.cell_height : layout_.cell_width;
    const GridRange visible = rows ? layout_.visibleRows() : layout_.visibleColumns();
    painter.setClipRect(strip.adjusted(rows ? -4 : 0, rows ? 0 : -4, 0, 0));
    const bool isSigned = std::ranges::any_of(sums, [](double sum) { return sum < 0.0; });
    const double zero = isSigned ? thick / 2 : 0.0, scale = isSigned ? thick / 2 : thick;
    const double gap = step >= 6.0 ? 1.0 : 0.0;
    for (int place = visible.first; place <= visible.last; ++place) {
        const double sum = sums[static_cast<std::size_t>(place)];
        if (!std::isfinite(sum) || largest <= 0.0) continue;
        const double end = zero + sum / largest * scale, low = std::min(zero, end), high = std::max(zero, end);
        const QRectF cell = layout_.cell(rows ? place : 0, rows ? 0 : place);
        const bool isHovered = hovered_ && (rows ? hovered_->row : hovered_->column) == place;
        const QColor fill = isHovered || (rows ? selectedRow_ : selectedColumn_) == place
                                ? palette().color(QPalette::Highlight)
                                : toQColor(colors.neutral);
        painter.fillRect(rows ? QRectF(strip.x() + low, cell.y(), high - low, cell.height() - gap)
                              : QRectF(cell.x(), strip.y() + low, cell.width() - gap, high - low),
                         fill);
    }
    painter.setClipping(false);
    painter.setFont(smallFont(font()));
    painter.setPen(toQColor(colors.muted));
    const double line = QFontMetricsF(painter.font()).height();
    // What the longest bar stands for.
    const QString caption = tr("Σ ≤ %1").arg(numberOf(largest, largest));
    if (rows)
        painter.drawText(QRectF(strip.x(), strip.y() - line - 2, strip.width() + 40, line), Qt::AlignLeft, caption);
    else
        painter.drawText(QRectF(strip.x() - 84, strip.y(), 80, line), Qt::AlignRight, caption);
}

void AttentionMapView::paintLegend(QPainter& painter, const FigureColors& colors) {
    const ColorScale scale = colorScale();
    const QFontMetricsF metrics(smallFont(font()));
    const QRectF bar(layout_.legend.x() + 14, layout_.legend.y(), 12, layout_.legend.height());
    const int steps = std::max(static_cast<int>(bar.height()), 2);
    for (int i = 0; i < steps; ++i) {
        const double value = std::lerp(scale.high, scale.low, i / (steps - 1.0));
        painter.fillRect(QRectF(bar.x(), bar.y() + i, bar.width(), 1), toQColor(scale.of(value, colors)));
    }
    painter.setFont(smallFont(font()));
    painter.setPen(toQColor(colors.text));
    const double largest = std::max(std::abs(scale.low), std::abs(scale.high)), line = metrics.height();
    const QRectF numbers(bar.right() + 4, bar.y() - line * 0.2, layout_.legend.right() - bar.right() - 4,
                         bar.height() + line * 0.4);
    const double slack = (scale.high - scale.low) * 1e-6;
    const QString above = extent_.second > scale.high + slack ? QString::fromUtf8("≥") : QString();
    const QString below = extent_.first < scale.low - slack ? QString::fromUtf8("≤") : QString();
    painter.drawText(numbers, Qt::AlignLeft | Qt::AlignTop, above + numberOf(scale.high, largest));
    painter.drawText(numbers, Qt::AlignLeft | Qt::AlignVCenter,
                     numberOf(std::midpoint(scale.low, scale.high), largest));
    painter.drawText(numbers, Qt::AlignLeft | Qt::AlignBottom, below + numberOf(scale.low, largest));
    painter.save();
    painter.setPen(toQColor(colors.muted));
    painter.translate(layout_.legend.right() - line, bar.bottom());
    painter.rotate(-90);
    painter.drawText(QRectF(0, 0, bar.height(), line), Qt::AlignCenter,
                     metrics.elidedText(QString::fromStdString(content_->value_label), Qt::ElideRight, bar.height()));
    painter.restore();
}

}  // namespace lottery::gui
