// SPDX-License-Identifier: GPL-3.0-or-later
//
// The window's menus and its tool bar.
#include <QAction>
#include <QActionGroup>
#include <QDockWidget>
#include <QMenuBar>
#include <QToolBar>

#include "app/gui/classifier_window.h"
#include "app/gui/dialogs.h"
#include "app/gui/main_window.h"
#include "app/gui/run_tabs.h"
#include "app/gui/study_desk.h"
#include "resources/themed_icon.h"
#include "widgets/jobs/jobs_panel.h"
#include "widgets/study/study_explorer.h"

namespace lottery::gui {

namespace {

// nullptr stands for a separator.
void fill(QMenu* menu, const QList<QAction*>& actions) {
    for (QAction* action : actions) {
        if (action)
            menu->addAction(action);
        else
            menu->addSeparator();
    }
}

}  // namespace

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
    addAction(file, "attention", tr("&Attention of a checkpoint…"), QKeySequence(tr("Ctrl+Shift+A")),
              tr("Look at the attention maps of a Hugging Face checkpoint"), [this] { chooseCheckpoint(); });
    addAction(file, "edit", tr("&Label attention maps…"), QKeySequence(tr("Ctrl+Shift+L")),
              tr("Give attention maps classes, to train a classifier of patterns on them"), [this] { labelMaps(); });
    addAction(file, "finetune", tr("&Train a pattern classifier…"), QKeySequence(tr("Ctrl+Shift+T")),
              tr("Train a classifier of attention patterns on labelled maps"),
              [this] { (new ClassifierWindow(settings_.lastDraft({}).compute, this))->show(); });
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

    QMenu* study = menuBar()->addMenu(tr("&Study"));
    addAction(study, "new-study", tr("&New study…"), QKeySequence(tr("Ctrl+Shift+N")),
              tr("Plan a study from a preset: the paper, a quick one, a demo"),
              [this] { studies_->newStudy(StudyPreset::Quick); });
    addAction(study, "import", tr("&Import published results…"), QKeySequence(tr("Ctrl+I")),
              tr("Make the paper’s published masks and results a study to explore and to compare with"),
              [this] { studies_->importPublished(); });
    study->addSeparator();
    fill(study, studies_->explorer()->menuActions());
    QMenu* jobs = menuBar()->addMenu(tr("&Jobs"));
    fill(jobs, jobsPanel_->menuActions());

    QMenu* view = menuBar()->addMenu(tr("&View"));
    QAction* start = addAction(view, "home", tr("&Start page"), QKeySequence(tr("Alt+Home")),
                               tr("Go to the start page"), [this] { tabs_->showStartPage(); });
    addAction(view, "", tr("&Next tab"), QKeySequence(tr("Ctrl+PgDown")), tr("Go to the tab on the right"),
              [this] { tabs_->step(1); });
    addAction(view, "", tr("&Previous tab"), QKeySequence(tr("Ctrl+PgUp")), tr("Go to the tab on the left"),
              [this] { tabs_->step(-1); });
    view->addSeparator();
    buildDockActions(view);
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
    QAction* reopen = view->addAction(tr("Reopen tabs at &start"));
    reopen->setCheckable(true);
    reopen->setChecked(settings_.reopensTabs());
    reopen->setStatusTip(tr("Begin with the tabs that were open when the window was closed"));
    connect(reopen, &QAction::toggled, this, [this](bool reopens) { settings_.setReopensTabs(reopens); });
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

void MainWindow::buildDockActions(QMenu* view) {
    int number = 1;
    for (QDockWidget* dock : {jobsDock_, issuesDock_, inspectorDock_, studyDock_}) {
        QAction* toggle = dock->toggleViewAction();
        toggle->setShortcut(QKeySequence(QStringLiteral("Ctrl+%1").arg(number++)));
        toggle->setStatusTip(tr("Show or hide this panel"));
        view->addAction(toggle);
    }
}

void MainWindow::fillRecentMenu() {
    recentMenu_->clear();
    for (const QString& path : recent_.paths()) {
        QAction* action = recentMenu_->addAction(path);
        connect(action, &QAction::triggered, this, [this, path] { openFolder(path); });
    }
    recentMenu_->setEnabled(recent_.rowCount() > 0);
}

}  // namespace lottery::gui
