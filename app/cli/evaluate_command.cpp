// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "app/cli/command.h"
#include "app/cli/evaluate_study.h"
#include "app/cli/task_list.h"
#include "app/cli/terminal_progress.h"
#include "core/study/run_json.h"

namespace lottery::cli {

void add_evaluate(CLI::App& app, Action& action) {
    struct State {
        CommonOptions common;
        EvaluateRequest request;
        std::optional<Removal> removal;
        StudyEvaluationRequest study;
    };
    auto state = std::make_shared<State>();
    auto& [common, request, removal, study] = *state;

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
    command.add_option("--head-mask", request.head_mask, "head_mask.npy [layers, heads]");
    command.add_option("--mlp-mask", request.mlp_mask, "mlp_mask.npy [layers]");
    add_choice<Removal>(
        command, "--removal", removal, {{"physical", Removal::Physical}, {"multiply", Removal::Multiply}},
        "Masked components leave the model (default), or are multiplied by 0 and keep the output projection's bias");
    command.add_option("--predictions", request.predictions, "TSV file for every example's prediction and logits");
    command.add_option("--limit-dev", request.limit_dev, "First so many dev examples, 0: all")->capture_default_str();
    auto* length = command
                       .add_option("--max-seq-length", request.max_seq_length,
                                   "Tokens per example; with --study as in fine-tuning")
                       ->capture_default_str();
    add_common_options(command, common);
    // One model or a whole study: the options of the one mean nothing for the other.
    for (const char* name : {"--checkpoint", "--task"}) command.get_option(name)->required(false);
    for (const char* name : {"--checkpoint", "--task", "--head-mask", "--mlp-mask", "--predictions"})
        of_study->excludes(command.get_option(name));

    command.callback([state, &action, &command, of_study, length] {
        if (state->removal) state->request.removal = *state->removal;
        if (of_study->count() > 0) {
            auto& whole = state->study;
            whole.data = state->request.data;
            whole.removal = state->request.removal;
            whole.limit_dev = state->request.limit_dev;
            if (length->count() > 0) whole.max_seq_length = state->request.max_seq_length;
            whole.compute = state->common.compute;
            action = [state](std::stop_token stop) {
                return evaluate_study(state->study, state->common, std::move(stop));
            };
            return;
        }
        for (const char* name : {"--checkpoint", "--task"})
            if (command.get_option(name)->count() == 0) throw CLI::RequiredError(name);
        action = [state](std::stop_token stop) {
            auto outcome = [&] {
                TerminalProgress progress(state->common.quiet);
                state->request.compute = state->common.compute;
                return run_evaluate(state->request, std::move(stop), progress);
            }();
            const auto print = [](const EvaluateReport& r) {
                std::printf("%s, %lld dev examples\n", std::string(task_info(r.task).name).c_str(),
                            static_cast<long long>(r.examples));
                std::printf("score      %s  loss %.4f\n", metrics_text(r.metrics).c_str(), r.loss);
                if (!r.majority_baseline.empty())
                    std::printf("majority   %s\n", metrics_text(r.majority_baseline).c_str());
                for (const auto& [name, share] : r.predicted_share)
                    std::printf("predicts   %s in %.1f%%\n", name.c_str(), share * 100);
                std::printf("parameters %lld, %.1f%% kept (embeddings aside)\n", static_cast<long long>(r.parameters),
                            r.parameters_kept_share * 100);
                std::printf("%.2f s, %.1f examples/s\n", r.seconds, static_cast<double>(r.examples) / r.seconds);
            };
            return finish(std::move(outcome), state->common, "Nothing was written.", print,
                          [](const EvaluateReport& r) { return to_json(r); });
        };
    });
}

}  // namespace lottery::cli
