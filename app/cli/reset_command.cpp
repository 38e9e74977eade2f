// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "app/cli/command.h"
#include "app/cli/terminal_progress.h"
#include "core/study/reset_run.h"

namespace lottery::cli {
namespace {

void add_parts_option(CLI::App& command, std::vector<ModelPart>& parts) {
    std::map<std::string, ModelPart> names;
    std::string known;
    for (const auto part : all_model_parts()) {
        names[to_string(part)] = part;
        known += (known.empty() ? "" : ", ") + std::string(to_string(part));
    }
    command
        .add_option_function<std::vector<std::string>>(
            "--parts",
            [&parts, names](const std::vector<std::string>& given) {
                for (const auto& name : given) parts.push_back(names.at(name));
            },
            "What is reset, separated by commas: " + known)
        ->delimiter(',')
        ->check(CLI::IsMember(names))
        ->required();
}

void print_report(const ResetReport& r, const ResetRequest& request) {
    if (r.metrics_before) std::printf("%-36s %s\n", "as it is", metrics_text(*r.metrics_before).c_str());
    for (const auto& point : r.points)
        std::printf("%-36s %s\n", describe(point.parts).c_str(),
                    point.metrics ? metrics_text(*point.metrics).c_str()
                                  : (std::to_string(point.weights) + " numbers reset").c_str());
    std::printf("%s in %s\n", request.series ? "table and figure" : "model", request.out.c_str());
}

}  // namespace

void add_reset(CLI::App& app, Action& action) {
    struct State {
        CommonOptions common;
        ResetRequest request;
        TaskId task = TaskId::MRPC;
    };
    auto state = std::make_shared<State>();
    auto& request = state->request;

    auto& command = *app.add_subcommand(
        "reset", "Re-initialise, revert to pre-trained or zero chosen weights of a fine-tuned model");
    command.add_option("--checkpoint", request.checkpoint, "Fine-tuned checkpoint folder")->required();
    add_named(command, "--how", request.how,
              {{"reinit", ResetHow::Reinitialise}, {"pretrained", ResetHow::Pretrained}, {"zero", ResetHow::Zero}},
              "Draw them afresh, take the pre-trained ones, or set them to zero")
        ->required();
    command.add_option("--pretrained", request.pretrained, "With --how pretrained: the checkpoint it was tuned from");
    add_parts_option(command, request.parts.parts);
    add_layers_option(command, request.parts.layers, "Only in these layers, from 0: 0,3-5");
    auto* seed = command.add_option("--seed", request.seed, "Of --how reinit")->capture_default_str();
    add_choice<ResetSeries>(
        command, "--series", request.series,
        {{"parts", ResetSeries::Parts}, {"layers", ResetSeries::Layers}, {"layer-pairs", ResetSeries::LayerPairs}},
        "Score every part, layer or pair of layers reset alone, without writing a checkpoint");
    command.add_option("--out", request.out, "Folder for the checkpoint, or the series' table and figure")->required();
    add_task_option(command, state->task, false);
    auto* task = command.get_option("--task");
    auto* data = command.add_option("--data", request.data, "GLUE folder, or the task's own: score on its dev set");
    task->needs(data);
    data->needs(task);
    command.add_option("--limit-dev", request.limit_dev, "First so many dev examples, 0: all")
        ->capture_default_str()
        ->needs(task);
    command.add_option("--max-seq-length", request.max_seq_length, "Tokens per example")
        ->capture_default_str()
        ->needs(task);
    add_common_options(command, state->common);

    command.callback([state, task, seed, &action] {
        if (task->count() > 0) state->request.task = state->task;
        if (seed->count() > 0 && state->request.how != ResetHow::Reinitialise)
            throw CLI::ValidationError("--seed", "has no meaning without --how reinit");
        action = [state](std::stop_token stop) {
            auto outcome = [&] {
                TerminalProgress progress(state->common.quiet);
                state->request.compute = state->common.compute;
                return run_reset(state->request, std::move(stop), progress);
            }();
            return finish(
                std::move(outcome), state->common, "Nothing was written.",
                [&](const ResetReport& r) { print_report(r, state->request); },
                [&](const ResetReport& r) { return to_json(r, state->request); });
        };
    });
}

}  // namespace lottery::cli
