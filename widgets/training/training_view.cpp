// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/training/training_view.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QTimer>
#include <QVBoxLayout>
#include <algorithm>
#include <limits>
#include <vector>

#include "core/figures/axes.h"
#include "core/figures/training_figure.h"
#include "widgets/figures/figure_export_button.h"
#include "widgets/training/training_plot.h"

namespace lottery::gui {

namespace {

constexpr int frame_ms = 40;  // at most 25 pictures a second

QString numberOf(double value, int digits) { return QString::fromStdString(number_text(value, digits)); }

QString readoutOf(const TrainingStep& step, double mean) {
    const QLocale locale;
    return TrainingView::tr("Step %1 of %2 · epoch %3 · loss %4 (mean %5) · learning rate %6")
        .arg(locale.toString(static_cast<qlonglong>(step.step)), locale.toString(static_cast<qlonglong>(step.steps)),
             numberOf(step.epoch, 2), numberOf(step.loss, 4), numberOf(mean, 4))
        .arg(step.learning_rate, 0, 'g', 3);
}

QString readoutOf(const DevEvaluation& evaluation) {
    const QString when =
        evaluation.step == 0
            ? TrainingView::tr("before training")
            : TrainingView::tr("step %1").arg(QLocale().toString(static_cast<qlonglong>(evaluation.step)));
    QStringList scores;
    for (const auto& [name, value] : evaluation.metrics)
        scores << QString::fromStdString(metric_name(name)) + " " + numberOf(value, 4);
    scores << TrainingView::tr("loss %1").arg(numberOf(evaluation.loss, 4));
    return TrainingView::tr("Dev, %1: %2").arg(when, scores.join(" · "));
}

}  // namespace

struct TrainingView::Parts {
    std::vector<TrainingStep> steps;
    std::vector<double> means;  // the moving mean of the loss, one per step
    std::vector<DevEvaluation> evaluations;
    ExponentialMean mean{0.0};
    QString title;
    std::map<std::string, std::string> provenance;

    QLabel *heading = nullptr, *readout = nullptr, *dev = nullptr;
    TrainingPlot* plot = nullptr;
    FigureExportButton* exporting = nullptr;
    QTimer* frame = nullptr;

    void updateExports() {
        std::map<std::string, std::string> metadata = provenance;
        if (!title.isEmpty()) metadata.emplace("title", title.toStdString());
        exporting->setMetadata(metadata);
        if (steps.empty() && evaluations.empty()) {
            exporting->setFigure({}, nullptr);
            return;
        }
        exporting->setFigure(fileNameOf(title.isEmpty() ? tr("fine-tuning") : title + " " + tr("fine-tuning")),
                             [this](const FigureRequest& request) {
                                 const std::string name = request.title ? title.toStdString() : std::string();
                                 return training_figure({steps, evaluations, name}, request.style);
                             });
    }

    // The evaluation that holds at a step: the last one up to it.
    [[nodiscard]] const DevEvaluation* evaluationAt(std::int64_t step) const {
        const DevEvaluation* found = nullptr;
        for (const DevEvaluation& evaluation : evaluations) {
            if (evaluation.step <= step) found = &evaluation;
        }
        return found;
    }

    void showReadout(std::int64_t wanted) {
        const auto after = std::ranges::lower_bound(steps, wanted, {}, &TrainingStep::step);
        const auto at = after == steps.end() && !steps.empty() ? steps.end() - 1 : after;
        const bool any = at != steps.end();
        if (any) {
            readout->setText(readoutOf(*at, means[static_cast<std::size_t>(at - steps.begin())]));
        } else {
            readout->setText(evaluations.empty() ? tr("Loss and dev scores appear here as training goes on.")
                                                 : QString());
        }
        const DevEvaluation* evaluation = evaluationAt(any ? std::max(at->step, wanted) : wanted);
        dev->setText(evaluation ? readoutOf(*evaluation) : QString());
    }

    void showNewest() { showReadout(std::numeric_limits<std::int64_t>::max()); }

    void requestFrame() {
        if (!frame->isActive()) frame->start();
    }

    void paintFrame() {
        plot->setData(steps, means, evaluations);
        if (plot->hoveredStep()) {
            showReadout(*plot->hoveredStep());
        } else {
            showNewest();
        }
    }

    void append(const TrainingStep& step) {
        if (steps.empty()) mean = ExponentialMean(smoothing_decay(step.steps));
        steps.push_back(step);
        means.push_back(mean.add(step.loss));
    }

    // Drops what a resumed run does again.
    void dropFrom(std::int64_t step) {
        std::erase_if(evaluations, [step](const DevEvaluation& evaluation) { return evaluation.step >= step; });
        const auto first = std::ranges::lower_bound(steps, step, {}, &TrainingStep::step);
        const std::vector<TrainingStep> kept(steps.begin(), first);
        steps.clear();
        means.clear();
        for (const TrainingStep& old : kept) append(old);
    }

    static QString tr(const char* text) { return TrainingView::tr(text); }
};

TrainingView::TrainingView(QWidget* parent) : QWidget(parent), parts_(std::make_unique<Parts>()) {
    Parts& p = *parts_;
    p.heading = new QLabel(this);
    p.heading->setObjectName("heading");
    QFont bold = font();
    bold.setBold(true);
    p.heading->setFont(bold);
    p.heading->setTextInteractionFlags(Qt::TextSelectableByMouse);
    p.readout = new QLabel(this);
    p.readout->setObjectName("readout");
    p.dev = new QLabel(this);
    p.dev->setObjectName("dev");
    for (QLabel* label : {p.readout, p.dev}) {
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        // Long texts are cut by the window rather than widening it.
        label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    }
    p.plot = new TrainingPlot(this);
    p.exporting = new FigureExportButton(tr("training curves"), this);
    p.exporting->setObjectName("exportTraining");
    p.frame = new QTimer(this);
    p.frame->setSingleShot(true);
    p.frame->setInterval(frame_ms);

    auto* top = new QHBoxLayout;
    top->addWidget(p.heading);
    top->addStretch(1);
    top->addWidget(p.exporting);
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(8);
    layout->addLayout(top);
    layout->addWidget(p.plot, 1);
    layout->addWidget(p.readout);
    layout->addWidget(p.dev);

    connect(p.frame, &QTimer::timeout, this, [this] { parts_->paintFrame(); });
    connect(p.plot, &TrainingPlot::hovered, this, [this](qint64 step) {
        if (step < 0) {
            parts_->showNewest();
        } else {
            parts_->showReadout(step);
        }
    });
    clear();
}

TrainingView::~TrainingView() = default;

void TrainingView::clear() {
    Parts& p = *parts_;
    p.steps.clear();
    p.means.clear();
    p.evaluations.clear();
    p.provenance.clear();
    setTitle({});
    p.plot->resetZoom();
    p.paintFrame();
}

void TrainingView::setTitle(const QString& title) {
    parts_->title = title;
    parts_->heading->setText(title);
    parts_->updateExports();
}

void TrainingView::setProvenance(const std::map<std::string, std::string>& provenance) {
    parts_->provenance = provenance;
    parts_->updateExports();
}

void TrainingView::addStep(const TrainingStep& step) {
    Parts& p = *parts_;
    if (!p.steps.empty() && step.step <= p.steps.back().step) p.dropFrom(step.step);
    p.append(step);
    if (p.steps.size() == 1) p.updateExports();
    p.requestFrame();
}

void TrainingView::addEvaluation(const DevEvaluation& evaluation) {
    Parts& p = *parts_;
    std::erase_if(p.evaluations, [&](const DevEvaluation& old) { return old.step >= evaluation.step; });
    p.evaluations.push_back(evaluation);
    p.updateExports();
    p.requestFrame();
}

void TrainingView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange) {
        QFont bold = font();
        bold.setBold(true);
        parts_->heading->setFont(bold);
    }
    QWidget::changeEvent(event);
}

}  // namespace lottery::gui
