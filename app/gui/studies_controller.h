// SPDX-License-Identifier: GPL-3.0-or-later
//
// The studies of the window: how each stands, and the jobs that work on them. One job at most works on a study.
//
// Thread rule: GUI thread only. Studies are read beside it; the destructor waits for the one that is being read.
#pragma once

#include <QObject>
#include <QStringList>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "app/gui/background_reader.h"
#include "core/study/study_run.h"
#include "widgets/study/study_overview.h"

namespace lottery::gui {

class JobsController;

class StudiesController : public QObject {
    Q_OBJECT

public:
    // `jobs` must outlive it.
    explicit StudiesController(JobsController* jobs, QObject* parent = nullptr);

    // Reads how a study stands; changed() follows, or failed().
    void look(const QString& folder);
    bool isLooking() const { return reader_.isBusy(); }
    // nullptr: not looked at yet. Valid until the next event.
    const StudyOverview* overview(const QString& folder) const;
    // Of the job that works on the study; nothing: none does.
    std::optional<JobState> runState(const QString& folder) const;

    // Works through the study, or only these jobs and what they need. A study that is worked on already: 0.
    JobId run(const QString& folder, const QStringList& only = {});
    // These jobs before the others: in the run that is at work (0), or in one that is begun with it.
    JobId runFirst(const QString& folder, const QStringList& ids);
    void pause(const QString& folder);
    void resume(const QString& folder);
    void cancel(const QString& folder);

Q_SIGNALS:
    // How it stands as a whole, or whether it is worked on.
    void changed(const QString& folder);
    void jobChanged(const QString& folder, std::size_t job);
    void timeLeftChanged(const QString& folder, double seconds);
    void failed(const QString& folder, const lottery::Error& error);
    // A job was begun that works on a study.
    void begun(lottery::gui::JobId id, const QString& folder);

private:
    struct Study {
        std::optional<StudyOverview> overview;
        JobId job = 0;  // the last that worked on it
        std::shared_ptr<StudyOrder> order = std::make_shared<StudyOrder>();
    };

    JobId begin(const QString& folder, const QStringList& only, const QStringList& first);
    void onLooked(const QString& folder, const Result<StudyOverview>& overview);
    void onEvent(JobId id, const JobEvent& event);
    void onEnded(JobId id);
    void setJob(const QString& folder, std::size_t job, StudyJobState state, const QString& why);
    void setQueue(const QString& folder, const std::vector<std::size_t>& queue);
    Study* studyOfJob(JobId id, QString& folder);

    JobsController* jobs_;
    std::map<QString, Study> studies_;
    BackgroundReader reader_;
};

}  // namespace lottery::gui
