// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "app/cli/command.h"
#include "core/pruning/magnitude_record.h"
#include "core/study/magnitude_runs.h"

namespace lottery::cli {
namespace {

void print_survival(const WeightSurvival& s) {
    std::printf("%lld of %lld weights survive (%.1f%%)\n\n", static_cast<long long>(s.kept),
                static_cast<long long>(s.prunable), s.kept_share() * 100);
    std::printf("%-6s", "layer");
    for (int h = 0; h < s.heads.heads; ++h) std::printf(" %6s", ("h" + std::to_string(h + 1)).c_str());
    std::printf(" %6s\n", "MLP");
    for (int l = 0; l < s.heads.layers; ++l) {
        std::printf("%-6d", l + 1);
        for (int h = 0; h < s.heads.heads; ++h) std::printf(" %6.3f", static_cast<double>(s.heads.at(l, h)));
        std::printf(" %6.3f\n", static_cast<double>(s.mlps[static_cast<std::size_t>(l)]));
    }
}

}  // namespace

void add_analyze_weights(CLI::App& analyze, Action& action) {
    struct State {
        CommonOptions common;
        WeightSurvivalRequest request;
    };
    auto state = std::make_shared<State>();
    auto& command = *analyze.add_subcommand("weights", "Share of the weights that survive in each head and MLP");
    command.add_option("--weight-mask", state->request.weight_mask, "weight_mask.safetensors")->required();
    command.add_option("--checkpoint", state->request.checkpoint, "Folder of the model the mask was made for")
        ->required();
    command.add_option("--out", state->request.out, "Folder for weight_survival.svg and .csv; without it none");
    add_common_options(command, state->common);
    command.callback([state, &action] {
        action = [state](const std::stop_token&) {
            return finish(run_weight_survival(state->request), state->common, "Nothing was written.", print_survival,
                          [](const WeightSurvival& s) { return to_json(s); });
        };
    });
}

}  // namespace lottery::cli
