// SPDX-License-Identifier: GPL-3.0-or-later
//
// The pages with the figures of studies: reads what they ask for.
//
// Thread rule: GUI thread only.
#pragma once

#include <QObject>
#include <QTimer>

#include "app/gui/background_reader.h"
#include "widgets/analysis/analysis_view.h"

namespace lottery::gui {

class JobsController;
class RunTabs;
class RunView;

// What figures of a study can be drawn of, from its folders. Any thread.
Result<AnalysisScope> readAnalysisScope(const std::filesystem::path& study);

class AnalysisPages : public QObject {
    Q_OBJECT

public:
    // All must outlive it.
    AnalysisPages(JobsController* jobs, RunTabs* tabs, QObject* parent);

    bool isReading() const { return reader_.isBusy(); }
    // A tab of the window, which may come to show a study.
    void attach(RunView* view);

Q_SIGNALS:
    void failed(const QString& what, const lottery::Error& error);

private:
    void fill(RunView* view);
    void readScope(RunView* view);
    void readFigure(AnalysisView* page, const StudyFigureRequest& request);

    RunTabs* tabs_;
    QTimer refresh_;
    BackgroundReader reader_;
};

}  // namespace lottery::gui
