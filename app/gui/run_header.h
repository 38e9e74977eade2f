// SPDX-License-Identifier: GPL-3.0-or-later
//
// The head of a run's tab: state, progress and what can be done now. A failure is told here, with its way out.
//
// Thread rule: GUI thread only.
#pragma once

#include <QElapsedTimer>
#include <QFrame>

#include "app/gui/follow_ups.h"
#include "app/gui/job.h"
#include "widgets/jobs/eta.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QHBoxLayout;

namespace lottery::gui {

class RunHeader : public QFrame {
    Q_OBJECT

public:
    explicit RunHeader(QWidget* parent = nullptr);

    void setTitle(const QString& title);
    void setState(JobState state, const Error& error = {});
    void setProgress(const Progress& progress);
    // One line in place of the state, for a run that was opened from its folder.
    void setSummary(const QString& text);
    void setFolder(const QString& folder);
    void setEditable(bool editable);
    // Of a run that was opened from its folder: it has a record from which it can be done again.
    void setRecorded(bool recorded);
    // What goes on from a result, in place of what there was: a button for each main one, a menu of all.
    void setFollowUps(const std::vector<FollowUp>& followUps);

    QString message() const;  // what the failure says; empty when there is none

Q_SIGNALS:
    void cancelClicked();
    void pauseClicked();
    void resumeClicked();
    void retryClicked();
    void editClicked();
    void runAgainClicked();
    void openFolderClicked();
    void followUpChosen(const lottery::gui::RunDraft& draft);

private:
    void updateButtons();

    QLabel* icon_;
    QLabel* title_;
    QLabel* state_;
    QProgressBar* bar_;
    QLabel* rate_;
    QFrame* failure_;
    QLabel* failureText_;
    QPushButton* cancel_;
    QPushButton* pause_;
    QPushButton* resume_;
    QPushButton* retry_;
    QPushButton* edit_;
    QPushButton* again_;
    QPushButton* open_;
    QHBoxLayout* followUps_;
    JobState shown_ = JobState::Done;
    bool isJob_ = false;
    bool editable_ = false;
    bool recorded_ = false;
    bool hasFolder_ = false;
    EtaEstimator estimator_;
    QElapsedTimer clock_;
};

}  // namespace lottery::gui
