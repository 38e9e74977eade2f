// SPDX-License-Identifier: GPL-3.0-or-later
//
// The figures of a study: a list of them, what they are drawn of (setting, tasks, seeds, components), the figure, and
// its export. What is wanted is asked for; whoever reads answers.
//
// Thread rule: GUI thread.
#pragma once

#include <QWidget>
#include <filesystem>
#include <map>
#include <optional>
#include <vector>

#include "core/analysis/study_figure.h"
#include "core/base/result.h"
#include "core/study/study_tables.h"
#include "widgets/analysis/brush.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QListWidget;
class QStackedWidget;
class QTabBar;
class QToolButton;

namespace lottery::gui {

class BarChartView;
class CheckMenu;
class FigureExportButton;
class FigureView;
class MaskHeatmapView;
class TablesView;

// What there is to choose from in a study.
struct AnalysisScope {
    std::filesystem::path study;
    std::map<StudyFigureKind, std::vector<std::string>> settings;  // folders in masks/, of figures that need one
    std::filesystem::path published;                               // compared with; empty: nothing
    std::map<StudyFigureKind, std::vector<std::string>> published_settings;
    std::vector<ExperimentFamily> families;  // that have scores
    std::vector<TaskId> tasks;
    std::vector<std::uint64_t> seeds;
    bool operator==(const AnalysisScope&) const = default;
};

// Of a figure that is saved: what is written into its file, and what draws it again.
struct AnalysisExport {
    FigureMetadata metadata;
    QString command;
};

class AnalysisView : public QWidget {
    Q_OBJECT

public:
    explicit AnalysisView(QWidget* parent = nullptr);

    // Asks for the figure that is chosen; what was chosen stays chosen where it is still there.
    void setScope(const AnalysisScope& scope);
    // The answer to figureWanted. One that is not wanted any more is dropped.
    void setFigure(const StudyFigureRequest& request, const Result<StudyFigure>& figure,
                   const AnalysisExport& exported);

    // The answer to tablesWanted, likewise.
    void setTables(const StudyFigureRequest& request, const Result<StudyTables>& tables);

    void choose(StudyFigureKind kind);
    // Tasks and seeds that are checked.
    [[nodiscard]] Brush brush() const;
    // Without emitting brushed.
    void setBrush(const Brush& brush);
    [[nodiscard]] StudyFigureRequest wanted() const;
    // Without emitting componentSelected.
    void setSelected(std::optional<lottery::Component> component);
    [[nodiscard]] const std::optional<lottery::Component>& selected() const { return selected_; }

    QListWidget* list() const { return list_; }
    QComboBox* settingBox() const { return setting_; }
    QComboBox* compareBox() const { return compare_; }
    QComboBox* componentsBox() const { return components_; }
    CheckMenu* tasksMenu() const { return tasks_; }
    CheckMenu* seedsMenu() const { return seeds_; }
    MaskHeatmapView* heatmap() const { return heatmap_; }
    FigureView* figure() const { return figure_; }
    BarChartView* bars() const { return bars_; }
    TablesView* tables() const { return tables_; }
    QTabBar* formBar() const { return form_; }  // figure or tables
    QLabel* message() const { return message_; }
    QWidget* shownView() const;

Q_SIGNALS:
    void figureWanted(const lottery::StudyFigureRequest& request);
    void tablesWanted(const lottery::StudyFigureRequest& request);
    void componentSelected(lottery::Component component);
    // A person checked other tasks or seeds.
    void brushed(const lottery::gui::Brush& brush);
    // What was wanted stands there now, or why it cannot be.
    void shown();

private:
    QWidget* makeChoices();
    void fillChoices();
    void ask();
    void showFigure(const StudyFigure& figure);
    void showProblem(const Error& error);
    [[nodiscard]] bool wantsTables() const;
    [[nodiscard]] StudyFigureKind kind() const;
    void fillSettings();

    AnalysisScope scope_;
    std::optional<lottery::Component> selected_;
    bool filling_ = false;
    QListWidget* list_;
    QComboBox* setting_;
    QComboBox* compare_;
    QComboBox* components_;
    QComboBox* family_;
    QComboBox* task_;
    CheckMenu* tasks_;
    CheckMenu* seeds_;
    QCheckBox* numbers_;
    QLabel* description_;
    std::vector<std::pair<QLabel*, QWidget*>> rows_;
    QStackedWidget* pages_;
    MaskHeatmapView* heatmap_;
    FigureView* figure_;
    BarChartView* bars_;
    TablesView* tables_;
    QTabBar* form_;
    QLabel* message_;
    FigureExportButton* export_;
    QToolButton* copy_;
    QString command_;
};

}  // namespace lottery::gui
