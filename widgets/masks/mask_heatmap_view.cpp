// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/masks/mask_heatmap_view.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "core/figures/axes.h"
#include "widgets/figures/paint_scene.h"
#include "widgets/figures/screen_style.h"

namespace lottery::gui {

namespace {

bool contains(const HeatmapContent& content, const Component& c) {
    const HeadMatrix& heads = content.values.heads;
    if (c.layer < 0 || c.layer >= heads.layers) return false;
    return c.head < 0 ? static_cast<std::size_t>(c.layer) < content.values.mlps.size() : c.head < heads.heads;
}

float valueOf(const ComponentImportance& values, const Component& c) {
    return c.head < 0 ? values.mlps[static_cast<std::size_t>(c.layer)] : values.heads.at(c.layer, c.head);
}

bool isMasked(const ComponentMasks& masks, const Component& c) {
    return (c.head < 0 ? masks.mlps[static_cast<std::size_t>(c.layer)] : masks.heads.at(c.layer, c.head)) == 0.0F;
}

bool sameShape(const HeatmapContent& content) {
    return content.masks && content.masks->heads.layers == content.values.heads.layers &&
           content.masks->heads.heads == content.values.heads.heads &&
           content.masks->mlps.size() >= content.values.mlps.size();
}

}  // namespace

QString describeComponent(const HeatmapContent& content, const HeatmapOptions& options, const Component& component) {
    if (!contains(content, component)) return {};
    QString name = QString::fromStdString(component_name(component));
    name[0] = name[0].toUpper();
    QStringList lines{name};
    if (options.fill == HeatmapFill::Values) {
        QString value = QString::fromStdString(
            options.value_label + " " +
            number_text(valueOf(content.values, component), std::max(options.digits, options.digits > 0 ? 3 : 0)));
        if (content.deviation) {
            value += QString::fromStdString(
                " ± " + number_text(valueOf(*content.deviation, component), std::max(options.digits, 3)));
        }
        lines << value;
    }
    if (sameShape(content)) {
        const bool isNew = std::ranges::count(content.newly_masked, component) > 0;
        lines << (isNew                                 ? QObject::tr("masked in this step")
                  : isMasked(*content.masks, component) ? QObject::tr("masked")
                                                        : QObject::tr("kept"));
    }
    return lines.join('\n');
}

std::optional<Component> neighbour(const std::optional<Component>& from, int key, int layers, int heads, bool mlps) {
    if (layers < 1 || heads < 1) return std::nullopt;
    switch (key) {
        case Qt::Key_Left:
        case Qt::Key_Right:
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_Home:
        case Qt::Key_End:
        case Qt::Key_PageUp:
        case Qt::Key_PageDown:
            break;
        default:
            return std::nullopt;
    }
    if (!from) return Component{0, 0};
    const int last = mlps ? heads : heads - 1;  // column of the MLP, right of the heads
    int layer = from->layer, column = from->head < 0 ? heads : from->head;
    if (key == Qt::Key_Left) --column;
    if (key == Qt::Key_Right) ++column;
    if (key == Qt::Key_Up) --layer;
    if (key == Qt::Key_Down) ++layer;
    if (key == Qt::Key_Home) column = 0;
    if (key == Qt::Key_End) column = last;
    if (key == Qt::Key_PageUp) layer = 0;
    if (key == Qt::Key_PageDown) layer = layers - 1;
    column = std::clamp(column, 0, last);
    layer = std::clamp(layer, 0, layers - 1);
    const Component to{layer, column == heads ? -1 : column};
    if (to == *from) return std::nullopt;
    return to;
}

MaskHeatmapView::MaskHeatmapView(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Heatmap of heads and MLPs"));
    setPlaceholder(tr("Nothing to show yet."));
}

void MaskHeatmapView::setContent(HeatmapContent content, HeatmapOptions options) {
    content_ = std::move(content);
    options_ = std::move(options);
    if (selected_ && !contains(content_, *selected_)) selected_.reset();
    if (hovered_ && !contains(content_, *hovered_)) hovered_.reset();
    updateAccessibleText();
    update();
}

void MaskHeatmapView::clear() { setContent({}, {}); }

void MaskHeatmapView::setDetails(std::function<QString(const Component&)> details) { details_ = std::move(details); }

void MaskHeatmapView::setPlaceholder(const QString& text) {
    placeholder_ = text;
    updateAccessibleText();
    update();
}

void MaskHeatmapView::setSelected(std::optional<Component> component) {
    if (component && !contains(content_, *component)) component.reset();
    if (component == selected_) return;
    selected_ = component;
    updateAccessibleText();
    update();
}

void MaskHeatmapView::choose(const Component& component) {
    setSelected(component);
    Q_EMIT componentSelected(component);
}

void MaskHeatmapView::setHovered(std::optional<Component> component) {
    if (component == hovered_) return;
    hovered_ = component;
    update();
}

void MaskHeatmapView::updateAccessibleText() {
    QString text = placeholder_;
    if (!isEmpty()) {
        text = tr("%1 layers of %2 heads.").arg(content_.values.heads.layers).arg(content_.values.heads.heads);
        if (selected_) text += " " + tr("Selected: %1.").arg(toolTipOf(*selected_).replace('\n', ", "));
    }
    if (text == accessibleDescription()) return;
    setAccessibleDescription(text);
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
}

HeatmapLayout MaskHeatmapView::layout() const { return layout_heatmap(content_, options_, screenStyle(*this)); }

QRectF MaskHeatmapView::cellRect(const Component& component) const {
    if (!contains(content_, component)) return {};
    const Box box = layout().cell(component);
    const double scale = pixelsPerMm(*this);
    return {box.x * scale, box.y * scale, box.width * scale, box.height * scale};
}

std::optional<Component> MaskHeatmapView::componentAt(const QPointF& position) const {
    if (isEmpty()) return std::nullopt;
    return component_at(layout(), {position.x() / pixelsPerMm(*this), position.y() / pixelsPerMm(*this)});
}

QString MaskHeatmapView::toolTipOf(const Component& component) const {
    QString text = describeComponent(content_, options_, component);
    const QString more = details_ && !text.isEmpty() ? details_(component) : QString();
    return more.isEmpty() ? text : text + '\n' + more;
}

QSize MaskHeatmapView::sizeHint() const { return {520, 440}; }
QSize MaskHeatmapView::minimumSizeHint() const { return {240, 200}; }

bool MaskHeatmapView::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const auto component = componentAt(help->pos());
        if (component) {
            QToolTip::showText(help->globalPos(), toolTipOf(*component), this, cellRect(*component).toAlignedRect());
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) update();
    return QWidget::event(event);
}

void MaskHeatmapView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const FigureStyle look = screenStyle(*this);
    if (isEmpty()) {
        painter.fillRect(rect(), toQColor(look.colors.background));
        painter.setPen(toQColor(look.colors.muted));
        painter.drawText(rect().adjusted(16, 16, -16, -16), Qt::AlignCenter | Qt::TextWordWrap, placeholder_);
        return;
    }
    HeatmapOptions options = options_;
    options.title.clear();
    options.hovered = hovered_;
    options.selected = selected_;
    const Scene scene = heatmap(content_, options, look).scene;
    paintScene(painter, scene, QRectF(rect()), font());
    if (hasFocus() && !selected_) {
        painter.setPen(QPen(palette().color(QPalette::Highlight), 1));
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

void MaskHeatmapView::mousePressEvent(QMouseEvent* event) {
    const auto component = event->button() == Qt::LeftButton ? componentAt(event->position()) : std::nullopt;
    if (component) {
        dragged_ = component;
        choose(*component);
        Q_EMIT pressed(*component);
    }
    QWidget::mousePressEvent(event);
}

void MaskHeatmapView::mouseMoveEvent(QMouseEvent* event) {
    const auto component = componentAt(event->position());
    setHovered(component);
    if (dragged_ && component && component != dragged_) {
        dragged_ = component;
        Q_EMIT draggedTo(*component);
    }
    QWidget::mouseMoveEvent(event);
}

void MaskHeatmapView::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && dragged_) {
        dragged_.reset();
        Q_EMIT released();
    }
    QWidget::mouseReleaseEvent(event);
}

// Comes in place of the second press.
void MaskHeatmapView::mouseDoubleClickEvent(QMouseEvent* event) {
    mousePressEvent(event);
    if (event->button() == Qt::LeftButton)
        if (const auto component = componentAt(event->position())) Q_EMIT componentActivated(*component);
}

void MaskHeatmapView::leaveEvent(QEvent* event) {
    setHovered(std::nullopt);
    QWidget::leaveEvent(event);
}

void MaskHeatmapView::keyPressEvent(QKeyEvent* event) {
    const HeadMatrix& heads = content_.values.heads;
    const auto to = neighbour(selected_, event->key(), heads.layers, heads.heads, !content_.values.mlps.empty());
    if (to) {
        choose(*to);
    } else if (selected_ &&
               (event->key() == Qt::Key_Space || event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)) {
        Q_EMIT componentActivated(*selected_);
    } else {
        QWidget::keyPressEvent(event);
    }
}

void MaskHeatmapView::focusInEvent(QFocusEvent* event) {
    update();
    QWidget::focusInEvent(event);
}

void MaskHeatmapView::focusOutEvent(QFocusEvent* event) {
    update();
    QWidget::focusOutEvent(event);
}

}  // namespace lottery::gui
