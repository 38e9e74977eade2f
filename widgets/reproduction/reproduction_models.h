// SPDX-License-Identifier: GPL-3.0-or-later
//
// The reproduction page's tables: the paper's figures and tables as a checklist, and ours beside the published scores.
//
// Thread rule: GUI thread only.
#pragma once

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <string>
#include <vector>

#include "widgets/reproduction/reproduction_overview.h"

namespace lottery::gui {

class ChecklistModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Item, Kind, There, Time, Verdict, ColumnCount };

    explicit ChecklistModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}

    void setOverview(const ReproductionOverview& overview);
    const ReproductionOverview& overview() const { return overview_; }
    const ReproductionRow* row(int row) const;  // nullptr: not there

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString text(const ReproductionRow& row, int column) const;
    ReproductionOverview overview_;
};

// One row per experiment and task.
class ComparisonModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Subnetwork, Task, Metric, Ours, Published, Difference, PValue, VerdictColumn, ColumnCount };
    enum Role {
        SortRole = Qt::UserRole,  // a number or a text; invalid where there is none
        ExperimentRole,           // QString, the folder's name
        TaskRole,                 // int, of TaskId
    };

    explicit ComparisonModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}

    void setCells(std::vector<ComparedCell> cells);
    const std::vector<ComparedCell>& cells() const { return cells_; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<ComparedCell> cells_;
};

// Sorts by numbers, rows without one last, and shows some experiments or all.
class ComparisonProxy : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit ComparisonProxy(QObject* parent = nullptr);
    // Empty: all.
    void setExperiments(std::vector<std::string> experiments);

protected:
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    std::vector<std::string> experiments_;
};

// "14 agree, 3 differ, 2 cannot be compared, 11 not evaluated yet"
QString verdictCountsText(const std::vector<ComparedCell>& cells, const ComparisonOptions& options);
// What a cell's verdict rests on, for a tool tip.
QString verdictText(const ComparedCell& cell);

}  // namespace lottery::gui
