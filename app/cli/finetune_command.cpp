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
    };
    auto state = std::make_shared<State>();
    auto& [common, request] = *state;

    auto& command = *app.add_subcommand("finetune", "Fine-tune a checkpoint, or a subnetwork of it, on a GLUE task");
    add_input_options(command, request.checkpoint, request.task, request.data);
    command.add_option("--out", request.out, "Run folder; becomes a Hugging Face checkpoint")->required();
    command.add_option("--seed", request.seed, "Order of examples, dropout, fresh weights")->capture_default_str();
    command.add_option("--weight-mask", request.weight_mask,
                       "weight_mask.safetensors; pruned weights are zero from the start and stay zero");
    command.add_option("--neuron-mask", request.neuron_mask,
                       "neuron_mask.npy [layers, blocks]; the neurons left out are zero from the start and stay zero");
    command.add_option("--block-size", request.block_size,
                       "Neurons per block of --neuron-mask; default: as in the search.json beside it");
    command.add_flag("--resume", request.resume, "Go on with an interrupted run in --out");
    add_mask_options(command, request.head_mask, request.mlp_mask);
    add_training_options(command, request.options);
    add_common_options(command, common);

    command.callback([state, &action] {
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
