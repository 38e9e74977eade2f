// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "app/cli/command.h"
#include "app/cli/terminal_progress.h"
#include "core/study/run_json.h"

namespace lottery::cli {

void add_remove(CLI::App& app, Action& action) {
    struct State {
        CommonOptions common;
        RemoveRequest request;
    };
    auto state = std::make_shared<State>();
    auto& request = state->request;

    auto& command = *app.add_subcommand("remove", "Write a smaller checkpoint without what masks leave out");
    command.add_option("--checkpoint", request.checkpoint, "Hugging Face checkpoint folder")->required();
    add_mask_options(command, request.head_mask, request.mlp_mask);
    command.add_option("--out", request.out, "Folder for the smaller checkpoint")->required();
    add_common_options(command, state->common);

    command.callback([state, &action] {
        action = [state](std::stop_token stop) {
            auto outcome = [&] {
                TerminalProgress progress(state->common.quiet);
                state->request.compute = state->common.compute;
                return run_remove(state->request, std::move(stop), progress);
            }();
            const auto print = [&](const RemoveReport& r) {
                std::printf(
                    "%d heads and %d MLPs left: %lld of %lld parameters, %.1f%% of the original model "
                    "(embeddings aside)\n",
                    r.kept_heads, r.kept_mlps, static_cast<long long>(r.parameters),
                    static_cast<long long>(r.parameters_before), r.parameters_kept_share * 100);
                if (!r.loads_in_transformers)
                    std::printf("a layer has lost its MLP or all its heads, which transformers cannot compute\n");
                std::printf("model in %s\n", state->request.out.c_str());
            };
            return finish(std::move(outcome), state->common, "Nothing was written.", print,
                          [](const RemoveReport& r) { return to_json(r); });
        };
    });
}

}  // namespace lottery::cli
