// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/study_overviews.h"

#include <QCoreApplication>
#include <system_error>

#include "core/study/reference_study.h"
#include "core/study/study_plan.h"
#include "widgets/runs/folder_kind.h"
#include "widgets/runs/study_folder.h"

namespace lottery::gui {

namespace fs = std::filesystem;

namespace {

QString tr(const char* text) { return QCoreApplication::translate("StudyOverview", text); }

bool isThere(const fs::path& path) {
    std::error_code error;
    return fs::exists(path, error);
}

// Runs that are there, without a plan that would say which ought to be.
void takeRuns(const fs::path& folder, StudyOverview& overview) {
    for (const StudyRun& run : readStudyFolder(folder).runs) {
        StudyJobRow row;
        row.id = textFromPath(run.folder.lexically_relative(folder));
        row.label = (run.kind == FolderKind::Checkpoint ? tr("model %1") : tr("mask %1")).arg(run.setting);
        row.task = run.task;
        row.seed = QString(run.seed).remove(QStringLiteral("seed_"));
        row.setting = run.setting;
        row.title = QStringLiteral("%1 %2, seed %3").arg(row.label, row.task, row.seed);
        row.state = StudyJobState::Done;
        overview.jobs.push_back(std::move(row));
    }
    std::stable_sort(overview.jobs.begin(), overview.jobs.end(), [](const StudyJobRow& a, const StudyJobRow& b) {
        return std::pair(a.task, a.seed.toULongLong()) < std::pair(b.task, b.seed.toULongLong());
    });
}

}  // namespace

StudyJobState studyState(lottery::JobState state) {
    switch (state) {
        case lottery::JobState::Done:
            return StudyJobState::Done;
        case lottery::JobState::Outdated:
            return StudyJobState::Outdated;
        case lottery::JobState::Interrupted:
            return StudyJobState::Interrupted;
        case lottery::JobState::Missing:
            return StudyJobState::Missing;
        case lottery::JobState::Waiting:
            return StudyJobState::Waiting;
        case lottery::JobState::Failed:
            return StudyJobState::Failed;
    }
    return StudyJobState::Missing;
}

StudyJobRow studyRow(const StudyJob& job, const JobStatus& status) {
    StudyJobRow row;
    row.id = QString::fromStdString(job.id);
    row.title = QString::fromStdString(title(job));
    row.label = QString::fromLatin1(to_string(job.kind));
    const bool saysSetting =
        job.kind == StudyJobKind::Search || job.kind == StudyJobKind::Control || job.kind == StudyJobKind::Retrain;
    if (saysSetting) row.label += QLatin1Char(' ') + QString::fromStdString(job.setting);
    if (job.task) row.task = QString::fromStdString(std::string(task_info(*job.task).name));
    if (job.seed) row.seed = QString::number(*job.seed);
    row.setting = QString::fromStdString(job.setting);
    row.state = studyState(status.state);
    row.why = QString::fromStdString(status.why);
    return row;
}

Result<StudyOverview> readStudyOverview(const fs::path& folder) {
    StudyOverview overview;
    overview.folder = textFromPath(folder);
    overview.title = textFromPath(folder.filename());
    LOTTERY_TRY(const auto reference, find_reference_study(folder));
    if (reference) {
        overview.remark = tr("Reference study, read-only: %1").arg(QString::fromStdString(reference->source));
        takeRuns(folder, overview);
        return overview;
    }
    if (!isThere(folder / "study.json")) {
        overview.remark = tr("No plan (study.json): shown is what lies in the folder.");
        takeRuns(folder, overview);
        return overview;
    }
    LOTTERY_TRY(const bool planned, has_study_plan(folder));
    if (!planned) {
        overview.remark = tr("Made by the demo, which goes on with it: File, Run the demo.");
        takeRuns(folder, overview);
        return overview;
    }
    LOTTERY_TRY(const StudyReport report, study_report(folder));
    overview.hasPlan = true;
    for (std::size_t i = 0; i < report.jobs.size(); ++i) {
        overview.jobs.push_back(studyRow(report.jobs[i], report.states[i]));
        overview.jobs.back().seconds = report.seconds[i].value_or(-1.0);
    }
    overview.secondsLeft = report.seconds_left.value_or(-1.0);
    return overview;
}

fs::path studyOf(const fs::path& folder) {
    // <study>/masks/<setting>/<TASK>/seed_<N>
    constexpr int kDepth = 4;
    fs::path at = folder;
    for (int up = 0; up <= kDepth && !at.empty(); ++up, at = at.parent_path()) {
        if (isThere(at / "study.json") || folderKind(at) == FolderKind::Study) return at;
        if (at == at.parent_path()) break;
    }
    return {};
}

}  // namespace lottery::gui
