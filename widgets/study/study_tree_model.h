// SPDX-License-Identifier: GPL-3.0-or-later
//
// A study's jobs as a tree: task, seed, job. Jobs of all seeds, or of all tasks, have a branch of their own.
//
// Thread rule: GUI thread only.
#pragma once

#include <QAbstractItemModel>
#include <QSortFilterProxyModel>
#include <optional>
#include <vector>

#include "widgets/analysis/brush.h"
#include "widgets/study/study_overview.h"

namespace lottery::gui {

class StudyTreeModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column { Name, State, Time, ColumnCount };
    enum Role {
        JobRole = Qt::UserRole + 1,  // index into the overview's jobs; -1: a branch
        StateRole,                   // int(StudyJobState); of a branch, the one that tells most
        SearchRole,                  // words to be found by
        TaskRole,                    // of a job; empty: of all
        SeedRole,
    };

    explicit StudyTreeModel(QObject* parent = nullptr);

    // What is open in a view stays open as long as the jobs are the same.
    void setOverview(const StudyOverview& overview);
    void clear();
    void setSecondsLeft(double seconds) { overview_.secondsLeft = seconds; }
    void setJob(std::size_t job, StudyJobState state, const QString& why);

    const StudyOverview& overview() const { return overview_; }
    // The jobs at or below an index.
    std::vector<std::size_t> jobsAt(const QModelIndex& index) const;
    QModelIndex indexOfJob(std::size_t job) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    // nodes_[0] is the root.
    struct Node {
        int parent = -1;
        int row = 0;
        int job = -1;
        QString name;
        std::vector<int> children;
    };
    int child(int parent, const QString& name);
    int addNode(int parent, const QString& name, int job);
    void build();
    const Node& node(const QModelIndex& index) const;
    void collect(int node, std::vector<std::size_t>& jobs) const;
    StudyJobState stateOf(const Node& node, int id) const;
    QString text(const Node& node, int id, int column) const;
    QString toolTip(const Node& node, int id) const;

    StudyOverview overview_;
    std::vector<Node> nodes_;
    std::vector<int> nodeOfJob_;
};

// Of the jobs, those that have all the words and the state; branches with such a job in them.
class StudyFilter : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit StudyFilter(QObject* parent = nullptr);
    void setWords(const QString& text);
    void setState(std::optional<StudyJobState> state);
    // Jobs of these tasks and seeds, and those that are of none.
    void setBrush(const Brush& brush);
    const Brush& brush() const { return brush_; }
    bool isActive() const { return !words_.isEmpty() || state_.has_value() || !brush_.isEmpty(); }

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    QStringList words_;
    std::optional<StudyJobState> state_;
    Brush brush_;
};

}  // namespace lottery::gui
