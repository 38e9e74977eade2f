// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/run_view.h"

#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

#include "app/gui/run_header.h"
#include "resources/themed_icon.h"
#include "widgets/masks/mask_search_view.h"
#include "widgets/runs/evaluation_view.h"
#include "widgets/runs/folder_kind.h"
#include "widgets/runs/study_view.h"
#include "widgets/training/training_view.h"

namespace lottery::gui {

RunView::RunView(JobId id, const RunDraft& draft, QWidget* parent) : QWidget(parent), job_(id), draft_(draft) {
    title_ = runTitle(draft);
    folder_ = writesFolder(draft.kind) ? textFromPath(draft.out) : QString();
    build();
    header_->setEditable(true);
    header_->setState(JobState::Queued);
    if (draft.kind == RunKind::Finetune || draft.kind == RunKind::FinetuneAndMask) ensureTraining()->setTitle(title_);
    if (draft.kind == RunKind::MaskSearch || draft.kind == RunKind::FinetuneAndMask) ensureMasks()->setTitle(title_);
    if (draft.kind == RunKind::Evaluate) ensureEvaluation()->setTitle(title_);
}

RunView::RunView(JobId id, const QString& title, const QString& folder, QWidget* parent)
    : QWidget(parent), job_(id), title_(title), folder_(folder) {
    build();
    header_->setState(JobState::Queued);
}

RunView::RunView(const RunFolder& run, QWidget* parent) : QWidget(parent) {
    title_ = run.title;
    folder_ = textFromPath(run.folder);
    build();
    header_->setSummary(run.summary);
    if (run.hasTraining()) {
        TrainingView* training = ensureTraining();
        training->setTitle(title_);
        training->setProvenance(run.provenance);
        for (const TrainingStep& step : run.trainingSteps) training->addStep(step);
        for (const DevEvaluation& evaluation : run.evaluations) training->addEvaluation(evaluation);
    }
    if (run.search) {
        MaskSearchView* masks = ensureMasks();
        masks->setTitle(title_);
        masks->setProvenance(run.provenance);
        masks->setResult(*run.search);
        steps_ = run.search->steps;
    }
    if (run.study) ensureStudy()->setStudy(*run.study);
}

void RunView::build() {
    header_ = new RunHeader;
    header_->setTitle(title_);
    header_->setFolder(folder_);
    parts_ = new QTabWidget;
    parts_->setDocumentMode(true);
    parts_->tabBar()->setAutoHide(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(header_);
    layout->addWidget(parts_, 1);
    connect(header_, &RunHeader::cancelClicked, this, [this] { Q_EMIT cancelRequested(job_); });
    connect(header_, &RunHeader::retryClicked, this, [this] { Q_EMIT retryRequested(job_); });
    connect(header_, &RunHeader::editClicked, this, [this] { Q_EMIT editRequested(job_); });
    connect(header_, &RunHeader::openFolderClicked, this, [this] { Q_EMIT openFolderRequested(folder_); });
}

QString RunView::tabIcon() const {
    if (draft_) return runKindIcon(draft_->kind);
    if (job_ != 0) return QStringLiteral("demo");
    if (study_) return QStringLiteral("study");
    return masks_ ? QStringLiteral("mask-search") : QStringLiteral("finetune");
}

MaskSearchView* RunView::ensureMasks() {
    if (masks_) return masks_;
    masks_ = new MaskSearchView;
    if (draft_) masks_->setThreshold(draft_->search.threshold);
    parts_->addTab(masks_, themedIcon(QStringLiteral("mask-search")), tr("Mask search"));
    connect(masks_, &MaskSearchView::componentSelected, this, [this](Component component) {
        selected_ = component;
        Q_EMIT selectionChanged();
    });
    return masks_;
}

TrainingView* RunView::ensureTraining() {
    if (training_) return training_;
    training_ = new TrainingView;
    parts_->insertTab(0, training_, themedIcon(QStringLiteral("finetune")), tr("Fine-tuning"));
    parts_->setCurrentIndex(0);
    return training_;
}

EvaluationView* RunView::ensureEvaluation() {
    if (evaluation_) return evaluation_;
    evaluation_ = new EvaluationView;
    parts_->addTab(evaluation_, themedIcon(QStringLiteral("evaluate")), tr("Evaluation"));
    return evaluation_;
}

StudyView* RunView::ensureStudy() {
    if (study_) return study_;
    study_ = new StudyView;
    parts_->insertTab(0, study_, themedIcon(QStringLiteral("study")), tr("Study"));
    parts_->setCurrentIndex(0);
    connect(study_, &StudyView::openRequested, this, &RunView::openRequested);
    return study_;
}

void RunView::takeJob(JobId id) {
    job_ = id;
    header_->setState(JobState::Queued);
}

void RunView::onStarted(JobId id) {
    if (id != job_) return;
    header_->setState(JobState::Running);
}

void RunView::startPart(JobPart part, const std::string& title, const std::string& folder) {
    const QString shown = QString::fromStdString(title);
    switch (part) {
        case JobPart::Finetune:
            ensureTraining()->clear();
            training_->setTitle(shown);
            training_->setProvenance({{"run", title}, {"folder", folder}});
            parts_->setCurrentWidget(training_);
            break;
        case JobPart::MaskSearch:
            ensureMasks()->clear();
            masks_->setTitle(shown);
            masks_->setProvenance({{"run", title}, {"folder", folder}});
            if (draft_) masks_->setThreshold(draft_->search.threshold);
            steps_.clear();
            selected_.reset();
            parts_->setCurrentWidget(masks_);
            Q_EMIT selectionChanged();
            break;
        case JobPart::Evaluate:
            ensureEvaluation()->clear();
            evaluation_->setTitle(shown);
            parts_->setCurrentWidget(evaluation_);
            break;
    }
}

void RunView::onEvent(JobId id, const JobEvent& event) {
    if (id != job_) return;
    if (const auto* progress = std::get_if<Progress>(&event))
        header_->setProgress(*progress);
    else if (const auto* part = std::get_if<PartStarted>(&event))
        startPart(part->part, part->title, part->folder);
    else if (const auto* step = std::get_if<TrainingStep>(&event))
        ensureTraining()->addStep(*step);
    else if (const auto* evaluation = std::get_if<DevEvaluation>(&event))
        ensureTraining()->addEvaluation(*evaluation);
    else if (const auto* searched = std::get_if<MaskSearchStep>(&event)) {
        ensureMasks()->addStep(*searched);
        steps_.push_back(*searched);
        if (selected_) Q_EMIT selectionChanged();
    } else if (const auto* result = std::get_if<MaskSearchResult>(&event)) {
        ensureMasks()->setResult(*result);
        steps_ = result->steps;
        if (draft_) masks_->setProvenance(readProvenance(maskFolder(*draft_)));
        Q_EMIT selectionChanged();
    } else if (const auto* report = std::get_if<EvaluateReport>(&event))
        ensureEvaluation()->setReport(*report);
    else if (const auto* ready = std::get_if<StudyFolder>(&event))
        ensureStudy()->setStudy(*ready);
    else if (std::holds_alternative<FinetuneReport>(event) && draft_)
        ensureTraining()->setProvenance(readProvenance(modelFolder(*draft_)));
}

void RunView::onEnded(JobId id, const JobEnd& end) {
    if (id != job_) return;
    header_->setState(end.state, end.error);
    if (end.state == JobState::Done) offerFollowUps();
}

// What one would do next with this result.
void RunView::offerFollowUps() {
    if (!draft_) return;
    RunDraft next = *draft_;
    next.out.clear();
    next.resume = false;
    QString icon;
    QString text;
    if (draft_->kind == RunKind::Finetune) {
        next.kind = RunKind::MaskSearch;
        next.checkpoint = draft_->out;
        icon = runKindIcon(next.kind);
        text = tr("Search masks…");
    } else if (draft_->kind == RunKind::MaskSearch || draft_->kind == RunKind::FinetuneAndMask) {
        next.kind = RunKind::Evaluate;
        if (draft_->kind == RunKind::FinetuneAndMask) next.checkpoint = modelFolder(*draft_);
        next.head_mask = maskFolder(*draft_) / "head_mask.npy";
        next.mlp_mask = maskFolder(*draft_) / "mlp_mask.npy";
        icon = runKindIcon(next.kind);
        text = tr("Evaluate with this mask…");
    } else {
        return;
    }
    header_->setFollowUps({{icon, text}});
    disconnect(header_, &RunHeader::followUpClicked, this, nullptr);
    connect(header_, &RunHeader::followUpClicked, this, [this, next] { Q_EMIT followUpRequested(next); });
}

std::optional<ComponentHistory> RunView::selection() const {
    if (!selected_) return std::nullopt;
    return componentHistory(*selected_, steps_);
}

}  // namespace lottery::gui
