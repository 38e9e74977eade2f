// SPDX-License-Identifier: GPL-3.0-or-later
//
// The views of a run's parts, a tab each, made when there is something to show in them.
//
// Thread rule: GUI thread only.
#pragma once

#include <QTabWidget>
#include <filesystem>
#include <optional>

#include "core/data/task.h"
#include "core/pruning/mask_search_options.h"
#include "widgets/analysis/brush.h"

namespace lottery::gui {

class AnalysisView;
class AttentionView;
class EvaluationView;
class FactsView;
class MagnitudeView;
class MaskSearchView;
class ProvenanceView;
class ReproductionView;
class ResultsView;
class StudyView;
class TrainingView;
class WhatIfView;

class RunParts : public QTabWidget {
    Q_OBJECT

public:
    explicit RunParts(QWidget* parent = nullptr);

    // Made on the first call.
    TrainingView* training();
    MaskSearchView* masks();
    MagnitudeView* magnitude();
    EvaluationView* evaluation();
    ResultsView* results();
    StudyView* study();
    ReproductionView* reproduction();
    AnalysisView* analysis();
    WhatIfView* whatIf();
    AttentionView* attention();
    FactsView* facts();        // what a short run reports
    ProvenanceView* record();  // run.json, always the last tab

    // nullptr: there is none.
    TrainingView* trainingView() const { return training_; }
    MaskSearchView* maskView() const { return masks_; }
    MagnitudeView* magnitudeView() const { return magnitude_; }
    EvaluationView* evaluationView() const { return evaluation_; }
    ResultsView* resultsView() const { return results_; }
    StudyView* studyView() const { return study_; }
    ReproductionView* reproductionView() const { return reproduction_; }
    AnalysisView* analysisView() const { return analysis_; }
    WhatIfView* whatIfView() const { return whatIf_; }
    AttentionView* attentionView() const { return attention_; }
    FactsView* factsView() const { return facts_; }
    ProvenanceView* recordView() const { return record_; }

    // In every part that shows components, without emitting componentSelected.
    void select(const lottery::Component& component);
    // Tasks and seeds that a study's views show.
    [[nodiscard]] const Brush& brush() const { return brush_; }
    void setBrush(const Brush& brush);

Q_SIGNALS:
    // brush() is another one.
    void brushed();
    // A person chose a component in one of the parts; the others show it already.
    void componentSelected(lottery::Component component);
    // A right click on the picture of a mask, or on what a short run wrote.
    void menuRequested(const QPoint& globalPosition);
    // A right click on a run of the study.
    void runMenuRequested(const QString& folder, const QPoint& globalPosition);
    void openRequested(const QString& folder);
    // Of two runs of the study.
    void compareRequested(const QString& here, const QString& there);
    // Of the run whose record is shown.
    void compareRecordRequested();
    void runAgainRequested();
    void experimentActivated(const QString& experiment, lottery::TaskId task);

private:
    // As the first tab, or the last before the record.
    void place(QWidget* view, const char* icon, const QString& title, bool first = false);
    void offerMenu(QWidget* view);
    void onSelected(const lottery::Component& component);
    void turnOver(const lottery::Component& component);

    TrainingView* training_ = nullptr;
    MaskSearchView* masks_ = nullptr;
    MagnitudeView* magnitude_ = nullptr;
    EvaluationView* evaluation_ = nullptr;
    ResultsView* results_ = nullptr;
    StudyView* study_ = nullptr;
    ReproductionView* reproduction_ = nullptr;
    std::optional<lottery::Component> selected_;
    Brush brush_;
    AnalysisView* analysis_ = nullptr;
    WhatIfView* whatIf_ = nullptr;
    AttentionView* attention_ = nullptr;
    FactsView* facts_ = nullptr;
    ProvenanceView* record_ = nullptr;
};

}  // namespace lottery::gui
