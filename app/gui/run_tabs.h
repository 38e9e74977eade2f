// SPDX-License-Identifier: GPL-3.0-or-later
//
// The middle of the window: the start page and a tab for each run.
//
// Thread rule: GUI thread only.
#pragma once

#include <QTabWidget>

#include "app/gui/run_view.h"

namespace lottery::gui {

class JobsController;

class RunTabs : public QTabWidget {
    Q_OBJECT

public:
    // The start page is the first tab and stays. `jobs` must outlive the tabs.
    RunTabs(QWidget* startPage, JobsController* jobs, QWidget* parent = nullptr);

    void showStartPage();
    // A tab for a submitted job, in front; one without a draft takes the tab that shows its folder.
    RunView* addJob(JobId id);
    // A tab for a folder, in front; a folder that is shown already comes to the front.
    RunView* addFolder(const RunFolder& run);
    bool showFolder(const QString& folder);  // false: not shown in any tab
    void showJob(JobId id);
    void closeCurrent();
    void step(int delta);  // to the next or previous tab, around the ends

    RunView* current() const;       // nullptr: the start page
    RunView* view(JobId id) const;  // nullptr: no tab shows it

Q_SIGNALS:
    // What the inspector shows now: the current tab or its selection changed.
    void selectionChanged();
    void viewAdded(lottery::gui::RunView* view);

private:
    int addView(RunView* view);
    void close(int index);
    void updateIcon(JobId id);
    void selectEverywhere(const RunView* source, const lottery::Component& component);

    JobsController* jobs_;
    std::optional<lottery::Component> selected_;  // the last one that was chosen in any tab
};

}  // namespace lottery::gui
