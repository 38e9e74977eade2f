// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "app/cli/command.h"
#include "app/cli/terminal_progress.h"
#include "core/pruning/search_record.h"
#include "core/study/run_json.h"

namespace lottery::cli {
namespace {

struct State {
    CommonOptions common;
    MaskRequest request;
    std::optional<Mode> mode;
    std::optional<SearchSplit> split;
    std::optional<Criterion> criterion;
    std::optional<GradientTerm> gradient;
    std::optional<PhaseImportance> phase_importance;
};

void add_criterion_options(CLI::App& command, State& state, SearchKind kind) {
    std::map<std::string, Criterion> criteria;
    for (const Criterion criterion : all_criteria()) criteria[to_string(criterion)] = criterion;
    add_choice<Criterion>(command, "--criterion", state.criterion, criteria,
                          std::string("By what components are ranked: gradient (default, the paper's), fisher, "
                                      "leave-one-out (slow), learned, random") +
                              (kind == SearchKind::Heads ? ", entropy, confidence" : ""));
    add_choice<GradientTerm>(
        command, "--gradient", state.gradient, {{"batch", GradientTerm::Batch}, {"example", GradientTerm::Example}},
        "Absolute gradient of each batch's mean loss (default, as published), or of each example's loss");
    auto& gates = state.request.options.gates;
    command.add_option("--gate-steps", gates.steps, "Training steps of --criterion learned")->capture_default_str();
    command.add_option("--gate-batch-size", gates.batch_size, "Examples per training step of the gates")
        ->capture_default_str();
    command.add_option("--gate-learning-rate", gates.learning_rate, "Learning rate of the gates")
        ->capture_default_str();
    command.add_option("--gate-penalty", gates.penalty, "Loss added for the share of gates expected open")
        ->capture_default_str();
}

// Options that the chosen criterion has no use for, and a criterion that has no use for the kind.
void refuse_idle_options(const CLI::App& command, const MaskSearchOptions& options) {
    if (const auto problem = criterion_problem(options.criterion, options.kind))
        throw CLI::ValidationError("--criterion", *problem);
    if (options.criterion != Criterion::Gradient && command.count("--gradient") > 0)
        throw CLI::ValidationError("--gradient",
                                   std::string("has no meaning with --criterion ") + to_string(options.criterion));
    if (options.criterion == Criterion::Learned) return;
    for (const char* option : {"--gate-steps", "--gate-batch-size", "--gate-learning-rate", "--gate-penalty"})
        if (command.count(option) > 0) throw CLI::ValidationError(option, "has no meaning without --criterion learned");
}

void print_result(const MaskSearchResult& r, const MaskRequest& request) {
    std::printf("%s on %s: full model %.4f, threshold %.4f\n", r.metric.c_str(),
                std::string(task_info(request.task).name).c_str(), r.full_score, r.threshold_score);
    std::printf("found mask: score %.4f (%.1f%% of full), %d of %zu heads and %d of %d MLPs kept\n", r.score,
                r.full_score != 0 ? 100 * r.score / r.full_score : 0.0, r.masks.kept_heads(),
                r.masks.heads.values.size(), r.masks.kept_mlps(), r.masks.layers());
    if (r.masks.neurons.blocks > 0)
        std::printf("%d of %zu blocks of %d MLP neurons kept\n", r.masks.kept_neuron_blocks(),
                    r.masks.neurons.values.size(), r.masks.neurons.block_size);
    if (request.options.split == SearchSplit::Train)
        std::printf("on dev: full model %.4f, found mask %.4f\n", r.dev_full_score.value_or(0),
                    r.dev_score.value_or(0));
    std::printf("%zu passes, %.1f s; masks in %s\n", r.steps.size(), r.seconds, request.out.c_str());
}

void add_kind(CLI::App& parent, Action& action, const char* name, SearchKind kind, const char* help) {
    auto state = std::make_shared<State>();
    auto& request = state->request;
    auto& options = request.options;
    auto& command = *parent.add_subcommand(name, help);
    add_input_options(command, request.checkpoint, request.task, request.data);
    command.add_option("--out", request.out, "Folder for masks, importances and search.json")->required();
    add_choice<Mode>(command, "--mode", state->mode, {{"published", Mode::Published}, {"rigorous", Mode::Rigorous}},
                     "As the paper's code did it, or rigorous (default); sets the defaults of other options");
    command.add_option("--threshold", options.threshold, "Share of the full score that a mask must keep")
        ->capture_default_str();
    if (kind != SearchKind::Mlps)
        command
            .add_option("--amount", options.amount,
                        kind == SearchKind::Neurons ? "Share of all blocks masked per step"
                                                    : "Share of all heads masked per step")
            ->capture_default_str();
    if (kind == SearchKind::Neurons)
        command.add_option("--block-size", options.block_size, "Neurons masked together")->capture_default_str();
    add_criterion_options(command, *state, kind);
    command.add_option("--batch-size", options.batch_size, "Examples per batch; part of the importance's definition")
        ->capture_default_str();
    add_choice<SearchSplit>(command, "--split", state->split,
                            {{"dev", SearchSplit::Dev}, {"train", SearchSplit::Train}},
                            "Where masks are searched: dev (published default) or a slice of train (rigorous default)");
    if (kind == SearchKind::HeadsMlps)
        add_choice<PhaseImportance>(command, "--phase-importance", state->phase_importance,
                                    {{"last", PhaseImportance::LastPass}, {"kept", PhaseImportance::KeptPass}},
                                    "By what the second and third phase begin: the importances of the last pass, which "
                                    "mostly failed (published default), or of the kept masks (rigorous default)");
    command
        .add_option("--seed", request.seed,
                    "Of the slice of train where fine-tuning held none out, and of the criteria learned and random")
        ->capture_default_str();
    command
        .add_option("--limit-dev", options.limit_dev, "First so many examples of the search split and of dev, 0: all")
        ->capture_default_str();
    command.add_option("--max-seq-length", options.max_seq_length, "Tokens per example")->capture_default_str();
    command.add_flag("--measure-speed", options.measure_speed,
                     "Time every mask with its components removed: milliseconds per example, in search.json");
    add_common_options(command, state->common);

    command.callback([state, kind, &action, command_of = &command] {
        auto& chosen = state->request.options;
        const auto defaults = MaskSearchOptions::for_mode(state->mode.value_or(Mode::Rigorous));
        chosen.kind = kind;
        chosen.mode = defaults.mode;
        chosen.split = state->split.value_or(defaults.split);
        chosen.criterion = state->criterion.value_or(defaults.criterion);
        chosen.gradient = state->gradient.value_or(defaults.gradient);
        chosen.phase_importance = state->phase_importance.value_or(defaults.phase_importance);
        refuse_idle_options(*command_of, chosen);
        action = [state](std::stop_token stop) {
            auto outcome = [&] {
                TerminalProgress progress(state->common.quiet);
                state->request.compute = state->common.compute;
                return run_mask_search(state->request, std::move(stop), progress);
            }();
            const auto json = [&](const MaskSearchResult& r) {
                Json document = mask_search_header(state->request);
                document.update(to_json(r));
                return document;
            };
            return finish(
                std::move(outcome), state->common,
                "The steps so far are kept in the --out folder; the same command starts again.",
                [&](const MaskSearchResult& r) { print_result(r, state->request); }, json);
        };
    });
}

}  // namespace

void add_mask(CLI::App& app, Action& action) {
    auto& command = *app.add_subcommand("mask", "Search for the heads, MLPs or weights that a fine-tuned model needs");
    command.require_subcommand(1);
    add_kind(command, action, "heads", SearchKind::Heads, "Search heads alone");
    add_kind(command, action, "mlps", SearchKind::Mlps, "Search MLPs alone");
    add_kind(command, action, "heads-mlps", SearchKind::HeadsMlps, "Search heads and MLPs together, in three phases");
    add_kind(command, action, "neurons", SearchKind::Neurons, "Search blocks of the MLPs' neurons");
    add_mask_magnitude(command, action);
    add_mask_imp(command, action);
    add_compare(command, action);
}

}  // namespace lottery::cli
