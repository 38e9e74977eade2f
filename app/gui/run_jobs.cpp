// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/run_jobs.h"

#include <QCoreApplication>
#include <cstdio>

#include "app/gui/run_facts.h"
#include "app/gui/run_folder.h"
#include "app/gui/run_services.h"
#include "core/study/demo.h"
#include "widgets/runs/folder_kind.h"
#include "widgets/runs/study_folder.h"

namespace lottery::gui {

namespace {

std::string partTitle(const RunDraft& draft) {
    return taskName(draft.task).toStdString() + ", seed " + std::to_string(draft.seed);
}

Outcome<Unit> finetune(const RunDraft& draft, const std::stop_token& stop, JobEvents& events) {
    const FinetuneRequest request = finetuneRequest(draft);
    events.report(PartStarted{JobPart::Finetune, partTitle(draft), request.out.string()});
    LOTTERY_TRY(FinetuneReport report, run_finetune(request, stop, events));
    events.report(std::move(report));
    return Unit{};
}

Outcome<Unit> searchMasks(const RunDraft& draft, const std::stop_token& stop, JobEvents& events) {
    const MaskRequest request = maskRequest(draft);
    const std::string title = partTitle(draft) + ", " + searchKindName(draft.search.kind).toStdString();
    events.report(PartStarted{JobPart::MaskSearch, title, request.out.string()});
    LOTTERY_TRY(MaskSearchResult result, run_mask_search(request, stop, events));
    events.report(std::move(result));
    return Unit{};
}

Outcome<Unit> evaluate(const RunDraft& draft, const std::stop_token& stop, JobEvents& events) {
    const EvaluateRequest request = evaluateRequest(draft);
    events.report(PartStarted{JobPart::Evaluate, taskName(draft.task).toStdString(), {}});
    LOTTERY_TRY(EvaluateReport report, run_evaluate(request, stop, events));
    events.report(std::move(report));
    return Unit{};
}

Outcome<Unit> pruneWeights(const RunDraft& draft, const std::stop_token& stop, JobEvents& events) {
    const MagnitudeRequest request = magnitudeRequest(draft);
    events.report(PartStarted{JobPart::Magnitude, partTitle(draft) + ", weights", request.out.string()});
    LOTTERY_TRY(MagnitudeResult result, run_magnitude_search(request, stop, events));
    events.report(std::move(result));
    return Unit{};
}

// What a run without steps wrote is shown as it would be when its folder is opened.
Outcome<Unit> showWritten(const std::filesystem::path& folder, JobEvents& events) {
    LOTTERY_TRY(RunFolder written, readRunFolder(folder));
    events.report(std::move(written));
    return Unit{};
}

Outcome<Unit> makeControl(const RunDraft& draft, JobEvents& events) {
    if (draft.controlsWeights()) {
        LOTTERY_TRY(const MagnitudeControlReport report, run_magnitude_control(magnitudeControlRequest(draft)));
        events.on_message(Severity::Info, "good weights among those kept: " + std::to_string(report.overlap));
    } else {
        LOTTERY_TRY(const SubnetworkReport report, run_subnetwork(subnetworkRequest(draft)));
        events.on_message(Severity::Info, overlap_text(report.overlap, report.has_mlps));
    }
    return showWritten(draft.out, events);
}

Outcome<Unit> makeSupermasks(const RunDraft& draft, JobEvents& events) {
    const SupermaskRequest request = supermaskRequest(draft);
    LOTTERY_TRY(const SupermaskReport report, run_supermasks(request));
    for (const TaskSupermasks& task : report.tasks)
        events.on_message(Severity::Info,
                          std::string(task_info(task.task).name) + ", bad: " + overlap_text(task.bad, report.has_mlps));
    RunFolder written;
    written.folder = request.out;
    const Json json = to_json(report);  // must outlive the loop over what is in it
    for (const Json& task : json.at("tasks")) written.facts += runFacts({{"command", "supermask"}, {"result", task}});
    // In a study, the masks are runs of it.
    if (request.out.filename() == "masks") written.study = readStudyFolder(request.out.parent_path());
    events.report(std::move(written));
    return Unit{};
}

Outcome<Unit> remove(const RunDraft& draft, const std::stop_token& stop, JobEvents& events) {
    LOTTERY_CHECK(run_remove(removeRequest(draft), stop, events));
    return showWritten(draft.out, events);
}

Outcome<Unit> evaluateStudy(const RunDraft& draft, const std::stop_token& stop, JobEvents& events) {
    const StudyEvaluationRequest request = studyRequest(draft);
    events.report(PartStarted{JobPart::Results, request.study.filename().string(), request.study.string()});
    LOTTERY_TRY(StudyEvaluationReport report, run_study_evaluation(request, stop, events));
    events.report(std::move(report));
    return Unit{};
}

// What the demo tells, as what a job tells.
class DemoEvents : public DemoObserver {
public:
    explicit DemoEvents(JobEvents& events) : events_(events) {}

    void on_stage(const DemoStage& stage) override {
        stage_ = stage;
        tell(0.0);
        if (stage.finished_before) return;
        const std::string folder = stage.folder.string();
        const std::string run = std::string(task_info(stage.task).name) + ", seed " + std::to_string(stage.seed);
        if (stage.kind == DemoStage::Kind::FineTuning)
            events_.report(PartStarted{JobPart::Finetune, run, folder});
        else if (stage.kind == DemoStage::Kind::MaskSearch)
            events_.report(PartStarted{JobPart::MaskSearch, run + ", heads + MLPs", folder});
        else
            events_.on_message(Severity::Info, title(stage));
    }
    void on_scores(const DemoScores& scores) override {
        char text[200];
        std::snprintf(text, sizeof text,
                      "%s, seed %llu: majority %.3f, full %.3f, importance mask %.3f, random masks %.3f ± %.3f",
                      std::string(task_info(scores.task).name).c_str(), static_cast<unsigned long long>(scores.seed),
                      scores.majority, scores.full, scores.importance, scores.random_mean, scores.random_std);
        events_.on_message(Severity::Info, text);
    }
    void on_progress(const Progress& progress) override {
        tell(progress.total > 0 ? static_cast<double>(progress.done) / static_cast<double>(progress.total) : 0.0);
    }
    void on_message(Severity severity, const std::string& text) override { events_.on_message(severity, text); }
    void on_training_step(const TrainingStep& step) override { events_.on_training_step(step); }
    void on_dev_evaluation(const DevEvaluation& evaluation) override { events_.on_dev_evaluation(evaluation); }
    void on_search_step(const MaskSearchStep& step) override { events_.on_search_step(step); }

private:
    // Thousandths of a stage, so that the estimate is of the whole study.
    void tell(double share) {
        events_.on_progress({"demo study", stage_.index * 1000 + static_cast<std::int64_t>(share * 1000.0),
                             stage_.count * std::int64_t{1000}, "", 0.0, ""});
    }

    JobEvents& events_;
    DemoStage stage_;
};

}  // namespace

Job makeDemoJob(const std::filesystem::path& folder, const ComputeOptions& compute) {
    Job job;
    job.title = QCoreApplication::translate("RunJobs", "Demo study");
    job.device = resolvedDevice(compute);
    job.work = [folder, compute](const std::stop_token& stop, JobEvents& events) -> Outcome<Unit> {
        DemoOptions options;
        options.out = folder;
        options.compute = compute;
        DemoEvents observer(events);
        LOTTERY_TRY(const DemoReport report, run_demo(options, stop, observer));
        events.on_message(Severity::Info, summary_text(report));
        events.report(readStudyFolder(folder));
        return Unit{};
    };
    return job;
}

Job makeJob(const RunDraft& draft) {
    Job job;
    job.title = runTitle(draft);
    job.device = resolvedDevice(draft.compute);
    job.work = [draft](const std::stop_token& stop, JobEvents& events) -> Outcome<Unit> {
        switch (draft.kind) {
            case RunKind::Finetune:
                return finetune(draft, stop, events);
            case RunKind::MaskSearch:
                return searchMasks(draft, stop, events);
            case RunKind::Evaluate:
                return evaluate(draft, stop, events);
            case RunKind::Magnitude:
                return pruneWeights(draft, stop, events);
            case RunKind::Control:
                return makeControl(draft, events);
            case RunKind::Supermask:
                return makeSupermasks(draft, events);
            case RunKind::Remove:
                return remove(draft, stop, events);
            case RunKind::EvaluateStudy:
                return evaluateStudy(draft, stop, events);
            case RunKind::FinetuneAndMask:
                break;
        }
        LOTTERY_CHECK(finetune(draft, stop, events));
        return searchMasks(draft, stop, events);
    };
    return job;
}

}  // namespace lottery::gui
