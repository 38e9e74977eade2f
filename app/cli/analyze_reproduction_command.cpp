// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "app/cli/command.h"
#include "app/cli/table_format.h"
#include "app/cli/task_list.h"
#include "core/figures/writers.h"
#include "core/study/scoreboard.h"

namespace lottery::cli {
namespace {

std::string formatted(const Scoreboard& board, TableFormat format) {
    switch (format) {
        case TableFormat::Markdown:
            return markdown_of(board);
        case TableFormat::Csv:
            return csv_of(data_of(board));
        case TableFormat::Json:
            return to_json(board).dump(2) + "\n";
        case TableFormat::Text:
        case TableFormat::Latex:  // not offered
            break;
    }
    return text_of(board);
}

}  // namespace

void add_analyze_reproduction(CLI::App& analyze, Action& action) {
    struct State {
        CommonOptions common;
        ScoreboardRequest request;
        std::optional<TableFormat> format;
    };
    auto state = std::make_shared<State>();
    auto& command = *analyze.add_subcommand("reproduction", "Ours against published scores, with a verdict for each");
    command.add_option("--results", state->request.results, "A study's folder evaluate_masked, or the study's own")
        ->required();
    command
        .add_option("--published", state->request.published,
                    "The same of the study to compare with: an import, or a folder as it was published")
        ->required();
    add_task_list_option(command, state->request.tasks);
    command
        .add_option(
            "--summary-seeds", state->request.summary_seeds,
            "Seeds behind a mean and deviation without per_seed.json; default: as many as were imported, else 5")
        ->check(CLI::Range(2, 1'000'000));
    add_choice<TableFormat>(command, "--format", state->format,
                            {{"text", TableFormat::Text},
                             {"markdown", TableFormat::Markdown},
                             {"csv", TableFormat::Csv},
                             {"json", TableFormat::Json}},
                            "text (default), markdown, csv or json; csv and json have all metrics");
    add_common_options(command, state->common);
    command.callback([state, &action] {
        const auto format = chosen_format(state->format, state->common.json);
        action = [state, format](std::stop_token) {
            const auto print = [&](const Scoreboard& board) { std::fputs(formatted(board, format).c_str(), stdout); };
            return finish(Outcome<Scoreboard>(read_scoreboard(state->request)), state->common, "Nothing was written.",
                          print, [](const Scoreboard& board) { return to_json(board); });
        };
    });
}

}  // namespace lottery::cli
