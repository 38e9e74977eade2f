// SPDX-License-Identifier: GPL-3.0-or-later
//
// One tab: a run that is queued, running or has ended, or one that was opened from its folder. Above, how it stands
// and what can be done; below, the views of its parts.
//
// Thread rule: GUI thread only.
#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "app/gui/follow_ups.h"
#include "app/gui/job.h"
#include "app/gui/run_folder.h"
#include "widgets/runs/component_history.h"
#include "widgets/runs/run_draft.h"

namespace lottery::gui {

class RunHeader;
class RunParts;

class RunView : public QWidget {
    Q_OBJECT

public:
    // A run that is described by a draft, as job `id`.
    RunView(JobId id, const RunDraft& draft, QWidget* parent = nullptr);
    // A job without a draft, whose results go into `folder`.
    RunView(JobId id, const QString& title, const QString& folder, QWidget* parent = nullptr);
    // A run read back from its folder.
    explicit RunView(const RunFolder& folder, QWidget* parent = nullptr);

    JobId job() const { return job_; }  // 0: opened from a folder
    QString title() const { return title_; }
    QString tabIcon() const;  // name of an icon
    QString folder() const { return folder_; }
    // Where its result lies: of a run that writes part of a study, that part. Empty before it has ended.
    QString resultFolder() const { return recorded_; }
    // Whether this tab is what one sees when the folder is opened: not for a run that writes, or reads, parts of a
    // study.
    bool isOfFolder(const QString& folder) const;
    RunHeader* header() const { return header_; }
    RunParts* parts() const { return parts_; }

    // Shows another job from now on: the same run again. What the old one still tells is not for this view.
    void takeJob(JobId id);
    // Events of jobs other than job() are dropped.
    void onStarted(JobId id);
    void onEvent(JobId id, const JobEvent& event);
    void onEnded(JobId id, const JobEnd& end);
    void onState(JobId id, JobState state);

    // The selected head or MLP and its history; nothing when none is selected.
    std::optional<ComponentHistory> selection() const;
    // What was chosen in another tab, without emitting componentSelected.
    void select(const lottery::Component& component);

Q_SIGNALS:
    void cancelRequested(lottery::gui::JobId id);
    void pauseRequested(lottery::gui::JobId id);
    void resumeRequested(lottery::gui::JobId id);
    void retryRequested(lottery::gui::JobId id);
    void editRequested(lottery::gui::JobId id);
    void openFolderRequested(const QString& folder);
    // A person wants to see a run of the study.
    void openRequested(const QString& folder);
    // A person goes on from this run's result: the draft of the next one.
    void followUpRequested(const lottery::gui::RunDraft& draft);
    void selectionChanged();
    // A person chose a head or MLP in this tab.
    void componentSelected(lottery::Component component);
    // resultFolder() is there, or holds something else than before.
    void resultShown();
    // There is a study to be seen here.
    void studyShown();
    // Of the records of two runs; `there` is empty where a person is still to choose it.
    void compareRequested(const QString& here, const QString& there);
    // The run of this folder once more, from its record.
    void runAgainRequested(const QString& folder);

private:
    void build();
    void startPart(const PartStarted& part);
    void show(const RunFolder& run);
    void showRecord(const std::filesystem::path& folder);
    void offerFollowUps(const std::filesystem::path& folder);
    void showMenu(const std::vector<FollowUp>& offers, const QPoint& globalPosition);
    RunDraft base() const;
    void openExperiment(const QString& experiment, TaskId task);

    JobId job_ = 0;
    std::optional<RunDraft> draft_;
    QString title_;
    QString folder_;
    QString recorded_;  // the folder whose record is shown
    RunHeader* header_ = nullptr;
    RunParts* parts_ = nullptr;
    std::vector<FollowUp> offers_;
    std::vector<MaskSearchStep> steps_;
    std::optional<Component> selected_;
};

}  // namespace lottery::gui
