// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/analysis_pages.h"

#include <QPointer>
#include <algorithm>
#include <set>

#include "app/gui/jobs_controller.h"
#include "app/gui/run_parts.h"
#include "app/gui/run_tabs.h"
#include "app/gui/run_view.h"
#include "app/gui/window_settings.h"
#include "core/analysis/result_bars.h"
#include "core/study/results_files.h"
#include "core/study/study_components.h"
#include "core/study/study_figures.h"
#include "core/study/study_tree.h"
#include "widgets/runs/run_draft.h"

namespace lottery::gui {

namespace {

// Jobs of a study end in bursts; the pages follow a little later, once.
constexpr int kRefreshMs = 1500;

struct Answer {
    Result<StudyFigure> figure = Error{};
    AnalysisExport data;
};

QString keyOf(const AnalysisView* page, const StudyFigureRequest& request) {
    return QStringLiteral("%1 %2")
        .arg(reinterpret_cast<quintptr>(page))
        .arg(QString::fromStdString(command_of(request)));
}

}  // namespace

Result<AnalysisScope> readAnalysisScope(const std::filesystem::path& study, const std::filesystem::path& published) {
    AnalysisScope scope;
    scope.study = study;
    scope.published = published;
    std::set<TaskId> tasks;
    std::set<std::uint64_t> seeds;
    for (const auto& figure : all_study_figures()) {
        if (!figure.of_masks) continue;
        const auto& settings = scope.settings[figure.kind] = settings_for(study, figure.kind);
        if (!published.empty()) scope.published_settings[figure.kind] = settings_for(published, figure.kind);
        for (const auto& setting : settings) {
            LOTTERY_TRY(const auto runs, list_runs(study / "masks" / setting));
            for (const auto& run : runs) {
                tasks.insert(run.task);
                seeds.insert(run.seed);
            }
        }
    }
    // A study that has no scores yet is not one that cannot be read.
    if (const auto results = read_results(study)) {
        for (const auto family : {ExperimentFamily::Structured, ExperimentFamily::Super, ExperimentFamily::Magnitude}) {
            if (!has_family(*results, family)) continue;
            scope.families.push_back(family);
            for (const auto task : bar_tasks(*results, family)) tasks.insert(task);
        }
    }
    for (const auto& task : all_tasks())
        if (tasks.contains(task.id)) scope.tasks.push_back(task.id);
    scope.seeds.assign(seeds.begin(), seeds.end());
    return scope;
}

AnalysisPages::AnalysisPages(JobsController* jobs, const WindowSettings* settings, RunTabs* tabs, QObject* parent)
    : QObject(parent), settings_(settings), tabs_(tabs) {
    refresh_.setSingleShot(true);
    refresh_.setInterval(kRefreshMs);
    connect(&refresh_, &QTimer::timeout, this, [this] {
        for (int i = 0; i < tabs_->count(); ++i)
            if (auto* view = qobject_cast<RunView*>(tabs_->widget(i)); view && view->parts()->analysisView())
                readScope(view);
    });
    connect(tabs_, &RunTabs::viewAdded, this, &AnalysisPages::attach);
    // What a job wrote may be in a study that is shown.
    connect(jobs, &JobsController::ended, this, [this] { refresh_.start(); });
}

void AnalysisPages::attach(RunView* view) {
    connect(view, &RunView::studyShown, this, [this, view] { fill(view); });
    if (view->parts()->studyView()) fill(view);
}

void AnalysisPages::fill(RunView* view) {
    const bool made = view->parts()->analysisView() != nullptr;
    AnalysisView* page = view->parts()->analysis();
    if (!made) {
        connect(page, &AnalysisView::figureWanted, this, [this, page](const StudyFigureRequest& request) {
            readFigure(page, request);
            readComponents(page, request);
        });
        connect(page, &AnalysisView::tablesWanted, this,
                [this, page](const StudyFigureRequest& request) { readTables(page, request); });
        connect(page, &QObject::destroyed, this, [this, page] { components_.erase(page); });
    }
    readScope(view);
}

std::optional<ComponentFacts> AnalysisPages::selection(const RunView* view) const {
    const AnalysisView* page = view->parts()->analysisView();
    if (!page || !page->selected()) return std::nullopt;
    const auto found = components_.find(page);
    if (found == components_.end()) return std::nullopt;
    return component_facts(found->second, *page->selected());
}

// Once for each setting that is shown: of figures that need none it stays the last one.
void AnalysisPages::readComponents(AnalysisView* page, const StudyFigureRequest& request) {
    const auto known = components_.find(page);
    // Weights that survive say something beside any masks.
    const std::string setting =
        request.setting.empty() || request.kind == StudyFigureKind::Magnitude ? "heads_mlps" : request.setting;
    if (known != components_.end() && known->second.setting == setting) return;
    const QString key =
        QStringLiteral("components %1 %2").arg(reinterpret_cast<quintptr>(page)).arg(QString::fromStdString(setting));
    reader_.ask<StudyComponents>(
        key, [study = request.study, setting] { return read_study_components(study, setting); },
        [this, page = QPointer(page)](Result<StudyComponents> read) {
            // What cannot be read, the figures tell.
            if (!page || !read) return;
            components_[page] = std::move(*read);
            Q_EMIT selectionChanged();
        });
}

void AnalysisPages::readScope(RunView* view) {
    const QString folder = view->folder();
    const std::filesystem::path compared = settings_->publishedBeside(folder);
    reader_.ask<AnalysisScope>(
        folder + QLatin1Char('\n') + textFromPath(compared),
        [path = pathFromText(folder), compared] { return readAnalysisScope(path, compared); },
        [this, folder, page = QPointer(view->parts()->analysisView())](const Result<AnalysisScope>& scope) {
            if (!page) return;
            if (scope) {
                // What a job changed is read again.
                components_.erase(page);
                page->setScope(*scope);
            } else
                Q_EMIT failed(tr("Figures of %1").arg(folder), scope.error());
        });
}

void AnalysisPages::readTables(AnalysisView* page, const StudyFigureRequest& request) {
    reader_.ask<StudyTables>(
        QStringLiteral("tables ") + keyOf(page, request), [request] { return read_study_tables(request); },
        [request, page = QPointer(page)](const Result<StudyTables>& tables) {
            if (page) page->setTables(request, tables);
        });
}

void AnalysisPages::readFigure(AnalysisView* page, const StudyFigureRequest& request) {
    reader_.ask<Answer>(
        keyOf(page, request),
        [request]() -> Result<Answer> {
            return Answer{read_study_figure(request),
                          {metadata_of(request), QString::fromStdString(command_of(request))}};
        },
        [request, page = QPointer(page)](const Result<Answer>& answer) {
            if (page && answer) page->setFigure(request, answer->figure, answer->data);
        });
}

}  // namespace lottery::gui
