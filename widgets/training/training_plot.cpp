// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/training/training_plot.h"

#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <set>

#include "core/figures/axes.h"
#include "widgets/figures/custom_plot.h"
#include "widgets/figures/paint_scene.h"
#include "widgets/figures/plot_theme.h"

namespace lottery::gui {

namespace {

constexpr double edge = 0.012;  // room beside the first and the last step, so that their points are whole

QCPItemLine* makeCursor(QCustomPlot* plot, QCPAxisRect* rectangle) {
    auto* cursor = new QCPItemLine(plot);
    for (QCPItemPosition* end : {cursor->start, cursor->end}) {
        end->setAxisRect(rectangle);
        end->setAxes(rectangle->axis(QCPAxis::atBottom), rectangle->axis(QCPAxis::atLeft));
        end->setTypeY(QCPItemPosition::ptAxisRectRatio);
    }
    cursor->setClipAxisRect(rectangle);
    cursor->setVisible(false);
    return cursor;
}

// Training steps are whole numbers, however far one zooms in.
class WholeTicker : public QCPAxisTicker {
protected:
    double getTickStep(const QCPRange& range) override { return std::max(1.0, QCPAxisTicker::getTickStep(range)); }
};

QCPLegend* makeLegend(QCPAxisRect* rectangle) {
    auto* legend = new QCPLegend;
    rectangle->insetLayout()->addElement(legend, Qt::AlignTop | Qt::AlignRight);
    legend->setLayer("legend");
    legend->setFillOrder(QCPLegend::foColumnsFirst);
    legend->setWrap(4);
    legend->setMargins(QMargins(6, 2, 6, 2));
    return legend;
}

}  // namespace

TrainingPlot::TrainingPlot(QWidget* parent) : QWidget(parent), plot_(new QCustomPlot(this)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(plot_);
    setAccessibleName(tr("Loss and dev scores over training steps"));
    plot_->setFocusPolicy(Qt::NoFocus);
    plot_->setMouseTracking(true);
    plot_->installEventFilter(this);
    plot_->setNoAntialiasingOnDrag(true);
    plot_->setAutoAddPlottableToLegend(false);
    plot_->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);

    plot_->plotLayout()->clear();
    loss_rect_ = new QCPAxisRect(plot_);
    score_rect_ = new QCPAxisRect(plot_);
    plot_->plotLayout()->addElement(0, 0, loss_rect_);
    plot_->plotLayout()->addElement(1, 0, score_rect_);
    plot_->plotLayout()->setRowStretchFactors({1.0, 0.8});
    plot_->plotLayout()->setRowSpacing(6);
    auto* margins = new QCPMarginGroup(plot_);
    for (QCPAxisRect* rectangle : {loss_rect_, score_rect_}) {
        rectangle->setMarginGroup(QCP::msLeft | QCP::msRight, margins);
        rectangle->setRangeDrag(Qt::Horizontal);
        rectangle->setRangeZoom(Qt::Horizontal);
        for (QCPAxis* axis : rectangle->axes()) axis->setLayer("axes");
        for (QCPAxis* axis : rectangle->axes()) axis->grid()->setLayer("grid");
        rectangle->axis(QCPAxis::atBottom)->setTicker(QSharedPointer<WholeTicker>::create());
        rectangle->axis(QCPAxis::atBottom)->setNumberFormat("f");
        rectangle->axis(QCPAxis::atBottom)->setNumberPrecision(0);
    }
    QCPAxis *lossX = loss_rect_->axis(QCPAxis::atBottom), *scoreX = score_rect_->axis(QCPAxis::atBottom);
    loss_rect_->axis(QCPAxis::atLeft)->setLabel(tr("Loss"));
    score_rect_->axis(QCPAxis::atLeft)->setLabel(tr("Dev score"));
    scoreX->setLabel(tr("Training step"));
    const auto follow = [this](QCPAxis* to) {
        return [this, to](const QCPRange& range) {
            // Not beyond the run.
            QCPRange bounded = range.bounded(-edge * end_, (1.0 + edge) * end_);
            if (bounded.size() < 10.0) bounded = QCPRange(bounded.lower, bounded.lower + std::min(10.0, end_));
            if (to->range() != bounded) to->setRange(bounded);
        };
    };
    const auto rangeChanged = QOverload<const QCPRange&>::of(&QCPAxis::rangeChanged);
    connect(lossX, rangeChanged, this, follow(lossX));
    connect(lossX, rangeChanged, this, follow(scoreX));
    connect(scoreX, rangeChanged, this, follow(scoreX));
    connect(scoreX, rangeChanged, this, follow(lossX));

    raw_ = plot_->addGraph(lossX, loss_rect_->axis(QCPAxis::atLeft));
    smooth_ = plot_->addGraph(lossX, loss_rect_->axis(QCPAxis::atLeft));
    raw_->setName(tr("batch loss"));
    smooth_->setName(tr("moving mean"));
    raw_->setAdaptiveSampling(true);
    loss_legend_ = makeLegend(loss_rect_);
    score_legend_ = makeLegend(score_rect_);
    loss_legend_->addItem(new QCPPlottableLegendItem(loss_legend_, raw_));
    loss_legend_->addItem(new QCPPlottableLegendItem(loss_legend_, smooth_));
    loss_cursor_ = makeCursor(plot_, loss_rect_);
    score_cursor_ = makeCursor(plot_, score_rect_);
    connect(plot_, &QCustomPlot::mouseWheel, this, [this] { zoomed_ = true; });
    connect(plot_, &QCustomPlot::mouseDoubleClick, this, [this] { resetZoom(); });
    applyTheme();
    rescale();
}

int TrainingPlot::lossPoints() const { return raw_->dataCount(); }

void TrainingPlot::setData(std::span<const TrainingStep> steps, std::span<const double> means,
                           std::span<const DevEvaluation> evaluations) {
    const auto count = static_cast<std::int64_t>(steps.size());
    // The same run, only longer: its start and the last step taken over are where they were.
    const bool grown = taken_steps_ > 0 && taken_steps_ <= count && steps.front().loss == first_loss_ &&
                       steps[static_cast<std::size_t>(taken_steps_ - 1)].step == last_taken_;
    if (!grown) {
        raw_->data()->clear();
        smooth_->data()->clear();
        taken_steps_ = 0;
    }
    QVector<double> x, raw, smooth;
    for (auto i = static_cast<std::size_t>(taken_steps_); i < steps.size(); ++i) {
        x << static_cast<double>(steps[i].step);
        raw << (std::isfinite(steps[i].loss) ? steps[i].loss : qQNaN());
        smooth << means[i];
    }
    raw_->addData(x, raw, true);
    smooth_->addData(x, smooth, true);
    taken_steps_ = count;
    last_taken_ = steps.empty() ? 0 : steps.back().step;
    first_loss_ = steps.empty() ? 0.0 : steps.front().loss;
    end_ = std::max<double>(1.0, steps.empty() ? 1.0 : static_cast<double>(steps.back().step));
    for (const DevEvaluation& evaluation : evaluations) end_ = std::max(end_, static_cast<double>(evaluation.step));
    showMetrics(evaluations);
    rescale();
    setAccessibleDescription(tr("%n step(s), ", nullptr, static_cast<int>(count)) +
                             tr("%n dev evaluation(s).", nullptr, static_cast<int>(evaluations.size())));
}

void TrainingPlot::showMetrics(std::span<const DevEvaluation> evaluations) {
    std::set<QString> names;
    for (const DevEvaluation& evaluation : evaluations) {
        for (const auto& [name, value] : evaluation.metrics) names.insert(QString::fromStdString(name));
    }
    const bool same = std::ranges::equal(names, metrics_, {}, {}, &std::pair<QString, QCPGraph*>::first);
    if (!same) {
        score_legend_->clearItems();
        for (const auto& [name, graph] : metrics_) plot_->removeGraph(graph);
        metrics_.clear();
        for (const QString& name : names) {
            QCPGraph* graph = plot_->addGraph(score_rect_->axis(QCPAxis::atBottom), score_rect_->axis(QCPAxis::atLeft));
            graph->setName(QString::fromStdString(metric_name(name.toStdString())));
            score_legend_->addItem(new QCPPlottableLegendItem(score_legend_, graph));
            metrics_.emplace_back(name, graph);
        }
        applyTheme();
    }
    for (const auto& [name, graph] : metrics_) {
        graph->data()->clear();
        for (const DevEvaluation& evaluation : evaluations) {
            const auto found = evaluation.metrics.find(name.toStdString());
            if (found != evaluation.metrics.end() && std::isfinite(found->second)) {
                graph->addData(static_cast<double>(evaluation.step), found->second);
            }
        }
    }
    loss_legend_->setVisible(raw_->dataCount() > 0);
    score_legend_->setVisible(!metrics_.empty());
}

void TrainingPlot::rescale() {
    const auto valuesOf = [](const QCPGraph* graph, std::vector<double>& into) {
        for (const QCPGraphData& point : *graph->data()) into.push_back(point.value);
    };
    std::vector<double> losses, scores;
    valuesOf(raw_, losses);
    for (const auto& [name, graph] : metrics_) valuesOf(graph, scores);
    const auto setRange = [this](QCPAxis* axis, const std::vector<double>& values) {
        auto [low, high] = padded_range(values, 0.06);
        high += 0.12 * (high - low);  // the legend stands above the curve
        axis->setRange(low, high);
        setTicks(*axis, nice_ticks(low, high, std::clamp(plot_->height() / 80, 2, 7)));
    };
    setRange(loss_rect_->axis(QCPAxis::atLeft), losses);
    setRange(score_rect_->axis(QCPAxis::atLeft), scores);
    if (!zoomed_) score_rect_->axis(QCPAxis::atBottom)->setRange(-edge * end_, (1.0 + edge) * end_);
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

void TrainingPlot::resetZoom() {
    zoomed_ = false;
    rescale();
}

void TrainingPlot::applyTheme() {
    const FigureColors colors = themePlot(*plot_);
    raw_->setPen(QPen(toQColor(mix(colors.primary, colors.background, 0.6)), 1));
    smooth_->setPen(QPen(toQColor(colors.primary), 2));
    const bool dark = isDark(palette());
    const QList<QColor> more{dark ? QColor(90, 200, 160) : QColor(0, 128, 96),
                             dark ? QColor(205, 150, 215) : QColor(150, 90, 160),
                             dark ? QColor(215, 190, 90) : QColor(130, 110, 20)};
    const QList<Qt::PenStyle> dashes{Qt::SolidLine, Qt::DashLine, Qt::DotLine, Qt::DashDotLine};
    for (std::size_t i = 0; i < metrics_.size(); ++i) {
        const auto at = static_cast<qsizetype>(i);
        const QColor color = i == 0   ? toQColor(colors.primary)
                             : i == 1 ? toQColor(colors.warning)
                                      : more[(at - 2) % more.size()];
        metrics_[i].second->setPen(QPen(color, 1.6, dashes[at % dashes.size()]));
        metrics_[i].second->setScatterStyle(pointStyle(color, colors, 8));
    }
    QColor ground = toQColor(colors.background);
    ground.setAlpha(210);
    for (QCPLegend* legend : {loss_legend_, score_legend_}) {
        legend->setBrush(ground);
        legend->setBorderPen(Qt::NoPen);
        legend->setFont(loss_rect_->axis(QCPAxis::atLeft)->tickLabelFont());
        legend->setTextColor(toQColor(colors.text));
        legend->setIconSize(22, 10);
    }
    for (QCPItemLine* cursor : {loss_cursor_, score_cursor_}) cursor->setPen(QPen(toQColor(colors.muted), 1));
}

void TrainingPlot::hover(std::optional<std::int64_t> step) {
    if (step == hovered_) return;
    hovered_ = step;
    for (QCPItemLine* cursor : {loss_cursor_, score_cursor_}) {
        cursor->setVisible(step.has_value());
        if (!step) continue;
        cursor->start->setCoords(static_cast<double>(*step), 0.0);
        cursor->end->setCoords(static_cast<double>(*step), 1.0);
    }
    plot_->replot(QCustomPlot::rpQueuedReplot);
    Q_EMIT hovered(step.value_or(-1));
}

void TrainingPlot::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        applyTheme();
        plot_->replot(QCustomPlot::rpQueuedReplot);
    }
    QWidget::changeEvent(event);
}

bool TrainingPlot::eventFilter(QObject* watched, QEvent* event) {
    if (watched == plot_ && event->type() == QEvent::Resize) rescale();
    if (watched == plot_ && event->type() == QEvent::Leave) hover(std::nullopt);
    if (watched == plot_ && event->type() == QEvent::MouseMove) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        const QPoint at = mouse->position().toPoint();
        if (mouse->buttons() & Qt::LeftButton) zoomed_ = true;
        const bool inside = loss_rect_->rect().contains(at) || score_rect_->rect().contains(at);
        const double step = std::round(loss_rect_->axis(QCPAxis::atBottom)->pixelToCoord(at.x()));
        hover(inside && end_ > 1.0 && step >= 0.0 ? std::optional(static_cast<std::int64_t>(step)) : std::nullopt);
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace lottery::gui
