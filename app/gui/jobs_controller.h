// SPDX-License-Identifier: GPL-3.0-or-later
//
// Keeps queue, job list and issues in step: what is asked of a job, what happens to it, and what is said about it.
//
// Thread rule: GUI thread only.
#pragma once

#include <QObject>
#include <functional>
#include <map>
#include <optional>

#include "app/gui/job_runner.h"
#include "widgets/jobs/issues_model.h"
#include "widgets/jobs/jobs_model.h"
#include "widgets/runs/run_draft.h"

namespace lottery::gui {

class JobsController : public QObject {
    Q_OBJECT

public:
    explicit JobsController(QObject* parent = nullptr);

    JobsModel* jobs() { return &jobs_; }
    IssuesModel* issues() { return &issues_; }

    JobId start(const RunDraft& draft);
    // A job that is not described by a draft. `make` makes it, and makes it again for "Run again".
    JobId start(const std::function<Job()>& make, const QString& folder);
    void cancel(JobId id);
    // Holds a running job where it next reports; it keeps its memory and its device.
    void pause(JobId id);
    void resume(JobId id);
    void cancelAll() { runner_.cancelAll(); }
    void move(JobId id, int delta);
    // The same job once more, going on where an interrupted fine-tuning stopped. 0: there is no such job.
    JobId retry(JobId id);
    // The options of a job, with `resume` as a retry would have it.
    std::optional<RunDraft> draft(JobId id) const;
    bool isIdle() const { return runner_.isIdle(); }

    void reportIssue(Severity severity, const QString& origin, const Error& error);

Q_SIGNALS:
    void submitted(lottery::gui::JobId id);
    void started(lottery::gui::JobId id);
    void happened(lottery::gui::JobId id, const lottery::gui::JobEvent& event);
    void ended(lottery::gui::JobId id, const lottery::gui::JobEnd& end);
    // Of a job that neither started nor ended: it is being paused or cancelled, or goes on.
    void stateChanged(lottery::gui::JobId id);
    // A job was submitted again: what showed `before` now shows `now`.
    void replaced(lottery::gui::JobId before, lottery::gui::JobId now);
    void becameIdle();

private:
    struct Entry {
        std::optional<RunDraft> draft;
        std::function<Job()> make;
        QString folder;
    };

    JobId submit(Entry entry);
    void onHappened(JobId id, const JobEvent& event);
    void onEnded(JobId id, const JobEnd& end);
    void onHeld(JobId id, bool holding);
    void setState(JobId id, JobState state);
    QString titleOf(JobId id) const;

    JobRunner runner_;
    JobsModel jobs_;
    IssuesModel issues_;
    std::map<JobId, Entry> entries_;
};

}  // namespace lottery::gui
