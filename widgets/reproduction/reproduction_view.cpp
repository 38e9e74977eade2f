// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/reproduction/reproduction_view.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

#include "resources/themed_icon.h"
#include "widgets/jobs/eta.h"
#include "widgets/reproduction/reproduction_models.h"
#include "widgets/runs/folder_kind.h"
#include "widgets/runs/path_edit.h"

namespace lottery::gui {

namespace {

constexpr int kListedPlaces = 6;

QString listed(const QStringList& places) {
    QString text = places.mid(0, kListedPlaces).join(QStringLiteral("; "));
    if (places.size() > kListedPlaces) text += ReproductionView::tr("; and %1 more").arg(places.size() - kListedPlaces);
    return text.toHtmlEscaped();
}

void settle(QTableView* table) {
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setTabKeyNavigation(false);
    table->setShowGrid(false);
    table->setFrameShape(QFrame::NoFrame);
    table->setWordWrap(false);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(table->fontMetrics().height() + 10);
    table->horizontalHeader()->setHighlightSections(false);
}

}  // namespace

ReproductionView::ReproductionView(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("reproductionView"));
    published_ = new PathEdit(PathEdit::Wants::Folder, tr("Published results"), {});
    published_->setObjectName(QStringLiteral("publishedResults"));
    published_->setAccessibleName(tr("Folder of the published results"));
    published_->setPlaceholderText(tr("An imported reference study, or the folder as it was published"));
    scope_ = new QLabel;
    scope_->setObjectName(QStringLiteral("reproductionScope"));
    scope_->setForegroundRole(QPalette::PlaceholderText);
    report_ = new QPushButton(themedIcon(QStringLiteral("report")), tr("Save &report…"));
    report_->setObjectName(QStringLiteral("saveReport"));
    report_->setToolTip(tr("Everything on this page, with figures and provenance, as one HTML file"));
    auto* top = new QHBoxLayout;
    top->addWidget(new QLabel(tr("Compare with")));
    top->addWidget(published_, 1);
    top->addWidget(report_);

    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->addWidget(makeChecklist());
    splitter->addWidget(makeComparison());
    splitter->setStretchFactor(0, 4);
    splitter->setStretchFactor(1, 3);
    splitter->setChildrenCollapsible(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 8, 12, 8);
    layout->addLayout(top);
    layout->addWidget(splitter, 1);

    connect(published_, &PathEdit::edited, this, [this] { Q_EMIT publishedChanged(textFromPath(published_->path())); });
    connect(report_, &QPushButton::clicked, this, &ReproductionView::reportRequested);
    showSelected();
}

QWidget* ReproductionView::makeChecklist() {
    items_ = new ChecklistModel(this);
    checklist_ = new QTableView;
    checklist_->setObjectName(QStringLiteral("reproductionChecklist"));
    checklist_->setAccessibleName(tr("Figures and tables of the paper"));
    checklist_->setModel(items_);
    settle(checklist_);
    QHeaderView* header = checklist_->horizontalHeader();
    const int digit = fontMetrics().averageCharWidth();
    header->setSectionResizeMode(ChecklistModel::Item, QHeaderView::Stretch);
    for (const auto& [column, characters] : {std::pair{ChecklistModel::Kind, 17},
                                             {ChecklistModel::There, 12},
                                             {ChecklistModel::Time, 15},
                                             {ChecklistModel::Verdict, 46}})
        header->resizeSection(column, digit * characters);
    detail_ = new QLabel;
    detail_->setObjectName(QStringLiteral("reproductionDetail"));
    detail_->setWordWrap(true);
    detail_->setTextFormat(Qt::RichText);
    detail_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    run_ = new QPushButton(themedIcon(QStringLiteral("state-running")), tr("&Make what is missing"));
    run_->setObjectName(QStringLiteral("reproduceItem"));
    runAll_ = new QPushButton(tr("Make &everything"));
    runAll_->setObjectName(QStringLiteral("reproduceAll"));
    runAll_->setToolTip(tr("All that the study’s plan has and that is missing or out of date"));
    auto* bottom = new QHBoxLayout;
    bottom->addWidget(detail_, 1);
    bottom->addWidget(run_, 0, Qt::AlignTop);
    bottom->addWidget(runAll_, 0, Qt::AlignTop);
    auto* pane = new QWidget;
    auto* layout = new QVBoxLayout(pane);
    layout->setContentsMargins(0, 0, 0, 4);
    layout->addWidget(scope_);
    layout->addWidget(checklist_, 1);
    layout->addLayout(bottom);
    connect(checklist_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &ReproductionView::showSelected);
    connect(run_, &QPushButton::clicked, this, [this] {
        if (const ReproductionRow* row = items_->row(checklist_->currentIndex().row())) Q_EMIT runRequested(row->jobs);
    });
    connect(runAll_, &QPushButton::clicked, this, [this] { Q_EMIT runRequested({}); });
    return pane;
}

QWidget* ReproductionView::makeComparison() {
    cells_ = new ComparisonModel(this);
    shownCells_ = new ComparisonProxy(this);
    shownCells_->setSourceModel(cells_);
    comparison_ = new QTableView;
    comparison_->setObjectName(QStringLiteral("reproductionComparison"));
    comparison_->setAccessibleName(tr("Ours and published scores"));
    comparison_->setModel(shownCells_);
    comparison_->setSortingEnabled(true);
    comparison_->sortByColumn(ComparisonModel::Task, Qt::AscendingOrder);
    settle(comparison_);
    QHeaderView* header = comparison_->horizontalHeader();
    const int digit = fontMetrics().averageCharWidth();
    for (const auto& [column, characters] : {std::pair{ComparisonModel::Subnetwork, 28},
                                             {ComparisonModel::Task, 9},
                                             {ComparisonModel::Metric, 15},
                                             {ComparisonModel::Ours, 17},
                                             {ComparisonModel::Published, 17},
                                             {ComparisonModel::Difference, 13},
                                             {ComparisonModel::PValue, 9}})
        header->resizeSection(column, digit * characters);
    header->setStretchLastSection(true);
    verdicts_ = new QLabel;
    verdicts_->setObjectName(QStringLiteral("reproductionVerdicts"));
    verdicts_->setWordWrap(true);
    verdicts_->setToolTip(
        tr("Agrees: Welch’s two-sided t-test on the scores over seeds finds no difference at 5 %. With few seeds that "
           "is no proof that there is none."));
    problem_ = new QLabel;
    problem_->setObjectName(QStringLiteral("reproductionProblem"));
    problem_->setWordWrap(true);
    problem_->setAlignment(Qt::AlignCenter);
    problem_->setForegroundRole(QPalette::PlaceholderText);
    auto* pane = new QWidget;
    auto* layout = new QVBoxLayout(pane);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->addWidget(verdicts_);
    layout->addWidget(comparison_, 1);
    layout->addWidget(problem_, 1);
    connect(comparison_, &QTableView::activated, this, [this](const QModelIndex& index) {
        Q_EMIT experimentActivated(index.data(ComparisonModel::ExperimentRole).toString(),
                                   static_cast<TaskId>(index.data(ComparisonModel::TaskRole).toInt()));
    });
    return pane;
}

void ReproductionView::setOverview(const ReproductionOverview& overview) {
    items_->setOverview(overview);
    cells_->setCells(overview.cells);
    scope_->setText(overview.scope);
    if (!published_->hasFocus()) published_->setPath(pathFromText(overview.published));
    problem_->setText(overview.problem);
    const bool compared = !overview.cells.empty();
    problem_->setVisible(!compared);
    comparison_->setVisible(compared);
    verdicts_->setVisible(compared);
    if (!checklist_->currentIndex().isValid() && items_->rowCount() > 0) checklist_->selectRow(0);
    showSelected();
}

void ReproductionView::setBusy(bool busy) {
    busy_ = busy;
    showSelected();
}

void ReproductionView::showSelected() {
    const ReproductionOverview& overview = items_->overview();
    const ReproductionRow* row = items_->row(checklist_->currentIndex().row());
    run_->setEnabled(row && overview.canRun && !busy_ && !row->jobs.isEmpty());
    runAll_->setEnabled(overview.canRun && !busy_);
    report_->setEnabled(!overview.folder.isEmpty());
    QStringList lines;
    if (row && row->complete()) lines << tr("Everything it needs is there.");
    if (row && !row->complete()) lines << tr("<b>Missing:</b> %1").arg(listed(row->missing));
    if (row && !row->unplanned.isEmpty() && overview.canRun)
        lines << tr("<b>Not in the study’s plan:</b> %1. Add the setting, task or seed to study.json, or begin a study "
                    "with the preset “paper”.")
                     .arg(listed(row->unplanned));
    if (row && !row->complete() && !overview.canRun)
        lines << tr("This folder has no plan to run; a new study makes what is missing.");
    if (row && !row->also.isEmpty()) lines << tr("Also needs %1.").arg(row->also.toHtmlEscaped());
    if (row && !row->jobs.isEmpty() && row->seconds >= 0.0)
        lines << tr("%1 jobs and what they need take about %2 on this machine.")
                     .arg(row->jobs.size())
                     .arg(durationText(row->seconds));
    detail_->setText(lines.join(QStringLiteral("<br>")));
    shownCells_->setExperiments(row ? row->experiments : std::vector<std::string>{});
    std::vector<ComparedCell> cells;
    for (int i = 0; i < shownCells_->rowCount(); ++i)
        cells.push_back(
            cells_->cells()[static_cast<std::size_t>(shownCells_->mapToSource(shownCells_->index(i, 0)).row())]);
    verdicts_->setText(verdictCountsText(cells, overview.options));
}

}  // namespace lottery::gui
