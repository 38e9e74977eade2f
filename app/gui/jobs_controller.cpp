// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/jobs_controller.h"

#include "app/gui/run_jobs.h"
#include "app/gui/run_services.h"
#include "widgets/jobs/eta.h"
#include "widgets/runs/folder_kind.h"

namespace lottery::gui {

namespace {

QString metricsText(const Metrics& metrics) {
    QStringList parts;
    for (const auto& [name, value] : metrics)
        parts << QStringLiteral("%1 %2").arg(QString::fromStdString(name)).arg(value, 0, 'f', 4);
    return parts.join(QStringLiteral(", "));
}

// One line of the log for an event that deserves one; empty otherwise.
QString logLine(const JobEvent& event) {
    if (const auto* part = std::get_if<PartStarted>(&event)) {
        const QString title = QString::fromStdString(part->title);
        return part->folder.empty() ? title
                                    : QStringLiteral("%1 → %2").arg(title, QString::fromStdString(part->folder));
    }
    if (const auto* evaluation = std::get_if<DevEvaluation>(&event))
        return JobsController::tr("Dev after step %1: loss %2, %3")
            .arg(evaluation->step)
            .arg(evaluation->loss, 0, 'f', 4)
            .arg(metricsText(evaluation->metrics));
    if (const auto* step = std::get_if<MaskSearchStep>(&event))
        return JobsController::tr("Step %1 (%2): score %3, %4 heads and %5 MLPs kept, %6")
            .arg(step->index)
            .arg(QString::fromStdString(step->phase))
            .arg(step->score, 0, 'f', 4)
            .arg(step->masks.kept_heads())
            .arg(step->masks.kept_mlps())
            .arg(step->accepted ? JobsController::tr("accepted") : JobsController::tr("below the threshold"));
    if (const auto* report = std::get_if<FinetuneReport>(&event))
        return JobsController::tr("Fine-tuned on %1: %2 → %3; %4 examples/s")
            .arg(QString::fromStdString(report->device), metricsText(report->metrics_before),
                 metricsText(report->metrics))
            .arg(report->examples_per_second, 0, 'f', 1);
    if (const auto* result = std::get_if<MaskSearchResult>(&event))
        return JobsController::tr("Mask found in %1: %2 %3 of %4 in full, %5 heads and %6 MLPs kept")
            .arg(durationText(result->seconds), QString::fromStdString(result->metric))
            .arg(result->score, 0, 'f', 4)
            .arg(result->full_score, 0, 'f', 4)
            .arg(result->masks.kept_heads())
            .arg(result->masks.kept_mlps());
    if (const auto* report = std::get_if<EvaluateReport>(&event))
        return JobsController::tr("Evaluated %1 examples: %2").arg(report->examples).arg(metricsText(report->metrics));
    return {};
}

}  // namespace

JobsController::JobsController(QObject* parent) : QObject(parent) {
    connect(&runner_, &JobRunner::started, this, [this](JobId id) {
        jobs_.setState(id, JobState::Running);
        Q_EMIT started(id);
    });
    connect(&runner_, &JobRunner::happened, this, &JobsController::onHappened);
    connect(&runner_, &JobRunner::ended, this, &JobsController::onEnded);
    connect(&runner_, &JobRunner::held, this, &JobsController::onHeld);
    connect(&runner_, &JobRunner::becameIdle, this, &JobsController::becameIdle);
}

JobId JobsController::start(const RunDraft& draft) {
    const QString folder = writesFolder(draft.kind) ? textFromPath(draft.out) : QString();
    return submit({draft, [draft] { return makeJob(draft); }, folder});
}

JobId JobsController::start(const std::function<Job()>& make, const QString& folder) {
    return submit({std::nullopt, make, folder});
}

JobId JobsController::submit(Entry entry) {
    Job job = entry.make();
    JobRecord record;
    record.title = job.title;
    record.device = job.device;
    record.folder = entry.folder;
    record.editable = entry.draft.has_value();
    const JobId id = runner_.submit(std::move(job));
    record.id = id;
    entries_[id] = std::move(entry);
    jobs_.add(std::move(record));
    jobs_.appendLog(id, Severity::Info, tr("Queued"));
    Q_EMIT submitted(id);
    return id;
}

void JobsController::cancel(JobId id) {
    const JobRecord* record = jobs_.record(id);
    if (!record || isEnd(record->state)) return;
    if (isActive(record->state)) {
        setState(id, JobState::Cancelling);
        jobs_.appendLog(id, Severity::Info, tr("Cancelling"));
    }
    runner_.cancel(id);
}

void JobsController::setState(JobId id, JobState state) {
    jobs_.setState(id, state);
    Q_EMIT stateChanged(id);
}

void JobsController::pause(JobId id) {
    const JobRecord* record = jobs_.record(id);
    if (!record || record->state != JobState::Running) return;
    setState(id, JobState::Pausing);
    runner_.pause(id);
}

void JobsController::resume(JobId id) {
    const JobRecord* record = jobs_.record(id);
    if (!record || (record->state != JobState::Pausing && record->state != JobState::Paused)) return;
    // One that has not noticed yet never held.
    if (record->state == JobState::Pausing) setState(id, JobState::Running);
    runner_.resume(id);
}

void JobsController::onHeld(JobId id, bool holding) {
    const JobRecord* record = jobs_.record(id);
    // What happened meanwhile counts: cancelled while it held, or let go on before this was told.
    if (!record || (holding ? record->state != JobState::Pausing : record->state != JobState::Paused)) return;
    setState(id, holding ? JobState::Paused : JobState::Running);
    jobs_.appendLog(id, Severity::Info, holding ? tr("Paused") : tr("Going on"));
}

void JobsController::move(JobId id, int delta) {
    if (runner_.moveQueued(id, delta)) jobs_.moveQueued(id, delta);
}

JobId JobsController::retry(JobId id) {
    const auto found = entries_.find(id);
    if (found == entries_.end()) return 0;
    Entry entry = found->second;
    if (const auto resumed = draft(id)) {
        entry.draft = resumed;
        entry.make = [draft = *resumed] { return makeJob(draft); };
    }
    const JobId now = submit(std::move(entry));
    Q_EMIT replaced(id, now);
    return now;
}

std::optional<RunDraft> JobsController::draft(JobId id) const {
    const auto found = entries_.find(id);
    if (found == entries_.end() || !found->second.draft) return std::nullopt;
    RunDraft draft = *found->second.draft;
    draft.resume = canResume(draft);
    return draft;
}

QString JobsController::titleOf(JobId id) const {
    const JobRecord* record = jobs_.record(id);
    return record ? record->title : QString();
}

void JobsController::onHappened(JobId id, const JobEvent& event) {
    if (const auto* progress = std::get_if<Progress>(&event)) jobs_.setProgress(id, *progress);
    if (const auto* message = std::get_if<JobMessage>(&event)) {
        const QString text = QString::fromStdString(message->text);
        jobs_.appendLog(id, message->severity, text);
        if (message->severity != Severity::Info) {
            Issue issue;
            issue.severity = message->severity;
            issue.job = id;
            issue.origin = titleOf(id);
            issue.text = text;
            issues_.add(std::move(issue));
        }
    }
    if (const QString line = logLine(event); !line.isEmpty()) jobs_.appendLog(id, Severity::Info, line);
    Q_EMIT happened(id, event);
}

void JobsController::onEnded(JobId id, const JobEnd& end) {
    jobs_.setState(id, end.state, end.error);
    if (end.state == JobState::Failed) {
        Issue issue;
        issue.severity = Severity::Error;
        issue.job = id;
        issue.origin = titleOf(id);
        issue.text = QString::fromStdString(end.error.message);
        issue.place = QString::fromStdString(end.error.place);
        issue.advice = QString::fromStdString(end.error.advice);
        issues_.add(std::move(issue));
        jobs_.appendLog(id, Severity::Error, QString::fromStdString(end.error.to_string()));
    } else {
        jobs_.appendLog(id, Severity::Info, stateName(end.state));
    }
    Q_EMIT ended(id, end);
}

void JobsController::reportIssue(Severity severity, const QString& origin, const Error& error) {
    Issue issue;
    issue.severity = severity;
    issue.origin = origin;
    issue.text = QString::fromStdString(error.message);
    issue.place = QString::fromStdString(error.place);
    issue.advice = QString::fromStdString(error.advice);
    issues_.add(std::move(issue));
}

}  // namespace lottery::gui
