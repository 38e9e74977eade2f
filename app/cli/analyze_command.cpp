// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "app/cli/command.h"
#include "app/cli/table_format.h"
#include "app/cli/task_list.h"
#include "core/analysis/results_table.h"
#include "core/figures/writers.h"
#include "core/study/results_files.h"

namespace lottery::cli {
namespace {

struct TableState {
    CommonOptions common;
    std::filesystem::path results;
    std::vector<TaskId> tasks;
    ShownSpread spread = ShownSpread::Deviation;
    std::optional<TableFormat> format;
};

std::string formatted(const ScoreTable& table, TableFormat format) {
    switch (format) {
        case TableFormat::Text:
            return text_of(table);
        case TableFormat::Markdown:
            return markdown_of(table);
        case TableFormat::Latex:
            return latex_of(table);
        case TableFormat::Csv:
            return csv_of(data_of(table));
        case TableFormat::Json:
            break;
    }
    return to_json(table).dump(2) + "\n";
}

Result<ScoreTable> read_table(const TableState& state) {
    LOTTERY_TRY(auto results, read_results(state.results));
    auto table = score_table(std::move(results), state.tasks);
    table.shown = state.spread;
    if (table.rows.empty()) return Error{"holds no scores of these tasks", state.results.string(), {}};
    return table;
}

void add_table(CLI::App& parent, Action& action) {
    auto state = std::make_shared<TableState>();
    auto& command = *parent.add_subcommand("table", "Means ± standard deviations per task and experiment");
    command.add_option("--results", state->results, "A study's folder evaluate_masked, or the study's own")->required();
    add_task_list_option(command, state->tasks);
    add_table_format_option(command, state->format, "csv and json have all metrics");
    add_named(command, "--spread", state->spread,
              {{"deviation", ShownSpread::Deviation}, {"interval", ShownSpread::Interval}},
              "Beside a mean: deviation over seeds (default), or interval, 95%, by Student's t");
    add_common_options(command, state->common);
    command.callback([state, &action] {
        const auto format = chosen_format(state->format, state->common.json);
        action = [state, format](std::stop_token) {
            const auto print = [&](const ScoreTable& table) { std::fputs(formatted(table, format).c_str(), stdout); };
            return finish(Outcome<ScoreTable>(read_table(*state)), state->common, "Nothing was written.", print,
                          [](const ScoreTable& table) { return to_json(table); });
        };
    });
}

}  // namespace

void add_analyze(CLI::App& app, Action& action) {
    auto& command = *app.add_subcommand("analyze", "Tables of what masks and scores have in common");
    command.require_subcommand(1);
    add_table(command, action);
    add_analyze_masks(command, action);
    add_analyze_reproduction(command, action);
    add_analyze_weights(command, action);
}

}  // namespace lottery::cli
