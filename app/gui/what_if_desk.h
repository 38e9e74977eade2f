// SPDX-License-Identifier: GPL-3.0-or-later
//
// The what-if editors of the window's tabs: loads their models when they are first looked at, and computes the score of
// whatever masks they show, beside the jobs. One computes at a time; what is not wanted any more is stopped.
//
// Thread rule: GUI thread only.
#pragma once

#include <QObject>
#include <filesystem>
#include <map>
#include <memory>

#include "app/gui/job_runner.h"
#include "core/study/what_if.h"
#include "core/study/what_if_starts.h"

namespace lottery::gui {

class RunTabs;
class RunView;
class WhatIfView;
class WindowSettings;

class WhatIfDesk : public QObject {
    Q_OBJECT

public:
    // All must outlive it.
    WhatIfDesk(WindowSettings* settings, RunTabs* tabs, QObject* parent);

    bool isIdle() const { return runner_.isIdle(); }

Q_SIGNALS:
    void failed(const QString& what, const lottery::Error& error);
    // A remark on a model that was loaded.
    void warned(const QString& what, const QString& text);
    // Masks can be edited now.
    void loaded();
    // A run folder with masks was written.
    void saved(const QString& folder);

private:
    struct Opened {
        std::shared_ptr<WhatIf> model;
        WhatIfStarts starts;
    };
    struct Editor {
        QString folder;               // of the tab
        std::filesystem::path masks;  // the good ones; empty: none
        WhatIfRequest request;
        std::shared_ptr<WhatIf> model;    // none before it is loaded
        std::shared_ptr<Opened> opening;  // written by the worker, read after the job's end
        JobId job = 0;                    // the last one, 0 when it has ended
    };
    void attach(RunView* view);
    void offer(RunView* view);
    void open(WhatIfView* page);
    void takeOpened(WhatIfView* page);
    void estimate(WhatIfView* page);
    void takeEnd(JobId id, const JobEnd& end);
    void chooseFolder(WhatIfView* page);
    void save(WhatIfView* page);
    WhatIfView* pageOf(JobId id) const;  // nullptr: not wanted any more

    WindowSettings* settings_;
    RunTabs* tabs_;
    std::map<WhatIfView*, Editor> editors_;
    std::map<JobId, QString> saves_;  // folders that are being written
    JobRunner runner_;
};

}  // namespace lottery::gui
