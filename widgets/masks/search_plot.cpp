// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/masks/search_plot.h"

#include <QHelpEvent>
#include <QToolTip>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "core/figures/axes.h"
#include "widgets/figures/custom_plot.h"
#include "widgets/figures/paint_scene.h"
#include "widgets/figures/plot_theme.h"

namespace lottery::gui {

SearchPlot::SearchPlot(QWidget* parent) : QWidget(parent), plot_(new QCustomPlot(this)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(plot_);
    setAccessibleName(tr("Score over search steps"));
    plot_->installEventFilter(this);
    plot_->setMouseTracking(true);
    plot_->setFocusPolicy(Qt::NoFocus);
    plot_->setAutoAddPlottableToLegend(false);
    line_ = plot_->addGraph();
    accepted_ = plot_->addGraph();
    rejected_ = plot_->addGraph();
    kept_ = plot_->addGraph();
    current_ = plot_->addGraph();
    for (QCPGraph* points : {accepted_, rejected_, kept_, current_}) points->setLineStyle(QCPGraph::lsNone);
    threshold_ = new QCPItemLine(plot_);
    threshold_->start->setTypeX(QCPItemPosition::ptAxisRectRatio);
    threshold_->end->setTypeX(QCPItemPosition::ptAxisRectRatio);
    cursor_ = new QCPItemLine(plot_);
    cursor_->start->setTypeY(QCPItemPosition::ptAxisRectRatio);
    cursor_->end->setTypeY(QCPItemPosition::ptAxisRectRatio);
    rebuild();
}

void SearchPlot::setPoints(std::vector<SearchPoint> points, const QString& metric, double threshold) {
    points_ = std::move(points);
    metric_ = metric;
    threshold_score_ = threshold;
    rebuild();
}

void SearchPlot::setAxis(SearchAxis axis) {
    axis_ = axis;
    rebuild();
}

void SearchPlot::setKept(int index) {
    kept_index_ = index;
    rebuild();
}

void SearchPlot::setCurrent(int index) {
    current_index_ = index;
    markCurrent();
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

double SearchPlot::placeOf(const SearchPoint& point) const {
    return axis_ == SearchAxis::Steps ? point.index : 100.0 * point.kept_share.value_or(1.0);
}

double SearchPlot::heightOf(const SearchPoint& point) const {
    return std::isfinite(point.score) ? point.score : plot_->yAxis->range().lower;
}

void SearchPlot::rebuild() {
    const FigureColors colors = themePlot(*plot_);
    const QColor primary = toQColor(colors.primary), warning = toQColor(colors.warning);
    line_->setPen(QPen(toQColor(mix(colors.primary, colors.background, 0.45)), 1.2));
    accepted_->setScatterStyle(pointStyle(primary, colors, 9));
    rejected_->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCross, QPen(warning, 1.6), Qt::NoBrush, 8));
    kept_->setScatterStyle(
        QCPScatterStyle(QCPScatterStyle::ssCircle, QPen(toQColor(colors.text), 1.6), Qt::NoBrush, 17));
    current_->setScatterStyle(
        QCPScatterStyle(QCPScatterStyle::ssCircle, QPen(toQColor(colors.text), 1.4), Qt::NoBrush, 13));
    threshold_->setPen(QPen(toQColor(colors.text), 1, Qt::DashLine));
    cursor_->setPen(QPen(toQColor(mix(colors.text, colors.background, 0.6)), 1));
    plot_->yAxis->setLabel(metric_.isEmpty() ? tr("score") : metric_);

    const bool overSteps = axis_ == SearchAxis::Steps;
    std::vector<double> scores{threshold_score_}, places;
    int last = 1;
    for (const SearchPoint& point : points_) {
        scores.push_back(point.score);
        places.push_back(placeOf(point));
        last = std::max(last, point.index);
    }
    auto [low, high] = padded_range(scores, 0.08);
    high += 0.16 * (high - low);  // room for the names of the phases
    const auto [left, right] =
        overSteps ? std::pair(-0.5, last + 0.5) : padded_range(places.empty() ? std::vector{100.0} : places, 0.06);
    plot_->xAxis->setLabel(overSteps ? tr("Search step") : tr("Weights kept (%)"));
    plot_->xAxis->setRangeReversed(!overSteps);
    plot_->xAxis->setRange(left, right);
    plot_->yAxis->setRange(low, high);
    const int ticks = std::clamp(plot_->width() / 45, 2, 16);
    setTicks(*plot_->xAxis, overSteps ? whole_ticks(0, last, ticks) : nice_ticks(left, right, ticks));
    setTicks(*plot_->yAxis, nice_ticks(low, high, std::clamp(plot_->height() / 45, 2, 9)));

    QVector<double> x, y, goodX, goodY, badX, badY;
    kept_->data()->clear();
    for (const SearchPoint& point : points_) {
        const double place = placeOf(point);
        x << place;
        y << point.score;  // NaN leaves a gap
        const bool good = point.accepted && std::isfinite(point.score);
        (good ? goodX : badX) << place;
        (good ? goodY : badY) << heightOf(point);
        if (point.index == kept_index_) kept_->addData(place, heightOf(point));
    }
    line_->setData(x, y, overSteps);
    accepted_->setData(goodX, goodY, overSteps);
    rejected_->setData(badX, badY, overSteps);

    const bool hasThreshold = std::isfinite(threshold_score_);
    threshold_->setVisible(hasThreshold);
    if (hasThreshold) {
        threshold_->start->setCoords(0.0, threshold_score_);
        threshold_->end->setCoords(1.0, threshold_score_);
    }

    for (int i = plot_->itemCount() - 1; i >= 0; --i) {
        QCPAbstractItem* item = plot_->item(i);
        if (item != threshold_ && item != cursor_) plot_->removeItem(item);
    }
    if (overSteps) drawPhases(last);
    if (hasThreshold) {
        addLabel(tr("threshold %1").arg(QString::fromStdString(number_text(threshold_score_, 3))),
                 overSteps ? left : right, threshold_score_, false, Qt::AlignLeft | Qt::AlignBottom);
    }
    // To the upper right, where no line goes: scores fall.
    const auto kept = std::ranges::find(points_, kept_index_, &SearchPoint::index);
    if (kept != points_.end())
        addLabel(tr("kept"), placeOf(*kept), heightOf(*kept), false, Qt::AlignLeft | Qt::AlignBottom);
    markCurrent();
    setAccessibleDescription(tr("%n step(s).", nullptr, static_cast<int>(points_.size())));
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

void SearchPlot::addLabel(const QString& text, double x, double y, bool ratioY, Qt::Alignment alignment) {
    auto* item = new QCPItemText(plot_);
    item->position->setTypeY(ratioY ? QCPItemPosition::ptAxisRectRatio : QCPItemPosition::ptPlotCoords);
    item->position->setCoords(x, y);
    item->setPositionAlignment(alignment);
    item->setText(text);
    item->setFont(plot_->xAxis->tickLabelFont());
    item->setColor(toQColor(figureColors(plot_->palette()).muted));
    item->setPadding(ratioY ? QMargins(3, 3, 3, 3) : QMargins(6, 3, 3, 5));
}

void SearchPlot::drawPhases(int last) {
    const QFontMetricsF metrics(plot_->xAxis->tickLabelFont());
    // The axis rectangle's size is known after a layout only; its width is close to the widget's.
    const double pixelsPerStep = std::max(plot_->width() - 70.0, 50.0) / (last + 1);
    bool band = false;
    for (std::size_t first = 0; first < points_.size();) {
        std::size_t next = first;
        while (next < points_.size() && points_[next].phase == points_[first].phase) ++next;
        const double left = points_[first].index - 0.5, right = points_[next - 1].index + 0.5;
        if (band) {
            auto* shade = new QCPItemRect(plot_);
            shade->setLayer("background");
            shade->topLeft->setTypeY(QCPItemPosition::ptAxisRectRatio);
            shade->bottomRight->setTypeY(QCPItemPosition::ptAxisRectRatio);
            shade->topLeft->setCoords(left, 0.0);
            shade->bottomRight->setCoords(right, 1.0);
            shade->setPen(Qt::NoPen);
            shade->setBrush(toQColor(figureColors(plot_->palette()).band));
        }
        band = !band;
        QString name = QString::fromStdString(phase_name(points_[first].phase));
        const double room = (right - left) * pixelsPerStep;
        if (metrics.horizontalAdvance(name) + 6 > room) name = name.section(' ', 0, 0);
        if (metrics.horizontalAdvance(name) + 6 <= room)
            addLabel(name, (left + right) / 2, 0.0, true, Qt::AlignTop | Qt::AlignHCenter);
        first = next;
    }
}

void SearchPlot::markCurrent() {
    const auto found = std::ranges::find(points_, current_index_, &SearchPoint::index);
    const bool shown = found != points_.end();
    cursor_->setVisible(shown);
    current_->data()->clear();
    if (!shown) return;
    cursor_->start->setCoords(placeOf(*found), 0.0);
    cursor_->end->setCoords(placeOf(*found), 1.0);
    current_->addData(placeOf(*found), heightOf(*found));
}

int SearchPlot::stepAt(const QPointF& position) const {
    const QPointF at = plot_->mapFromParent(position.toPoint());
    if (points_.empty() || !plot_->axisRect()->rect().contains(at.toPoint())) return -1;
    const double x = plot_->xAxis->pixelToCoord(at.x());
    const auto nearest =
        std::ranges::min_element(points_, {}, [&](const SearchPoint& p) { return std::abs(placeOf(p) - x); });
    return nearest->index;
}

QPointF SearchPlot::pointOf(int index) const {
    const auto found = std::ranges::find(points_, index, &SearchPoint::index);
    if (found == points_.end()) return {};
    return plot_->mapToParent(QPoint(static_cast<int>(std::lround(plot_->xAxis->coordToPixel(placeOf(*found)))),
                                     static_cast<int>(std::lround(plot_->yAxis->coordToPixel(heightOf(*found))))));
}

void SearchPlot::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) rebuild();
    QWidget::changeEvent(event);
}

bool SearchPlot::eventFilter(QObject* watched, QEvent* event) {
    if (watched != plot_) return QWidget::eventFilter(watched, event);
    if (event->type() == QEvent::Resize && !points_.empty()) rebuild();
    if (event->type() == QEvent::MouseButtonPress) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        const int step =
            mouse->button() == Qt::LeftButton ? stepAt(plot_->mapToParent(mouse->position().toPoint())) : -1;
        if (step >= 0) Q_EMIT stepClicked(step);
    }
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int step = stepAt(plot_->mapToParent(help->pos()));
        const auto found = std::ranges::find(points_, step, &SearchPoint::index);
        if (found != points_.end()) {
            QString text =
                tr("Step %1 (%2)\n%3 %4, %5")
                    .arg(found->index)
                    .arg(QString::fromStdString(phase_name(found->phase)), metric_.isEmpty() ? tr("score") : metric_,
                         QString::fromStdString(number_text(found->score, 4)),
                         found->accepted ? tr("accepted") : tr("rejected"));
            if (found->kept_share) text += '\n' + tr("%1 % kept").arg(100.0 * *found->kept_share, 0, 'f', 1);
            QToolTip::showText(help->globalPos(), text, this);
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace lottery::gui
