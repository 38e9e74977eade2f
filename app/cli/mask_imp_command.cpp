// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "app/cli/command.h"
#include "app/cli/terminal_progress.h"
#include "core/study/imp_run.h"

namespace lottery::cli {
namespace {

void print_report(const ImpReport& r, const ImpRequest& request) {
    std::printf("%-6s  %-8s  %-12s  %s on dev after training\n", "round", "pruned", "weights", r.metric.c_str());
    for (const auto& round : r.rounds)
        std::printf("%-6d  %6.1f%%  %-12lld  %.4f\n", round.index, round.sparsity * 100,
                    static_cast<long long>(round.kept), round.score);
    std::printf("ticket: %.1f%% of the prunable weights, %.1f%% of all parameters (embeddings aside)\n",
                r.survival.kept_share() * 100, r.parameters_kept_share * 100);
    std::printf("mask, ticket and rounds in %s\n", request.out.c_str());
}

}  // namespace

void add_mask_imp(CLI::App& mask, Action& action) {
    struct State {
        CommonOptions common;
        ImpRequest request;
    };
    auto state = std::make_shared<State>();
    auto& request = state->request;
    auto& command = *mask.add_subcommand(
        "imp", "Iterative magnitude pruning: train, prune the smallest weights, rewind the others, again");
    add_input_options(command, request.checkpoint, request.task, request.data);
    command.get_option("--checkpoint")->description("Pre-trained Hugging Face checkpoint folder");
    command.add_option("--out", request.out, "Folder for the rounds, the mask and the ticket")->required();
    command.add_option("--target-sparsity", request.target_sparsity, "Share of the prunable weights to prune in all");
    command.add_option("--rounds", request.rounds, "Rounds of pruning at most; this or --target-sparsity is needed");
    command.add_option("--amount", request.amount, "Share of the weights still alive that a round prunes")
        ->capture_default_str();
    command
        .add_option(
            "--rewind-step", request.rewind_step,
            "Step of the first training to which weights and optimizer are rewound, 0: the checkpoint's weights")
        ->capture_default_str();
    add_named(command, "--mlp-output-bias", request.mlp_output_bias,
              {{"left", MlpOutputBias::Left}, {"pruned", MlpOutputBias::Pruned}},
              "The bias of each MLP's output layer: left alone, or pruned like every other (default)");
    command.add_flag("--keep-models", request.keep_models, "Keep every round's trained model, not the last one alone");
    command.add_option("--seed", request.seed, "Order of examples, dropout, fresh weights")->capture_default_str();
    command.add_flag("--resume", request.resume, "Go on with an interrupted run in --out");
    add_training_options(command, request.training);
    add_common_options(command, state->common);

    command.callback([state, &action] {
        action = [state](std::stop_token stop) {
            auto outcome = [&] {
                TerminalProgress progress(state->common.quiet);
                state->request.compute = state->common.compute;
                return run_imp(state->request, std::move(stop), progress);
            }();
            return finish(
                std::move(outcome), state->common, "The rounds are saved; the same command with --resume goes on.",
                [&](const ImpReport& r) { print_report(r, state->request); },
                [&](const ImpReport& r) { return to_json(r, state->request); });
        };
    });
}

}  // namespace lottery::cli
