// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/masks/mask_search_view.h"

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
#include <span>
#include <vector>

#include "core/figures/axes.h"
#include "core/figures/search_figure.h"
#include "widgets/figures/figure_export_button.h"
#include "widgets/figures/paint_scene.h"
#include "widgets/figures/tool_pane.h"
#include "widgets/masks/mask_heatmap_view.h"
#include "widgets/masks/search_plot.h"
#include "widgets/masks/search_summary.h"
#include "widgets/masks/transport_bar.h"

namespace lottery::gui {

namespace {

enum class Shown { Importance, Mask, Survival };

QString textOf(const std::string& text) { return QString::fromStdString(text); }

}  // namespace

struct MaskSearchView::Parts {
    std::vector<MaskSearchStep> steps;
    QString title;
    std::string metric;
    double share = std::numeric_limits<double>::quiet_NaN();            // of the full score
    double threshold_score = std::numeric_limits<double>::quiet_NaN();  // of a finished search
    std::map<std::string, std::string> provenance;
    int current = -1;
    bool live = true;

    QLabel *heading = nullptr, *score = nullptr, *size = nullptr, *masked = nullptr;
    QComboBox *shown = nullptr, *colors = nullptr;
    QCheckBox* numbers = nullptr;
    MaskHeatmapView* heatmap = nullptr;
    SearchPlot* plot = nullptr;
    TransportBar* transport = nullptr;
    FigureExportButton *export_heatmap = nullptr, *export_plot = nullptr;

    [[nodiscard]] double threshold() const {
        if (std::isfinite(threshold_score)) return threshold_score;
        return steps.empty() || steps.front().index != 0 ? std::numeric_limits<double>::quiet_NaN()
                                                         : share * steps.front().score;
    }

    [[nodiscard]] std::span<const MaskSearchStep> upToCurrent() const {
        return std::span(steps).first(static_cast<std::size_t>(std::max(current + 1, 0)));
    }

    [[nodiscard]] HeatmapContent content() const {
        HeatmapContent content;
        if (current < 0) return content;
        const MaskSearchStep& step = steps[static_cast<std::size_t>(current)];
        const auto mode = static_cast<Shown>(shown->currentIndex());
        content.values = mode == Shown::Survival ? survived_until(upToCurrent()) : step.importance;
        if (content.values.heads.values.size() != step.masks.heads.values.size()) {
            constexpr float none = std::numeric_limits<float>::quiet_NaN();
            content.values = {HeadMatrix(step.masks.heads.layers, step.masks.heads.heads, none),
                              std::vector<float>(step.masks.mlps.size(), none)};
        }
        content.masks = step.masks;
        content.newly_masked = step.masked;
        return content;
    }

    [[nodiscard]] HeatmapOptions options() const {
        HeatmapOptions options;
        options.map = all_color_maps()[static_cast<std::size_t>(std::max(colors->currentIndex(), 0))];
        options.annotate = numbers->isChecked();
        const auto mode = static_cast<Shown>(shown->currentIndex());
        if (mode == Shown::Mask) options.fill = HeatmapFill::Masks;
        if (mode == Shown::Survival) {
            options.value_label = "survived until step";
            options.digits = 0;
            options.range = {0.0, std::max(current, 1)};
        }
        if (mode == Shown::Importance) {
            // Importances are scaled to [0, 1]; one range for all steps makes them comparable.
            const HeatmapContent now = content();
            const auto outside = [](float value) { return value < 0.0F || value > 1.0F; };
            if (std::ranges::none_of(now.values.heads.values, outside) &&
                std::ranges::none_of(now.values.mlps, outside)) {
                options.range = {0.0, 1.0};
            }
        }
        return options;
    }

    [[nodiscard]] QString detailsOf(const Component& component) const {
        const auto since = masked_since(upToCurrent(), component);
        QString text = since ? QObject::tr("masked in step %1").arg(*since) : QString();
        if (static_cast<Shown>(shown->currentIndex()) != Shown::Importance && current >= 0) {
            const ComponentImportance& values = steps[static_cast<std::size_t>(current)].importance;
            if (values.heads.layers > component.layer &&
                values.mlps.size() > static_cast<std::size_t>(component.layer)) {
                const float value = component.head < 0 ? values.mlps[static_cast<std::size_t>(component.layer)]
                                                       : values.heads.at(component.layer, component.head);
                const QString line = QObject::tr("importance %1").arg(textOf(number_text(value, 3)));
                text = text.isEmpty() ? line : line + '\n' + text;
            }
        }
        return text;
    }

    [[nodiscard]] std::string titleOf(const FigureRequest& request, const QString& more) const {
        if (!request.title) return {};
        return (title.isEmpty() ? more : more.isEmpty() ? title : title + ": " + more).toStdString();
    }

    void updateHeatmap() {
        const auto mode = static_cast<Shown>(shown->currentIndex());
        colors->setEnabled(mode != Shown::Mask);
        numbers->setEnabled(mode != Shown::Mask);
        heatmap->setContent(content(), options());
    }

    void updateSummary() {
        if (current < 0) {
            score->setText(tr("The steps of the search appear here as they are scored."));
            size->clear();
            masked->clear();
            return;
        }
        const MaskSearchStep& step = steps[static_cast<std::size_t>(current)];
        score->setText(stepScoreText(step, textOf(metric_name(metric)), threshold()));
        size->setText(stepSizeText(step));
        masked->setText(stepMaskedText(step));
    }

    void updateExports() {
        if (steps.empty()) {
            export_heatmap->setFigure({}, nullptr);
            export_plot->setFigure({}, nullptr);
            return;
        }
        const QString base = fileNameOf(title.isEmpty() ? QObject::tr("mask search") : title);
        export_heatmap->setFigure(base + "-heatmap", [this](const FigureRequest& request) {
            HeatmapOptions look = options();
            look.title = titleOf(request, QObject::tr("step %1").arg(current));
            return lottery::heatmap(content(), look, request.style);
        });
        export_plot->setFigure(base + "-search", [this](const FigureRequest& request) {
            return search_figure(SearchCurve{steps, metric, threshold(), titleOf(request, {})}, request.style);
        });
    }

    void updateMetadata() {
        std::map<std::string, std::string> metadata = provenance;
        if (!title.isEmpty()) metadata.emplace("title", title.toStdString());
        export_plot->setMetadata(metadata);
        if (current >= 0) metadata.emplace("search step", std::to_string(current));
        export_heatmap->setMetadata(metadata);
    }

    void updatePlot() { plot->setPoints(points_of(steps), textOf(metric_name(metric)), threshold()); }

    void updateStep() {
        plot->setCurrent(current);
        transport->setState(static_cast<int>(steps.size()), current, live);
        updateHeatmap();
        updateSummary();
        updateMetadata();
    }

    static QString tr(const char* text) { return MaskSearchView::tr(text); }
};

MaskSearchView::MaskSearchView(QWidget* parent) : QWidget(parent), parts_(std::make_unique<Parts>()) {
    Parts& p = *parts_;
    p.heading = new QLabel(this);
    p.heading->setObjectName("heading");
    makeBold(p.heading);
    p.heading->setTextInteractionFlags(Qt::TextSelectableByMouse);

    p.shown = new QComboBox(this);
    p.shown->setObjectName("shown");
    p.shown->addItems({tr("Importance"), tr("Mask"), tr("Survived until step")});
    p.shown->setAccessibleName(tr("What the heatmap shows"));
    p.shown->setToolTip(tr("What the heatmap shows"));
    p.colors = new QComboBox(this);
    p.colors->setObjectName("colors");
    for (const ColorMap map : all_color_maps()) p.colors->addItem(QString::fromUtf8(name_of(map).data()));
    p.colors->setAccessibleName(tr("Colour map"));
    p.colors->setToolTip(tr("Colour map"));
    p.numbers = new QCheckBox(tr("Numbers"), this);
    p.numbers->setObjectName("numbers");
    p.numbers->setToolTip(tr("Write the values into the cells, where they fit"));
    p.numbers->setChecked(true);
    p.heatmap = new MaskHeatmapView(this);
    p.heatmap->setPlaceholder(tr("No search step yet."));
    p.heatmap->setDetails([this](const Component& component) { return parts_->detailsOf(component); });
    p.export_heatmap = new FigureExportButton(tr("heatmap"), this);
    p.export_heatmap->setObjectName("exportHeatmap");
    p.plot = new SearchPlot(this);
    p.export_plot = new FigureExportButton(tr("plot of scores"), this);
    p.export_plot->setObjectName("exportPlot");
    p.transport = new TransportBar(this);
    p.score = new QLabel(this);
    p.score->setObjectName("score");
    p.size = new QLabel(this);
    p.size->setObjectName("size");
    p.masked = new QLabel(this);
    p.masked->setObjectName("masked");
    p.masked->setWordWrap(true);
    for (QLabel* label : {p.score, p.size, p.masked}) label->setTextInteractionFlags(Qt::TextSelectableByMouse);

    auto* plotName = new QLabel(tr("Score over steps"), this);
    auto* splitter = new QSplitter(Qt::Horizontal, this);
    splitter->addWidget(toolPane({p.shown, p.colors, p.numbers}, {p.export_heatmap}, p.heatmap, this));
    splitter->addWidget(toolPane({plotName}, {p.export_plot}, p.plot, this));
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
    layout->addWidget(p.masked);

    const auto redraw = [this] { parts_->updateHeatmap(); };
    connect(p.shown, &QComboBox::currentIndexChanged, this, redraw);
    connect(p.colors, &QComboBox::currentIndexChanged, this, redraw);
    connect(p.numbers, &QCheckBox::toggled, this, redraw);
    connect(p.heatmap, &MaskHeatmapView::componentSelected, this, &MaskSearchView::componentSelected);
    connect(p.heatmap, &MaskHeatmapView::componentActivated, this, &MaskSearchView::componentActivated);
    connect(p.plot, &SearchPlot::stepClicked, this, &MaskSearchView::showStep);
    connect(p.transport, &TransportBar::stepRequested, this, &MaskSearchView::showStep);
    connect(p.transport, &TransportBar::liveRequested, this, [this](bool on) {
        if (on) followLive();
        parts_->live = on;
        parts_->updateStep();
    });
    clear();
}

MaskSearchView::~MaskSearchView() = default;

void MaskSearchView::clear() {
    Parts& p = *parts_;
    p.steps.clear();
    p.metric.clear();
    p.share = p.threshold_score = std::numeric_limits<double>::quiet_NaN();
    p.provenance.clear();
    p.current = -1;
    p.live = true;
    setTitle({});
    p.updatePlot();
    p.updateExports();
    p.updateStep();
    Q_EMIT currentStepChanged(-1);
}

void MaskSearchView::setTitle(const QString& title) {
    parts_->title = title;
    parts_->heading->setText(title);
    parts_->heading->setVisible(!title.isEmpty());
    parts_->updateExports();
    parts_->updateMetadata();
}

void MaskSearchView::setProvenance(const std::map<std::string, std::string>& provenance) {
    parts_->provenance = provenance;
    parts_->updateMetadata();
}

void MaskSearchView::setThreshold(double share) {
    parts_->share = share;
    parts_->updatePlot();
    parts_->updateSummary();
}

void MaskSearchView::addStep(const MaskSearchStep& step) {
    Parts& p = *parts_;
    const auto known = std::ranges::find(p.steps, step.index, &MaskSearchStep::index);
    if (known != p.steps.end()) {
        *known = step;
    } else {
        p.steps.push_back(step);
    }
    const int before = p.current;
    if (p.live || p.current < 0) p.current = static_cast<int>(p.steps.size()) - 1;
    p.updatePlot();
    p.updateExports();
    p.updateStep();
    if (p.current != before) Q_EMIT currentStepChanged(p.current);
}

void MaskSearchView::setResult(const MaskSearchResult& result) {
    Parts& p = *parts_;
    const int before = p.current;
    p.steps = result.steps;
    p.metric = result.metric;
    p.threshold_score = result.threshold_score;
    const int last = static_cast<int>(p.steps.size()) - 1;
    p.current = p.live ? last : std::min(p.current, last);
    p.updatePlot();
    p.updateExports();
    p.updateStep();
    if (p.current != before) Q_EMIT currentStepChanged(p.current);
}

int MaskSearchView::currentStep() const { return parts_->current; }
int MaskSearchView::stepCount() const { return static_cast<int>(parts_->steps.size()); }
bool MaskSearchView::isLive() const { return parts_->live; }

void MaskSearchView::showStep(int index) {
    Parts& p = *parts_;
    if (p.steps.empty()) return;
    const int before = p.current, last = static_cast<int>(p.steps.size()) - 1;
    p.current = std::clamp(index, 0, last);
    p.live = p.current == last;
    p.updateStep();
    if (p.current != before) Q_EMIT currentStepChanged(p.current);
}

void MaskSearchView::followLive() { showStep(stepCount() - 1); }

void MaskSearchView::selectComponent(const Component& component) { parts_->heatmap->setSelected(component); }

void MaskSearchView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange) makeBold(parts_->heading);
    QWidget::changeEvent(event);
}

}  // namespace lottery::gui
