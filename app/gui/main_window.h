// SPDX-License-Identifier: GPL-3.0-or-later
//
// The window: wires start page, run tabs, docks, menus and settings. What they do, they do themselves.
//
// Thread rule: GUI thread only. Closing never waits for a worker: jobs are cancelled after a question, and the window
// closes when the last of them has ended.
#pragma once

#include <QMainWindow>
#include <QPointer>
#include <optional>

#include "app/gui/folder_opener.h"
#include "app/gui/jobs_controller.h"
#include "app/gui/window_settings.h"
#include "widgets/start/recent_model.h"

namespace lottery::gui {

class ComponentInspector;
class IssuesPanel;
class JobsPanel;
class JobStatus;
class NewRunDialog;
class RunTabs;
class RunView;
class StartPage;
class AnalysisPages;
class AttentionDesk;
class StudyDesk;
class WhatIfDesk;

class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    // `settingsFile`: another place for what is remembered; empty: the user's.
    explicit MainWindow(const QString& settingsFile = {}, QWidget* parent = nullptr);
    ~MainWindow() override;

    JobsController* jobs() { return &jobs_; }
    RunTabs* tabs() const { return tabs_; }
    bool isOpening() const { return opener_.isBusy(); }
    StudyDesk* studies() const { return studies_; }
    AnalysisPages* figures() const { return figures_; }
    WhatIfDesk* whatIf() const { return whatIf_; }
    AttentionDesk* attention() const { return attention_; }

    // Opens what the folder is: a run in a tab, a study, a checkpoint or GLUE data in a new run.
    void openFolder(const QString& path);
    // Opens a checkpoint's tab at its attention maps.
    void lookAtAttention(const QString& path);
    // Opens the tabs again that were open when the window was closed last.
    void restoreSession();
    NewRunDialog* newRun(RunKind kind);
    NewRunDialog* newRun(const RunDraft& draft);
    JobId startRun(const RunDraft& draft);
    // The demo study, in the folder "demo" below that of new runs; one that is there is gone on with.
    JobId startDemo();

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void buildCentre();
    void buildDocks();
    void buildMenus();
    void connectJobs();
    QAction* addAction(QMenu* menu, const char* icon, const QString& text, const QKeySequence& shortcut,
                       const QString& hint, const std::function<void()>& action);
    void fillRecentMenu();
    void showProblem(const QString& what, const Error& error);
    void runAgain(const QString& folder);
    void chooseFolder();
    void chooseCheckpoint();
    void showAttention(const RunView* view);
    void labelMaps();
    void editJob(JobId id);
    void showInspector();
    void showInFileManager(const QString& folder);
    void onViewAdded(RunView* view);
    void onEnded(JobId id, const JobEnd& end);
    void remember(const QString& folder);
    void saveSession();
    void endRestoring();
    void buildDockActions(QMenu* view);
    void resetLayout();

    WindowSettings settings_;
    RecentModel recent_;
    JobsController jobs_;
    FolderOpener opener_;
    StartPage* startPage_ = nullptr;
    RunTabs* tabs_ = nullptr;
    AnalysisPages* figures_ = nullptr;
    WhatIfDesk* whatIf_ = nullptr;
    AttentionDesk* attention_ = nullptr;
    StudyDesk* studies_ = nullptr;
    JobsPanel* jobsPanel_ = nullptr;
    IssuesPanel* issuesPanel_ = nullptr;
    ComponentInspector* inspector_ = nullptr;
    JobStatus* status_ = nullptr;
    QDockWidget* jobsDock_ = nullptr;
    QDockWidget* issuesDock_ = nullptr;
    QDockWidget* inspectorDock_ = nullptr;
    QDockWidget* studyDock_ = nullptr;
    QToolBar* toolBar_ = nullptr;
    QMenu* recentMenu_ = nullptr;
    QPointer<NewRunDialog> dialog_;
    bool closing_ = false;
    std::optional<QString> inFront_;  // of the session that is being restored; empty: the start page
    std::filesystem::path looked_;    // a checkpoint that is being opened to look at its attention; empty: none
    QByteArray defaultState_;
};

}  // namespace lottery::gui
