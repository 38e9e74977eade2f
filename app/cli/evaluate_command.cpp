// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "app/cli/command.h"
#include "app/cli/evaluate_study.h"
#include "app/cli/task_list.h"
#include "app/cli/terminal_progress.h"
#include "core/study/run_json.h"

namespace lottery::cli {
namespace {

std::string listed(const std::vector<int>& layers) {
    std::string text;
    for (const int layer : layers) text += (text.empty() ? "" : ", ") + std::to_string(layer);
    return text;
}

// Both scores and why they differ, in one line.
void print_both_ways(const EvaluateReport& r) {
    std::printf(
        "%s  %s\n", r.removal == Removal::Physical ? "masked to 0" : "removed    ",
        metrics_text(r.by_removal.at(r.removal == Removal::Physical ? Removal::Multiply : Removal::Physical)).c_str());
    const auto explain = [&](const std::vector<int>& layers, const char* what, const char* bias) {
        if (!layers.empty())
            std::printf("           they differ in layers without a %s (%s): removal also drops the bias of %s\n", what,
                        listed(layers).c_str(), bias);
    };
    explain(r.layers_left_without_heads, "head", "their output projection");
    explain(r.layers_left_without_neurons, "neuron", "their MLP's output");
    if (r.layers_left_without_heads.empty() && r.layers_left_without_neurons.empty())
        std::printf(
            "           the same: no layer lost its last head or neuron, so nothing but masked parts is gone\n");
}

void print_report(const EvaluateReport& r) {
    std::printf("%s, %lld dev examples\n", std::string(task_info(r.task).name).c_str(),
                static_cast<long long>(r.examples));
    const char* title = !r.masked ? "score      " : r.removal == Removal::Physical ? "removed    " : "masked to 0";
    std::printf("%s  %s  loss %.4f\n", title, metrics_text(r.metrics).c_str(), r.loss);
    if (r.without_residuals)
        std::printf("             without the residual around %s in layers %s\n",
                    !r.without_residuals->mlp         ? "attention"
                    : !r.without_residuals->attention ? "the MLP"
                                                      : "attention and the MLP",
                    listed(r.without_residuals->layers).c_str());
    if (r.masked) print_both_ways(r);
    if (!r.majority_baseline.empty()) std::printf("majority     %s\n", metrics_text(r.majority_baseline).c_str());
    for (const auto& [name, share] : r.predicted_share)
        std::printf("predicts     %s in %.1f%%\n", name.c_str(), share * 100);
    std::printf("kept         %d heads, %d MLPs: %lld parameters, %.1f%% of the original model (embeddings aside)\n",
                r.kept_heads, r.kept_mlps, static_cast<long long>(r.parameters_kept), r.parameters_kept_share * 100);
    std::printf("multiply-adds %.4g per example of %.1f tokens on average, %.1f%% of the original model\n",
                r.multiply_adds, r.mean_tokens, 100 * r.multiply_adds / r.multiply_adds_full);
    for (const auto& speed : r.speed) {
        std::printf("batch of %-3lld %.3f ms per example", static_cast<long long>(speed.batch), speed.removed_ms);
        if (r.masked)
            std::printf(", %.3f ms with the masked parts: %.2f times as fast", speed.whole_ms,
                        speed.whole_ms / speed.removed_ms);
        std::printf("\n");
    }
    std::printf("%.2f s, %.1f examples/s\n", r.seconds, static_cast<double>(r.examples) / r.seconds);
}

}  // namespace

void add_evaluate(CLI::App& app, Action& action) {
    struct State {
        CommonOptions common;
        EvaluateRequest request;
        std::optional<RandomRetrainedBars> random_retrained;
        StudyEvaluationRequest study;
        std::vector<int> layers;
    };
    auto state = std::make_shared<State>();
    auto& [common, request, random_retrained, study, layer_list] = *state;

    auto& command = *app.add_subcommand(
        "evaluate",
        "Score a checkpoint on a task's dev set, whole or with masks applied; or everything that lies in a study");
    add_input_options(command, request.checkpoint, request.task, request.data);
    auto* of_study =
        command.add_option("--study", study.study, "Study folder: all its models and masks, into its tables");
    add_task_list_option(command, study.tasks);
    command
        .add_option("--experiments", study.experiments,
                    "With --study, only these: no_mask, head_mlp, head_mlp_random, head_mlp_bad_1, head_mlp_super, "
                    "head_mlp_super_bizzaro, head_mlp_super_midling, global_magnitude, …, each also _retrained")
        ->delimiter(',')
        ->needs(of_study);
    command.get_option("--tasks")->needs(of_study);
    add_scored_mask_options(command, request.head_mask, request.mlp_mask, request.weight_mask, request.removal);
    command.add_option("--neuron-mask", request.neuron_mask, "neuron_mask.npy [layers, blocks]");
    command.add_option("--block-size", request.block_size,
                       "Neurons per block of --neuron-mask; default: as in the search.json beside it");
    add_choice<RandomRetrainedBars>(
        command, "--random-retrained", random_retrained,
        {{"own", RandomRetrainedBars::Own}, {"good", RandomRetrainedBars::GoodRetrained}},
        "With --study, what the figures show as \"random, retrained\": those models' scores (default), or, as one "
        "published figure, those of \"good, retrained\"");
    command.get_option("--random-retrained")->needs(of_study);
    add_choice<ResidualAblation>(
        command, "--without-residuals", request.without_residuals,
        {{"attention", {true, false, {}}}, {"mlp", {false, true, {}}}, {"both", {true, true, {}}}},
        "Leave out the residual connection around attention, the MLP or both: LayerNorm sees their output alone");
    auto* layers = add_layers_option(command, layer_list, "Of --without-residuals: only these layers, from 0");
    layers->needs(command.get_option("--without-residuals"));
    command.add_flag("--measure-speed", request.measure_speed,
                     "Time batches of 1 and 64 examples with and without the masks");
    command.add_option("--predictions", request.predictions, "TSV file for every example's prediction and logits");
    command.add_option("--limit-dev", request.limit_dev, "First so many dev examples, 0: all")->capture_default_str();
    auto* length = command
                       .add_option("--max-seq-length", request.max_seq_length,
                                   "Tokens per example; with --study as in fine-tuning")
                       ->capture_default_str();
    add_common_options(command, common);
    // One model or a whole study: the options of the one mean nothing for the other.
    for (const char* name : {"--checkpoint", "--task"}) command.get_option(name)->required(false);
    for (const char* name : {"--checkpoint", "--task", "--head-mask", "--mlp-mask", "--neuron-mask", "--block-size",
                             "--weight-mask", "--measure-speed", "--predictions", "--without-residuals"})
        of_study->excludes(command.get_option(name));

    command.callback([state, &action, &command, of_study, length] {
        if (of_study->count() > 0) {
            auto& whole = state->study;
            whole.data = state->request.data;
            whole.removal = state->request.removal;
            whole.random_retrained = state->random_retrained.value_or(whole.random_retrained);
            whole.limit_dev = state->request.limit_dev;
            if (length->count() > 0) whole.max_seq_length = state->request.max_seq_length;
            whole.compute = state->common.compute;
            action = [state](std::stop_token stop) {
                return evaluate_study(state->study, state->common, std::move(stop));
            };
            return;
        }
        if (state->request.without_residuals) state->request.without_residuals->layers = state->layers;
        for (const char* name : {"--checkpoint", "--task"})
            if (command.get_option(name)->count() == 0) throw CLI::RequiredError(name);
        action = [state](std::stop_token stop) {
            auto outcome = [&] {
                TerminalProgress progress(state->common.quiet);
                state->request.compute = state->common.compute;
                return run_evaluate(state->request, std::move(stop), progress);
            }();
            const auto print = [](const EvaluateReport& r) { print_report(r); };
            return finish(std::move(outcome), state->common, "Nothing was written.", print,
                          [](const EvaluateReport& r) { return to_json(r); });
        };
    });
}

}  // namespace lottery::cli
