// SPDX-License-Identifier: GPL-3.0-or-later
//
// The study explorer: how far a study is, what can be done with it, and its jobs to look through. It only asks; whoever
// runs studies acts and tells it.
//
// Thread rule: GUI thread only.
#pragma once

#include <QStringList>
#include <QWidget>
#include <optional>

#include "widgets/analysis/brush.h"
#include "widgets/jobs/job_record.h"
#include "widgets/study/study_overview.h"

class QAction;
class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QStackedWidget;
class QToolBar;
class QToolButton;
class QTreeView;

namespace lottery::gui {

class StudyFilter;
class StudyTreeModel;

class StudyExplorer : public QWidget {
    Q_OBJECT

public:
    explicit StudyExplorer(QWidget* parent = nullptr);

    // Another study, or the same as it stands now. `run`: the state of the job that works on it; nothing: none does.
    void setStudy(const StudyOverview& overview, std::optional<JobState> run);
    // No study.
    void clear();
    void setJob(std::size_t job, StudyJobState state, const QString& why);
    void setRun(std::optional<JobState> run);
    void setSecondsLeft(double seconds);

    // Tasks and seeds that the study's figures show: only their jobs are listed, which is said.
    void setBrush(const Brush& brush);

    QString folder() const;  // empty: no study
    StudyTreeModel* model() const { return model_; }
    QTreeView* tree() const { return tree_; }
    QLineEdit* filterLine() const { return words_; }
    QComboBox* stateChoice() const { return states_; }
    QToolButton* brushButton() const { return brush_; }  // not visible: nothing is left out
    QString summary() const;

    // What can be done with the study, for a menu; nullptr stands for a separator.
    QList<QAction*> menuActions() const;
    // What a right click on the tree offers.
    void fillMenu(class QMenu& menu);

Q_SIGNALS:
    // All that is missing or out of date; with ids, these jobs and what they need.
    void runRequested(const QString& folder, const QStringList& only);
    // These before the others.
    void firstRequested(const QString& folder, const QStringList& ids);
    void pauseRequested(const QString& folder);
    void resumeRequested(const QString& folder);
    void cancelRequested(const QString& folder);
    void refreshRequested(const QString& folder);
    void estimateRequested(const QString& folder);
    // A run of the study, or its own folder.
    void openRequested(const QString& folder);
    void newRequested();
    // All tasks and seeds again.
    void brushCleared();

protected:
    // Names come before times where there is no room for both.
    void resizeEvent(QResizeEvent* event) override;

private:
    void updateState();
    void showFound();
    void showSelected();
    QStringList selectedIds() const;
    QString selectedFolder() const;  // of the one job that is selected; empty: another number of them
    void openSelected();

    StudyTreeModel* model_;
    StudyFilter* filter_;
    QStackedWidget* pages_;
    QLabel* title_;
    QLabel* summary_;
    QLabel* remark_;
    QProgressBar* bar_;
    QLineEdit* words_;
    QComboBox* states_;
    QToolButton* brush_;
    QTreeView* tree_;
    QLabel* detail_;
    QAction* run_;
    QAction* pause_;
    QAction* resume_;
    QAction* cancel_;
    QAction* only_;
    QAction* first_;
    QAction* refresh_;
    QAction* estimate_;
    QAction* open_;
    std::optional<JobState> running_;
};

}  // namespace lottery::gui
