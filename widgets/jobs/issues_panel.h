// SPDX-License-Identifier: GPL-3.0-or-later
//
// The issues of jobs and opened folders: filtered by severity, copied as text, each leading to its job.
//
// Thread rule: GUI thread only.
#pragma once

#include <QWidget>

#include "widgets/jobs/job_record.h"

class QAction;
class QSortFilterProxyModel;
class QStackedWidget;
class QTableView;

namespace lottery::gui {

class IssuesModel;

class IssuesPanel : public QWidget {
    Q_OBJECT

public:
    // `model` must outlive the panel.
    explicit IssuesPanel(IssuesModel* model, QWidget* parent = nullptr);

    QTableView* table() const { return table_; }

Q_SIGNALS:
    // A person wants to see the job an issue came from.
    void showRequested(lottery::gui::JobId id);

private:
    QAction* makeFilter(Severity severity);
    void updateCounts();
    void applyFilter();

    IssuesModel* model_;
    QSortFilterProxyModel* filter_;
    QStackedWidget* pages_;
    QTableView* table_;
    QAction* errors_;
    QAction* warnings_;
    QAction* infos_;
    QAction* copy_;
    QAction* clear_;
};

}  // namespace lottery::gui
