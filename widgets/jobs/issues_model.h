// SPDX-License-Identifier: GPL-3.0-or-later
//
// Everything that jobs and opened folders had to remark, newest last. The same remark of the same job again
// raises its count instead of adding a row, so that a warning per batch stays one line.
//
// Thread rule: GUI thread only.
#pragma once

#include <QAbstractTableModel>
#include <QDateTime>

#include <vector>

#include "widgets/jobs/job_record.h"

namespace lottery::gui {

struct Issue {
    Severity severity = Severity::Info;
    JobId job = 0;   // 0: of no job
    QString origin;  // the job's title, or what was being opened
    QString text;    // what is wrong
    QString place;   // file, file and line, or key; may be empty
    QString advice;  // what to do; may be empty
    QDateTime time;  // of the newest occurrence
    int count = 1;
};

class IssuesModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Level, Message, Advice, Origin, Time, ColumnCount };
    enum Role { SeverityRole = Qt::UserRole + 1, JobRole };
    // The oldest rows go beyond this many.
    static constexpr int kCapacity = 5000;
    struct Counts {
        int infos = 0;
        int warnings = 0;
        int errors = 0;
    };

    explicit IssuesModel(QObject* parent = nullptr);

    void add(Issue issue);
    void clear();
    const Issue& issue(int row) const;
    Counts counts() const;  // of rows
    // All rows as text for the clipboard, one line each.
    QString toPlainText() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    void countsChanged();

private:
    std::vector<Issue> issues_;
};

QString severityName(Severity severity);
QString severityIcon(Severity severity);

}  // namespace lottery::gui
