// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/masks/magnitude_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "core/figures/axes.h"
#include "core/figures/search_figure.h"
#include "widgets/figures/figure_export_button.h"
#include "widgets/figures/tool_pane.h"
#include "widgets/masks/magnitude_summary.h"
#include "widgets/masks/mask_heatmap_view.h"
#include "widgets/masks/search_plot.h"
#include "widgets/masks/transport_bar.h"

namespace lottery::gui {

namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

bool has(const WeightSurvival& survival, const Component& component) {
    return component.layer >= 0 && component.layer < survival.heads.layers && component.head < survival.heads.heads &&
           static_cast<std::size_t>(component.layer) < survival.mlps.size();
}

float shareOf(const WeightSurvival& survival, const Component& component) {
    return component.head < 0 ? survival.mlps[static_cast<std::size_t>(component.layer)]
                              : survival.heads.at(component.layer, component.head);
}

// Sequential ones: shares have no middle that a diverging map could stand for.
std::vector<ColorMap> sequentialMaps() {
    std::vector<ColorMap> maps = all_color_maps();
    std::erase(maps, ColorMap::BlueRed);
    return maps;
}

}  // namespace

struct MagnitudeView::Parts {
    std::vector<MagnitudeStep> steps;
    std::optional<MagnitudeResult> result;  // its steps are in `steps`
    QString title;
    std::string metric;
    double share = kUnknown;  // of the full score
    std::map<std::string, std::string> provenance;
    int current = -1;
    bool live = true;

    QLabel *heading = nullptr, *score = nullptr, *size = nullptr, *outcome = nullptr;
    QComboBox *colors = nullptr, *axis = nullptr;
    QCheckBox *numbers = nullptr, *whole_range = nullptr;
    MaskHeatmapView* heatmap = nullptr;
    SearchPlot* plot = nullptr;
    TransportBar* transport = nullptr;
    FigureExportButton *export_heatmap = nullptr, *export_plot = nullptr;

    [[nodiscard]] double threshold() const {
        if (result) return result->threshold_score;
        return steps.empty() || steps.front().index != 0 ? kUnknown : share * steps.front().score;
    }
    [[nodiscard]] int keptStep() const { return result ? result->kept_step : -1; }
    [[nodiscard]] SearchAxis chosenAxis() const { return static_cast<SearchAxis>(axis->currentData().toInt()); }
    [[nodiscard]] QString metricText() const { return QString::fromStdString(metric_name(metric)); }

    // Empty where the record does not tell: older ones have the kept mask's only.
    [[nodiscard]] WeightSurvival survivalAt(int index) const {
        if (index < 0) return {};
        const MagnitudeStep& step = steps[static_cast<std::size_t>(index)];
        if (!step.survival.mlps.empty()) return step.survival;
        return result && index == result->kept_step ? result->survival : WeightSurvival();
    }

    [[nodiscard]] HeatmapContent content() const {
        const WeightSurvival survival = survivalAt(current);
        HeatmapContent content;
        content.values = {survival.heads, survival.mlps};
        return content;
    }

    [[nodiscard]] HeatmapOptions options() const {
        HeatmapOptions options;
        options.map = sequentialMaps()[static_cast<std::size_t>(std::max(colors->currentIndex(), 0))];
        options.annotate = numbers->isChecked();
        options.value_label = "share of weights that survive";
        if (whole_range->isChecked()) options.range = {0.0, 1.0};
        return options;
    }

    [[nodiscard]] QString detailsOf(const Component& component) const {
        QStringList lines;
        const WeightSurvival now = survivalAt(current);
        if (current > 0) {
            const WeightSurvival before = survivalAt(current - 1);
            if (has(before, component) && has(now, component))
                lines << MagnitudeView::tr("%1 in the step before")
                             .arg(QString::fromStdString(
                                 number_text(static_cast<double>(shareOf(before, component)), 3)));
        }
        if (current >= 0)
            lines << MagnitudeView::tr("%1 over the whole model")
                         .arg(QString::fromStdString(
                             number_text(steps[static_cast<std::size_t>(current)].kept_share, 3)));
        return lines.join('\n');
    }

    [[nodiscard]] std::string titleOf(const FigureRequest& request, const QString& more) const {
        if (!request.title) return {};
        return (title.isEmpty() ? more : more.isEmpty() ? title : title + ": " + more).toStdString();
    }

    void updateHeatmap() {
        heatmap->setPlaceholder(
            current < 0 ? tr("No search step yet.")
                        : MagnitudeView::tr("The record tells what survives under the kept mask only, that of step %1.")
                              .arg(keptStep()));
        heatmap->setContent(content(), options());
    }

    void updateSummary() {
        outcome->setVisible(result.has_value());
        if (result) outcome->setText(magnitudeResultText(*result, metricText()));
        if (current < 0) {
            score->setText(tr("The steps of the search appear here as they are scored."));
            size->clear();
            return;
        }
        const MagnitudeStep& step = steps[static_cast<std::size_t>(current)];
        score->setText(magnitudeScoreText(step, metricText(), threshold()));
        size->setText(magnitudeSizeText(step));
    }

    void updateExports() {
        if (steps.empty()) {
            export_heatmap->setFigure({}, nullptr);
            export_plot->setFigure({}, nullptr);
            return;
        }
        const QString base = fileNameOf(title.isEmpty() ? tr("magnitude search") : title);
        if (survivalAt(current).mlps.empty()) {
            export_heatmap->setFigure({}, nullptr);
        } else {
            export_heatmap->setFigure(base + "-survival", [this](const FigureRequest& request) {
                HeatmapOptions look = options();
                look.title = titleOf(request, MagnitudeView::tr("step %1").arg(current));
                return lottery::heatmap(content(), look, request.style);
            });
        }
        export_plot->setFigure(base + "-search", [this](const FigureRequest& request) {
            return magnitude_figure(
                MagnitudeCurve{steps, metric, threshold(), keptStep(), chosenAxis(), titleOf(request, {})},
                request.style);
        });
    }

    void updateMetadata() {
        std::map<std::string, std::string> metadata = provenance;
        if (!title.isEmpty()) metadata.emplace("title", title.toStdString());
        export_plot->setMetadata(metadata);
        if (current >= 0) metadata.emplace("search step", std::to_string(current));
        export_heatmap->setMetadata(metadata);
    }

    void updatePlot() {
        plot->setPoints(points_of(steps), metric.empty() ? QString() : metricText(), threshold());
        plot->setKept(keptStep());
    }

    void updateStep() {
        plot->setCurrent(current);
        transport->setState(static_cast<int>(steps.size()), current, live);
        updateHeatmap();
        updateSummary();
        updateExports();
        updateMetadata();
    }

    // Everything, after steps were added or replaced.
    void update(MagnitudeView& view, int before) {
        updatePlot();
        updateStep();
        if (current != before) Q_EMIT view.currentStepChanged(current);
    }

    static QString tr(const char* text) { return MagnitudeView::tr(text); }
};

MagnitudeView::MagnitudeView(QWidget* parent) : QWidget(parent), parts_(std::make_unique<Parts>()) {
    Parts& p = *parts_;
    p.heading = new QLabel(this);
    p.heading->setObjectName("heading");
    p.heading->setTextInteractionFlags(Qt::TextSelectableByMouse);
    makeBold(p.heading);

    p.colors = new QComboBox(this);
    p.colors->setObjectName("colors");
    for (const ColorMap map : sequentialMaps()) p.colors->addItem(QString::fromUtf8(name_of(map).data()));
    p.colors->setAccessibleName(tr("Colour map"));
    p.colors->setToolTip(tr("Colour map"));
    p.numbers = new QCheckBox(tr("Numbers"), this);
    p.numbers->setObjectName("numbers");
    p.numbers->setToolTip(tr("Write the values into the cells, where they fit"));
    p.numbers->setChecked(true);
    p.whole_range = new QCheckBox(tr("Colours from 0 to 1"), this);
    p.whole_range->setObjectName("wholeRange");
    p.whole_range->setToolTip(
        tr("The same colours in every step; otherwise from the step's lowest to its highest share"));
    p.heatmap = new MaskHeatmapView(this);
    p.heatmap->setDetails([this](const Component& component) { return parts_->detailsOf(component); });
    p.export_heatmap = new FigureExportButton(tr("heatmap"), this);
    p.export_heatmap->setObjectName("exportHeatmap");
    p.axis = new QComboBox(this);
    p.axis->setObjectName("axis");
    p.axis->addItem(tr("Score over steps"), static_cast<int>(SearchAxis::Steps));
    p.axis->addItem(tr("Score over weights kept"), static_cast<int>(SearchAxis::KeptShare));
    p.axis->setAccessibleName(tr("What the score is drawn over"));
    p.plot = new SearchPlot(this);
    p.export_plot = new FigureExportButton(tr("plot of scores"), this);
    p.export_plot->setObjectName("exportPlot");
    p.transport = new TransportBar(this);
    p.score = new QLabel(this);
    p.score->setObjectName("score");
    p.size = new QLabel(this);
    p.size->setObjectName("size");
    p.outcome = new QLabel(this);
    p.outcome->setObjectName("outcome");
    p.outcome->setWordWrap(true);
    for (QLabel* label : {p.score, p.size, p.outcome}) label->setTextInteractionFlags(Qt::TextSelectableByMouse);

    auto* splitter = new QSplitter(Qt::Horizontal, this);
    splitter->addWidget(toolPane({p.colors, p.numbers, p.whole_range}, {p.export_heatmap}, p.heatmap, this));
    splitter->addWidget(toolPane({p.axis}, {p.export_plot}, p.plot, this));
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(10);
    auto* summary = new QHBoxLayout;
    summary->setSpacing(24);
    summary->addWidget(p.score);
    summary->addWidget(p.size);
    summary->addStretch(1);
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(8);
    layout->addWidget(p.heading);
    layout->addWidget(splitter, 1);
    layout->addWidget(p.transport);
    layout->addLayout(summary);
    layout->addWidget(p.outcome);

    const auto redraw = [this] { parts_->updateHeatmap(); };
    connect(p.colors, &QComboBox::currentIndexChanged, this, redraw);
    connect(p.numbers, &QCheckBox::toggled, this, redraw);
    connect(p.whole_range, &QCheckBox::toggled, this, redraw);
    connect(p.axis, &QComboBox::currentIndexChanged, this, [this] { parts_->plot->setAxis(parts_->chosenAxis()); });
    connect(p.heatmap, &MaskHeatmapView::componentSelected, this, &MagnitudeView::componentSelected);
    connect(p.plot, &SearchPlot::stepClicked, this, &MagnitudeView::showStep);
    connect(p.transport, &TransportBar::stepRequested, this, &MagnitudeView::showStep);
    connect(p.transport, &TransportBar::liveRequested, this, [this](bool on) {
        if (on) followLive();
        parts_->live = on;
        parts_->updateStep();
    });
    clear();
}

MagnitudeView::~MagnitudeView() = default;

void MagnitudeView::clear() {
    Parts& p = *parts_;
    p.steps.clear();
    p.result.reset();
    p.metric.clear();
    p.share = kUnknown;
    p.provenance.clear();
    p.current = -1;
    p.live = true;
    setTitle({});
    p.updatePlot();
    p.updateStep();
    Q_EMIT currentStepChanged(-1);
}

void MagnitudeView::setTitle(const QString& title) {
    parts_->title = title;
    parts_->heading->setText(title);
    parts_->heading->setVisible(!title.isEmpty());
    parts_->updateExports();
    parts_->updateMetadata();
}

void MagnitudeView::setProvenance(const std::map<std::string, std::string>& provenance) {
    parts_->provenance = provenance;
    parts_->updateMetadata();
}

void MagnitudeView::setHeader(const std::string& metric, double threshold) {
    parts_->metric = metric;
    parts_->share = threshold;
    parts_->updatePlot();
    parts_->updateSummary();
}

void MagnitudeView::addStep(const MagnitudeStep& step) {
    Parts& p = *parts_;
    const auto known = std::ranges::find(p.steps, step.index, &MagnitudeStep::index);
    if (known != p.steps.end()) {
        *known = step;
    } else {
        p.steps.push_back(step);
    }
    const int before = p.current;
    if (p.live || p.current < 0) p.current = stepCount() - 1;
    p.update(*this, before);
}

void MagnitudeView::setResult(const MagnitudeResult& result) {
    Parts& p = *parts_;
    const int before = p.current;
    p.steps = result.steps;
    p.result = result;
    p.metric = result.metric;
    const int last = stepCount() - 1;
    p.current = std::min(p.live || p.current < 0 ? std::max(result.kept_step, 0) : p.current, last);
    p.live = p.live && p.current == last;
    p.update(*this, before);
}

int MagnitudeView::currentStep() const { return parts_->current; }
int MagnitudeView::stepCount() const { return static_cast<int>(parts_->steps.size()); }
bool MagnitudeView::isLive() const { return parts_->live; }

void MagnitudeView::showStep(int index) {
    Parts& p = *parts_;
    if (p.steps.empty()) return;
    const int before = p.current, last = stepCount() - 1;
    p.current = std::clamp(index, 0, last);
    p.live = p.current == last;
    p.updateStep();
    if (p.current != before) Q_EMIT currentStepChanged(p.current);
}

void MagnitudeView::followLive() { showStep(stepCount() - 1); }

void MagnitudeView::selectComponent(const Component& component) { parts_->heatmap->setSelected(component); }

void MagnitudeView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange) makeBold(parts_->heading);
    QWidget::changeEvent(event);
}

}  // namespace lottery::gui
