// SPDX-License-Identifier: GPL-3.0-or-later
//
// `lottery analyze survival|overlap|agreement|sizes|importance`.
#include <memory>

#include "app/cli/command.h"
#include "app/cli/table_format.h"
#include "app/cli/task_list.h"
#include "app/cli/terminal_progress.h"
#include "core/analysis/analysis_tables.h"
#include "core/study/mask_set_files.h"

namespace lottery::cli {
namespace {

struct State {
    CommonOptions common;
    MaskSetRequest request;
    std::optional<TableFormat> format;
};

// What is compared over tasks needs seeds that all of them have.
enum class Compares { WithinTasks, OverTasks };

void say_passed_over(const State& state, const std::vector<std::filesystem::path>& runs, const std::string& what) {
    TerminalProgress log(state.common.quiet);
    for (const auto& run : runs)
        log.on_message(Severity::Warning, "passed over, it has no such " + what + ": " + run.string());
}

Result<MaskSet> read_masks(const State& state, Compares compares) {
    LOTTERY_TRY(auto files, read_mask_set(state.request));
    if (compares == Compares::OverTasks) LOTTERY_CHECK(check_common_seeds(files.set, state.request.masks));
    say_passed_over(state, files.without, "mask");
    return std::move(files.set);
}

CLI::App& add_subcommand(CLI::App& analyze, State& state, const std::string& name, const std::string& help,
                         const std::string& files) {
    auto& command = *analyze.add_subcommand(name, help);
    command.add_option("--masks", state.request.masks, "Folder of one setting: <TASK>/seed_<N>/" + files)->required();
    add_named(command, "--components", state.request.components,
              {{"heads", MaskedComponents::Heads}, {"mlps", MaskedComponents::Mlps}}, "heads (default) or mlps");
    add_task_list_option(command, state.request.tasks);
    add_table_format_option(command, state.format, "csv and json have all digits");
    add_common_options(command, state.common);
    return command;
}

template <typename Analysis, typename Run>
int tell(const State& state, TableFormat format, Run&& run) {
    return finish(
        Outcome<Analysis>(run()), state.common, "Nothing was written.",
        [format](const Analysis& a) { std::fputs(formatted(a, format).c_str(), stdout); },
        [](const Analysis& a) { return to_json(a); });
}

template <typename Analysis>
void add_one(CLI::App& analyze, Action& action, const std::string& name, const std::string& help, Compares compares,
             Analysis (*analysis)(const MaskSet&)) {
    auto state = std::make_shared<State>();
    add_subcommand(analyze, *state, name, help, "head_mask.npy, mlp_mask.npy")
        .callback([state, &action, compares, analysis] {
            const auto format = chosen_format(state->format, state->common.json);
            action = [state, compares, analysis, format](std::stop_token) {
                return tell<Analysis>(*state, format, [&]() -> Result<Analysis> {
                    LOTTERY_TRY(const auto set, read_masks(*state, compares));
                    return analysis(set);
                });
            };
        });
}

void add_importance(CLI::App& analyze, Action& action) {
    auto state = std::make_shared<State>();
    auto persistence = std::make_shared<double>(0.9);
    auto& command = add_subcommand(
        analyze, *state, "importance",
        "How importances are distributed, how they change while a search goes on, how far seeds rank alike",
        "head_importance.npy, mlp_importance.npy");
    command
        .add_option("--persistence", *persistence,
                    "Of rank-biased overlap: how deep into the ranking one looks, between 0 and 1")
        ->check(CLI::Range(0.001, 0.999));
    command.callback([state, persistence, &action] {
        const auto format = chosen_format(state->format, state->common.json);
        action = [state, persistence, format](std::stop_token) {
            return tell<ImportanceAnalysis>(*state, format, [&]() -> Result<ImportanceAnalysis> {
                LOTTERY_TRY(const auto files, read_importance_set(state->request));
                say_passed_over(*state, files.without, "importance");
                return importance_analysis(files.set, *persistence);
            });
        };
    });
}

}  // namespace

void add_analyze_masks(CLI::App& analyze, Action& action) {
    add_one(analyze, action, "survival", "In how many tasks each head or MLP survives", Compares::OverTasks, survival);
    add_one(analyze, action, "overlap", "How many heads or MLPs survive in both of two tasks", Compares::OverTasks,
            overlap);
    add_one(analyze, action, "agreement", "How far masks agree over seeds and tasks: Q, kappa, alpha, Jaccard",
            Compares::WithinTasks, agreement);
    add_one(analyze, action, "sizes", "How many heads or MLPs the masks of each task keep", Compares::WithinTasks,
            sizes);
    add_importance(analyze, action);
}

}  // namespace lottery::cli
