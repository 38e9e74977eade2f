// SPDX-License-Identifier: GPL-3.0-or-later
//
// The jobs in one line, for a status bar: what runs, how far it is, what waits; and how many issues there are.
//
// Thread rule: GUI thread only.
#pragma once

#include <QWidget>

class QLabel;
class QProgressBar;
class QToolButton;

namespace lottery::gui {

class IssuesModel;
class JobsModel;

class JobStatus : public QWidget {
    Q_OBJECT

public:
    // The models must outlive the widget.
    JobStatus(JobsModel* jobs, IssuesModel* issues, QWidget* parent = nullptr);

    QString text() const;

Q_SIGNALS:
    void jobsClicked();
    void issuesClicked();

private:
    void updateJobs();
    void updateIssues();

    JobsModel* jobs_;
    IssuesModel* issues_;
    QToolButton* summary_;
    QProgressBar* bar_;
    QToolButton* issuesButton_;
};

}  // namespace lottery::gui
