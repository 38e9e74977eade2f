// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/figures/bar_chart_view.h"

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

BarId idOf(const BarPlace& place) { return {static_cast<int>(place.group), static_cast<int>(place.series)}; }

BarStatistics statisticsOf(const BarContent& content, const BarId& bar) {
    if (bar.group < 0 || bar.series < 0) return bar_statistics({}, 0, 0);
    return bar_statistics(content, static_cast<std::size_t>(bar.group), static_cast<std::size_t>(bar.series));
}

}  // namespace

QString describeBar(const BarContent& content, const BarId& bar) {
    const BarStatistics s = statisticsOf(content, bar);
    if (s.runs == 0 || static_cast<std::size_t>(bar.series) >= content.series.size()) return {};
    const BarGroup& group = content.groups[static_cast<std::size_t>(bar.group)];
    const std::string& label = group.value_label.empty() ? content.value_label : group.value_label;
    QString value = QString::fromStdString(label + " " + number_text(s.mean, 3));
    // What is known of a given deviation, the view's details tell.
    if (std::isfinite(s.deviation) && !s.population) {
        value += QObject::tr(" ± %1 (standard deviation over %2 seeds)")
                     .arg(QString::fromStdString(number_text(s.deviation, 3)))
                     .arg(s.runs);
    }
    return QObject::tr("%1, %2").arg(QString::fromStdString(group.name),
                                     QString::fromStdString(content.series[static_cast<std::size_t>(bar.series)])) +
           '\n' + value;
}

int fittingColumns(int panels, double width, double height) {
    int best = 1;
    double least = -1.0;
    for (int columns = 1; columns <= std::max(panels, 1); ++columns) {
        const int rows = (panels + columns - 1) / columns;
        // How far a panel's proportions are from 6 : 5, in either direction; empty places count a little.
        const double ratio = width / columns / std::max(height / std::max(rows, 1), 1.0) / 1.2;
        const double away = std::abs(std::log(std::max(ratio, 1e-6))) + 0.15 * (columns * rows - panels);
        if (least < 0.0 || away < least) {
            least = away;
            best = columns;
        }
    }
    return best;
}

BarChartView::BarChartView(QWidget* parent) : QWidget(parent), placeholder_(tr("Nothing to show yet.")) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Bars of scores"));
    updateAccessibleText();
}

void BarChartView::setContent(BarContent content) {
    content_ = std::move(content);
    content_.title.clear();
    const auto gone = [this](const BarId& bar) { return describeBar(content_, bar).isEmpty(); };
    if (selected_ && gone(*selected_)) selected_.reset();
    if (hovered_ && gone(*hovered_)) hovered_.reset();
    updateAccessibleText();
    update();
}

BarContent BarChartView::content() const {
    BarContent content = content_;
    if (content.columns > 0) {
        content.columns = fittingColumns(static_cast<int>(content.groups.size()), width(), height());
    }
    return content;
}

void BarChartView::setPlaceholder(const QString& text) {
    placeholder_ = text;
    updateAccessibleText();
    update();
}

void BarChartView::setDetails(std::function<QString(const BarId&)> details) { details_ = std::move(details); }

void BarChartView::setSelected(std::optional<BarId> bar) {
    if (bar && describeBar(content_, *bar).isEmpty()) bar.reset();
    if (bar == selected_) return;
    selected_ = bar;
    updateAccessibleText();
    update();
}

void BarChartView::choose(const BarId& bar) {
    setSelected(bar);
    Q_EMIT barSelected(bar);
}

void BarChartView::setHovered(std::optional<BarId> bar) {
    if (bar == hovered_) return;
    hovered_ = bar;
    update();
}

void BarChartView::updateAccessibleText() {
    QString text = placeholder_;
    if (!content_.groups.empty()) {
        text = content_.groups.size() == 1 ? tr("Bars of one group.")
                                           : tr("Bars of %1 groups.").arg(content_.groups.size());
        if (selected_) text += " " + tr("Selected: %1.").arg(toolTipOf(*selected_).replace('\n', ", "));
    }
    if (text == accessibleDescription()) return;
    setAccessibleDescription(text);
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
}

QRectF BarChartView::toPixels(const Box& box) const {
    const double scale = pixelsPerMm(*this);
    return {box.x * scale, box.y * scale, box.width * scale, box.height * scale};
}

QRectF BarChartView::barRect(const BarId& bar) const {
    for (const BarPlace& place : places())
        if (idOf(place) == bar) return toPixels(place.bar);
    return {};
}

std::optional<BarId> BarChartView::barAt(const QPointF& position) const {
    for (const BarPlace& place : places())
        if (toPixels(place.column).contains(position)) return idOf(place);
    return std::nullopt;
}

QString BarChartView::toolTipOf(const BarId& bar) const {
    const QString text = describeBar(content_, bar);
    const QString more = details_ && !text.isEmpty() ? details_(bar) : QString();
    return more.isEmpty() ? text : text + '\n' + more;
}

bool BarChartView::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        if (const auto bar = barAt(help->pos())) {
            QToolTip::showText(help->globalPos(), toolTipOf(*bar), this, barRect(*bar).toAlignedRect());
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) update();
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) update();
    return QWidget::event(event);
}

void BarChartView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const FigureStyle look = screenStyle(*this);
    if (content_.groups.empty()) {
        painter.fillRect(rect(), toQColor(look.colors.background));
        painter.setPen(toQColor(look.colors.muted));
        painter.drawText(rect().adjusted(16, 16, -16, -16), Qt::AlignCenter | Qt::TextWordWrap, placeholder_);
        return;
    }
    paintScene(painter, bar_figure(content(), look).scene, QRectF(rect()), font());
    painter.setBrush(Qt::NoBrush);
    if (hovered_) {
        painter.setPen(QPen(toQColor(look.colors.muted), 1.5));
        painter.drawRect(barRect(*hovered_).adjusted(-1.5, -1.5, 1.5, 1.5));
    }
    if (selected_) {
        painter.setPen(QPen(palette().color(QPalette::Highlight), 2.0));
        painter.drawRect(barRect(*selected_).adjusted(-2, -2, 2, 2));
    }
    if (hasFocus() && !selected_) {
        painter.setPen(QPen(palette().color(QPalette::Highlight), 1));
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

void BarChartView::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) {
        if (const auto bar = barAt(event->position())) choose(*bar);
    }
    QWidget::mousePressEvent(event);
}

void BarChartView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) {
        if (const auto bar = barAt(event->position())) Q_EMIT barActivated(*bar);
    }
    QWidget::mouseDoubleClickEvent(event);
}

void BarChartView::mouseMoveEvent(QMouseEvent* event) {
    setHovered(barAt(event->position()));
    QWidget::mouseMoveEvent(event);
}

void BarChartView::leaveEvent(QEvent* event) {
    setHovered(std::nullopt);
    QWidget::leaveEvent(event);
}

void BarChartView::keyPressEvent(QKeyEvent* event) {
    const std::vector<BarPlace> all = places();
    const int key = event->key();
    if ((key == Qt::Key_Return || key == Qt::Key_Enter) && selected_) {
        Q_EMIT barActivated(*selected_);
        return;
    }
    const bool moves = key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Home || key == Qt::Key_End;
    if (!moves || all.empty()) {
        QWidget::keyPressEvent(event);
        return;
    }
    const auto last = static_cast<std::ptrdiff_t>(all.size()) - 1;
    const auto found = std::ranges::find_if(all, [this](const BarPlace& p) { return selected_ == idOf(p); });
    std::ptrdiff_t to = found == all.end() ? 0 : found - all.begin();
    if (found != all.end()) to += key == Qt::Key_Right ? 1 : key == Qt::Key_Left ? -1 : 0;
    if (key == Qt::Key_Home) to = 0;
    if (key == Qt::Key_End) to = last;
    choose(idOf(all[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(to, 0, last))]));
}

}  // namespace lottery::gui
