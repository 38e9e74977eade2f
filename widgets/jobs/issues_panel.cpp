// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/issues_panel.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QRegularExpression>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QTableView>
#include <QToolBar>
#include <QVBoxLayout>

#include "resources/themed_icon.h"
#include "widgets/jobs/issues_model.h"

namespace lottery::gui {

namespace {

QString countText(int count, const QString& one, const QString& many) {
    return QStringLiteral("%1 %2").arg(count).arg(count == 1 ? one : many);
}

}  // namespace

IssuesPanel::IssuesPanel(IssuesModel* model, QWidget* parent) : QWidget(parent), model_(model) {
    filter_ = new QSortFilterProxyModel(this);
    filter_->setSourceModel(model_);
    filter_->setFilterKeyColumn(IssuesModel::Level);
    filter_->setFilterRole(IssuesModel::SeverityRole);

    errors_ = makeFilter(Severity::Error);
    warnings_ = makeFilter(Severity::Warning);
    infos_ = makeFilter(Severity::Info);
    copy_ = new QAction(themedIcon(QStringLiteral("copy")), tr("Copy all"), this);
    copy_->setToolTip(tr("Copy all issues as text"));
    clear_ = new QAction(themedIcon(QStringLiteral("clear")), tr("Clear"), this);
    clear_->setToolTip(tr("Remove all issues from the list"));

    table_ = new QTableView;
    table_->setObjectName(QStringLiteral("issuesTable"));
    table_->setAccessibleName(tr("Issues"));
    table_->setModel(filter_);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setShowGrid(false);
    table_->setTabKeyNavigation(false);
    table_->setFrameShape(QFrame::NoFrame);
    table_->setWordWrap(true);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setMinimumSectionSize(fontMetrics().height() + 10);
    table_->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    QHeaderView* header = table_->horizontalHeader();
    header->setHighlightSections(false);
    const int digit = fontMetrics().averageCharWidth();
    header->resizeSection(IssuesModel::Level, digit * 16);
    header->resizeSection(IssuesModel::Origin, digit * 30);
    header->resizeSection(IssuesModel::Time, digit * 12);
    header->setSectionResizeMode(IssuesModel::Message, QHeaderView::Stretch);
    header->setSectionResizeMode(IssuesModel::Advice, QHeaderView::Stretch);

    auto* empty = new QLabel(tr("Nothing to report."));
    empty->setAlignment(Qt::AlignCenter);
    empty->setForegroundRole(QPalette::PlaceholderText);
    pages_ = new QStackedWidget;
    pages_->addWidget(empty);
    pages_->addWidget(table_);

    auto* tools = new QToolBar;
    tools->setIconSize({16, 16});
    tools->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    for (QAction* action : {errors_, warnings_, infos_}) tools->addAction(action);
    tools->addSeparator();
    tools->addAction(copy_);
    tools->addAction(clear_);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(tools);
    layout->addWidget(pages_, 1);

    connect(copy_, &QAction::triggered, this, [this] { QGuiApplication::clipboard()->setText(model_->toPlainText()); });
    connect(clear_, &QAction::triggered, model_, &IssuesModel::clear);
    connect(table_, &QTableView::activated, this, [this](const QModelIndex& index) {
        const auto job = index.data(IssuesModel::JobRole).value<JobId>();
        if (job != 0) Q_EMIT showRequested(job);
    });
    connect(model_, &IssuesModel::countsChanged, this, &IssuesPanel::updateCounts);
    connect(model_, &IssuesModel::rowsInserted, this, [this] { table_->scrollToBottom(); });
    applyFilter();
    updateCounts();
}

QAction* IssuesPanel::makeFilter(Severity severity) {
    auto* action = new QAction(themedIcon(severityIcon(severity)), severityName(severity), this);
    action->setCheckable(true);
    action->setChecked(true);
    connect(action, &QAction::toggled, this, &IssuesPanel::applyFilter);
    return action;
}

void IssuesPanel::updateCounts() {
    const IssuesModel::Counts counts = model_->counts();
    errors_->setText(countText(counts.errors, tr("error"), tr("errors")));
    warnings_->setText(countText(counts.warnings, tr("warning"), tr("warnings")));
    infos_->setText(countText(counts.infos, tr("note"), tr("notes")));
    const bool any = model_->rowCount() > 0;
    copy_->setEnabled(any);
    clear_->setEnabled(any);
    pages_->setCurrentIndex(any ? 1 : 0);
}

void IssuesPanel::applyFilter() {
    QStringList shown;
    for (const auto& [action, severity] :
         {std::pair{errors_, Severity::Error}, {warnings_, Severity::Warning}, {infos_, Severity::Info}}) {
        if (action->isChecked()) shown << QString::number(static_cast<int>(severity));
    }
    // An empty alternation would let everything through.
    filter_->setFilterRegularExpression(shown.isEmpty() ? QStringLiteral("^none$")
                                                        : QStringLiteral("^(%1)$").arg(shown.join(QLatin1Char('|'))));
}

}  // namespace lottery::gui
