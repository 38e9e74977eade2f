// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/run_view.h"

#include <QMenu>
#include <QVBoxLayout>
#include <algorithm>

#include "app/gui/run_header.h"
#include "app/gui/run_parts.h"
#include "core/analysis/experiments.h"
#include "widgets/masks/magnitude_view.h"
#include "widgets/masks/mask_search_view.h"
#include "widgets/provenance/provenance_view.h"
#include "widgets/provenance/record_file.h"
#include "widgets/results/results_view.h"
#include "widgets/runs/evaluation_view.h"
#include "widgets/runs/facts_view.h"
#include "widgets/runs/folder_kind.h"
#include "widgets/runs/study_view.h"
#include "widgets/training/training_view.h"

namespace lottery::gui {

RunView::RunView(JobId id, const RunDraft& draft, QWidget* parent) : QWidget(parent), job_(id), draft_(draft) {
    title_ = runTitle(draft);
    folder_ = textFromPath(draft.kind == RunKind::EvaluateStudy ? draft.study : draft.out);
    if (!writesFolder(draft.kind) && draft.kind != RunKind::EvaluateStudy) folder_.clear();
    build();
    header_->setEditable(true);
    header_->setState(JobState::Queued);
    if (has(draft.kind, kTraining)) parts_->training()->setTitle(title_);
    if (has(draft.kind, kSearch)) parts_->masks()->setTitle(title_);
    if (has(draft.kind, kMagnitude)) parts_->magnitude()->setTitle(title_);
    if (has(draft.kind, kEvaluation)) parts_->evaluation()->setTitle(title_);
    if (has(draft.kind, kStudyEvaluation)) parts_->results()->setTitle(title_);
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
    show(run);
    offerFollowUps(run.folder);
}

void RunView::build() {
    header_ = new RunHeader;
    header_->setTitle(title_);
    header_->setFolder(folder_);
    parts_ = new RunParts;
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(header_);
    layout->addWidget(parts_, 1);
    connect(header_, &RunHeader::cancelClicked, this, [this] { Q_EMIT cancelRequested(job_); });
    connect(header_, &RunHeader::pauseClicked, this, [this] { Q_EMIT pauseRequested(job_); });
    connect(header_, &RunHeader::resumeClicked, this, [this] { Q_EMIT resumeRequested(job_); });
    connect(header_, &RunHeader::retryClicked, this, [this] { Q_EMIT retryRequested(job_); });
    connect(header_, &RunHeader::editClicked, this, [this] { Q_EMIT editRequested(job_); });
    connect(header_, &RunHeader::openFolderClicked, this, [this] { Q_EMIT openFolderRequested(folder_); });
    connect(header_, &RunHeader::runAgainClicked, this, [this] { Q_EMIT runAgainRequested(recorded_); });
    connect(header_, &RunHeader::followUpChosen, this, &RunView::followUpRequested);
    connect(parts_, &RunParts::componentSelected, this, [this](Component component) {
        selected_ = component;
        Q_EMIT selectionChanged();
        Q_EMIT componentSelected(component);
    });
    connect(parts_, &RunParts::runAgainRequested, this, [this] { Q_EMIT runAgainRequested(recorded_); });
    connect(parts_, &RunParts::compareRecordRequested, this, [this] { Q_EMIT compareRequested(recorded_, {}); });
    connect(parts_, &RunParts::compareRequested, this, &RunView::compareRequested);
    connect(parts_, &RunParts::openRequested, this, &RunView::openRequested);
    connect(parts_, &RunParts::experimentActivated, this, &RunView::openExperiment);
    connect(parts_, &RunParts::menuRequested, this, [this](const QPoint& position) { showMenu(offers_, position); });
    connect(parts_, &RunParts::runMenuRequested, this, [this](const QString& folder, const QPoint& position) {
        showMenu(followUps(pathFromText(folder), base()), position);
    });
}

void RunView::show(const RunFolder& run) {
    if (run.hasTraining()) {
        TrainingView* training = parts_->training();
        training->setTitle(title_);
        training->setProvenance(run.provenance);
        for (const TrainingStep& step : run.trainingSteps) training->addStep(step);
        for (const DevEvaluation& evaluation : run.evaluations) training->addEvaluation(evaluation);
    }
    if (run.search) {
        MaskSearchView* masks = parts_->masks();
        masks->setTitle(title_);
        masks->setProvenance(run.provenance);
        masks->setResult(*run.search);
        steps_ = run.search->steps;
    }
    if (run.magnitude) {
        parts_->magnitude()->setTitle(title_);
        parts_->magnitude()->setProvenance(run.provenance);
        parts_->magnitude()->setResult(*run.magnitude);
    }
    if (!run.results.empty()) {
        parts_->results()->setTitle(title_);
        parts_->results()->setProvenance(run.provenance);
        parts_->results()->setResults(run.results);
    }
    if (run.study) {
        parts_->study()->setStudy(*run.study);
        Q_EMIT studyShown();
    }
    if (!run.facts.isEmpty()) {
        parts_->facts()->setTitle(run.summary);
        parts_->facts()->setFacts(run.facts);
    }
    showRecord(run.folder);
}

// What the run was made from and with, the quirk options among it.
void RunView::showRecord(const std::filesystem::path& folder) {
    const std::filesystem::path file = recordFile(folder);
    std::error_code error;
    const FolderKind kind = folderKind(folder);
    const bool ofRun =
        kind == FolderKind::MaskSearch || kind == FolderKind::WeightMask || kind == FolderKind::Checkpoint;
    // A study is more than one run, and need not have been evaluated.
    if (!ofRun && !std::filesystem::exists(file, error)) return;
    const Result<Json> record = readRecord(folder);
    recorded_ = textFromPath(folder);
    parts_->record()->setRecord(textFromPath(file), record);
    header_->setRecorded(record.has_value());
}

QString RunView::tabIcon() const {
    if (draft_) return runKindIcon(draft_->kind);
    if (job_ != 0) return QStringLiteral("demo");
    if (parts_->studyView() || parts_->resultsView()) return QStringLiteral("study");
    if (parts_->magnitudeView()) return QStringLiteral("magnitude");
    return parts_->maskView() ? QStringLiteral("mask-search") : QStringLiteral("finetune");
}

bool RunView::isOfFolder(const QString& folder) const {
    const bool ofStudy = draft_ && (draft_->kind == RunKind::FinetuneAndMask || draft_->kind == RunKind::EvaluateStudy);
    return !ofStudy && folder_ == folder;
}

void RunView::takeJob(JobId id) {
    job_ = id;
    header_->setState(JobState::Queued);
}

void RunView::onStarted(JobId id) {
    if (id != job_) return;
    header_->setState(JobState::Running);
}

void RunView::onState(JobId id, JobState state) {
    if (id == job_) header_->setState(state);
}

void RunView::startPart(const PartStarted& part) {
    const QString title = QString::fromStdString(part.title);
    const std::map<std::string, std::string> provenance{{"run", part.title}, {"folder", part.folder}};
    const auto begin = [&](auto* view) {
        view->clear();
        view->setTitle(title);
        parts_->setCurrentWidget(view);
        return view;
    };
    switch (part.part) {
        case JobPart::Finetune:
            begin(parts_->training())->setProvenance(provenance);
            break;
        case JobPart::MaskSearch:
            begin(parts_->masks())->setProvenance(provenance);
            if (draft_) parts_->masks()->setThreshold(draft_->search.threshold);
            steps_.clear();
            selected_.reset();
            Q_EMIT selectionChanged();
            break;
        case JobPart::Magnitude:
            begin(parts_->magnitude())->setProvenance(provenance);
            if (draft_)
                parts_->magnitude()->setHeader(std::string(task_info(draft_->task).search_metric),
                                               draft_->magnitude.threshold);
            break;
        case JobPart::Evaluate:
            begin(parts_->evaluation());
            break;
        case JobPart::Results:
            begin(parts_->results())->setProvenance(provenance);
            break;
    }
}

void RunView::onEvent(JobId id, const JobEvent& event) {
    if (id != job_) return;
    if (const auto* progress = std::get_if<Progress>(&event))
        header_->setProgress(*progress);
    else if (const auto* part = std::get_if<PartStarted>(&event))
        startPart(*part);
    else if (const auto* step = std::get_if<TrainingStep>(&event))
        parts_->training()->addStep(*step);
    else if (const auto* evaluation = std::get_if<DevEvaluation>(&event))
        parts_->training()->addEvaluation(*evaluation);
    else if (const auto* searched = std::get_if<MaskSearchStep>(&event)) {
        parts_->masks()->addStep(*searched);
        steps_.push_back(*searched);
        if (selected_) Q_EMIT selectionChanged();
    } else if (const auto* result = std::get_if<MaskSearchResult>(&event)) {
        parts_->masks()->setResult(*result);
        steps_ = result->steps;
        if (draft_) parts_->masks()->setProvenance(readProvenance(maskFolder(*draft_)));
        Q_EMIT selectionChanged();
    } else if (const auto* pruned = std::get_if<MagnitudeStep>(&event))
        parts_->magnitude()->addStep(*pruned);
    else if (const auto* weights = std::get_if<MagnitudeResult>(&event)) {
        parts_->magnitude()->setResult(*weights);
        if (draft_) parts_->magnitude()->setProvenance(readProvenance(draft_->out));
    } else if (const auto* score = std::get_if<StudyScore>(&event))
        parts_->results()->addScore(*score);
    else if (const auto* scores = std::get_if<StudyEvaluationReport>(&event)) {
        parts_->results()->setResults(scores->results);
        if (draft_) parts_->results()->setProvenance(readProvenance(draft_->study / "evaluate_masked"));
    } else if (const auto* report = std::get_if<EvaluateReport>(&event))
        parts_->evaluation()->setReport(*report);
    else if (const auto* ready = std::get_if<StudyFolder>(&event))
        parts_->study()->setStudy(*ready);
    else if (const auto* written = std::get_if<RunFolder>(&event))
        show(*written);
    else if (std::holds_alternative<FinetuneReport>(event) && draft_)
        parts_->training()->setProvenance(readProvenance(modelFolder(*draft_)));
}

void RunView::onEnded(JobId id, const JobEnd& end) {
    if (id != job_) return;
    header_->setState(end.state, end.error);
    if (end.state != JobState::Done || !draft_ || folder_.isEmpty()) return;
    const bool study = draft_->kind == RunKind::EvaluateStudy;
    const std::filesystem::path folder = has(draft_->kind, kSearch) ? maskFolder(*draft_) : pathFromText(folder_);
    showRecord(study ? folder / "evaluate_masked" : folder);
    offerFollowUps(folder);
}

// What the next run's draft starts from.
RunDraft RunView::base() const {
    RunDraft draft;
    if (draft_) {
        draft.compute = draft_->compute;
        draft.data = draft_->data;
    }
    return draft;
}

void RunView::offerFollowUps(const std::filesystem::path& folder) {
    offers_ = followUps(folder, base());
    header_->setFollowUps(offers_);
    Q_EMIT resultShown();
}

void RunView::showMenu(const std::vector<FollowUp>& offers, const QPoint& globalPosition) {
    if (offers.empty()) return;
    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("followUps"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    fillMenu(*menu, offers, [this](const RunDraft& draft) { Q_EMIT followUpRequested(draft); });
    menu->popup(globalPosition);
}

// The first seed's run behind a row of the results.
void RunView::openExperiment(const QString& experiment, TaskId task) {
    const ExperimentInfo* info = find_experiment(experiment.toStdString());
    if (!info) return;
    const StudyFolder study = readStudyFolder(pathFromText(folder_));
    const bool masked = info->mask_kind != MaskKind::None;
    const auto& settings = masked ? info->masks : info->models;
    for (const StudyRun& run : study.runs) {
        const bool model = run.kind == FolderKind::Checkpoint;
        const std::string setting = run.setting.toStdString();
        if (model == masked || run.task != taskName(task)) continue;
        if (std::ranges::find(settings, setting) == settings.end()) continue;
        Q_EMIT openRequested(textFromPath(run.folder));
        return;
    }
}

void RunView::select(const Component& component) {
    selected_ = component;
    parts_->select(component);
}

std::optional<ComponentHistory> RunView::selection() const {
    if (!selected_) return std::nullopt;
    return componentHistory(*selected_, steps_);
}

}  // namespace lottery::gui
