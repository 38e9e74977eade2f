// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/results/results_model.h"

#include <QColor>
#include <QGuiApplication>
#include <QPalette>
#include <algorithm>

#include "core/figures/axes.h"
#include "core/figures/figure.h"
#include "resources/themed_icon.h"
#include "widgets/figures/paint_scene.h"

namespace lottery::gui {

namespace {

QString text(const std::string& value) { return QString::fromStdString(value); }
QString text(std::string_view value) { return QString::fromUtf8(value.data(), static_cast<qsizetype>(value.size())); }
QString number(double value) { return text(number_text(value, 3)); }
QString share(double value) { return QStringLiteral("%1 %").arg(100.0 * value, 0, 'f', 1); }
QString nothing() { return QStringLiteral("–"); }

QString cellText(const ScoreCell& cell) {
    QString value = number(cell.mean);
    if (cell.deviation) value += QStringLiteral(" ± ") + number(*cell.deviation);
    return value;
}

QString experimentText(const ResultRow& row) {
    return row.model.empty() ? text(row.subnetwork) : text(row.subnetwork + ", " + row.model);
}

bool sameKey(const ResultRow& a, const ResultRow& b) { return a.task == b.task && a.experiment == b.experiment; }

QString displayText(const ResultRow& row, int column) {
    switch (column) {
        case ResultsModel::Task:
            return text(task_info(row.task).name);
        case ResultsModel::Subnetwork:
            return text(row.subnetwork);
        case ResultsModel::Model:
            return row.model.empty() ? nothing() : text(row.model);
        case ResultsModel::Metric:
            return text(metric_name(row.metric));
        case ResultsModel::Mean:
            return number(row.score.mean);
        case ResultsModel::Deviation:
            if (!row.score.deviation) return nothing();
            return number(*row.score.deviation) + (row.score.ddof == 0 ? QStringLiteral("†") : QString());
        case ResultsModel::Seeds:
            return row.score.seeds > 0 ? QString::number(row.score.seeds) : nothing();
        case ResultsModel::Kept:
            return row.kept_share ? share(*row.kept_share) : nothing();
        case ResultsModel::Predicted:
            if (row.predicted.empty()) return nothing();
            return QStringLiteral("%1  %2").arg(text(row.predicted), share(row.predicted_share));
        case ResultsModel::Difference:
            if (!row.difference) return nothing();
            return (*row.difference >= 0.0005 ? QStringLiteral("+") : QString()) + number(*row.difference);
        default:
            return {};
    }
}

QString differenceHint(const ResultRow& row) {
    if (!row.difference) return {};
    return row.common_seeds > 0
               ? ResultsModel::tr("Mean difference to the full model over the seeds that both have (%1)")
                     .arg(row.common_seeds)
               : ResultsModel::tr("Difference of the means: no seed is known for both");
}

QString degenerateText(const ResultRow& row, const DegenerateModel& model) {
    return ResultsModel::tr("%1, %2, seed %3: “%4” for %5 of the examples")
        .arg(experimentText(row), text(task_info(row.task).name))
        .arg(model.seed)
        .arg(text(model.predicted), share(model.share));
}

}  // namespace

void ResultsModel::setResults(std::vector<ExperimentResults> results) {
    beginResetModel();
    results_ = std::move(results);
    sort_experiments(results_);
    rows_ = result_rows(results_);
    endResetModel();
}

void ResultsModel::addScore(const SeedScore& score) {
    put_score(results_, score);
    std::vector<ResultRow> now = result_rows(results_);
    const auto differs = std::ranges::mismatch(rows_, now, sameKey);
    const auto at = static_cast<int>(differs.in2 - now.begin());
    if (now.size() == rows_.size() + 1 &&
        std::equal(rows_.begin() + at, rows_.end(), now.begin() + at + 1, now.end(), sameKey)) {
        beginInsertRows({}, at, at);
        rows_.insert(rows_.begin() + at, now[static_cast<std::size_t>(at)]);
        endInsertRows();
    } else if (now.size() != rows_.size() || differs.in2 != now.end()) {
        beginResetModel();
        rows_ = std::move(now);
        endResetModel();
        return;
    }
    for (std::size_t i = 0; i < now.size(); ++i) {
        if (now[i] == rows_[i]) continue;
        rows_[i] = std::move(now[i]);
        Q_EMIT dataChanged(index(static_cast<int>(i), 0), index(static_cast<int>(i), ColumnCount - 1));
    }
}

std::vector<TaskId> ResultsModel::tasks() const {
    std::vector<TaskId> tasks;
    for (const ResultRow& row : rows_)
        if (tasks.empty() || tasks.back() != row.task) tasks.push_back(row.task);
    return tasks;
}

int ResultsModel::rowOf(const std::string& experiment, TaskId task) const {
    const auto found = std::ranges::find_if(
        rows_, [&](const ResultRow& row) { return row.task == task && row.experiment == experiment; });
    return found == rows_.end() ? -1 : static_cast<int>(found - rows_.begin());
}

QStringList ResultsModel::remarksOn(int index) const {
    if (index < 0 || index >= rowCount()) return {};
    const ResultRow& row = rows_[static_cast<std::size_t>(index)];
    QStringList lines;
    if (row.score.deviation && row.score.ddof == 0)
        lines << tr("± %1 is the population standard deviation (ddof 0): the single seeds are not known")
                     .arg(number(*row.score.deviation));
    if (row.kept_share) lines << tr("%1 of the parameters kept, embeddings aside").arg(share(*row.kept_share));
    if (row.difference) lines << differenceHint(row) + ": " + displayText(row, Difference);
    if (!row.predicted.empty())
        lines << tr("Most frequent prediction “%1”, %2 of the examples")
                     .arg(text(row.predicted), share(row.predicted_share));
    for (const DegenerateModel& model : row.degenerate)
        lines << tr("Seed %1 has learned nothing: it gives “%2” to %3 of the examples")
                     .arg(model.seed)
                     .arg(text(model.predicted), share(model.share));
    return lines;
}

QString ResultsModel::describeRow(int index) const {
    if (index < 0 || index >= rowCount()) return {};
    const ResultRow& row = rows_[static_cast<std::size_t>(index)];
    QStringList lines{
        QStringLiteral("%1, %2 (%3)").arg(text(task_info(row.task).name), experimentText(row), text(row.experiment))};
    for (const auto& [metric, cell] : row.metrics) lines << text(metric_name(metric)) + " " + cellText(cell);
    return (lines + remarksOn(index)).join('\n');
}

int ResultsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int ResultsModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant ResultsModel::sortValue(const ResultRow& row, int index, int column) const {
    switch (column) {
        case Mean:
            return row.score.mean;
        case Deviation:
            return row.score.deviation ? QVariant(*row.score.deviation) : QVariant();
        case Seeds:
            return row.score.seeds > 0 ? QVariant(row.score.seeds) : QVariant();
        case Kept:
            return row.kept_share ? QVariant(*row.kept_share) : QVariant();
        case Predicted:
            return row.predicted.empty() ? QVariant() : QVariant(row.predicted_share);
        case Difference:
            return row.difference ? QVariant(*row.difference) : QVariant();
        case Task:
            return static_cast<int>(row.task);
        case Subnetwork: {
            const auto place = std::ranges::find(results_, row.experiment, &ExperimentResults::name);
            return static_cast<int>(place - results_.begin());
        }
        case Model:
        case Metric:
            return displayText(row, column);
        default:
            return index;
    }
}

QVariant ResultsModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const ResultRow& row = rows_[static_cast<std::size_t>(index.row())];
    const bool warned = index.column() == Predicted && !row.degenerate.empty();
    switch (role) {
        case Qt::DisplayRole:
            return displayText(row, index.column());
        case Qt::ToolTipRole:
            return describeRow(index.row());
        case Qt::TextAlignmentRole: {
            const bool number = index.column() >= Mean;
            return QVariant((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        }
        case Qt::DecorationRole:
            if (warned)
                return themedIcon(QStringLiteral("warning"),
                                  toQColor(figureColors(QGuiApplication::palette()).warning));
            return {};
        case Qt::ForegroundRole:
            if (warned) return toQColor(figureColors(QGuiApplication::palette()).warning);
            return {};
        case Qt::AccessibleTextRole:
            if (warned) return tr("%1, predicts one class only").arg(displayText(row, index.column()));
            return displayText(row, index.column());
        case SortRole:
            return sortValue(row, index.row(), index.column());
        case ExperimentRole:
            return text(row.experiment);
        case TaskRole:
            return static_cast<int>(row.task);
        default:
            return {};
    }
}

QVariant ResultsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    struct Head {
        QString title, hint;
    };
    const auto head = [section]() -> Head {
        switch (section) {
            case Task:
                return {tr("Task"), tr("GLUE task")};
            case Subnetwork:
                return {tr("Subnetwork"), tr("What the mask keeps")};
            case Model:
                return {tr("Model"),
                        tr("Pruned: the fine-tuned model with the mask. Retrained: fine-tuned again with it")};
            case Metric:
                return {tr("Metric"), tr("The task's metric in the paper's tables")};
            case Mean:
                return {tr("Mean"), tr("Over seeds, on dev")};
            case Deviation:
                return {tr("± Std"), tr("Standard deviation over seeds (ddof 1); none for a single seed")};
            case Seeds:
                return {tr("Seeds"), tr("Models behind the mean")};
            case Kept:
                return {tr("Kept"), tr("Share of the original model's parameters, embeddings aside")};
            case Predicted:
                return {tr("Most predicted"),
                        tr("The most frequent predicted class and its share; marked where a model gives more than 99 % "
                           "of the examples one class")};
            case Difference:
                return {tr("Δ full"), tr("Mean difference to the full model with the same seeds")};
            default:
                return {};
        }
    }();
    if (role == Qt::DisplayRole) return head.title;
    if (role == Qt::ToolTipRole) return head.hint;
    if (role == Qt::TextAlignmentRole) {
        const bool number = section >= Mean;
        return QVariant((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    return {};
}

ResultsProxy::ResultsProxy(QObject* parent) : QSortFilterProxyModel(parent) {
    setSortRole(ResultsModel::SortRole);
    setDynamicSortFilter(true);
}

namespace {

bool isAmong(const std::vector<TaskId>& tasks, TaskId task) {
    return tasks.empty() || std::ranges::find(tasks, task) != tasks.end();
}

}  // namespace

void ResultsProxy::setTasks(const std::vector<TaskId>& tasks) {
    if (tasks == tasks_) return;
    tasks_ = tasks;
    invalidateFilter();
}

bool ResultsProxy::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    const QVariant a = left.data(ResultsModel::SortRole), b = right.data(ResultsModel::SortRole);
    if (a.isValid() != b.isValid()) return a.isValid() == (sortOrder() == Qt::AscendingOrder);
    if (a != b) return QSortFilterProxyModel::lessThan(left, right);
    // Equal values stand in the model's order, whatever the direction.
    return (left.row() < right.row()) == (sortOrder() == Qt::AscendingOrder);
}

bool ResultsProxy::filterAcceptsRow(int row, const QModelIndex& parent) const {
    const QModelIndex index = sourceModel()->index(row, 0, parent);
    return isAmong(tasks_, static_cast<TaskId>(index.data(ResultsModel::TaskRole).toInt()));
}

QStringList degenerateModels(const std::vector<ResultRow>& rows, const std::vector<TaskId>& tasks) {
    QStringList lines;
    for (const ResultRow& row : rows) {
        if (!isAmong(tasks, row.task)) continue;
        for (const DegenerateModel& model : row.degenerate) lines << degenerateText(row, model);
    }
    return lines;
}

}  // namespace lottery::gui
