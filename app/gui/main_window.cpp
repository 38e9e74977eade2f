// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/main_window.h"

#include <QAction>
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

#include "app/gui/analysis_pages.h"
#include "app/gui/attention_desk.h"
#include "app/gui/dialogs.h"
#include "app/gui/labelling_window.h"
#include "app/gui/record_actions.h"
#include "app/gui/record_draft.h"
#include "app/gui/run_jobs.h"
#include "app/gui/run_parts.h"
#include "app/gui/run_services.h"
#include "app/gui/run_tabs.h"
#include "app/gui/study_desk.h"
#include "app/gui/what_if_desk.h"
#include "resources/themed_icon.h"
#include "widgets/attention/attention_view.h"
#include "widgets/jobs/issues_panel.h"
#include "widgets/jobs/job_status.h"
#include "widgets/jobs/jobs_panel.h"
#include "widgets/jobs/memory_label.h"
#include "widgets/runs/component_inspector.h"
#include "widgets/runs/folder_kind.h"
#include "widgets/start/start_page.h"
#include "widgets/study/study_explorer.h"

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
    figures_ = new AnalysisPages(&jobs_, &settings_, tabs_, this);
    connect(figures_, &AnalysisPages::failed, this, &MainWindow::showProblem);
    connect(figures_, &AnalysisPages::selectionChanged, this, &MainWindow::showInspector);
    whatIf_ = new WhatIfDesk(&settings_, tabs_, this);
    connect(whatIf_, &WhatIfDesk::failed, this, &MainWindow::showProblem);
    connect(whatIf_, &WhatIfDesk::warned, this, [this](const QString& what, const QString& text) {
        jobs_.reportIssue(Severity::Warning, what, Error{text.toStdString(), {}, {}});
    });
    // Not with the first click: the heatmap would move away below the second one.
    connect(whatIf_, &WhatIfDesk::loaded, this, [this] { inspectorDock_->show(); });
    connect(whatIf_, &WhatIfDesk::saved, this, [this](const QString& folder) {
        remember(folder);
        openFolder(folder);
    });
    attention_ = new AttentionDesk(&settings_, tabs_, this);
    connect(attention_, &AttentionDesk::failed, this, &MainWindow::showProblem);
    connect(attention_, &AttentionDesk::saved, this,
            [this](const QString& folder) { statusBar()->showMessage(tr("Saved %1").arg(folder), kMessageMs); });
    studies_ = new StudyDesk(&jobs_, &settings_, tabs_, this);
    connect(studies_, &StudyDesk::openRequested, this, &MainWindow::openFolder);
    connect(studies_, &StudyDesk::failed, this, &MainWindow::showProblem);
    connect(studies_, &StudyDesk::reportSaved, this, [this](const QString& file) {
        statusBar()->showMessage(tr("Saved %1").arg(file), kMessageMs);
        QDesktopServices::openUrl(QUrl::fromLocalFile(file));
    });
    // Also one that is stopped before its end.
    connect(studies_->studies(), &StudiesController::begun, this,
            [this](JobId, const QString& folder) { remember(folder); });
    connect(startPage_, &StartPage::newStudyRequested, this, [this] { studies_->newStudy(StudyPreset::Quick); });
    connect(startPage_, &StartPage::importRequested, studies_, &StudyDesk::importPublished);
    connect(startPage_, &StartPage::newRunRequested, this, [this](RunKind kind) { newRun(kind); });
    connect(startPage_, &StartPage::openRequested, this, &MainWindow::chooseFolder);
    connect(startPage_, &StartPage::demoRequested, this, &MainWindow::startDemo);
    connect(startPage_, &StartPage::folderChosen, this, &MainWindow::openFolder);
    connect(tabs_, &RunTabs::selectionChanged, this, &MainWindow::showInspector);
    connect(tabs_, &RunTabs::viewAdded, this, &MainWindow::onViewAdded);
    connect(&opener_, &FolderOpener::opened, this, [this](const RunFolder& run) {
        const RunView* view = tabs_->addFolder(run);
        remember(textFromPath(run.folder));
        if (looked_ == run.folder) showAttention(view);
        endRestoring();
    });
    connect(&opener_, &FolderOpener::failed, this, [this](const QString& folder, const Error& error) {
        showProblem(tr("Open %1").arg(folder), error);
        endRestoring();
    });
}

void MainWindow::showProblem(const QString& what, const Error& error) {
    jobs_.reportIssue(Severity::Error, what, error);
    statusBar()->showMessage(QString::fromStdString(error.to_string()), kMessageMs);
    issuesDock_->show();
    issuesDock_->raise();
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
    studyDock_ = makeDock("studyDock", tr("Study"), studies_->explorer(), Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    tabifyDockWidget(jobsDock_, issuesDock_);
    jobsDock_->raise();
    resizeDocks({jobsDock_}, {190}, Qt::Vertical);
    resizeDocks({inspectorDock_}, {320}, Qt::Horizontal);
    resizeDocks({studyDock_}, {390}, Qt::Horizontal);
    // Shown with the first study.
    studyDock_->hide();
    connect(studies_, &StudyDesk::studyShown, studyDock_, &QWidget::show);
    // Nothing to inspect yet.
    inspectorDock_->hide();

    status_ = new JobStatus(jobs_.jobs(), jobs_.issues());
    statusBar()->addPermanentWidget(new MemoryLabel(computeDevices()));
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

void MainWindow::connectJobs() {
    connect(jobsPanel_, &JobsPanel::cancelRequested, &jobs_, &JobsController::cancel);
    connect(jobsPanel_, &JobsPanel::pauseRequested, &jobs_, &JobsController::pause);
    connect(jobsPanel_, &JobsPanel::resumeRequested, &jobs_, &JobsController::resume);
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
    connect(view, &RunView::pauseRequested, &jobs_, &JobsController::pause);
    connect(view, &RunView::resumeRequested, &jobs_, &JobsController::resume);
    connect(view, &RunView::retryRequested, &jobs_, &JobsController::retry);
    connect(view, &RunView::editRequested, this, &MainWindow::editJob);
    connect(view, &RunView::openFolderRequested, this, &MainWindow::showInFileManager);
    connect(view, &RunView::openRequested, this, &MainWindow::openFolder);
    connect(view, &RunView::followUpRequested, this, [this](const RunDraft& draft) { newRun(draft); });
    connect(view, &RunView::runAgainRequested, this, &MainWindow::runAgain);
    connect(view, &RunView::compareRequested, this, [this](const QString& here, const QString& there) {
        showDifference(this, here, there, runsToCompare(*tabs_, recent_.paths()));
    });
}

void MainWindow::runAgain(const QString& folder) {
    const Result<RunAgain> again = gui::runAgain(pathFromText(folder), settings_.lastDraft({}));
    if (!again) return showProblem(tr("Run %1 again").arg(folder), again.error());
    if (again->draft)
        newRun(*again->draft);
    else
        showCommand(this, again->command);
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

void MainWindow::chooseCheckpoint() {
    const QString folder =
        QFileDialog::getExistingDirectory(this, tr("Checkpoint whose attention is looked at"), settings_.lastOpened());
    if (!folder.isEmpty()) lookAtAttention(folder);
}

void MainWindow::lookAtAttention(const QString& path) {
    const std::filesystem::path folder = pathFromText(path);
    settings_.setLastOpened(textFromPath(folder));
    if (tabs_->showFolder(textFromPath(folder))) return showAttention(tabs_->current());
    looked_ = folder;
    opener_.open(folder);
}

void MainWindow::showAttention(const RunView* view) {
    looked_.clear();
    if (view && view->parts()->attentionView()) return view->parts()->setCurrentWidget(view->parts()->attentionView());
    statusBar()->showMessage(tr("No model of this folder is known whose attention could be shown"), kMessageMs);
}

void MainWindow::labelMaps() {
    const RunDraft draft = settings_.lastDraft({});
    MapSampleRequest request;
    if (!draft.checkpoint.empty()) request.checkpoints = {draft.checkpoint};
    request.data = draft.data;
    request.tasks = {draft.task};
    request.compute = draft.compute;
    auto* window = new LabellingWindow(std::move(request), this);
    window->show();
}

void MainWindow::remember(const QString& folder) {
    recent_.add(folder);
    settings_.setRecent(recent_.paths());
}

void MainWindow::saveSession() {
    WindowSettings::Session session;
    for (int i = 0; i < tabs_->count(); ++i) {
        const auto* view = qobject_cast<RunView*>(tabs_->widget(i));
        // Not runs that wrote nothing, and each folder once.
        if (!view || view->folder().isEmpty() || session.folders.contains(view->folder())) continue;
        if (view == tabs_->current()) session.current = static_cast<int>(session.folders.size());
        session.folders << view->folder();
    }
    settings_.setSession(session);
}

void MainWindow::restoreSession() {
    if (!settings_.reopensTabs()) return;
    const WindowSettings::Session session = settings_.session();
    inFront_ = session.folders.value(session.current);
    QStringList gone;
    for (const QString& folder : session.folders) {
        if (folderKind(pathFromText(folder)) == FolderKind::Missing)
            gone << folder;
        else if (folderKind(pathFromText(folder)) == FolderKind::Checkpoint)
            opener_.open(pathFromText(folder));  // what was a tab is one again, and no new run
        else
            openFolder(folder);
    }
    endRestoring();
    if (!gone.isEmpty())
        statusBar()->showMessage(tr("No longer there: %1").arg(gone.join(QStringLiteral(", "))), kMessageMs);
}

// When all of the session's folders were opened, or none can be.
void MainWindow::endRestoring() {
    if (!inFront_ || opener_.isBusy()) return;
    if (inFront_->isEmpty() || !tabs_->showFolder(*inFront_)) tabs_->showStartPage();
    inFront_.reset();
}

void MainWindow::showInspector() {
    const RunView* view = tabs_->current();
    setWindowTitle(view ? tr("%1 – Lottery Workbench").arg(view->title()) : tr("Lottery Workbench"));
    if (const auto facts = view ? figures_->selection(view) : std::nullopt) {
        inspector_->showFacts(*facts, view->title());
        inspectorDock_->show();
        return;
    }
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
        saveSession();
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
