// SPDX-License-Identifier: GPL-3.0-or-later
//
// Studies in the window: the explorer, the reproduction pages, the dialog of a new study, imports and reports; wired to
// what works on studies.
//
// Thread rule: GUI thread only.
#pragma once

#include <QObject>
#include <QPointer>
#include <QTimer>
#include <map>

#include "app/gui/background_reader.h"
#include "app/gui/studies_controller.h"
#include "core/study/study_plan.h"

class QWidget;

namespace lottery::gui {

class JobsController;
class NewStudyDialog;
class ReproductionView;
class RunTabs;
class RunView;
class StudyExplorer;
class WindowSettings;

class StudyDesk : public QObject {
    Q_OBJECT

public:
    // All must outlive it; dialogs are the window's.
    StudyDesk(JobsController* jobs, WindowSettings* settings, RunTabs* tabs, QWidget* window);

    StudyExplorer* explorer() const { return explorer_; }
    StudiesController* studies() { return &studies_; }
    bool isReading() const { return studies_.isLooking() || reader_.isBusy(); }

    NewStudyDialog* newStudy(StudyPreset preset);
    // Writes the plan and, if wanted, begins. The study is shown when it is there.
    void createStudy(const std::filesystem::path& folder, const StudyPlan& plan, bool run);
    // Asks for the folder. What was imported is compared with from then on.
    void importPublished();
    JobId startImport(const QString& published, const QString& out);
    void saveReport(const QString& study);
    void startReport(const QString& study, const QString& file);

    // Shows the study that a folder is or lies in; another folder changes nothing.
    void showStudyOf(const QString& folder);
    // A tab of the window, which may come to show a study.
    void attach(RunView* view);

Q_SIGNALS:
    void openRequested(const QString& folder);
    // The explorer has a study for the first time.
    void studyShown();
    void reportSaved(const QString& file);
    void failed(const QString& what, const lottery::Error& error);

private:
    void connectExplorer();
    void refreshExplorer(const QString& folder);
    RunView* shownTab() const;  // of the explorer's study; nullptr: none
    void showBrush();
    void fillReproduction(RunView* view);
    void readReproductionOf(RunView* view);
    void refreshReproductions();

    JobsController* jobs_;
    WindowSettings* settings_;
    RunTabs* tabs_;
    QWidget* window_;
    StudiesController studies_;
    StudyExplorer* explorer_;
    QString shown_;                     // the explorer's study
    std::map<JobId, QString> imports_;  // at work, and where they go
    QPointer<NewStudyDialog> dialog_;
    QTimer refresh_;
    BackgroundReader reader_;
};

}  // namespace lottery::gui
