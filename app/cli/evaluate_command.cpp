// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "app/cli/command.h"
#include "app/cli/terminal_progress.h"
#include "core/study/run_json.h"

namespace lottery::cli {

void add_evaluate(CLI::App& app, Action& action) {
    struct State {
        CommonOptions common;
        EvaluateRequest request;
        std::optional<Removal> removal;
    };
    auto state = std::make_shared<State>();
    auto& [common, request, removal] = *state;

    auto& command =
        *app.add_subcommand("evaluate", "Score a checkpoint on a task's dev set, whole or with masks applied");
    add_input_options(command, request.checkpoint, request.task, request.data);
    command.add_option("--head-mask", request.head_mask, "head_mask.npy [layers, heads]");
    command.add_option("--mlp-mask", request.mlp_mask, "mlp_mask.npy [layers]");
    command.add_option("--neuron-mask", request.neuron_mask, "neuron_mask.npy [layers, blocks]");
    command.add_option("--block-size", request.block_size,
                       "Neurons per block of --neuron-mask; default: as in the search.json beside it");
    add_choice<Removal>(
        command, "--removal", removal, {{"physical", Removal::Physical}, {"multiply", Removal::Multiply}},
        "Masked components leave the model (default), or are multiplied by 0 and keep the output projection's bias");
    command.add_option("--predictions", request.predictions, "TSV file for every example's prediction and logits");
    command.add_option("--limit-dev", request.limit_dev, "First so many dev examples, 0: all")->capture_default_str();
    command.add_option("--max-seq-length", request.max_seq_length, "Tokens per example")->capture_default_str();
    add_common_options(command, common);

    command.callback([state, &action] {
        if (state->removal) state->request.removal = *state->removal;
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
