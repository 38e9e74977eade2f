// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/attention_grid_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "core/figures/attention_scale.h"
#include "core/figures/figure.h"
#include "widgets/attention/attention_image.h"
#include "widgets/attention/attention_painting.h"
#include "widgets/figures/paint_scene.h"
#include "widgets/masks/mask_heatmap_view.h"

namespace lottery::gui {

namespace {

// Dimmed, and crossed from corner to corner with a line that is seen on every ground.
void markMasked(QImage& image, const FigureColors& colors) {
    QPainter painter(&image);
    QColor veil = toQColor(colors.background);
    veil.setAlphaF(0.5F);
    painter.fillRect(image.rect(), veil);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(image.rect()).adjusted(1, 1, -1, -1);
    const double width = std::max(1.0, image.width() / 60.0);
    for (const auto& [color, extra] : {std::pair{colors.background, 1.0}, {colors.text, 0.0}}) {
        painter.setPen(QPen(toQColor(color), width + extra * 2));
        painter.drawLine(box.topLeft(), box.bottomRight());
        painter.drawLine(box.bottomLeft(), box.topRight());
    }
}

}  // namespace

AttentionGridView::AttentionGridView(QWidget* parent) : QAbstractScrollArea(parent) {
    prepareView(*this);
    setAccessibleName(tr("Attention maps of all layers and heads"));
    setPlaceholder(tr("No attention maps yet."));
}

void AttentionGridView::setThumbnails(std::shared_ptr<const AttentionThumbnails> thumbnails) {
    if (thumbnails && (thumbnails->layers < 1 || thumbnails->heads < 1 || thumbnails->pixels < 1)) thumbnails.reset();
    thumbnails_ = std::move(thumbnails);
    images_.clear();
    if (badges_.size() != indexOf({thumbnails_ ? thumbnails_->layers : 0, 0})) badges_.clear();
    if (selected_ && !contains(*selected_)) selected_.reset();
    if (hovered_ && !contains(*hovered_)) setHovered(std::nullopt);
    layOut();
    updateAccessibleText();
}

void AttentionGridView::setBadges(std::vector<HeadBadge> badges) {
    badges_ = std::move(badges);
    if (!thumbnails_ || badges_.size() != indexOf({thumbnails_->layers, 0})) badges_.clear();
    layOut();
    updateAccessibleText();
}

void AttentionGridView::setColorMap(ColorMap map) {
    if (map == map_) return;
    map_ = map;
    images_.clear();
    viewport()->update();
}

ColorMap AttentionGridView::colorMap() const {
    return thumbnails_ && thumbnails_->difference ? ColorMap::BlueRed : map_;
}

void AttentionGridView::setRange(ThumbnailRange range) {
    if (range == range_) return;
    range_ = range;
    images_.clear();
    viewport()->update();
}

ColorScale AttentionGridView::colorScale(const Component& head) const {
    if (!thumbnails_) return {};
    if (range_ == ThumbnailRange::Shared || !contains(head))
        return {colorMap(), thumbnails_->range.first, thumbnails_->range.second};
    return attention_colors(thumbnails_->map(head.layer, head.head),
                            thumbnails_->difference ? AttentionScale::Signed : AttentionScale::Sequential, map_, {});
}

void AttentionGridView::setDetails(std::function<QString(const Component&)> details) { details_ = std::move(details); }

void AttentionGridView::setPlaceholder(const QString& text) {
    placeholder_ = text;
    updateAccessibleText();
    viewport()->update();
}

void AttentionGridView::setSelected(std::optional<Component> component) {
    if (component && !contains(*component)) component.reset();
    if (component == selected_) return;
    selected_ = component;
    updateAccessibleText();
    if (selected_) {
        const QRectF cell = layout_.cell(*selected_).adjusted(-layout_.gap, -layout_.gap, layout_.gap, layout_.gap);
        const auto show = [](QScrollBar* bar, double from, double to, double band, int page) {
            const double low = to - page, high = from - band;  // of values that show the cell beside the band
            bar->setValue(static_cast<int>(std::round(std::clamp<double>(bar->value(), std::min(low, high), high))));
        };
        show(horizontalScrollBar(), cell.left(), cell.right(), layout_.left, viewport()->width());
        show(verticalScrollBar(), cell.top(), cell.bottom(), layout_.top, viewport()->height());
    }
    viewport()->update();
}

void AttentionGridView::choose(const Component& component) {
    setSelected(component);
    Q_EMIT componentSelected(component);
}

void AttentionGridView::setHovered(std::optional<Component> component) {
    if (component == hovered_) return;
    hovered_ = component;
    viewport()->update();
    Q_EMIT headHovered(hovered_);
}

bool AttentionGridView::contains(const Component& c) const {
    return thumbnails_ && c.layer >= 0 && c.layer < thumbnails_->layers && c.head >= 0 && c.head < thumbnails_->heads &&
           c.block < 0;
}

std::size_t AttentionGridView::indexOf(const Component& head) const {
    const int heads = thumbnails_ ? thumbnails_->heads : 0;
    return static_cast<std::size_t>(head.layer) * static_cast<std::size_t>(heads) + static_cast<std::size_t>(head.head);
}

QPointF AttentionGridView::offset() const {
    return {static_cast<double>(horizontalScrollBar()->value()), static_cast<double>(verticalScrollBar()->value())};
}

// Scroll bars come only where even the smallest thumbnails do not fit, so that they never change what is laid out.
void AttentionGridView::layOut() {
    const QFontMetricsF small(smallFont(font()));
    const int layers = thumbnails_ ? thumbnails_->layers : 0, heads = thumbnails_ ? thumbnails_->heads : 0;
    layout_ = layoutGrid(layers, heads, maximumViewportSize(), 2 * small.height() + small.horizontalAdvance("00"),
                         2 * small.height(), badges_.empty() ? 0.0 : small.height() + 1);
    const QSize size = layout_.size().toSize(), page = viewport()->size();
    horizontalScrollBar()->setPageStep(page.width());
    horizontalScrollBar()->setSingleStep(static_cast<int>(layout_.columnStep()));
    horizontalScrollBar()->setRange(0, std::max(size.width() - page.width(), 0));
    verticalScrollBar()->setPageStep(page.height());
    verticalScrollBar()->setSingleStep(static_cast<int>(layout_.rowStep()));
    verticalScrollBar()->setRange(0, std::max(size.height() - page.height(), 0));
    viewport()->update();
}

void AttentionGridView::updateAccessibleText() {
    QString text = placeholder_;
    if (thumbnails_) {
        text = tr("%1 layers of %2 heads.").arg(thumbnails_->layers).arg(thumbnails_->heads);
        if (selected_) text += " " + tr("Selected: %1.").arg(toolTipOf(*selected_).replace('\n', ", "));
    }
    describeView(*this, text);
}

QRectF AttentionGridView::cellRect(const Component& component) const {
    return contains(component) ? layout_.cell(component).translated(-offset()) : QRectF();
}

// The bands lie above what is scrolled under them.
std::optional<Component> AttentionGridView::componentAt(const QPointF& position) const {
    if (!thumbnails_ || position.x() < layout_.left || position.y() < layout_.top) return std::nullopt;
    return layout_.at(position + offset());
}

QString AttentionGridView::toolTipOf(const Component& component) const {
    if (!contains(component)) return {};
    QString name = QString::fromStdString(component_name(component));
    name[0] = name[0].toUpper();
    QStringList lines{name};
    if (!thumbnails_->hasLayer(component.layer))
        lines << tr("no heads left in this layer");
    else if (!thumbnails_->has(component.layer, component.head))
        lines << tr("not in this model");
    else if (thumbnails_->isMasked(component.layer, component.head))
        lines << tr("masked");
    if (!badges_.empty() && !badges_[indexOf(component)].text.empty())
        lines << QString::fromStdString(badges_[indexOf(component)].text);
    const QString more = details_ ? details_(component) : QString();
    if (!more.isEmpty()) lines << more;
    return lines.join('\n');
}

const QImage& AttentionGridView::imageOf(const Component& head, int pixels) {
    if (images_.empty() || imagePixels_ != pixels) {
        images_.assign(indexOf({thumbnails_->layers, 0}), {});
        imagePixels_ = pixels;
    }
    QImage& image = images_[indexOf(head)];
    if (image.isNull()) {
        const FigureColors colors = figureColors(palette());
        const ColorTable table(colorScale(head), colors);
        const int cells = std::min(thumbnails_->pixels, pixels);
        image = mapImage(reduced(thumbnails_->map(head.layer, head.head), thumbnails_->pixels, thumbnails_->pixels,
                                 cells, cells),
                         cells, cells, table)
                    .scaled(pixels, pixels, Qt::IgnoreAspectRatio, Qt::FastTransformation);
        if (thumbnails_->isMasked(head.layer, head.head)) markMasked(image, colors);
    }
    return image;
}

bool AttentionGridView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const auto component = componentAt(help->pos());
        if (component)
            QToolTip::showText(help->globalPos(), toolTipOf(*component), this, cellRect(*component).toAlignedRect());
        else
            QToolTip::hideText();
        return true;
    }
    if (event->type() == QEvent::Leave) setHovered(std::nullopt);
    return QAbstractScrollArea::viewportEvent(event);
}

void AttentionGridView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) {
        images_.clear();
        viewport()->update();
    }
    if (event->type() == QEvent::FontChange) layOut();
    QAbstractScrollArea::changeEvent(event);
}

void AttentionGridView::resizeEvent(QResizeEvent* event) {
    layOut();
    QAbstractScrollArea::resizeEvent(event);
}

void AttentionGridView::paintEvent(QPaintEvent* event) {
    QPainter painter(viewport());
    if (!thumbnails_) {
        paintMessage(painter, *this, placeholder_);
        return;
    }
    painter.fillRect(viewport()->rect(), toQColor(figureColors(palette()).background));
    // Of the device that is painted on, which need not be the screen.
    const double ratio = painter.deviceTransform().m11();
    const QRectF seen = QRectF(event->rect()).translated(offset());
    const GridRange layers = visibleLayers(layout_, seen.top(), seen.bottom());
    const GridRange heads = visibleHeads(layout_, seen.left(), seen.right());
    painter.setFont(smallFont(font()));
    painter.save();
    painter.translate(-offset());
    for (int layer = layers.first; layer <= layers.last; ++layer) {
        if (!thumbnails_->hasLayer(layer)) {
            const FigureColors colors = figureColors(palette());
            const QRectF row = layout_.row(layer);
            painter.setPen(QPen(toQColor(colors.neutral), 1, Qt::DashLine));
            painter.drawRect(row.adjusted(0.5, 0.5, -0.5, -0.5));
            painter.setPen(toQColor(colors.muted));
            painter.drawText(row, Qt::AlignCenter, tr("no heads left"));
        }
        for (int head = heads.first; head <= heads.last; ++head) paintCell(painter, {layer, head}, ratio);
    }
    painter.restore();
    paintBands(painter, seen);
    if (!selected_) paintFocus(painter, *this);
}

void AttentionGridView::paintCell(QPainter& painter, const Component& head, double ratio) {
    const FigureColors colors = figureColors(palette());
    const QRectF box = layout_.thumbnail(head);
    if (thumbnails_->has(head.layer, head.head)) {
        painter.drawImage(box, imageOf(head, static_cast<int>(std::round(box.width() * ratio))));
        const HeadBadge* badge = badges_.empty() ? nullptr : &badges_[indexOf(head)];
        if (badge && !badge->text.empty()) {
            const QRectF strip = layout_.badgeOf(head);
            if (badge->color) painter.fillRect(strip, toQColor(*badge->color));
            const QFontMetricsF metrics(painter.font());
            painter.setPen(toQColor(badge->color ? contrasting(*badge->color) : colors.text));
            painter.drawText(strip, Qt::AlignCenter,
                             wordsThatFit(QString::fromStdString(badge->text), strip.width() - 2,
                                          [&](const QString& text) { return metrics.horizontalAdvance(text); }));
        }
    } else if (thumbnails_->hasLayer(head.layer)) {
        painter.setPen(QPen(toQColor(colors.neutral), 1, Qt::DashLine));
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5));
    }
    // Frames lie in the gap, so that they hide nothing.
    painter.setBrush(Qt::NoBrush);
    if (head == selected_) {
        const double width = hasFocus() ? 3.0 : 2.0;
        painter.setPen(QPen(palette().color(QPalette::Highlight), width, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
        painter.drawRect(layout_.cell(head).adjusted(-width / 2, -width / 2, width / 2, width / 2));
    } else if (head == hovered_) {
        painter.setPen(QPen(toQColor(colors.text), 1, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
        painter.drawRect(layout_.cell(head).adjusted(-1.5, -1.5, 1.5, 1.5));
    }
}

// Numbers stay where they are while the maps are scrolled under them.
void AttentionGridView::paintBands(QPainter& painter, const QRectF& seen) {
    const FigureColors colors = figureColors(palette());
    const QColor ground = toQColor(colors.background);
    const QRectF area = viewport()->rect();
    const double line = QFontMetricsF(painter.font()).height();
    const auto pick = [&](bool chosen) {
        QFont bold = painter.font();
        bold.setBold(chosen);
        painter.setFont(bold);
        painter.setPen(toQColor(chosen ? colors.text : colors.muted));
    };
    const auto& at = hovered_ ? hovered_ : selected_;
    painter.fillRect(QRectF(0, 0, area.width(), layout_.top), ground);
    const GridRange heads = visibleHeads(layout_, seen.left(), seen.right());
    for (int head = heads.first; head <= heads.last; ++head) {
        pick(at && at->head == head);
        const double x = layout_.thumbnail({0, head}).x() - offset().x();
        painter.drawText(QRectF(x, line, layout_.side, line), Qt::AlignCenter, QString::number(head + 1));
    }
    painter.fillRect(QRectF(0, layout_.top, layout_.left, area.height()), ground);
    const GridRange layers = visibleLayers(layout_, seen.top(), seen.bottom());
    for (int layer = layers.first; layer <= layers.last; ++layer) {
        pick(at && at->layer == layer);
        const double y = layout_.thumbnail({layer, 0}).y() - offset().y();
        painter.drawText(QRectF(line, y, layout_.left - line - 2, layout_.side), Qt::AlignRight | Qt::AlignVCenter,
                         QString::number(layer + 1));
    }
    painter.fillRect(QRectF(0, 0, layout_.left, layout_.top), ground);
    pick(false);
    const QSizeF shown = layout_.size().boundedTo(area.size());
    painter.drawText(QRectF(layout_.left, 0, shown.width() - layout_.left, line), Qt::AlignCenter, tr("Head"));
    painter.save();
    painter.translate(0, shown.height());
    painter.rotate(-90);
    painter.drawText(QRectF(0, 0, shown.height() - layout_.top, line), Qt::AlignCenter, tr("Layer"));
    painter.restore();
}

void AttentionGridView::mousePressEvent(QMouseEvent* event) {
    if (const auto component = event->button() == Qt::LeftButton ? componentAt(event->position()) : std::nullopt)
        choose(*component);
}

void AttentionGridView::mouseMoveEvent(QMouseEvent* event) { setHovered(componentAt(event->position())); }

// Comes in place of the second press.
void AttentionGridView::mouseDoubleClickEvent(QMouseEvent* event) {
    mousePressEvent(event);
    if (const auto component = event->button() == Qt::LeftButton ? componentAt(event->position()) : std::nullopt)
        Q_EMIT headActivated(*component);
}

void AttentionGridView::keyPressEvent(QKeyEvent* event) {
    const auto to =
        thumbnails_ ? neighbour(selected_, event->key(), thumbnails_->layers, thumbnails_->heads, false) : std::nullopt;
    if (to) {
        choose(*to);
    } else if (selected_ &&
               (event->key() == Qt::Key_Space || event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)) {
        Q_EMIT headActivated(*selected_);
    } else {
        event->ignore();  // the scroll area would move without the selection
    }
}

void AttentionGridView::focusInEvent(QFocusEvent* event) {
    viewport()->update();
    QAbstractScrollArea::focusInEvent(event);
}

void AttentionGridView::focusOutEvent(QFocusEvent* event) {
    viewport()->update();
    QAbstractScrollArea::focusOutEvent(event);
}

}  // namespace lottery::gui
