// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/attention_map_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/figures/attention_scale.h"
#include "core/figures/axes.h"
#include "widgets/attention/attention_painting.h"

namespace lottery::gui {

namespace {

bool isArrow(int key) {
    return key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Up || key == Qt::Key_Down;
}

int stepOf(int key) { return key == Qt::Key_Left || key == Qt::Key_Up ? -1 : 1; }
bool isVertical(int key) { return key == Qt::Key_Up || key == Qt::Key_Down; }

QString sumText(double sum) { return QString::fromStdString(number_text(sum, 3)); }

}  // namespace

AttentionMapView::AttentionMapView(QWidget* parent) : QAbstractScrollArea(parent) {
    prepareView(*this);
    setAccessibleName(tr("Attention map"));
    setPlaceholder(tr("No attention map yet."));
}

void AttentionMapView::setContent(std::shared_ptr<const MapContent> content) {
    if (content && !content->isUsable()) content.reset();
    const bool sameSize = content && content_ && content->rows.size() == content_->rows.size() &&
                          content->columns.size() == content_->columns.size();
    content_ = std::move(content);
    image_ = {};
    if (!sameSize) {
        zoom_ = 1.0;
        setHovered(std::nullopt);
        if (!content_ || selectedRow_ >= content_->rows.size()) selectedRow_.reset();
        if (!content_ || selectedColumn_ >= content_->columns.size()) selectedColumn_.reset();
    }
    if (content_ && !content_->rows.tokens) selectedRow_.reset();
    if (content_ && !content_->columns.tokens) selectedColumn_.reset();
    measure();
    layOut();
    updateAccessibleText();
    if (hovered_) Q_EMIT hovered(hovered_->row, hovered_->column, valueAt(*hovered_));
}

double AttentionMapView::valueAt(const MapCell& cell) const {
    return static_cast<double>(content_->at(cell.row, cell.column));
}

void AttentionMapView::setColorMap(ColorMap map) {
    map_ = map;
    image_ = {};
    viewport()->update();
}

ColorScale AttentionMapView::colorScale() const {
    return {content_ && content_->difference ? ColorMap::BlueRed : map_, range_.first, range_.second};
}

void AttentionMapView::setSumsShown(bool shown) {
    sumsShown_ = shown;
    layOut();
}

void AttentionMapView::setPlaceholder(const QString& text) {
    placeholder_ = text;
    updateAccessibleText();
    viewport()->update();
}

void AttentionMapView::setSelectedToken(std::optional<int> token, bool row) {
    const MapAxis* axis = !content_ ? nullptr : row ? &content_->rows : &content_->columns;
    if (!axis || !axis->tokens || token < 0 || token >= axis->size()) token.reset();
    auto& selected = row ? selectedRow_ : selectedColumn_;
    if (selected == token) return;
    selected = token;
    if (token) bringIntoView(row ? token : std::nullopt, row ? std::nullopt : token);
    updateAccessibleText();
    viewport()->update();
}

void AttentionMapView::choose(int token, bool row) {
    const auto before = selectedToken(row);
    setSelectedToken(token, row);
    if (before != selectedToken(row)) Q_EMIT tokenSelected(selectedToken(row).value_or(-1), row);
}

void AttentionMapView::setHovered(std::optional<MapCell> cell) {
    if (cell == hovered_) return;
    hovered_ = cell;
    viewport()->update();
    if (cell && content_)
        Q_EMIT hovered(cell->row, cell->column, valueAt(*cell));
    else
        Q_EMIT hovered(-1, -1, std::numeric_limits<double>::quiet_NaN());
}

void AttentionMapView::measure() {
    const QFont small = smallFont(font());
    const QFontMetricsF metrics(small);
    const auto widest = [&](const MapAxis& axis) {
        double width = 0.0;
        for (const std::string& label : axis.labels)
            width = std::max(width, metrics.horizontalAdvance(QString::fromStdString(label)));
        return width + 8.0;
    };
    widestRow_ = content_ ? widest(content_->rows) : 0.0;
    widestColumn_ = content_ ? widest(content_->columns) : 0.0;
    if (!content_) return;
    sums_ = sumsOf(*content_);
    const ColorScale scale =
        attention_colors(content_->values, content_->difference ? AttentionScale::Signed : AttentionScale::Sequential,
                         map_, content_->range);
    range_ = {scale.low, scale.high};
    extent_ = {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
    for (const float value : content_->values) {
        if (!std::isfinite(value)) continue;
        extent_.first = std::min(extent_.first, static_cast<double>(value));
        extent_.second = std::max(extent_.second, static_cast<double>(value));
    }
}

void AttentionMapView::layOut() {
    const int rows = content_ ? content_->rows.size() : 0, columns = content_ ? content_->columns.size() : 0;
    const QFontMetricsF metrics(smallFont(font()));
    const QSizeF room = maximumViewportSize(), page = viewport()->size();
    bands_.title = metrics.height() + 2;
    bands_.row_title = content_ && !content_->rows.title.empty();
    bands_.row_labels = std::min(widestRow_, room.width() * 0.25);
    bands_.column_labels = std::min(widestColumn_, room.height() * 0.25);
    bands_.sums = sumsShown_ ? 34.0 : 0.0;
    bands_.legend = 34.0 + metrics.horizontalAdvance("\u22650.000") + metrics.height();
    const QPointF offset(horizontalScrollBar()->value(), verticalScrollBar()->value());
    // Scroll bars that nothing needs would otherwise keep each other.
    layout_ = layoutMap(rows, columns, room, room, bands_, zoom_, offset);
    if (layout_.plot.width() < layout_.content().width() || layout_.plot.height() < layout_.content().height())
        layout_ = layoutMap(rows, columns, room, page, bands_, zoom_, offset);
    const auto bound = [](QScrollBar* bar, double content, double seen) {
        bar->setPageStep(static_cast<int>(seen));
        bar->setSingleStep(std::max(static_cast<int>(seen / 10), 1));
        bar->setRange(0, static_cast<int>(std::ceil(content - seen - 1e-6)));
    };
    bound(horizontalScrollBar(), layout_.content().width(), layout_.plot.width());
    bound(verticalScrollBar(), layout_.content().height(), layout_.plot.height());
    viewport()->update();
}

void AttentionMapView::zoomTo(double zoom) {
    // About the crosshair if there is one, so that what is looked at stays.
    zoomAbout(zoom, hovered_ ? layout_.cell(hovered_->row, hovered_->column).center() : layout_.plot.center());
}

void AttentionMapView::zoomAbout(double zoom, const QPointF& point) {
    zoom = std::clamp(zoom, 1.0, largestZoom(layout_, zoom_));
    if (!content_ || zoom == zoom_) return;
    const QPointF inPlot = point - layout_.plot.topLeft();
    const QPointF cells((inPlot.x() + layout_.offset.x()) / layout_.cell_width,
                        (inPlot.y() + layout_.offset.y()) / layout_.cell_height);
    zoom_ = zoom;
    layOut();  // twice: scroll bars that come or go move the plot
    const QPointF now = point - layout_.plot.topLeft();
    horizontalScrollBar()->setValue(static_cast<int>(std::round(cells.x() * layout_.cell_width - now.x())));
    verticalScrollBar()->setValue(static_cast<int>(std::round(cells.y() * layout_.cell_height - now.y())));
    layOut();
    updateAccessibleText();
}

void AttentionMapView::bringIntoView(std::optional<int> row, std::optional<int> column) {
    const QRectF cell = layout_.cell(row.value_or(0), column.value_or(0)).translated(layout_.offset);
    const auto scroll = [](QScrollBar* bar, double from, double to, double page) {
        const double low = std::min(to - page, from);
        bar->setValue(static_cast<int>(std::round(std::clamp<double>(bar->value(), low, from))));
    };
    const QPointF corner = layout_.plot.topLeft();
    if (row) scroll(verticalScrollBar(), cell.top() - corner.y(), cell.bottom() - corner.y(), layout_.plot.height());
    if (column)
        scroll(horizontalScrollBar(), cell.left() - corner.x(), cell.right() - corner.x(), layout_.plot.width());
}

QString AttentionMapView::labelText(int place, bool row) const {
    const MapAxis& axis = row ? content_->rows : content_->columns;
    const QString label = QString::fromStdString(axis.labels[static_cast<std::size_t>(place)]);
    return axis.tokens ? tr("“%1” (token %2)").arg(label).arg(place + 1) : label;
}

QString AttentionMapView::cellText(const MapCell& cell) const {
    const QString value = QString::fromStdString(content_->value_label + " " + number_text(valueAt(cell), 4));
    const QString link = content_->rows.tokens ? QString::fromUtf8("%1 → %2") : QString("%1, %2");
    return link.arg(labelText(cell.row, true), labelText(cell.column, false)) + '\n' + value;
}

QString AttentionMapView::toolTipAt(const QPointF& position) const {
    if (!content_) return {};
    if (const auto cell = layout_.cellAt(position)) return cellText(*cell);
    MapLayout sums = layout_;  // the bars of the sums stand for the same rows and columns as the labels
    sums.row_labels = layout_.row_sums;
    sums.column_labels = layout_.column_sums;
    for (const MapLayout* labels : {&layout_, &std::as_const(sums)}) {
        if (const auto row = labels->rowLabelAt(position))
            return labelText(*row, true) + '\n' +
                   tr("sum of the row %1").arg(sumText(sums_.rows[static_cast<std::size_t>(*row)]));
        if (const auto column = labels->columnLabelAt(position))
            return labelText(*column, false) + '\n' +
                   tr("sum of the column %1").arg(sumText(sums_.columns[static_cast<std::size_t>(*column)]));
    }
    return {};
}

void AttentionMapView::updateAccessibleText() {
    QString text = placeholder_;
    if (content_) {
        text = tr("%1 rows, %2 columns, zoom %3 %.")
                   .arg(content_->rows.size())
                   .arg(content_->columns.size())
                   .arg(qRound(zoom_ * 100));
        if (selectedRow_) text += " " + tr("Selected row: %1.").arg(labelText(*selectedRow_, true));
        if (selectedColumn_) text += " " + tr("Selected column: %1.").arg(labelText(*selectedColumn_, false));
        if (selectedRow_ && selectedColumn_)
            text += " " + cellText({*selectedRow_, *selectedColumn_}).section('\n', 1) + ".";
    }
    describeView(*this, text);
}

bool AttentionMapView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QString text = toolTipAt(help->pos());
        if (text.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), text, this);
        return true;
    }
    if (event->type() == QEvent::Leave && !dragged_) setHovered(std::nullopt);
    return QAbstractScrollArea::viewportEvent(event);
}

void AttentionMapView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) {
        image_ = {};
        viewport()->update();
    }
    if (event->type() == QEvent::FontChange) {
        measure();
        layOut();
    }
    QAbstractScrollArea::changeEvent(event);
}

void AttentionMapView::resizeEvent(QResizeEvent* event) {
    layOut();
    QAbstractScrollArea::resizeEvent(event);
}

void AttentionMapView::scrollContentsBy(int, int) { layOut(); }

void AttentionMapView::wheelEvent(QWheelEvent* event) {
    const double turns = event->angleDelta().y() / 120.0;
    if (content_ && turns != 0.0) {
        zoomAbout(zoom_ * std::pow(1.2, turns), event->position());
        setHovered(layout_.cellAt(event->position()));
    }
    event->accept();
}

void AttentionMapView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !content_) return;
    for (const bool row : {true, false}) {
        const auto place = row ? layout_.rowLabelAt(event->position()) : layout_.columnLabelAt(event->position());
        if (place) choose(place == selectedToken(row) ? -1 : *place, row);
    }
    if (layout_.plot.contains(event->position()) && zoom_ > 1.0) {
        dragged_ = event->pos();
        viewport()->setCursor(Qt::ClosedHandCursor);
    }
}

void AttentionMapView::mouseMoveEvent(QMouseEvent* event) {
    if (dragged_) {
        const QPoint by = event->pos() - *dragged_;
        dragged_ = event->pos();
        horizontalScrollBar()->setValue(horizontalScrollBar()->value() - by.x());
        verticalScrollBar()->setValue(verticalScrollBar()->value() - by.y());
    }
    setHovered(layout_.cellAt(event->position()));
}

void AttentionMapView::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !dragged_) return;
    dragged_.reset();
    viewport()->unsetCursor();
}

void AttentionMapView::pan(int key) {
    QScrollBar* bar = isVertical(key) ? verticalScrollBar() : horizontalScrollBar();
    bar->setValue(bar->value() + stepOf(key) * bar->singleStep());
}

void AttentionMapView::moveSelection(int key) {
    const bool row = isVertical(key);
    const MapAxis& axis = row ? content_->rows : content_->columns;
    const auto at = selectedToken(row);
    choose(at ? std::clamp(*at + stepOf(key), 0, axis.size() - 1) : 0, row);
}

void AttentionMapView::moveCrosshair(int key) {
    MapCell cell = hovered_.value_or(MapCell{layout_.visibleRows().first, layout_.visibleColumns().first});
    if (hovered_) (isVertical(key) ? cell.row : cell.column) += stepOf(key);
    cell = {std::clamp(cell.row, 0, layout_.rows - 1), std::clamp(cell.column, 0, layout_.columns - 1)};
    bringIntoView(cell.row, cell.column);
    setHovered(cell);
}

void AttentionMapView::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    const auto modifiers = event->modifiers() & (Qt::ShiftModifier | Qt::ControlModifier | Qt::AltModifier);
    if (!content_) {
        event->ignore();
    } else if (isArrow(key) && modifiers == Qt::ShiftModifier) {
        moveSelection(key);
    } else if (isArrow(key) && modifiers == Qt::ControlModifier) {
        moveCrosshair(key);
    } else if (isArrow(key) && modifiers == Qt::NoModifier) {
        pan(key);
    } else if (key == Qt::Key_Plus || key == Qt::Key_Equal) {
        zoomIn();
    } else if (key == Qt::Key_Minus) {
        zoomOut();
    } else if (key == Qt::Key_0) {
        fit();
    } else if (key == Qt::Key_Escape && (selectedRow_ || selectedColumn_)) {
        for (const bool row : {true, false}) choose(-1, row);
    } else {
        event->ignore();
    }
}

void AttentionMapView::focusInEvent(QFocusEvent* event) {
    viewport()->update();
    QAbstractScrollArea::focusInEvent(event);
}

void AttentionMapView::focusOutEvent(QFocusEvent* event) {
    viewport()->update();
    QAbstractScrollArea::focusOutEvent(event);
}

}  // namespace lottery::gui
