// SPDX-License-Identifier: GPL-3.0-or-later
#include <charconv>
#include <cmath>
#include <map>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/terminal_progress.h"
#include "core/study/attention_run.h"

namespace lottery::cli {
namespace {

struct State {
    CommonOptions common;
    AttentionModelRequest model;
    std::optional<std::string> text, text_pair;
    TaskId task = TaskId::MRPC;
    std::filesystem::path data, out;
    TextSplit split = TextSplit::Dev;
    std::int64_t example = 0, limit = 0;
    int max_seq_length = 128;
    bool norm = false;
    Mode mode = Mode::Rigorous;
    std::optional<AttendsTo> find;
    std::pair<int, int> head{0, 0};  // layer and head, from 0
    std::size_t most = 20;

    [[nodiscard]] AttentionKind kind() const {
        if (!norm) return AttentionKind::Raw;
        return mode == Mode::Published ? AttentionKind::NormAsPublished : AttentionKind::Norm;
    }
};

// "3.7", counted from 1 as on the screen and in papers.
std::pair<int, int> parse_head(const std::string& text) {
    const auto number = [&](std::string_view part) {
        int value = 0;
        const auto [end, ec] = std::from_chars(part.data(), part.data() + part.size(), value);
        if (ec != std::errc{} || end != part.data() + part.size() || value < 1)
            throw CLI::ValidationError("--head", "\"" + text + "\" found, LAYER.HEAD such as 3.7 expected, from 1");
        return value - 1;
    };
    const auto dot = text.find('.');
    const std::string_view whole(text);
    return {number(whole.substr(0, dot)), number(dot == std::string::npos ? "" : whole.substr(dot + 1))};
}

void print_report(const AttentionReport& r) {
    const auto& maps = r.result.maps;
    std::printf("%s attention of %d tokens, %d layers x %d heads\n", kind_name(maps.kind).c_str(), maps.size(),
                maps.layers, maps.heads);
    std::printf("layer   heads   entropy (nats)     distance (tokens)   least to most of the layer's heads\n");
    for (int l = 0; l < maps.layers; ++l) {
        int heads = 0;
        double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
        for (int h = 0; h < maps.heads; ++h) {
            if (!maps.has(l, h)) continue;
            ++heads;
            const double numbers[2] = {r.entropy.at(l, h), r.distance.at(l, h)};
            for (int i = 0; i < 2; ++i) {
                low[i] = std::fmin(low[i], numbers[i]);
                high[i] = std::fmax(high[i], numbers[i]);
            }
        }
        if (heads == 0)
            std::printf("%5d   no heads left\n", l + 1);
        else
            std::printf("%5d   %5d   %5.2f to %-5.2f     %5.2f to %-5.2f\n", l + 1, heads, low[0], high[0], low[1],
                        high[1]);
    }
}

void print_found(const AttentionSearchReport& r) {
    std::printf("share   example   of %lld searched\n", static_cast<long long>(r.searched));
    for (std::size_t i = 0; i < r.found.size(); ++i) {
        std::printf("%.3f   %7lld   %s\n", r.found[i].share, static_cast<long long>(r.found[i].index),
                    r.texts[i].text.c_str());
        if (r.texts[i].text_pair) std::printf("                  %s\n", r.texts[i].text_pair->c_str());
    }
}

int write_maps(State& state, bool of_task, const std::stop_token& stop) {
    AttentionRequest request;
    request.model = state.model;
    if (state.text) request.text = AttentionText{*state.text, state.text_pair};
    if (of_task) request.task = state.task;
    request.data = state.data;
    request.split = state.split;
    request.example = state.example;
    request.max_seq_length = state.max_seq_length;
    request.kind = state.kind();
    request.out = state.out;
    auto outcome = [&] {
        TerminalProgress progress(state.common.quiet);
        return run_attention(request, stop, progress);
    }();
    return finish(std::move(outcome), state.common, "Nothing was written.", print_report,
                  [](const AttentionReport& r) { return to_json(r); });
}

int find_examples(State& state, const std::stop_token& stop) {
    AttentionSearchRequest request;
    request.model = state.model;
    request.task = state.task;
    request.data = state.data;
    request.split = state.split;
    request.limit = state.limit;
    request.search = {state.head.first, state.head.second, *state.find, state.kind(), state.max_seq_length, state.most};
    auto outcome = [&] {
        TerminalProgress progress(state.common.quiet);
        return run_attention_search(request, stop, progress);
    }();
    return finish(std::move(outcome), state.common, "Nothing was written.", print_found,
                  [&](const AttentionSearchReport& r) { return to_json(r, request); });
}

}  // namespace

void add_attention(CLI::App& app, Action& action) {
    auto state = std::make_shared<State>();
    auto& command = *app.add_subcommand(
        "attention", "Write the attention maps of a text, or find the examples in which a head attends to something");
    command.add_option("--checkpoint", state->model.checkpoint, "Hugging Face checkpoint folder")->required();
    auto* text = command.add_option("--text", state->text, "The sentence, or the first of a pair");
    command.add_option("--text-pair", state->text_pair, "The second of a pair")->needs(text);
    add_task_option(command, state->task, false);
    auto* task = command.get_option("--task")->excludes(text);
    auto* data = command.add_option("--data", state->data, "GLUE folder, or the task's own folder")->needs(task);
    task->needs(data);
    auto* example =
        command.add_option("--example", state->example, "Which example of the task, from 0")->capture_default_str();
    example->needs(task);
    add_named(command, "--split", state->split, {{"dev", TextSplit::Dev}, {"train", TextSplit::Train}},
              "Which of the task's files: dev (the first, default) or train")
        ->needs(task);
    command.add_option("--max-seq-length", state->max_seq_length, "Tokens per example of a task")
        ->capture_default_str();
    add_named(
        command, "--kind", state->norm, {{"raw", false}, {"norm", true}},
        "raw: attention probabilities (default); norm: their products with the norms of what each head takes from "
        "a token");
    add_named(command, "--mode", state->mode, {{"rigorous", Mode::Rigorous}, {"published", Mode::Published}},
              "With --kind norm, rigorous: the formula (default); published: the output projection not transposed");
    add_mask_options(command, state->model.head_mask, state->model.mlp_mask);
    command.add_option("--weight-mask", state->model.weight_mask,
                       "weight_mask.safetensors; pruned weights are set to zero");
    auto* out = command.add_option("--out", state->out,
                                   "Folder for attention.npy [layers, heads, tokens, tokens], "
                                   "tokens.json and run.json");
    std::map<std::string, AttendsTo> whats;
    for (const auto& one : all_attends_to()) whats.emplace(one.id, one.what);
    auto* find = add_choice<AttendsTo>(command, "--find", state->find, whats,
                                       "List the examples in which --head attends most to this; nothing is written");
    find->needs(task)->excludes(text)->excludes(out)->excludes(example);
    auto* head = command.add_option_function<std::string>(
        "--head", [state](const std::string& value) { state->head = parse_head(value); },
        "With --find: LAYER.HEAD, from 1");
    head->needs(find);
    find->needs(head);
    command.add_option("--most", state->most, "With --find: so many examples")->capture_default_str()->needs(find);
    command.add_option("--limit", state->limit, "With --find: search the first so many examples, 0: all")
        ->capture_default_str()
        ->needs(find);
    add_common_options(command, state->common);

    command.callback([state, &action, text, task, out] {
        if (!state->find && text->count() == 0 && task->count() == 0)
            throw CLI::RequiredError("--text, or --task with --data");
        if (!state->find && out->count() == 0) throw CLI::RequiredError("--out");
        action = [state, of_task = task->count() > 0](std::stop_token stop) {
            state->model.compute = state->common.compute;
            return state->find ? find_examples(*state, stop) : write_maps(*state, of_task, stop);
        };
    });
}

}  // namespace lottery::cli
