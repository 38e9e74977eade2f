// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/main_window.h"

#include <QAction>
#include <QActionGroup>
#include <QCloseEvent>
#include <QDesktopServices>
#include <QDockWidget>
#include <QFileDialog>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QStatusBar>
#include <QToolBar>
#include <QUrl>

#include "app/gui/dialogs.h"
#include "app/gui/run_jobs.h"
#include "app/gui/run_services.h"
#include "app/gui/run_tabs.h"
#include "resources/themed_icon.h"
#include "widgets/jobs/issues_panel.h"
#include "widgets/jobs/job_status.h"
#include "widgets/jobs/jobs_panel.h"
#include "widgets/runs/component_inspector.h"
#include "widgets/runs/folder_kind.h"
#include "widgets/start/start_page.h"

namespace lottery::gui {

namespace {

constexpr int kMessageMs = 8000;

}  // namespace

MainWindow::MainWindow(const QString& settingsFile, QWidget* parent) : QMainWindow(parent), settings_(settingsFile) {
    setWindowTitle(tr("Lottery Workbench"));
    setWindowIcon(applicationIcon());
    setAcceptDrops(true);
    setDockNestingEnabled(true);
    recent_.setPaths(settings_.recent());
    buildCentre();
    buildDocks();
    buildMenus();
    connectJobs();
    resize(1280, 860);
    defaultState_ = saveState();
    restoreGeometry(settings_.geometry());
    restoreState(settings_.state());
}

MainWindow::~MainWindow() = default;

void MainWindow::buildCentre() {
    startPage_ = new StartPage(&recent_);
    tabs_ = new RunTabs(startPage_, &jobs_);
    setCentralWidget(tabs_);
    connect(startPage_, &StartPage::newRunRequested, this, [this](RunKind kind) { newRun(kind); });
    connect(startPage_, &StartPage::openRequested, this, &MainWindow::chooseFolder);
    connect(startPage_, &StartPage::demoRequested, this, &MainWindow::startDemo);
    connect(startPage_, &StartPage::folderChosen, this, &MainWindow::openFolder);
    connect(tabs_, &RunTabs::selectionChanged, this, &MainWindow::showInspector);
    connect(tabs_, &RunTabs::viewAdded, this, &MainWindow::onViewAdded);
    connect(&opener_, &FolderOpener::opened, this, [this](const RunFolder& run) {
        tabs_->addFolder(run);
        remember(textFromPath(run.folder));
    });
    connect(&opener_, &FolderOpener::failed, this, [this](const QString& folder, const Error& error) {
        jobs_.reportIssue(Severity::Error, tr("Open %1").arg(folder), error);
        statusBar()->showMessage(QString::fromStdString(error.to_string()), kMessageMs);
        issuesDock_->show();
        issuesDock_->raise();
    });
}

void MainWindow::buildDocks() {
    const auto makeDock = [this](const char* name, const QString& title, QWidget* content, Qt::DockWidgetArea area) {
        auto* dock = new QDockWidget(title, this);
        dock->setObjectName(QLatin1String(name));
        dock->setWidget(content);
        addDockWidget(area, dock);
        return dock;
    };
    jobsPanel_ = new JobsPanel(jobs_.jobs());
    issuesPanel_ = new IssuesPanel(jobs_.issues());
    inspector_ = new ComponentInspector;
    jobsDock_ = makeDock("jobsDock", tr("Jobs"), jobsPanel_, Qt::BottomDockWidgetArea);
    issuesDock_ = makeDock("issuesDock", tr("Issues"), issuesPanel_, Qt::BottomDockWidgetArea);
    inspectorDock_ = makeDock("inspectorDock", tr("Inspector"), inspector_, Qt::RightDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    tabifyDockWidget(jobsDock_, issuesDock_);
    jobsDock_->raise();
    resizeDocks({jobsDock_}, {190}, Qt::Vertical);
    resizeDocks({inspectorDock_}, {320}, Qt::Horizontal);
    // Nothing to inspect yet.
    inspectorDock_->hide();

    status_ = new JobStatus(jobs_.jobs(), jobs_.issues());
    statusBar()->addPermanentWidget(status_);
    connect(status_, &JobStatus::jobsClicked, this, [this] {
        jobsDock_->show();
        jobsDock_->raise();
    });
    connect(status_, &JobStatus::issuesClicked, this, [this] {
        issuesDock_->show();
        issuesDock_->raise();
    });
    connect(jobs_.issues(), &IssuesModel::countsChanged, this, [this] {
        const int count = jobs_.issues()->rowCount();
        issuesDock_->setWindowTitle(count > 0 ? tr("Issues (%1)").arg(count) : tr("Issues"));
    });
}

QAction* MainWindow::addAction(QMenu* menu, const char* icon, const QString& text, const QKeySequence& shortcut,
                               const QString& hint, const std::function<void()>& action) {
    QAction* made = menu->addAction(themedIcon(QLatin1String(icon)), text);
    made->setShortcut(shortcut);
    made->setStatusTip(hint);
    connect(made, &QAction::triggered, this, action);
    return made;
}

void MainWindow::buildMenus() {
    QMenu* file = menuBar()->addMenu(tr("&File"));
    QAction* newRunAction =
        addAction(file, "new-run", tr("&New run…"), QKeySequence::New, tr("Describe a run and queue it"),
                  [this] { newRun(settings_.lastDraft({}).kind); });
    QMenu* kinds = file->addMenu(tr("New run &of kind"));
    for (int kind = 0; kind < kRunKinds; ++kind)
        addAction(kinds, runKindIcon(RunKind(kind)).toLatin1().constData(), runKindName(RunKind(kind)) + QChar(0x2026),
                  QKeySequence(QStringLiteral("Ctrl+Shift+%1").arg(kind + 1)), runKindDescription(RunKind(kind)),
                  [this, kind] { newRun(RunKind(kind)); });
    file->addSeparator();
    QAction* open = addAction(file, "open-folder", tr("&Open folder…"), QKeySequence::Open,
                              tr("Open the folder of a run or a study"), [this] { chooseFolder(); });
    addAction(file, "demo", tr("Run the &demo"), QKeySequence(tr("Ctrl+D")),
              tr("From nothing to figures in minutes; needs no data and no network"), [this] { startDemo(); });
    recentMenu_ = file->addMenu(tr("Open &recent"));
    connect(recentMenu_, &QMenu::aboutToShow, this, &MainWindow::fillRecentMenu);
    fillRecentMenu();
    file->addSeparator();
    addAction(file, "close", tr("&Close tab"), QKeySequence(tr("Ctrl+W")), tr("Close this tab; its job goes on"),
              [this] { tabs_->closeCurrent(); });
    addAction(file, "", tr("&Quit"), QKeySequence(tr("Ctrl+Q")), tr("Close the window; asks when jobs are running"),
              [this] { close(); });

    QMenu* jobs = menuBar()->addMenu(tr("&Jobs"));
    for (QAction* action : jobsPanel_->menuActions()) {
        if (action)
            jobs->addAction(action);
        else
            jobs->addSeparator();
    }

    QMenu* view = menuBar()->addMenu(tr("&View"));
    QAction* start = addAction(view, "home", tr("&Start page"), QKeySequence(tr("Alt+Home")),
                               tr("Go to the start page"), [this] { tabs_->showStartPage(); });
    addAction(view, "", tr("&Next tab"), QKeySequence(tr("Ctrl+PgDown")), tr("Go to the tab on the right"),
              [this] { tabs_->step(1); });
    addAction(view, "", tr("&Previous tab"), QKeySequence(tr("Ctrl+PgUp")), tr("Go to the tab on the left"),
              [this] { tabs_->step(-1); });
    view->addSeparator();
    int number = 1;
    for (QDockWidget* dock : {jobsDock_, issuesDock_, inspectorDock_}) {
        QAction* toggle = dock->toggleViewAction();
        toggle->setShortcut(QKeySequence(QStringLiteral("Ctrl+%1").arg(number++)));
        toggle->setStatusTip(tr("Show or hide this panel"));
        view->addAction(toggle);
    }
    view->addSeparator();
    QMenu* appearances = view->addMenu(tr("&Appearance"));
    auto* group = new QActionGroup(this);
    for (const auto appearance : {Appearance::System, Appearance::Light, Appearance::Dark}) {
        QAction* choice = appearances->addAction(appearanceName(appearance));
        choice->setCheckable(true);
        choice->setChecked(settings_.appearance() == appearance);
        group->addAction(choice);
        connect(choice, &QAction::triggered, this, [this, appearance] {
            settings_.setAppearance(appearance);
            applyAppearance(appearance);
        });
    }
    addAction(view, "", tr("&Reset layout"), {}, tr("Put the panels back where they were at first"),
              [this] { resetLayout(); });
    addAction(view, "", tr("&Full screen"), QKeySequence(Qt::Key_F11), tr("Use the whole screen, or go back"),
              [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });

    QMenu* help = menuBar()->addMenu(tr("&Help"));
    QAction* shortcuts = addAction(help, "keyboard", tr("&Keyboard shortcuts"), {}, tr("List all shortcuts"),
                                   [this] { showShortcuts(this, menuBar()->actions()); });
    shortcuts->setShortcuts({QKeySequence(tr("Ctrl+/")), QKeySequence(Qt::Key_F1)});
    addAction(help, "info", tr("&About"), {}, tr("Version and licences"), [this] { showAbout(this); });

    toolBar_ = addToolBar(tr("Tools"));
    toolBar_->setObjectName(QStringLiteral("tools"));
    toolBar_->setIconSize({18, 18});
    toolBar_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    toolBar_->setMovable(false);
    for (QAction* action : {newRunAction, open, start}) toolBar_->addAction(action);
    view->insertAction(view->actions().at(4), toolBar_->toggleViewAction());
}

void MainWindow::connectJobs() {
    connect(jobsPanel_, &JobsPanel::cancelRequested, &jobs_, &JobsController::cancel);
    connect(jobsPanel_, &JobsPanel::retryRequested, &jobs_, &JobsController::retry);
    connect(jobsPanel_, &JobsPanel::moveRequested, &jobs_, &JobsController::move);
    connect(jobsPanel_, &JobsPanel::openFolderRequested, this, &MainWindow::showInFileManager);
    connect(jobsPanel_, &JobsPanel::editRequested, this, &MainWindow::editJob);
    const auto show = [this](JobId id) {
        if (tabs_->view(id))
            tabs_->showJob(id);
        else
            tabs_->addJob(id);
    };
    connect(jobsPanel_, &JobsPanel::showRequested, this, show);
    connect(issuesPanel_, &IssuesPanel::showRequested, this, show);
    connect(&jobs_, &JobsController::submitted, this, [this](JobId id) { jobsPanel_->setCurrentJob(id); });
    connect(&jobs_, &JobsController::ended, this, &MainWindow::onEnded);
    connect(&jobs_, &JobsController::becameIdle, this, [this] {
        if (closing_) close();
    });
}

void MainWindow::onViewAdded(RunView* view) {
    connect(view, &RunView::cancelRequested, &jobs_, &JobsController::cancel);
    connect(view, &RunView::retryRequested, &jobs_, &JobsController::retry);
    connect(view, &RunView::editRequested, this, &MainWindow::editJob);
    connect(view, &RunView::openFolderRequested, this, &MainWindow::showInFileManager);
    connect(view, &RunView::openRequested, this, &MainWindow::openFolder);
    connect(view, &RunView::followUpRequested, this, [this](const RunDraft& draft) { newRun(draft); });
}

void MainWindow::onEnded(JobId id, const JobEnd& end) {
    const JobRecord* record = jobs_.jobs()->record(id);
    if (!record) return;
    statusBar()->showMessage(QStringLiteral("%1: %2").arg(record->title, stateName(end.state)), kMessageMs);
    if (end.state == JobState::Done && !record->folder.isEmpty()) remember(record->folder);
}

NewRunDialog* MainWindow::newRun(RunKind kind) {
    RunDraft draft = settings_.lastDraft({});
    draft.kind = kind;
    // A mask left over from another run must not make a subnetwork of what a person trains next.
    if (has(kind, kTraining)) draft.forgetMasks();
    return newRun(draft);
}

NewRunDialog* MainWindow::newRun(const RunDraft& draft) {
    if (dialog_) dialog_->close();
    dialog_ = new NewRunDialog(newRunServices(), this);
    dialog_->setAttribute(Qt::WA_DeleteOnClose);
    dialog_->setBaseFolder(settings_.baseFolder());
    dialog_->setDraft(draft);
    connect(dialog_, &QDialog::accepted, this, [this, dialog = dialog_.data()] { startRun(dialog->draft()); });
    dialog_->open();
    return dialog_;
}

void MainWindow::editJob(JobId id) {
    auto draft = jobs_.draft(id);
    if (!draft) return;
    const JobRecord* record = jobs_.jobs()->record(id);
    if (record && record->state == JobState::Done) {
        // Its folder is taken; a free one is proposed.
        draft->out.clear();
        draft->resume = false;
    }
    newRun(*draft);
}

JobId MainWindow::startRun(const RunDraft& draft) {
    settings_.setLastDraft(draft);
    if (writesFolder(draft.kind)) settings_.setBaseFolder(studyBase(draft));
    const JobId id = jobs_.start(draft);
    tabs_->addJob(id);
    return id;
}

JobId MainWindow::startDemo() {
    const std::filesystem::path folder = settings_.baseFolder() / "demo";
    const ComputeOptions compute = settings_.lastDraft({}).compute;
    const JobId id = jobs_.start([folder, compute] { return makeDemoJob(folder, compute); }, textFromPath(folder));
    tabs_->addJob(id);
    return id;
}

void MainWindow::chooseFolder() {
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Open a run or a study"), settings_.lastOpened());
    if (!folder.isEmpty()) openFolder(folder);
}

void MainWindow::openFolder(const QString& path) {
    const std::filesystem::path folder = pathFromText(path);
    const QString shown = textFromPath(folder);
    if (tabs_->showFolder(shown)) return;
    settings_.setLastOpened(shown);
    const FolderKind kind = folderKind(folder);
    std::error_code error;
    // A checkpoint of ours has a record to show; another one is something to begin with.
    const bool recorded = kind == FolderKind::Checkpoint && (std::filesystem::exists(folder / "training.json", error) ||
                                                             std::filesystem::exists(folder / "run.json", error));
    if (kind == FolderKind::Glue || (kind == FolderKind::Checkpoint && !recorded)) {
        NewRunDialog* dialog = newRun(settings_.lastDraft({}).kind);
        dialog->takeFolder(folder);
        return;
    }
    opener_.open(folder);
}

void MainWindow::remember(const QString& folder) {
    recent_.add(folder);
    settings_.setRecent(recent_.paths());
}

void MainWindow::fillRecentMenu() {
    recentMenu_->clear();
    for (const QString& path : recent_.paths()) {
        QAction* action = recentMenu_->addAction(path);
        connect(action, &QAction::triggered, this, [this, path] { openFolder(path); });
    }
    recentMenu_->setEnabled(recent_.rowCount() > 0);
}

void MainWindow::showInspector() {
    const RunView* view = tabs_->current();
    setWindowTitle(view ? tr("%1 – Lottery Workbench").arg(view->title()) : tr("Lottery Workbench"));
    const auto selection = view ? view->selection() : std::nullopt;
    if (!selection) {
        inspector_->clear();
        return;
    }
    inspector_->showHistory(*selection, view->title());
    inspectorDock_->show();
}

void MainWindow::showInFileManager(const QString& folder) {
    if (!QDesktopServices::openUrl(QUrl::fromLocalFile(folder)))
        statusBar()->showMessage(tr("No file manager answered; the folder is %1").arg(folder), kMessageMs);
}

void MainWindow::resetLayout() {
    settings_.forgetLayout();
    restoreState(defaultState_);
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (jobs_.isIdle()) {
        settings_.setLayout(saveGeometry(), saveState());
        settings_.setRecent(recent_.paths());
        QMainWindow::closeEvent(event);
        return;
    }
    event->ignore();
    if (closing_ || findChild<QMessageBox*>(QStringLiteral("closeQuestion"))) return;
    const JobsModel::Counts counts = jobs_.jobs()->counts();
    askToCloseWithJobs(this, counts.running, counts.queued, [this] {
        if (jobs_.isIdle()) {
            close();
            return;
        }
        closing_ = true;
        centralWidget()->setEnabled(false);
        menuBar()->setEnabled(false);
        toolBar_->setEnabled(false);
        statusBar()->showMessage(tr("Cancelling; the window closes when the jobs have stopped"));
        jobs_.cancelAll();
    });
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    for (const QUrl& url : event->mimeData()->urls()) {
        if (url.isLocalFile()) openFolder(url.toLocalFile());
    }
    event->acceptProposedAction();
}

}  // namespace lottery::gui
