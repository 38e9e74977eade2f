// SPDX-License-Identifier: GPL-3.0-or-later
//
// The jobs of this start of the program as a table: one row a job, in the order in which they were submitted;
// queued jobs of one device stand in the order in which they will run.
//
// Calls that name a job that is not there do nothing: events of a removed job may still arrive.
//
// Thread rule: GUI thread only.
#pragma once

#include <QAbstractTableModel>
#include <QElapsedTimer>

#include <unordered_map>
#include <vector>

#include "widgets/jobs/eta.h"
#include "widgets/jobs/job_record.h"

namespace lottery::gui {

class JobsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Title, State, ProgressBar, TimeLeft, Throughput, Elapsed, Device, ColumnCount };
    enum Role {
        IdRole = Qt::UserRole + 1,  // JobId
        StateRole,                  // int(JobState)
        ShareRole,                  // double: finished share, negative when unknown
    };
    struct Counts {
        int queued = 0;
        int running = 0;  // cancelling ones included
        int finished = 0;
    };

    explicit JobsModel(QObject* parent = nullptr);

    void add(JobRecord record);
    // Stamps the start and the end. `error` is kept when the state is Failed. A job that has ended stays as it is.
    void setState(JobId id, JobState state, const Error& error = {});
    void setProgress(JobId id, const Progress& progress);
    void appendLog(JobId id, Severity severity, const QString& text);
    // Exchanges a queued job with its neighbour in its device's queue: -1 earlier, +1 later.
    // False when there is no neighbour.
    bool moveQueued(JobId id, int delta);
    bool canMoveQueued(JobId id, int delta) const;
    // Removes the rows of ended jobs.
    void removeFinished();
    // Renews what depends on the time of day.
    void tick();

    const JobRecord* record(JobId id) const;  // nullptr: not there; valid until the next change
    JobId idAt(int row) const;                // 0: no such row
    int rowOf(JobId id) const;                // -1: not there
    Counts counts() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    void logAppended(lottery::gui::JobId id);
    void countsChanged();

private:
    JobRecord* find(JobId id);
    int neighbour(int row, int delta) const;
    QString text(const JobRecord& record, int column) const;
    QString toolTip(const JobRecord& record) const;

    std::vector<JobRecord> records_;
    std::unordered_map<JobId, EtaEstimator> estimators_;
    QElapsedTimer clock_;
};

}  // namespace lottery::gui
