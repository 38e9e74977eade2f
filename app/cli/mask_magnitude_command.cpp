// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "app/cli/command.h"
#include "app/cli/terminal_progress.h"
#include "core/pruning/magnitude_record.h"
#include "core/study/magnitude_runs.h"

namespace lottery::cli {
namespace {

struct State {
    CommonOptions common;
    MagnitudeRequest request;
    std::optional<Mode> mode;
    std::optional<SearchSplit> split;
    std::optional<MlpOutputBias> mlp_output_bias;
};

void print_result(const MagnitudeResult& r, const MagnitudeRequest& request) {
    std::printf("%s on %s: full model %.4f, threshold %.4f\n", r.metric.c_str(),
                std::string(task_info(request.task).name).c_str(), r.full_score, r.threshold_score);
    std::printf(
        "found mask: score %.4f (%.1f%% of full), %.1f%% of the weights kept, %.1f%% of all parameters "
        "(embeddings aside)\n",
        r.score, r.full_score != 0 ? 100 * r.score / r.full_score : 0.0, r.survival.kept_share() * 100,
        r.parameters_kept_share * 100);
    if (request.options.split == SearchSplit::Train)
        std::printf("on dev: full model %.4f, found mask %.4f\n", r.dev_full_score.value_or(0),
                    r.dev_score.value_or(0));
    std::printf("%zu passes, %.1f s; mask of step %d in %s\n", r.steps.size(), r.seconds, r.kept_step,
                request.out.c_str());
}

}  // namespace

void add_mask_magnitude(CLI::App& mask, Action& action) {
    auto state = std::make_shared<State>();
    auto& request = state->request;
    auto& options = request.options;
    auto& command = *mask.add_subcommand("magnitude", "Prune the smallest weights, step by step");
    add_input_options(command, request.checkpoint, request.task, request.data);
    command.add_option("--out", request.out, "Folder for weight_mask.safetensors, its figure and search.json")
        ->required();
    add_choice<Mode>(command, "--mode", state->mode, {{"published", Mode::Published}, {"rigorous", Mode::Rigorous}},
                     "As the paper's code did it, or rigorous (default); sets the defaults of other options");
    command.add_option("--threshold", options.threshold, "Share of the full score that a mask must keep")
        ->capture_default_str();
    command.add_option("--amount", options.amount, "Share of the weights still alive that each step prunes")
        ->capture_default_str();
    command.add_option("--max-steps", options.max_steps, "Steps tried at most; the mask before the last one is kept")
        ->capture_default_str();
    add_choice<MlpOutputBias>(command, "--mlp-output-bias", state->mlp_output_bias,
                              {{"left", MlpOutputBias::Left}, {"pruned", MlpOutputBias::Pruned}},
                              "The bias of each MLP's output layer: left alone (published default), or pruned like "
                              "every other (rigorous default)");
    command.add_option("--batch-size", options.batch_size, "Examples scored together; speed and memory only")
        ->capture_default_str();
    add_choice<SearchSplit>(command, "--split", state->split,
                            {{"dev", SearchSplit::Dev}, {"train", SearchSplit::Train}},
                            "Where masks are searched: dev (published default) or a slice of train (rigorous default)");
    command.add_option("--seed", request.seed, "Chooses the slice of train where fine-tuning held none out")
        ->capture_default_str();
    command
        .add_option("--limit-dev", options.limit_dev, "First so many examples of the search split and of dev, 0: all")
        ->capture_default_str();
    command.add_option("--max-seq-length", options.max_seq_length, "Tokens per example")->capture_default_str();
    add_common_options(command, state->common);

    command.callback([state, &action] {
        auto& chosen = state->request.options;
        const auto defaults = MagnitudeOptions::for_mode(state->mode.value_or(Mode::Rigorous));
        chosen.mode = defaults.mode;
        chosen.split = state->split.value_or(defaults.split);
        chosen.mlp_output_bias = state->mlp_output_bias.value_or(defaults.mlp_output_bias);
        action = [state](std::stop_token stop) {
            auto outcome = [&] {
                TerminalProgress progress(state->common.quiet);
                state->request.compute = state->common.compute;
                return run_magnitude_search(state->request, std::move(stop), progress);
            }();
            const auto json = [&](const MagnitudeResult& r) {
                Json document = magnitude_header(state->request);
                document.update(to_json(r));
                return document;
            };
            return finish(
                std::move(outcome), state->common, "Nothing was written; the same command starts again.",
                [&](const MagnitudeResult& r) { print_result(r, state->request); }, json);
        };
    });
}

}  // namespace lottery::cli
