// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/reproduction/reproduction_models.h"

#include <QColor>
#include <algorithm>
#include <cmath>

#include "core/analysis/experiments.h"
#include "resources/themed_icon.h"
#include "widgets/jobs/eta.h"
#include "widgets/runs/run_draft.h"

namespace lottery::gui {

namespace {

const QColor kAgrees(0x2E, 0x8B, 0x57);
const QColor kDiffers(0xC7, 0x7C, 0x02);

std::vector<ComparedCell> cellsOf(const ReproductionOverview& overview, const ReproductionRow& row) {
    std::vector<ComparedCell> cells;
    std::copy_if(
        overview.cells.begin(), overview.cells.end(), std::back_inserter(cells), [&](const ComparedCell& cell) {
            return std::find(row.experiments.begin(), row.experiments.end(), cell.experiment) != row.experiments.end();
        });
    return cells;
}

QString scoreText(const ComparedScore& score) {
    if (std::isnan(score.mean)) return QStringLiteral("–");
    QString text = QString::number(score.mean, 'f', 3);
    if (!std::isnan(score.deviation)) text += QStringLiteral(" ± %1").arg(score.deviation, 0, 'f', 3);
    return text;
}

QString scoreTip(const ComparedScore& score) {
    if (score.seeds == 0) return ComparisonModel::tr("no score");
    QString text = ComparisonModel::tr("mean ± sample standard deviation over %1 seeds").arg(score.seeds);
    if (score.summary) text += ComparisonModel::tr(" (their number is assumed, the file does not say it)");
    if (score.undefined > 0) text += ComparisonModel::tr("; undefined for %1 more").arg(score.undefined);
    return text;
}

QString labelOf(const std::string& experiment) {
    const ExperimentInfo* info = find_experiment(experiment);
    return QString::fromStdString(info ? std::string(info->label) : experiment);
}

QString verdictName(const ComparedCell& cell) {
    switch (cell.verdict) {
        case Verdict::Agrees:
            return ComparisonModel::tr("agrees");
        case Verdict::Differs:
            return ComparisonModel::tr("differs");
        case Verdict::NotComparable:
            break;
    }
    return QString::fromStdString(explanation(cell));
}

}  // namespace

QString verdictCountsText(const std::vector<ComparedCell>& cells, const ComparisonOptions& options) {
    if (cells.empty()) return {};
    const VerdictCounts counts = count_verdicts(cells, options);
    QStringList parts{ChecklistModel::tr("%1 agree").arg(counts.agrees),
                      ChecklistModel::tr("%1 differ").arg(counts.differs)};
    if (const int others = counts.not_comparable - counts.not_evaluated; others > 0)
        parts << ChecklistModel::tr("%1 cannot be compared").arg(others);
    if (counts.not_evaluated > 0) parts << ChecklistModel::tr("%1 not evaluated yet").arg(counts.not_evaluated);
    return parts.join(QStringLiteral(", "));
}

QString verdictText(const ComparedCell& cell) {
    if (!cell.test) return QString::fromStdString(explanation(cell));
    return ComparisonModel::tr(
               "Welch’s two-sided t-test: t = %1, %2 degrees of freedom, p = %3; the difference lies "
               "in [%4, %5] with 95 % confidence")
        .arg(cell.test->statistic, 0, 'f', 2)
        .arg(cell.test->degrees_of_freedom, 0, 'f', 1)
        .arg(cell.test->p_value, 0, 'g', 3)
        .arg(cell.test->low, 0, 'f', 3)
        .arg(cell.test->high, 0, 'f', 3);
}

void ChecklistModel::setOverview(const ReproductionOverview& overview) {
    const bool same = overview.rows.size() == overview_.rows.size();
    if (!same) beginResetModel();
    overview_ = overview;
    if (!same)
        endResetModel();
    else if (!overview_.rows.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

const ReproductionRow* ChecklistModel::row(int row) const {
    return row >= 0 && row < rowCount() ? &overview_.rows[static_cast<std::size_t>(row)] : nullptr;
}

int ChecklistModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(overview_.rows.size());
}
int ChecklistModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QString ChecklistModel::text(const ReproductionRow& row, int column) const {
    switch (column) {
        case Item:
            return row.title;
        case Kind: {
            const QString kind = row.table ? tr("table") : tr("figure");
            return row.secondary ? tr("%1, secondary").arg(kind) : kind;
        }
        case There:
            return row.complete() ? tr("all %1").arg(row.needed) : tr("%1 of %2").arg(row.present).arg(row.needed);
        case Time:
            if (row.complete()) return {};
            if (!overview_.canRun) return {};
            if (row.jobs.isEmpty()) return tr("not in the plan");
            return row.seconds < 0.0 ? tr("not known yet") : durationText(row.seconds);
        case Verdict:
            return verdictCountsText(cellsOf(overview_, row), overview_.options);
        default:
            return {};
    }
}

QVariant ChecklistModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const ReproductionRow& row = overview_.rows[static_cast<std::size_t>(index.row())];
    if (role == Qt::DisplayRole) return text(row, index.column());
    if (role == Qt::DecorationRole && index.column() == Item) {
        if (row.complete()) return themedIcon(QStringLiteral("state-done"), kAgrees);
        return themedIcon(row.present > 0 ? QStringLiteral("state-interrupted") : QStringLiteral("state-missing"));
    }
    if (role == Qt::TextAlignmentRole)
        return QVariant((index.column() == Time ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && index.column() == Item && !row.also.isEmpty())
        return tr("Also needs %1").arg(row.also);
    return {};
}

QVariant ChecklistModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant((section == Time ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole) {
        if (section == There) return tr("Folders of tasks and seeds that are there, of those that it needs");
        if (section == Time) return tr("What is missing takes on this machine, estimated from jobs that are done");
    }
    if (role != Qt::DisplayRole) return {};
    static const char* const kNames[] = {QT_TR_NOOP("Figure or table of the paper"), QT_TR_NOOP("Kind"),
                                         QT_TR_NOOP("There"), QT_TR_NOOP("Takes about"),
                                         QT_TR_NOOP("Against the published scores")};
    return section < ColumnCount ? tr(kNames[section]) : QVariant();
}

void ComparisonModel::setCells(std::vector<ComparedCell> cells) {
    beginResetModel();
    cells_ = std::move(cells);
    endResetModel();
}

int ComparisonModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(cells_.size());
}
int ComparisonModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant ComparisonModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const ComparedCell& cell = cells_[static_cast<std::size_t>(index.row())];
    const bool number = index.column() >= Ours && index.column() <= PValue;
    const auto numberOr = [](double value) { return std::isnan(value) ? QVariant() : QVariant(value); };
    switch (role) {
        case Qt::DisplayRole:
            switch (index.column()) {
                case Subnetwork:
                    return labelOf(cell.experiment);
                case Task:
                    return taskName(cell.task);
                case Metric:
                    return QString::fromStdString(cell.metric);
                case Ours:
                    return scoreText(cell.ours);
                case Published:
                    return scoreText(cell.published);
                case Difference:
                    if (!cell.difference) return QStringLiteral("–");
                    return (*cell.difference > 0 ? QStringLiteral("+") : QString()) +
                           QString::number(*cell.difference, 'f', 3).replace('-', QChar(0x2212));
                case PValue:
                    return cell.test ? QString::number(cell.test->p_value, 'f', 3) : QStringLiteral("–");
                default:
                    return verdictName(cell);
            }
        case Qt::DecorationRole:
            if (index.column() != VerdictColumn) return {};
            if (cell.verdict == Verdict::Agrees) return themedIcon(QStringLiteral("state-done"), kAgrees);
            if (cell.verdict == Verdict::Differs) return themedIcon(QStringLiteral("warning"), kDiffers);
            return themedIcon(QStringLiteral("state-missing"));
        case Qt::ToolTipRole:
            if (index.column() == Ours) return scoreTip(cell.ours);
            if (index.column() == Published) return scoreTip(cell.published);
            return verdictText(cell);
        case Qt::TextAlignmentRole:
            return QVariant((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        case SortRole:
            switch (index.column()) {
                case Subnetwork: {
                    // As in the paper's tables, not by the alphabet.
                    const auto all = all_experiments();
                    const auto found = std::find_if(all.begin(), all.end(), [&](const ExperimentInfo& info) {
                        return info.name == cell.experiment;
                    });
                    return static_cast<int>(found - all.begin());
                }
                case Task:
                    return static_cast<int>(cell.task);
                case Ours:
                    return numberOr(cell.ours.mean);
                case Published:
                    return numberOr(cell.published.mean);
                case Difference:
                    return cell.difference ? QVariant(std::abs(*cell.difference)) : QVariant();
                case PValue:
                    return cell.test ? QVariant(cell.test->p_value) : QVariant();
                default:
                    return data(index, Qt::DisplayRole);
            }
        case ExperimentRole:
            return QString::fromStdString(cell.experiment);
        case TaskRole:
            return static_cast<int>(cell.task);
        default:
            return {};
    }
}

QVariant ComparisonModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant((section >= Ours && section <= PValue ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    static const char* const kNames[] = {QT_TR_NOOP("Subnetwork"), QT_TR_NOOP("Task"),      QT_TR_NOOP("Metric"),
                                         QT_TR_NOOP("Ours"),       QT_TR_NOOP("Published"), QT_TR_NOOP("Difference"),
                                         QT_TR_NOOP("p"),          QT_TR_NOOP("Verdict")};
    return section < ColumnCount ? tr(kNames[section]) : QVariant();
}

ComparisonProxy::ComparisonProxy(QObject* parent) : QSortFilterProxyModel(parent) {
    setSortRole(ComparisonModel::SortRole);
}

void ComparisonProxy::setExperiments(std::vector<std::string> experiments) {
    experiments_ = std::move(experiments);
    invalidateFilter();
}

bool ComparisonProxy::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    const QVariant a = left.data(ComparisonModel::SortRole);
    const QVariant b = right.data(ComparisonModel::SortRole);
    const bool ascending = sortOrder() == Qt::AscendingOrder;
    if (!a.isValid()) return !ascending && b.isValid();
    if (!b.isValid()) return ascending;
    return QSortFilterProxyModel::lessThan(left, right);
}

bool ComparisonProxy::filterAcceptsRow(int row, const QModelIndex& parent) const {
    if (experiments_.empty()) return true;
    const std::string experiment =
        sourceModel()->index(row, 0, parent).data(ComparisonModel::ExperimentRole).toString().toStdString();
    return std::find(experiments_.begin(), experiments_.end(), experiment) != experiments_.end();
}

}  // namespace lottery::gui
