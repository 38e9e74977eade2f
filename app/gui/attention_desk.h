// SPDX-License-Identifier: GPL-3.0-or-later
//
// The pages Attention of the window's tabs: loads models when they are first looked at, and computes whatever maps a
// page wishes, beside the jobs. One computes at a time; what is not wished any more is stopped, and answers that come
// too late are dropped.
//
// Thread rule: GUI thread only.
#pragma once

#include <QObject>
#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "app/gui/attention_models.h"
#include "app/gui/attention_work.h"
#include "app/gui/job_runner.h"
#include "widgets/attention/attention_picture.h"

namespace lottery {
class MapClassifier;
}

namespace lottery::gui {

class AttentionView;
class RunTabs;
class RunView;
class WindowSettings;

class AttentionDesk : public QObject {
    Q_OBJECT

public:
    // All must outlive it.
    AttentionDesk(WindowSettings* settings, RunTabs* tabs, QObject* parent);

    bool isIdle() const { return runner_.isIdle(); }
    // Offers a checkpoint's model on the page, and shows it.
    void addModel(AttentionView* page, const QString& folder);

Q_SIGNALS:
    void failed(const QString& what, const lottery::Error& error);
    // Maps are shown.
    void shown();
    // Maps were written there.
    void saved(const QString& folder);

private:
    struct Answer;
    struct Patterns;
    struct Lab {
        QString folder;  // of the tab
        AttentionChoices choices;
        std::optional<TaskId> task;           // whose examples there are
        std::array<AttentionTexts, 2> texts;  // by split; empty: not read yet
        std::shared_ptr<Answer> answer;       // written by the worker, read after the job's end
        AttentionWish wish;                   // what the job computes
        JobId job = 0;                        // maps, 0 when they have ended
        std::shared_ptr<Patterns> patterns;
        JobId patternsJob = 0;
        std::shared_ptr<Answer> results;  // likewise of a search
        QString searched;                 // what for, in words
        TextSplit split = TextSplit::Dev;
        JobId search = 0;
    };
    void attach(RunView* view);
    void offer(RunView* view);
    void compute(AttentionView* page);
    void search(AttentionView* page, AttendsTo what);
    void classify(AttentionView* page);
    void takeEnd(JobId id, const JobEnd& end);
    void takePicture(AttentionView* page, Lab& lab, const JobEnd& end);
    void takePatterns(AttentionView* page, Lab& lab, const JobEnd& end);
    void takeFound(AttentionView* page, Lab& lab, const JobEnd& end);
    void takeTexts(AttentionView* page, Lab& lab, const AttentionTexts& texts, TextSplit split);
    [[nodiscard]] AttentionWork workOf(const Lab& lab, TextSplit split) const;
    void chooseFolder(AttentionView* page);
    void save(AttentionView* page);
    AttentionView* pageOf(JobId id) const;  // nullptr: not wanted any more

    WindowSettings* settings_;
    RunTabs* tabs_;
    std::shared_ptr<ModelShelf> maps_shelf_, search_shelf_;
    std::shared_ptr<std::shared_ptr<MapClassifier>> classifier_;  // read when it is first needed, by the worker
    std::map<AttentionView*, Lab> labs_;
    std::map<JobId, QString> saves_;  // folders that are being written
    JobRunner runner_;
};

}  // namespace lottery::gui
