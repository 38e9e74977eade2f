// SPDX-License-Identifier: GPL-3.0-or-later
//
// The jobs: a table, what can be done with the selected one, and its log. The panel only asks; whoever owns the
// queue acts and tells the model.
//
// Thread rule: GUI thread only.
#pragma once

#include <QTimer>
#include <QWidget>

#include "widgets/jobs/job_record.h"

class QAction;
class QLabel;
class QPlainTextEdit;
class QStackedWidget;
class QTableView;

namespace lottery::gui {

class JobsModel;

class JobsPanel : public QWidget {
    Q_OBJECT

public:
    // `model` must outlive the panel.
    explicit JobsPanel(JobsModel* model, QWidget* parent = nullptr);

    JobId currentJob() const;  // 0: none selected
    void setCurrentJob(JobId id);

    // Everything that can be done here, for a menu; nullptr stands for a separator.
    QList<QAction*> menuActions() const;
    QAction* logAction() const { return log_; }
    QTableView* table() const { return table_; }

Q_SIGNALS:
    void cancelRequested(lottery::gui::JobId id);
    void pauseRequested(lottery::gui::JobId id);
    void resumeRequested(lottery::gui::JobId id);
    void retryRequested(lottery::gui::JobId id);
    void editRequested(lottery::gui::JobId id);
    void moveRequested(lottery::gui::JobId id, int delta);
    void openFolderRequested(const QString& folder);
    void showRequested(lottery::gui::JobId id);  // a person wants to see the job's run

private:
    void updateActions();
    void showLog();
    void appendLog(JobId id);
    void showContextMenu(const QPoint& position);

    JobsModel* model_;
    QTableView* table_;
    QStackedWidget* pages_;
    QPlainTextEdit* logText_;
    QLabel* logTitle_;
    QWidget* logPane_;
    QAction* cancel_;
    QAction* pause_;
    QAction* resume_;
    QAction* retry_;
    QAction* edit_;
    QAction* up_;
    QAction* down_;
    QAction* folder_;
    QAction* log_;
    QAction* clear_;
    QTimer tick_;
    JobId logged_ = 0;  // the job whose log is shown
    std::size_t loggedLines_ = 0;
};

}  // namespace lottery::gui
