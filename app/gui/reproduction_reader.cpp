// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/reproduction_reader.h"

#include <QCoreApplication>
#include <algorithm>
#include <optional>

#include "core/study/reproduction_jobs.h"
#include "core/study/scoreboard.h"
#include "core/study/study_plan.h"
#include "widgets/runs/folder_kind.h"

namespace lottery::gui {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("Reproduction", text); }

ReproductionRow rowOf(const ItemState& state, const std::optional<StudyReport>& report) {
    const ReproductionItem& item = *state.item;
    const auto text = [](std::string_view view) { return QString::fromStdString(std::string(view)); };
    ReproductionRow row;
    row.id = text(item.id);
    row.title = text(item.title);
    row.table = item.kind == ItemKind::Table;
    row.secondary = item.secondary;
    row.needed = state.needed;
    row.present = state.present;
    row.also = text(item.also);
    for (const MissingPlace& place : state.missing) row.missing << QString::fromStdString(to_string(place));
    if (report) {
        const ItemWork work = work_for(state, *report);
        for (const std::size_t job : work.jobs) row.jobs << QString::fromStdString(report->jobs[job].id);
        for (const MissingPlace& place : work.unplanned) row.unplanned << QString::fromStdString(to_string(place));
        row.seconds = work.seconds.value_or(-1.0);
    } else {
        row.unplanned = row.missing;
    }
    if (item.compared)
        for (const ReproductionNeed& need : item.needs)
            if (need.kind == NeedKind::Scores)
                for (const auto& names : need.folders) row.experiments.emplace_back(names.front());
    return row;
}

}  // namespace

Result<ReproductionOverview> readReproduction(const std::filesystem::path& study,
                                              const std::filesystem::path& published) {
    ReproductionOverview overview;
    overview.folder = textFromPath(study);
    overview.published = published.empty() ? QString() : textFromPath(published);
    std::optional<StudyReport> report;
    std::vector<TaskId> tasks = paper_tasks();
    std::vector<std::uint64_t> seeds = paper_seeds();
    LOTTERY_TRY(const bool planned, has_study_plan(study));
    if (planned) {
        LOTTERY_TRY(const StudyPlan plan, read_study_plan(study));
        LOTTERY_TRY(report, study_report(study));
        tasks = plan.tasks;
        seeds = plan.seeds;
        overview.canRun = true;
        overview.scope = tr("Of the study’s %1 tasks and %2 seeds").arg(tasks.size()).arg(seeds.size());
    } else {
        overview.scope = tr("Of the paper’s %1 tasks and %2 seeds").arg(tasks.size()).arg(seeds.size());
    }
    LOTTERY_TRY(const StudyContents contents, look_into_study(study));
    for (const ItemState& state : item_states(contents, tasks, seeds)) overview.rows.push_back(rowOf(state, report));
    if (published.empty()) {
        overview.problem = tr("Choose the published results above to compare with them.");
        return overview;
    }
    if (contents.scores.empty() && contents.summaries.empty()) {
        overview.problem = tr("The study has no scores yet; run one of the items with scores.");
        return overview;
    }
    ScoreboardRequest request;
    request.results = study;
    request.published = published;
    request.tasks = tasks;
    auto board = read_scoreboard(request);
    if (!board) {
        overview.problem = QString::fromStdString(board.error().to_string());
        return overview;
    }
    overview.options = board->options;
    std::copy_if(board->cells.begin(), board->cells.end(), std::back_inserter(overview.cells),
                 [](const ComparedCell& cell) { return cell.shown; });
    return overview;
}

}  // namespace lottery::gui
