// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "app/cli/command.h"
#include "app/cli/terminal_progress.h"
#include "core/study/run_json.h"

namespace lottery::cli {

void add_finetune(CLI::App& app, Action& action) {
    struct State {
        CommonOptions common;
        FinetuneRequest request;
        std::optional<Precision> precision;
    };
    auto state = std::make_shared<State>();
    auto& [common, request, precision] = *state;
    auto& options = request.options;

    auto& command = *app.add_subcommand("finetune", "Fine-tune a checkpoint, or a subnetwork of it, on a GLUE task");
    add_input_options(command, request.checkpoint, request.task, request.data);
    command.add_option("--out", request.out, "Run folder; becomes a Hugging Face checkpoint")->required();
    command.add_option("--seed", request.seed, "Order of examples, dropout, fresh weights")->capture_default_str();
    command.add_option("--weight-mask", request.weight_mask,
                       "weight_mask.safetensors; pruned weights are zero from the start and stay zero");
    command.add_flag("--resume", request.resume, "Go on with an interrupted run in --out");
    add_mask_options(command, request.head_mask, request.mlp_mask);
    command.add_option("--epochs", options.epochs, "Passes over the training set")->capture_default_str();
    command.add_option("--batch-size", options.batch_size, "Examples per optimizer step")->capture_default_str();
    command.add_option("--learning-rate", options.learning_rate, "Peak, decays linearly to 0")->capture_default_str();
    command.add_option("--warmup", options.warmup_share, "Share of the steps with linear warm-up")
        ->capture_default_str();
    command.add_option("--weight-decay", options.weight_decay, "AdamW's, never on biases and LayerNorm")
        ->capture_default_str();
    command.add_option("--adam-epsilon", options.adam_epsilon, "AdamW's epsilon")->capture_default_str();
    command.add_option("--max-gradient-norm", options.max_gradient_norm, "Clipping, 0 disables it")
        ->capture_default_str();
    command.add_option("--dropout", options.dropout, "Hidden, attention and classifier dropout")->capture_default_str();
    command.add_option("--max-seq-length", options.max_seq_length, "Tokens per example")->capture_default_str();
    command.add_option("--hold-out", options.hold_out, "Training examples set aside for a mask search on unseen ones")
        ->capture_default_str();
    command.add_option("--limit-train", options.limit_train, "First so many training examples, 0: all")
        ->capture_default_str();
    command.add_option("--limit-dev", options.limit_dev, "First so many dev examples, 0: all")->capture_default_str();
    command.add_option("--save-steps", options.save_steps, "Steps between resume points, 0: one per epoch")
        ->capture_default_str();
    add_choice<Precision>(command, "--precision", precision, {{"fp32", Precision::Fp32}, {"bf16", Precision::Bf16}},
                          "fp32, or bf16 products with fp32 master weights");
    add_common_options(command, common);

    command.callback([state, &action] {
        if (state->precision) state->request.options.precision = *state->precision;
        action = [state](std::stop_token stop) {
            auto outcome = [&] {
                TerminalProgress progress(state->common.quiet);
                state->request.compute = state->common.compute;
                return run_finetune(state->request, std::move(stop), progress);
            }();
            const auto print = [&](const FinetuneReport& r) {
                std::printf("%s, seed %llu, on %s\n", std::string(task_info(r.task).name).c_str(),
                            static_cast<unsigned long long>(r.seed), r.device.c_str());
                std::printf("before   %s\n", metrics_text(r.metrics_before).c_str());
                std::printf("after    %s\n", metrics_text(r.metrics).c_str());
                std::printf("%lld steps, %.0f s, %.1f examples/s\n", static_cast<long long>(r.steps), r.seconds,
                            r.examples_per_second);
                std::printf("model in %s\n", state->request.out.c_str());
            };
            return finish(std::move(outcome), state->common,
                          "The run is saved; the same command with --resume goes on.", print,
                          [](const FinetuneReport& r) { return to_json(r); });
        };
    });
}

}  // namespace lottery::cli
