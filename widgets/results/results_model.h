// SPDX-License-Identifier: GPL-3.0-or-later
//
// The scores of a study as a table: one row per task and experiment (core/analysis/result_rows.h).
//
// Thread rule: GUI thread.
#pragma once

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <optional>
#include <vector>

#include "core/analysis/result_rows.h"

namespace lottery::gui {

class ResultsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Task, Subnetwork, Model, Metric, Mean, Deviation, Seeds, Kept, Difference, Predicted, ColumnCount };
    enum Role {
        SortRole = Qt::UserRole,  // a number; invalid where there is none
        ExperimentRole,           // QString, the folder's name
        TaskRole,                 // int, of TaskId
    };

    explicit ResultsModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}

    // All of them; scores before are replaced.
    void setResults(std::vector<ExperimentResults> results);
    // One more, or a new value of one that is there. A selection stays.
    void addScore(const SeedScore& score);
    void clear() { setResults({}); }

    [[nodiscard]] const std::vector<ExperimentResults>& results() const { return results_; }
    [[nodiscard]] const std::vector<ResultRow>& rows() const { return rows_; }
    // Those that have scores, in the order of all_tasks().
    [[nodiscard]] std::vector<TaskId> tasks() const;
    // -1: none.
    [[nodiscard]] int rowOf(const std::string& experiment, TaskId task) const;
    // Size, distance to the full model, what is wrong with the models; lines of text. None for a row that is not there.
    [[nodiscard]] QStringList remarksOn(int row) const;
    // All metrics and the remarks.
    [[nodiscard]] QString describeRow(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QVariant sortValue(const ResultRow& row, int index, int column) const;

    std::vector<ExperimentResults> results_;
    std::vector<ResultRow> rows_;
};

// Sorts by numbers (rows without one come last, whatever the direction) and shows one task or all.
class ResultsProxy : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit ResultsProxy(QObject* parent = nullptr);
    // Empty: all.
    void setTasks(const std::vector<TaskId>& tasks);

protected:
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    std::vector<TaskId> tasks_;
};

// "bad, pruned, MRPC, seed 42: “1” for 99.8 % of the examples"; one line per model, empty without any.
// `tasks` empty: of all.
QStringList degenerateModels(const std::vector<ResultRow>& rows, const std::vector<TaskId>& tasks);

}  // namespace lottery::gui
