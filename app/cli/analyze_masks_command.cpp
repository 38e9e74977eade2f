// SPDX-License-Identifier: GPL-3.0-or-later
//
// `lottery analyze survival|overlap|agreement|sizes`.
#include <memory>

#include "app/cli/command.h"
#include "app/cli/task_list.h"
#include "app/cli/terminal_progress.h"
#include "core/study/mask_set_files.h"

namespace lottery::cli {
namespace {

struct State {
    CommonOptions common;
    MaskSetRequest request;
};

// What is compared over tasks needs seeds that all of them have.
enum class Compares { WithinTasks, OverTasks };

Result<MaskSet> read_masks(const State& state, Compares compares) {
    LOTTERY_TRY(auto files, read_mask_set(state.request));
    if (compares == Compares::OverTasks) LOTTERY_CHECK(check_common_seeds(files.set, state.request.masks));
    TerminalProgress log(state.common.quiet);
    for (const auto& run : files.without)
        log.on_message(Severity::Warning, "passed over, it has no such mask: " + run.string());
    return std::move(files.set);
}

template <typename Analysis>
void add_one(CLI::App& analyze, Action& action, const std::string& name, const std::string& help, Compares compares,
             Analysis (*analysis)(const MaskSet&)) {
    auto state = std::make_shared<State>();
    auto& command = *analyze.add_subcommand(name, help);
    command
        .add_option("--masks", state->request.masks,
                    "Folder of one setting: <TASK>/seed_<N>/head_mask.npy, mlp_mask.npy")
        ->required();
    add_named(command, "--components", state->request.components,
              {{"heads", MaskedComponents::Heads}, {"mlps", MaskedComponents::Mlps}}, "heads (default) or mlps");
    add_task_list_option(command, state->request.tasks);
    add_common_options(command, state->common);
    command.callback([state, &action, compares, analysis] {
        action = [state, compares, analysis](std::stop_token) {
            const auto run = [&]() -> Result<Analysis> {
                LOTTERY_TRY(const auto set, read_masks(*state, compares));
                return analysis(set);
            };
            return finish(
                Outcome<Analysis>(run()), state->common, "Nothing was written.",
                [](const Analysis& a) { std::fputs(text_of(a).c_str(), stdout); },
                [](const Analysis& a) { return to_json(a); });
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
}

}  // namespace lottery::cli
