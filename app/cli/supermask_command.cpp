// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "app/cli/command.h"
#include "core/study/subnetwork_runs.h"

namespace lottery::cli {
namespace {

void print_report(const SupermaskReport& report, const SupermaskRequest& request) {
    for (const auto& task : report.tasks) {
        std::printf("%s, %zu seed%s: all keep %d of %d heads", std::string(task_info(task.task).name).c_str(),
                    task.seeds.size(), task.seeds.size() == 1 ? "" : "s", task.good.heads.kept, task.good.heads.all);
        if (report.has_mlps) std::printf(", %d of %d MLPs", task.good.mlps.kept, task.good.mlps.all);
        std::printf("\n  super_bad:    %s\n", overlap_text(task.bad, report.has_mlps).c_str());
        for (std::size_t i = 0; i < task.random.size(); ++i)
            std::printf("  super_random: %s, seed %llu\n", overlap_text(task.random[i], report.has_mlps).c_str(),
                        static_cast<unsigned long long>(task.seeds[i]));
    }
    std::printf("written to %s/%ssuper, %ssuper_bad, %ssuper_random\n", request.out.c_str(), request.prefix.c_str(),
                request.prefix.c_str(), request.prefix.c_str());
}

}  // namespace

void add_supermask(CLI::App& app, Action& action) {
    struct State {
        CommonOptions common;
        SupermaskRequest request;
    };
    auto state = std::make_shared<State>();
    auto& request = state->request;
    auto& command = *app.add_subcommand("supermask", "What the masks of all seeds have in common, and its controls");
    command.add_option("--masks", request.masks, "Folder of one setting: <TASK>/seed_<N>/head_mask.npy, mlp_mask.npy")
        ->required();
    command
        .add_option("--out", request.out,
                    "Folder for super/, super_bad/ and super_random/, each <TASK>/seed_<N>/ as above")
        ->required();
    command.add_option("--prefix", request.prefix,
                       "Before the names of the three folders; heads_mlps_ with a study's masks folder as --out gives "
                       "the study's settings");
    command.add_option("--seed", request.seed, "Of the draws")->capture_default_str();
    add_common_options(command, state->common);
    command.callback([state, &action] {
        action = [state](std::stop_token) {
            const auto print = [&](const SupermaskReport& r) { print_report(r, state->request); };
            return finish(Outcome<SupermaskReport>(run_supermasks(state->request)), state->common,
                          "Nothing was written.", print, [](const SupermaskReport& r) { return to_json(r); });
        };
    });
}

}  // namespace lottery::cli
