// SPDX-License-Identifier: GPL-3.0-or-later
//
// The pages with the figures of studies: reads what they ask for.
//
// Thread rule: GUI thread only.
#pragma once

#include <QObject>
#include <QTimer>
#include <map>
#include <optional>

#include "app/gui/background_reader.h"
#include "core/analysis/component_facts.h"
#include "widgets/analysis/analysis_view.h"

namespace lottery::gui {

class JobsController;
class RunTabs;
class RunView;
class WindowSettings;

// What figures of a study can be drawn of, from its folders. Any thread.
// `published`: an import to compare with; empty: none.
Result<AnalysisScope> readAnalysisScope(const std::filesystem::path& study, const std::filesystem::path& published);

class AnalysisPages : public QObject {
    Q_OBJECT

public:
    // All must outlive it.
    AnalysisPages(JobsController* jobs, const WindowSettings* settings, RunTabs* tabs, QObject* parent);

    bool isReading() const { return reader_.isBusy(); }
    // What the study of a tab says of the head or MLP that is selected in its figures; nothing where nothing is.
    std::optional<ComponentFacts> selection(const RunView* view) const;

    // A tab of the window, which may come to show a study.
    void attach(RunView* view);

Q_SIGNALS:
    void failed(const QString& what, const lottery::Error& error);
    // Of what selection() says.
    void selectionChanged();

private:
    void fill(RunView* view);
    void readScope(RunView* view);
    void readComponents(AnalysisView* page, const StudyFigureRequest& request);
    void readFigure(AnalysisView* page, const StudyFigureRequest& request);
    void readTables(AnalysisView* page, const StudyFigureRequest& request);

    const WindowSettings* settings_;
    RunTabs* tabs_;
    std::map<const AnalysisView*, StudyComponents> components_;  // of the setting that each page shows
    QTimer refresh_;
    BackgroundReader reader_;
};

}  // namespace lottery::gui
