// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/jobs_panel.h"

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPlainTextEdit>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QToolBar>
#include <QVBoxLayout>

#include "resources/themed_icon.h"
#include "widgets/jobs/issues_model.h"
#include "widgets/jobs/jobs_model.h"
#include "widgets/jobs/panel_action.h"
#include "widgets/jobs/progress_delegate.h"

namespace lottery::gui {

namespace {

QString logText(const LogLine& line) {
    const QString time = line.time.toString(QStringLiteral("HH:mm:ss"));
    if (line.severity == Severity::Info) return QStringLiteral("%1  %2").arg(time, line.text);
    return QStringLiteral("%1  %2: %3").arg(time, severityName(line.severity), line.text);
}

}  // namespace

JobsPanel::JobsPanel(JobsModel* model, QWidget* parent) : QWidget(parent), model_(model) {
    cancel_ = panelAction(this, QStringLiteral("cancel"), tr("&Cancel job"), QKeySequence(tr("Ctrl+.")),
                          tr("Stop the selected job, or take it out of the queue"));
    pause_ = panelAction(this, QStringLiteral("state-paused"), tr("&Pause job"), QKeySequence(tr("Ctrl+P")),
                         tr("Hold the selected job where it is; it keeps its memory and its device"));
    resume_ = panelAction(this, QStringLiteral("state-running"), tr("Go &on"), QKeySequence(tr("Ctrl+Shift+P")),
                          tr("Let the selected job go on"));
    retry_ = panelAction(this, QStringLiteral("retry"), tr("&Run again"), QKeySequence(tr("Ctrl+R")),
                         tr("Queue the selected job once more; an interrupted fine-tuning goes on"));
    edit_ = panelAction(this, QStringLiteral("edit"), tr("&Edit options…"), QKeySequence(tr("Ctrl+E")),
                        tr("Open the options of the selected job for a new run"));
    up_ = panelAction(this, QStringLiteral("move-up"), tr("Move &up"), QKeySequence(tr("Ctrl+Shift+Up")),
                      tr("Run the selected job earlier"));
    down_ = panelAction(this, QStringLiteral("move-down"), tr("Move &down"), QKeySequence(tr("Ctrl+Shift+Down")),
                        tr("Run the selected job later"));
    folder_ = panelAction(this, QStringLiteral("folder"), tr("Open job's &folder"), QKeySequence(tr("Ctrl+Shift+O")),
                          tr("Show the selected job's folder in the file manager"));
    log_ = panelAction(this, QStringLiteral("log"), tr("Show &log"), QKeySequence(tr("Ctrl+L")),
                       tr("Show the log of the selected job"));
    log_->setCheckable(true);
    clear_ = panelAction(this, QStringLiteral("clear"), tr("Clear f&inished"), QKeySequence(tr("Ctrl+Shift+Del")),
                         tr("Remove jobs that have ended from the list; their folders stay"));

    table_ = new QTableView;
    table_->setObjectName(QStringLiteral("jobsTable"));
    table_->setAccessibleName(tr("Jobs"));
    table_->setModel(model_);
    table_->setItemDelegateForColumn(JobsModel::ProgressBar, new ProgressDelegate(table_));
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setContextMenuPolicy(Qt::CustomContextMenu);
    table_->setShowGrid(false);
    table_->setTabKeyNavigation(false);
    table_->setWordWrap(false);
    table_->setFrameShape(QFrame::NoFrame);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 16);
    QHeaderView* header = table_->horizontalHeader();
    header->setHighlightSections(false);
    const int digit = fontMetrics().averageCharWidth();
    for (const auto& [column, characters] : {std::pair{JobsModel::State, 12},
                                             {JobsModel::TimeLeft, 13},
                                             {JobsModel::Throughput, 18},
                                             {JobsModel::Elapsed, 13},
                                             {JobsModel::Device, 9}})
        header->resizeSection(column, digit * characters);
    header->setSectionResizeMode(JobsModel::Title, QHeaderView::Stretch);
    header->setSectionResizeMode(JobsModel::ProgressBar, QHeaderView::Stretch);

    auto* empty = new QLabel(tr("No jobs yet. “New run” (Ctrl+N) queues the first one."));
    empty->setAlignment(Qt::AlignCenter);
    empty->setForegroundRole(QPalette::PlaceholderText);
    pages_ = new QStackedWidget;
    pages_->addWidget(empty);
    pages_->addWidget(table_);

    logTitle_ = new QLabel;
    logTitle_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    logText_ = new QPlainTextEdit;
    logText_->setObjectName(QStringLiteral("jobLog"));
    logText_->setAccessibleName(tr("Log of the selected job"));
    logText_->setReadOnly(true);
    logText_->setFrameShape(QFrame::NoFrame);
    logText_->setLineWrapMode(QPlainTextEdit::WidgetWidth);
    logPane_ = new QWidget;
    auto* logLayout = new QVBoxLayout(logPane_);
    logLayout->setContentsMargins(8, 4, 0, 0);
    logLayout->addWidget(logTitle_);
    logLayout->addWidget(logText_, 1);
    logPane_->hide();

    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->addWidget(pages_);
    splitter->addWidget(logPane_);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);

    auto* tools = new QToolBar;
    tools->setOrientation(Qt::Vertical);
    tools->setIconSize({18, 18});
    for (QAction* action : {pause_, resume_, cancel_, retry_, edit_, up_, down_, folder_, log_, clear_})
        tools->addAction(action);

    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(tools);
    layout->addWidget(splitter, 1);

    const auto onCurrent = [this](auto signal) {
        return [this, signal] {
            if (const JobId id = currentJob()) Q_EMIT(this->*signal)(id);
        };
    };
    connect(cancel_, &QAction::triggered, this, onCurrent(&JobsPanel::cancelRequested));
    connect(pause_, &QAction::triggered, this, onCurrent(&JobsPanel::pauseRequested));
    connect(resume_, &QAction::triggered, this, onCurrent(&JobsPanel::resumeRequested));
    connect(retry_, &QAction::triggered, this, onCurrent(&JobsPanel::retryRequested));
    connect(edit_, &QAction::triggered, this, onCurrent(&JobsPanel::editRequested));
    connect(up_, &QAction::triggered, this, [this] { Q_EMIT moveRequested(currentJob(), -1); });
    connect(down_, &QAction::triggered, this, [this] { Q_EMIT moveRequested(currentJob(), 1); });
    connect(folder_, &QAction::triggered, this, [this] {
        const JobRecord* record = model_->record(currentJob());
        if (record && !record->folder.isEmpty()) Q_EMIT openFolderRequested(record->folder);
    });
    connect(log_, &QAction::toggled, this, [this](bool shown) {
        logPane_->setVisible(shown);
        showLog();
    });
    connect(clear_, &QAction::triggered, model_, &JobsModel::removeFinished);

    connect(table_, &QTableView::activated, this,
            [this](const QModelIndex& index) { Q_EMIT showRequested(model_->idAt(index.row())); });
    connect(table_, &QTableView::customContextMenuRequested, this, &JobsPanel::showContextMenu);
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] {
        updateActions();
        showLog();
    });
    connect(model_, &JobsModel::countsChanged, this, &JobsPanel::updateActions);
    connect(model_, &JobsModel::rowsMoved, this, &JobsPanel::updateActions);
    connect(model_, &JobsModel::logAppended, this, &JobsPanel::appendLog);
    tick_.setInterval(1000);
    connect(&tick_, &QTimer::timeout, model_, &JobsModel::tick);
    updateActions();
}

QList<QAction*> JobsPanel::menuActions() const {
    return {pause_, resume_, cancel_, retry_, edit_, nullptr, up_, down_, nullptr, folder_, log_, nullptr, clear_};
}

JobId JobsPanel::currentJob() const { return model_->idAt(table_->currentIndex().row()); }

void JobsPanel::setCurrentJob(JobId id) {
    const int row = model_->rowOf(id);
    if (row < 0) return;
    table_->setCurrentIndex(model_->index(row, 0));
    table_->scrollTo(model_->index(row, 0));
}

void JobsPanel::updateActions() {
    const JobRecord* record = model_->record(currentJob());
    const bool ended = record && isEnd(record->state);
    cancel_->setEnabled(record && !ended && record->state != JobState::Cancelling);
    pause_->setEnabled(record && record->state == JobState::Running);
    resume_->setEnabled(record && (record->state == JobState::Pausing || record->state == JobState::Paused));
    // What was done once is done; its options can still be edited for another run.
    retry_->setEnabled(ended && record->state != JobState::Done);
    edit_->setEnabled(record && record->editable);
    up_->setEnabled(record && model_->canMoveQueued(record->id, -1));
    down_->setEnabled(record && model_->canMoveQueued(record->id, 1));
    folder_->setEnabled(record && !record->folder.isEmpty());
    const JobsModel::Counts counts = model_->counts();
    clear_->setEnabled(counts.finished > 0);
    pages_->setCurrentIndex(model_->rowCount() > 0 ? 1 : 0);
    if (counts.running > 0 && !tick_.isActive()) tick_.start();
    if (counts.running == 0) tick_.stop();
    if (record && record->id == logged_)
        logTitle_->setText(QStringLiteral("%1 – %2").arg(record->title, stateName(record->state)));
}

void JobsPanel::showLog() {
    logText_->clear();
    loggedLines_ = 0;
    const JobRecord* record = model_->record(currentJob());
    logged_ = record ? record->id : 0;
    if (!record) {
        logTitle_->setText(tr("Select a job to see its log."));
        return;
    }
    logTitle_->setText(QStringLiteral("%1 – %2").arg(record->title, stateName(record->state)));
    appendLog(logged_);
}

void JobsPanel::appendLog(JobId id) {
    if (id != logged_ || !logPane_->isVisibleTo(this)) return;
    const JobRecord* record = model_->record(id);
    if (!record) return;
    for (; loggedLines_ < record->log.size(); ++loggedLines_)
        logText_->appendPlainText(logText(record->log[loggedLines_]));
}

void JobsPanel::showContextMenu(const QPoint& position) {
    if (!table_->indexAt(position).isValid()) return;
    QMenu menu(this);
    for (QAction* action : menuActions()) {
        if (action)
            menu.addAction(action);
        else
            menu.addSeparator();
    }
    menu.exec(table_->viewport()->mapToGlobal(position));
}

}  // namespace lottery::gui
