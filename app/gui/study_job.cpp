// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/study_job.h"

#include <QCoreApplication>
#include <utility>

#include "app/gui/run_folder.h"
#include "app/gui/run_services.h"
#include "app/gui/study_overviews.h"
#include "core/study/import_run.h"
#include "core/study/study_plan.h"
#include "core/study/study_projection.h"
#include "widgets/jobs/eta.h"
#include "widgets/runs/folder_kind.h"

namespace lottery::gui {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("StudyJob", text); }

// Kinds whose steps have a view of their own.
std::optional<JobPart> partOf(const StudyJob& job) {
    if (std::holds_alternative<FinetuneRequest>(job.request)) return JobPart::Finetune;
    if (std::holds_alternative<MaskRequest>(job.request)) return JobPart::MaskSearch;
    if (std::holds_alternative<MagnitudeRequest>(job.request)) return JobPart::Magnitude;
    if (std::holds_alternative<StudyEvaluationRequest>(job.request)) return JobPart::Results;
    return std::nullopt;
}

// What a study tells, as what a job tells.
class StudyEvents : public StudyObserver {
public:
    StudyEvents(const std::filesystem::path& study, JobEvents& events) : study_(study), events_(events) {}

    void on_study(const std::vector<StudyJob>& jobs, const std::vector<JobStatus>& states) override {
        jobs_ = jobs;
        StudyListed listed;
        listed.overview.folder = textFromPath(study_);
        listed.overview.title = textFromPath(study_.filename());
        listed.overview.hasPlan = true;
        for (std::size_t i = 0; i < jobs.size(); ++i) listed.overview.jobs.push_back(studyRow(jobs[i], states[i]));
        events_.report(std::move(listed));
    }
    void on_queue(const std::vector<std::size_t>& jobs) override {
        left_ = jobs.size();
        events_.report(StudyQueued{jobs});
    }
    void on_job_begin(std::size_t job, const JobStatus& found) override {
        const StudyJob& begun = jobs_[job];
        title_ = title(begun);
        events_.report(StudyJobChanged{job, StudyJobState::Running, QString::fromStdString(found.why)});
        std::string line = title_;
        if (!found.why.empty()) line += ": " + found.why;
        events_.on_message(Severity::Info, line);
        if (const auto part = partOf(begun)) events_.report(PartStarted{*part, title_, (study_ / begun.id).string()});
        events_.on_progress({stage(title_), 0, 0, "", 0.0, ""});
    }
    void on_job_end(std::size_t job, const JobStatus& status) override {
        if (status.state == lottery::JobState::Failed)
            events_.on_message(Severity::Error, title(jobs_[job]) + " failed: " + status.why);
        events_.report(StudyJobChanged{job, studyState(status.state), QString::fromStdString(status.why)});
    }
    void on_seconds_left(double seconds) override { events_.report(StudyTimeLeft{seconds}); }

    void on_progress(const Progress& progress) override {
        Progress told = progress;
        told.stage = stage(told.stage.empty() ? title_ : told.stage);
        events_.on_progress(told);
    }
    void on_message(Severity severity, const std::string& text) override { events_.on_message(severity, text); }
    void on_training_step(const TrainingStep& step) override { events_.on_training_step(step); }
    void on_dev_evaluation(const DevEvaluation& evaluation) override { events_.on_dev_evaluation(evaluation); }
    void on_search_step(const MaskSearchStep& step) override { events_.on_search_step(step); }
    void on_magnitude_step(const MagnitudeStep& step) override { events_.on_magnitude_step(step); }
    void on_study_score(const StudyScore& score) override { events_.on_study_score(score); }

private:
    [[nodiscard]] std::string stage(const std::string& text) const {
        return std::to_string(left_) + (left_ == 1 ? " job left · " : " jobs left · ") + text;
    }

    const std::filesystem::path& study_;
    JobEvents& events_;
    std::vector<StudyJob> jobs_;
    std::size_t left_ = 0;
    std::string title_;
};

Outcome<Unit> showFolder(const std::filesystem::path& folder, JobEvents& events) {
    LOTTERY_TRY(RunFolder written, readRunFolder(folder));
    events.report(std::move(written));
    return Unit{};
}

}  // namespace

Job makeStudyJob(const std::filesystem::path& study, std::vector<std::string> only,
                 std::shared_ptr<const StudyOrder> order) {
    Job job;
    job.title = only.empty() ? tr("Study %1").arg(textFromPath(study.filename()))
                             : tr("Study %1, chosen jobs").arg(textFromPath(study.filename()));
    // A plan that cannot be read says so when the job runs.
    const auto plan = read_study_plan(study);
    job.device = resolvedDevice(plan ? plan->compute : ComputeOptions{});
    job.work = [study, only = std::move(only), order = std::move(order)](const std::stop_token& stop,
                                                                         JobEvents& events) -> Outcome<Unit> {
        StudyEvents observer(study, events);
        auto outcome = run_study({study, std::nullopt, only, order}, stop, observer);
        // Also of a run that was stopped: what is there can be looked at.
        if (!outcome.failed()) LOTTERY_CHECK(showFolder(study, events));
        if (!outcome) return std::move(outcome).failure();
        const StudyRunReport& report = *outcome;
        if (report.failures.empty()) return Unit{};
        const JobFailure& first = report.failures.front();
        std::string message = std::to_string(report.failures.size()) + " of " + std::to_string(report.jobs) +
                              " jobs failed, the first: " + first.title + ": " + first.error.to_string();
        if (report.waiting > 0) message += "; " + std::to_string(report.waiting) + " wait for one that failed";
        return Error{message, study.string(), "The explorer says why of each; mend it and run the study again"};
    };
    return job;
}

Job makeEstimateJob(const std::filesystem::path& study) {
    Job job;
    job.title = tr("Estimate %1").arg(textFromPath(study.filename()));
    const auto plan = read_study_plan(study);
    job.device = resolvedDevice(plan ? plan->compute : ComputeOptions{});
    job.work = [study](const std::stop_token& stop, JobEvents& events) -> Outcome<Unit> {
        LOTTERY_TRY(const StudyProjection projection, project_study({study, {}}, stop, events));
        events.on_message(Severity::Info,
                          tr("The whole study takes about %1 on %2")
                              .arg(durationText(projection.seconds), QString::fromStdString(projection.machine))
                              .toStdString());
        return Unit{};
    };
    return job;
}

Job makeImportJob(const std::filesystem::path& published, const std::filesystem::path& out) {
    Job job;
    job.title = tr("Import %1").arg(textFromPath(published));
    job.device = QStringLiteral("disk");
    job.work = [published, out](const std::stop_token& stop, JobEvents& events) -> Outcome<Unit> {
        LOTTERY_TRY(const ImportReport report, run_import({published, out}, stop, events));
        events.on_message(Severity::Info, std::to_string(report.mask_runs) + " masks and " +
                                              std::to_string(report.study.experiments.size()) + " experiments from " +
                                              std::to_string(report.study.files) + " files; " +
                                              std::to_string(report.skipped.size()) + " skipped");
        return showFolder(out, events);
    };
    return job;
}

}  // namespace lottery::gui
