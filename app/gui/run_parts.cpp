// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/run_parts.h"

#include <QTabBar>

#include "resources/themed_icon.h"
#include "widgets/analysis/analysis_view.h"
#include "widgets/attention/attention_view.h"
#include "widgets/masks/magnitude_view.h"
#include "widgets/masks/mask_search_view.h"
#include "widgets/masks/what_if_view.h"
#include "widgets/provenance/provenance_view.h"
#include "widgets/reproduction/reproduction_view.h"
#include "widgets/results/results_view.h"
#include "widgets/runs/evaluation_view.h"
#include "widgets/runs/facts_view.h"
#include "widgets/runs/study_view.h"
#include "widgets/training/training_view.h"

namespace lottery::gui {

RunParts::RunParts(QWidget* parent) : QTabWidget(parent) {
    setDocumentMode(true);
    tabBar()->setAutoHide(true);
}

void RunParts::place(QWidget* view, const char* icon, const QString& title, bool first) {
    const int last = record_ && view != record_ ? indexOf(record_) : count();
    insertTab(first ? 0 : last, view, themedIcon(QLatin1String(icon)), title);
    if (first || count() == 2) setCurrentIndex(0);
}

void RunParts::offerMenu(QWidget* view) {
    view->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(view, &QWidget::customContextMenuRequested, this,
            [this, view](const QPoint& position) { Q_EMIT menuRequested(view->mapToGlobal(position)); });
}

TrainingView* RunParts::training() {
    if (!training_) place(training_ = new TrainingView, "finetune", tr("Fine-tuning"), true);
    return training_;
}

MaskSearchView* RunParts::masks() {
    if (masks_) return masks_;
    place(masks_ = new MaskSearchView, "mask-search", tr("Mask search"));
    connect(masks_, &MaskSearchView::componentSelected, this, &RunParts::onSelected);
    connect(masks_, &MaskSearchView::componentActivated, this, &RunParts::turnOver);
    offerMenu(masks_);
    return masks_;
}

MagnitudeView* RunParts::magnitude() {
    if (magnitude_) return magnitude_;
    place(magnitude_ = new MagnitudeView, "magnitude", tr("Magnitude pruning"));
    connect(magnitude_, &MagnitudeView::componentSelected, this, &RunParts::onSelected);
    offerMenu(magnitude_);
    return magnitude_;
}

EvaluationView* RunParts::evaluation() {
    if (!evaluation_) place(evaluation_ = new EvaluationView, "evaluate", tr("Evaluation"));
    return evaluation_;
}

ResultsView* RunParts::results() {
    if (results_) return results_;
    place(results_ = new ResultsView, "figure", tr("Results"));
    connect(results_, &ResultsView::experimentActivated, this, &RunParts::experimentActivated);
    connect(results_, &ResultsView::tasksChosen, this, [this](const QStringList& tasks) {
        setBrush({tasks, brush_.seeds});
    });
    return results_;
}

StudyView* RunParts::study() {
    if (study_) return study_;
    place(study_ = new StudyView, "study", tr("Study"), true);
    connect(study_, &StudyView::openRequested, this, &RunParts::openRequested);
    connect(study_, &StudyView::menuRequested, this, &RunParts::runMenuRequested);
    connect(study_, &StudyView::compareRequested, this, &RunParts::compareRequested);
    return study_;
}

ReproductionView* RunParts::reproduction() {
    if (reproduction_) return reproduction_;
    place(reproduction_ = new ReproductionView, "reproduction", tr("Reproduction"));
    connect(reproduction_, &ReproductionView::experimentActivated, this, &RunParts::experimentActivated);
    return reproduction_;
}

AnalysisView* RunParts::analysis() {
    if (analysis_) return analysis_;
    place(analysis_ = new AnalysisView, "mask-search", tr("Figures"));
    connect(analysis_, &AnalysisView::componentSelected, this, &RunParts::onSelected);
    connect(analysis_, &AnalysisView::brushed, this, &RunParts::setBrush);
    analysis_->setSelected(selected_);
    return analysis_;
}

WhatIfView* RunParts::whatIf() {
    if (whatIf_) return whatIf_;
    place(whatIf_ = new WhatIfView, "what-if", tr("What if"));
    connect(whatIf_, &WhatIfView::componentSelected, this, &RunParts::onSelected);
    whatIf_->setSelected(selected_);
    return whatIf_;
}

AttentionView* RunParts::attention() {
    if (attention_) return attention_;
    place(attention_ = new AttentionView, "attention", tr("Attention"));
    connect(attention_, &AttentionView::componentSelected, this, &RunParts::onSelected);
    attention_->setSelected(selected_);
    return attention_;
}

void RunParts::select(const Component& component) {
    selected_ = component;
    if (masks_) masks_->selectComponent(component);
    if (magnitude_) magnitude_->selectComponent(component);
    if (analysis_) analysis_->setSelected(component);
    if (whatIf_) whatIf_->setSelected(component);
    if (attention_) attention_->setSelected(component);
}

void RunParts::setBrush(const Brush& brush) {
    if (brush == brush_) return;
    brush_ = brush;
    if (analysis_) analysis_->setBrush(brush);
    if (results_) results_->setTasks(brush.tasks);
    Q_EMIT brushed();
}

void RunParts::onSelected(const Component& component) {
    select(component);
    Q_EMIT componentSelected(component);
}

// A double click on a search's heatmap goes on in the editor.
void RunParts::turnOver(const Component& component) {
    if (!whatIf_) return;
    setCurrentWidget(whatIf_);
    whatIf_->toggle(component);
}

FactsView* RunParts::facts() {
    if (facts_) return facts_;
    place(facts_ = new FactsView, "info", tr("Summary"), true);
    offerMenu(facts_);
    return facts_;
}

ProvenanceView* RunParts::record() {
    if (record_) return record_;
    auto* view = new ProvenanceView;
    place(view, "record", tr("Record"));
    record_ = view;
    connect(record_, &ProvenanceView::compareRequested, this, &RunParts::compareRecordRequested);
    connect(record_, &ProvenanceView::runAgainRequested, this, &RunParts::runAgainRequested);
    return record_;
}

}  // namespace lottery::gui
