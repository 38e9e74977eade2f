// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/study/study_explorer.h"

#include <QAction>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QToolBar>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

#include "resources/themed_icon.h"
#include "widgets/jobs/eta.h"
#include "widgets/jobs/panel_action.h"
#include "widgets/study/study_tree_model.h"

namespace lottery::gui {

StudyExplorer::StudyExplorer(QWidget* parent) : QWidget(parent) {
    run_ = panelAction(this, QStringLiteral("state-running"), tr("&Run the study"), QKeySequence(tr("F5")),
                       tr("Do what is missing or out of date, and try again what failed"));
    pause_ = panelAction(this, QStringLiteral("state-paused"), tr("&Pause the study"), QKeySequence(tr("F6")),
                         tr("Hold the study where it is; it keeps its memory and its device"));
    resume_ = panelAction(this, QStringLiteral("state-running"), tr("&Go on with the study"),
                          QKeySequence(tr("Shift+F6")), tr("Let the paused study go on"));
    cancel_ = panelAction(this, QStringLiteral("cancel"), tr("&Stop the study"), QKeySequence(tr("Shift+F5")),
                          tr("Stop; what is done stays, and the next run goes on from there"));
    only_ = panelAction(this, QStringLiteral("retry"), tr("Run &only the selected jobs"), QKeySequence(tr("Ctrl+F5")),
                        tr("Do the selected jobs and what they need, and nothing else"));
    first_ = panelAction(this, QStringLiteral("move-up"), tr("Do the selected jobs &first"),
                         QKeySequence(tr("Ctrl+F6")), tr("Do the selected jobs and what they need before the others"));
    open_ = panelAction(this, QStringLiteral("open-folder"), tr("&Open the selected job"),
                        QKeySequence(tr("Ctrl+Return")), tr("See what the selected job wrote"));
    refresh_ = panelAction(this, QStringLiteral("state-outdated"), tr("&Look again"), QKeySequence(tr("Ctrl+F7")),
                           tr("See how the study stands now, also what other programs did to it"));
    estimate_ =
        panelAction(this, QStringLiteral("state-queued"), tr("&Estimate the time"), QKeySequence(tr("Ctrl+Shift+F7")),
                    tr("Measure this machine with the study’s checkpoint, some 20 seconds"));

    title_ = new QLabel;
    title_->setObjectName(QStringLiteral("studyTitle"));
    QFont bold = title_->font();
    bold.setBold(true);
    title_->setFont(bold);
    summary_ = new QLabel;
    summary_->setObjectName(QStringLiteral("studySummary"));
    summary_->setWordWrap(true);
    remark_ = new QLabel;
    remark_->setObjectName(QStringLiteral("studyRemark"));
    remark_->setWordWrap(true);
    remark_->setForegroundRole(QPalette::PlaceholderText);
    bar_ = new QProgressBar;
    bar_->setTextVisible(false);
    bar_->setMaximumHeight(8);

    auto* tools = new QToolBar;
    tools->setIconSize({18, 18});
    for (QAction* action : {run_, pause_, resume_, cancel_, only_, first_, refresh_, estimate_})
        tools->addAction(action);

    words_ = new QLineEdit;
    words_->setObjectName(QStringLiteral("studyFilter"));
    words_->setPlaceholderText(tr("Filter: MRPC 42 retrain"));
    words_->setAccessibleName(tr("Filter the jobs by words"));
    words_->setClearButtonEnabled(true);
    states_ = new QComboBox;
    states_->setObjectName(QStringLiteral("studyStates"));
    states_->setAccessibleName(tr("Filter the jobs by state"));
    states_->addItem(tr("All states"));
    for (int state = 0; state < kStudyJobStates; ++state)
        states_->addItem(themedIcon(studyStateIcon(StudyJobState(state))), studyStateName(StudyJobState(state)));

    brush_ = new QToolButton;
    brush_->setObjectName(QStringLiteral("studyBrush"));
    brush_->setIcon(themedIcon(QStringLiteral("close")));
    brush_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    brush_->setToolTip(tr("The tasks and seeds that are checked in the study's figures; click to see all"));
    brush_->hide();

    model_ = new StudyTreeModel(this);
    filter_ = new StudyFilter(this);
    filter_->setSourceModel(model_);
    tree_ = new QTreeView;
    tree_->setObjectName(QStringLiteral("studyTree"));
    tree_->setAccessibleName(tr("Jobs of the study"));
    tree_->setModel(filter_);
    tree_->setUniformRowHeights(true);
    tree_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    tree_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    tree_->setContextMenuPolicy(Qt::CustomContextMenu);
    tree_->setFrameShape(QFrame::NoFrame);
    tree_->setExpandsOnDoubleClick(true);
    tree_->setIndentation(fontMetrics().averageCharWidth() * 2);
    tree_->header()->setStretchLastSection(false);
    tree_->header()->setSectionResizeMode(StudyTreeModel::Name, QHeaderView::Stretch);
    tree_->header()->resizeSection(StudyTreeModel::State, fontMetrics().averageCharWidth() * 14);
    tree_->header()->resizeSection(StudyTreeModel::Time, fontMetrics().averageCharWidth() * 13);
    detail_ = new QLabel;
    detail_->setObjectName(QStringLiteral("studyDetail"));
    detail_->setWordWrap(true);
    detail_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    detail_->setForegroundRole(QPalette::PlaceholderText);
    detail_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Minimum);

    auto* filters = new QHBoxLayout;
    filters->addWidget(words_, 1);
    filters->addWidget(states_);
    auto* study = new QWidget;
    auto* layout = new QVBoxLayout(study);
    layout->setContentsMargins(8, 6, 4, 6);
    layout->setSpacing(5);
    layout->addWidget(title_);
    layout->addWidget(bar_);
    layout->addWidget(summary_);
    layout->addWidget(remark_);
    layout->addWidget(tools);
    layout->addLayout(filters);
    layout->addWidget(brush_);
    layout->addWidget(tree_, 1);
    layout->addWidget(detail_);

    auto* nothing = new QLabel(tr("No study is open. A study does the paper's whole work from one plan."));
    nothing->setWordWrap(true);
    nothing->setAlignment(Qt::AlignCenter);
    nothing->setForegroundRole(QPalette::PlaceholderText);
    auto* begin = new QPushButton(themedIcon(QStringLiteral("new-study")), tr("New study…"));
    begin->setObjectName(QStringLiteral("explorerNewStudy"));
    auto* empty = new QWidget;
    auto* emptyLayout = new QVBoxLayout(empty);
    emptyLayout->addStretch(1);
    emptyLayout->addWidget(nothing);
    emptyLayout->addWidget(begin, 0, Qt::AlignHCenter);
    emptyLayout->addStretch(2);
    pages_ = new QStackedWidget;
    pages_->addWidget(empty);
    pages_->addWidget(study);
    // Jobs' names can be read, however wide the tabs are.
    setMinimumWidth(fontMetrics().averageCharWidth() * 30);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(pages_);

    connect(begin, &QPushButton::clicked, this, &StudyExplorer::newRequested);
    connect(run_, &QAction::triggered, this, [this] { Q_EMIT runRequested(folder(), {}); });
    connect(pause_, &QAction::triggered, this, [this] { Q_EMIT pauseRequested(folder()); });
    connect(resume_, &QAction::triggered, this, [this] { Q_EMIT resumeRequested(folder()); });
    connect(cancel_, &QAction::triggered, this, [this] { Q_EMIT cancelRequested(folder()); });
    connect(only_, &QAction::triggered, this, [this] { Q_EMIT runRequested(folder(), selectedIds()); });
    connect(first_, &QAction::triggered, this, [this] { Q_EMIT firstRequested(folder(), selectedIds()); });
    connect(refresh_, &QAction::triggered, this, [this] { Q_EMIT refreshRequested(folder()); });
    connect(estimate_, &QAction::triggered, this, [this] { Q_EMIT estimateRequested(folder()); });
    connect(open_, &QAction::triggered, this, &StudyExplorer::openSelected);
    connect(tree_, &QTreeView::activated, this, &StudyExplorer::openSelected);
    connect(tree_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &StudyExplorer::showSelected);
    connect(tree_, &QWidget::customContextMenuRequested, this, [this](const QPoint& position) {
        QMenu menu(this);
        fillMenu(menu);
        menu.exec(tree_->viewport()->mapToGlobal(position));
    });
    const auto filterChanged = [this] {
        filter_->setWords(words_->text());
        const int state = states_->currentIndex() - 1;
        filter_->setState(state < 0 ? std::nullopt : std::optional(StudyJobState(state)));
        showFound();
    };
    connect(brush_, &QToolButton::clicked, this, &StudyExplorer::brushCleared);
    connect(words_, &QLineEdit::textChanged, this, filterChanged);
    connect(states_, &QComboBox::currentIndexChanged, this, filterChanged);
    updateState();
}

QList<QAction*> StudyExplorer::menuActions() const {
    return {run_, pause_, resume_, cancel_, nullptr, only_, first_, open_, nullptr, refresh_, estimate_};
}

void StudyExplorer::fillMenu(QMenu& menu) {
    for (QAction* action : {open_, only_, first_}) menu.addAction(action);
    menu.addSeparator();
    menu.addAction(tr("&Expand all"), tree_, &QTreeView::expandAll);
    menu.addAction(tr("&Collapse all"), tree_, &QTreeView::collapseAll);
}

// What was looked for should be seen, not the branch that it is in.
void StudyExplorer::showFound() {
    if (filter_->isActive()) tree_->expandAll();
}

void StudyExplorer::setBrush(const Brush& brush) {
    if (brush == filter_->brush()) return;
    filter_->setBrush(brush);
    QStringList parts;
    if (!brush.tasks.isEmpty()) parts << brush.tasks.join(QStringLiteral(", "));
    if (!brush.seeds.isEmpty()) parts << tr("seed %1").arg(brush.seeds.join(QStringLiteral(", ")));
    brush_->setText(parts.join(QStringLiteral(" · ")));
    brush_->setVisible(!brush.isEmpty());
    showFound();
}

QString StudyExplorer::folder() const { return model_->overview().folder; }
QString StudyExplorer::summary() const { return summary_->text(); }

void StudyExplorer::setStudy(const StudyOverview& overview, std::optional<JobState> run) {
    const bool other = overview.folder != folder();
    running_ = run;
    model_->setOverview(overview);
    // A task's branches say how far it is; what is below them is asked for.
    if (other) tree_->collapseAll();
    if (other && model_->rowCount() == 1) tree_->expandToDepth(0);
    showSelected();
}

void StudyExplorer::clear() {
    running_.reset();
    model_->clear();
    showSelected();
}

void StudyExplorer::setJob(std::size_t job, StudyJobState state, const QString& why) {
    model_->setJob(job, state, why);
    showSelected();
}

void StudyExplorer::setRun(std::optional<JobState> run) {
    running_ = run;
    updateState();
}

void StudyExplorer::setSecondsLeft(double seconds) {
    model_->setSecondsLeft(seconds);
    updateState();
}

void StudyExplorer::updateState() {
    const StudyOverview& study = model_->overview();
    pages_->setCurrentIndex(study.folder.isEmpty() ? 0 : 1);
    title_->setText(study.title);
    title_->setToolTip(study.folder);
    std::vector<StudyJobState> states;
    for (const StudyJobRow& job : study.jobs) states.push_back(job.state);
    const int done = study.count(StudyJobState::Done);
    QString text = studyCountsText(states);
    if (running_) text = stateName(*running_) + QStringLiteral(" · ") + text;
    if (study.secondsLeft > 0.0 && done < static_cast<int>(study.jobs.size()))
        text += tr(" · about %1 left").arg(durationText(study.secondsLeft));
    summary_->setText(text);
    remark_->setText(study.remark);
    remark_->setVisible(!study.remark.isEmpty());
    bar_->setRange(0, std::max<int>(1, static_cast<int>(study.jobs.size())));
    bar_->setValue(done);

    const bool active = running_ && !isEnd(*running_);
    const bool holding = running_ && (*running_ == JobState::Pausing || *running_ == JobState::Paused);
    const bool selected = !selectedIds().isEmpty();
    run_->setEnabled(study.hasPlan && !active);
    pause_->setEnabled(running_ && *running_ == JobState::Running);
    resume_->setEnabled(holding);
    cancel_->setEnabled(active && *running_ != JobState::Cancelling);
    only_->setEnabled(study.hasPlan && !active && selected);
    first_->setEnabled(study.hasPlan && selected);
    open_->setEnabled(!selectedFolder().isEmpty());
    refresh_->setEnabled(!study.folder.isEmpty());
    estimate_->setEnabled(study.hasPlan && !active);
}

QStringList StudyExplorer::selectedIds() const {
    QStringList ids;
    for (const QModelIndex& index : tree_->selectionModel()->selectedRows())
        for (const std::size_t job : model_->jobsAt(filter_->mapToSource(index)))
            if (const QString& id = model_->overview().jobs[job].id; !ids.contains(id)) ids << id;
    return ids;
}

QString StudyExplorer::selectedFolder() const {
    const QModelIndexList rows = tree_->selectionModel()->selectedRows();
    if (rows.size() != 1 || rows.front().data(StudyTreeModel::JobRole).toInt() < 0) return {};
    const StudyJobRow& job =
        model_->overview().jobs[static_cast<std::size_t>(rows.front().data(StudyTreeModel::JobRole).toInt())];
    if (job.state != StudyJobState::Done && job.state != StudyJobState::Outdated) return {};
    // What has no folder of its own is seen in the study's: its scores, its figures.
    const bool own = !job.task.isEmpty() && !job.seed.isEmpty();
    return own ? folder() + QLatin1Char('/') + job.id : folder();
}

void StudyExplorer::openSelected() {
    if (const QString path = selectedFolder(); !path.isEmpty()) Q_EMIT openRequested(path);
}

void StudyExplorer::showSelected() {
    const QModelIndexList rows = tree_->selectionModel()->selectedRows();
    QString text;
    if (rows.size() == 1) {
        if (const int job = rows.front().data(StudyTreeModel::JobRole).toInt(); job >= 0) {
            const StudyJobRow& row = model_->overview().jobs[static_cast<std::size_t>(job)];
            text = row.why.isEmpty() ? studyStateMeaning(row.state) : row.why;
        }
    } else if (rows.size() > 1) {
        text = tr("%1 jobs selected").arg(selectedIds().size());
    }
    detail_->setText(text);
    detail_->setVisible(!text.isEmpty());
    updateState();
}

void StudyExplorer::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    tree_->setColumnHidden(StudyTreeModel::Time, width() < fontMetrics().averageCharWidth() * 44);
}

}  // namespace lottery::gui
