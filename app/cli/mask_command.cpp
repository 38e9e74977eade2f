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
};

void print_result(const MaskSearchResult& r, const MaskRequest& request) {
    std::printf("%s on %s: full model %.4f, threshold %.4f\n", r.metric.c_str(),
                std::string(task_info(request.task).name).c_str(), r.full_score, r.threshold_score);
    std::printf("found mask: score %.4f (%.1f%% of full), %d of %zu heads and %d of %d MLPs kept\n", r.score,
                r.full_score != 0 ? 100 * r.score / r.full_score : 0.0, r.masks.kept_heads(),
                r.masks.heads.values.size(), r.masks.kept_mlps(), r.masks.layers());
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
        command.add_option("--amount", options.amount, "Share of all heads masked per step")->capture_default_str();
    command.add_option("--batch-size", options.batch_size, "Examples per batch; part of the importance's definition")
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

    command.callback([state, kind, &action] {
        auto& chosen = state->request.options;
        const auto defaults = MaskSearchOptions::for_mode(state->mode.value_or(Mode::Rigorous));
        chosen.kind = kind;
        chosen.mode = defaults.mode;
        chosen.split = state->split.value_or(defaults.split);
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
    add_mask_magnitude(command, action);
}

}  // namespace lottery::cli
