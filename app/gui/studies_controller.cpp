// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/studies_controller.h"

#include "app/gui/jobs_controller.h"
#include "app/gui/study_job.h"
#include "app/gui/study_overviews.h"
#include "widgets/runs/folder_kind.h"

namespace lottery::gui {

namespace {

std::vector<std::string> idsOf(const QStringList& ids) {
    std::vector<std::string> texts;
    for (const QString& id : ids) texts.push_back(id.toStdString());
    return texts;
}

}  // namespace

StudiesController::StudiesController(JobsController* jobs, QObject* parent) : QObject(parent), jobs_(jobs) {
    connect(jobs_, &JobsController::started, this, [this](JobId id) {
        QString folder;
        if (studyOfJob(id, folder)) Q_EMIT changed(folder);
    });
    connect(jobs_, &JobsController::stateChanged, this, [this](JobId id) {
        QString folder;
        if (studyOfJob(id, folder)) Q_EMIT changed(folder);
    });
    connect(jobs_, &JobsController::happened, this, &StudiesController::onEvent);
    connect(jobs_, &JobsController::ended, this, &StudiesController::onEnded);
    // "Run again" in the list of jobs.
    connect(jobs_, &JobsController::replaced, this, [this](JobId before, JobId now) {
        QString folder;
        if (Study* study = studyOfJob(before, folder)) {
            study->job = now;
            Q_EMIT changed(folder);
        }
    });
}

void StudiesController::look(const QString& folder) {
    // While it is worked on, the work itself tells.
    if (const auto state = runState(folder); state && isActive(*state)) return;
    reader_.ask<StudyOverview>(
        folder, [path = pathFromText(folder)] { return readStudyOverview(path); },
        [this, folder](const Result<StudyOverview>& overview) { onLooked(folder, overview); });
}

void StudiesController::onLooked(const QString& folder, const Result<StudyOverview>& overview) {
    if (!overview) {
        Q_EMIT failed(folder, overview.error());
        return;
    }
    if (const auto state = runState(folder); state && isActive(*state)) return;
    studies_[folder].overview = *overview;
    Q_EMIT changed(folder);
}

const StudyOverview* StudiesController::overview(const QString& folder) const {
    const auto found = studies_.find(folder);
    return found == studies_.end() || !found->second.overview ? nullptr : &*found->second.overview;
}

std::optional<JobState> StudiesController::runState(const QString& folder) const {
    const auto found = studies_.find(folder);
    if (found == studies_.end() || found->second.job == 0) return std::nullopt;
    const JobRecord* record = jobs_->jobs()->record(found->second.job);
    if (!record || isEnd(record->state)) return std::nullopt;
    return record->state;
}

JobId StudiesController::run(const QString& folder, const QStringList& only) { return begin(folder, only, {}); }

JobId StudiesController::begin(const QString& folder, const QStringList& only, const QStringList& first) {
    if (runState(folder)) return 0;
    Study& study = studies_[folder];
    study.order = std::make_shared<StudyOrder>();
    study.order->set_first(idsOf(first));
    const auto make = [path = pathFromText(folder), ids = idsOf(only), order = study.order] {
        return makeStudyJob(path, ids, order);
    };
    study.job = jobs_->start(make, folder);
    Q_EMIT begun(study.job, folder);
    Q_EMIT changed(folder);
    return study.job;
}

JobId StudiesController::runFirst(const QString& folder, const QStringList& ids) {
    if (!runState(folder)) return begin(folder, {}, ids);
    studies_[folder].order->set_first(idsOf(ids));
    return 0;
}

void StudiesController::pause(const QString& folder) { jobs_->pause(studies_[folder].job); }
void StudiesController::resume(const QString& folder) { jobs_->resume(studies_[folder].job); }
void StudiesController::cancel(const QString& folder) { jobs_->cancel(studies_[folder].job); }

StudiesController::Study* StudiesController::studyOfJob(JobId id, QString& folder) {
    for (auto& [name, study] : studies_) {
        if (study.job != id) continue;
        folder = name;
        return &study;
    }
    return nullptr;
}

void StudiesController::setJob(const QString& folder, std::size_t job, StudyJobState state, const QString& why) {
    auto& overview = studies_[folder].overview;
    if (!overview || job >= overview->jobs.size()) return;
    overview->jobs[job].state = state;
    overview->jobs[job].why = why;
    Q_EMIT jobChanged(folder, job);
}

// What waits is queued now; what is not among it any more stays as it was found.
void StudiesController::setQueue(const QString& folder, const std::vector<std::size_t>& queue) {
    const auto& overview = studies_[folder].overview;
    if (!overview) return;
    for (const std::size_t job : queue) {
        if (job >= overview->jobs.size()) continue;
        const StudyJobState state = overview->jobs[job].state;
        if (state == StudyJobState::Queued || state == StudyJobState::Running) continue;
        setJob(folder, job, StudyJobState::Queued, overview->jobs[job].why);
    }
}

void StudiesController::onEvent(JobId id, const JobEvent& event) {
    QString folder;
    Study* study = studyOfJob(id, folder);
    if (!study) return;
    if (const auto* listed = std::get_if<StudyListed>(&event)) {
        StudyOverview overview = listed->overview;
        // Estimates come with looking, not with running.
        if (study->overview && study->overview->jobs.size() == overview.jobs.size())
            for (std::size_t i = 0; i < overview.jobs.size(); ++i)
                overview.jobs[i].seconds = study->overview->jobs[i].seconds;
        study->overview = std::move(overview);
        Q_EMIT changed(folder);
    } else if (const auto* queued = std::get_if<StudyQueued>(&event)) {
        setQueue(folder, queued->jobs);
    } else if (const auto* job = std::get_if<StudyJobChanged>(&event)) {
        setJob(folder, job->job, job->state, job->why);
    } else if (const auto* left = std::get_if<StudyTimeLeft>(&event)) {
        if (study->overview) study->overview->secondsLeft = left->seconds;
        Q_EMIT timeLeftChanged(folder, left->seconds);
    }
}

void StudiesController::onEnded(JobId id) {
    // Also a run alone may have written into a study, or made one of its jobs out of date.
    for (const auto& [folder, study] : studies_) {
        if (study.job == id) Q_EMIT changed(folder);
        if (study.overview || study.job == id) look(folder);
    }
}

}  // namespace lottery::gui
