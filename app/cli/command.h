// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the commands of `lottery` share: common options, exit codes, where output goes.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/study/runs.h"

namespace lottery::cli {

enum ExitCode { kDone = 0, kFailed = 1, kWrongUsage = 2, kCancelled = 130 };

struct CommonOptions {
    ComputeOptions compute;
    bool quiet = false;  // no progress, warnings and errors only
    bool json = false;   // one JSON document on stdout, nothing else there
};

// --device --threads --quiet --json
void add_common_options(CLI::App& command, CommonOptions& options);
void add_task_option(CLI::App& command, TaskId& task, bool required);
// --checkpoint --task --data
void add_input_options(CLI::App& command, std::filesystem::path& checkpoint, TaskId& task, std::filesystem::path& data);

// --head-mask --mlp-mask
void add_mask_options(CLI::App& command, std::optional<std::filesystem::path>& head_mask,
                      std::optional<std::filesystem::path>& mlp_mask);

// The same with --weight-mask and --removal, for commands that score a model.
void add_scored_mask_options(CLI::App& command, std::optional<std::filesystem::path>& head_mask,
                             std::optional<std::filesystem::path>& mlp_mask,
                             std::optional<std::filesystem::path>& weight_mask, Removal& removal);

// --epochs --batch-size --learning-rate … --precision
void add_training_options(CLI::App& command, TrainingOptions& options);

// --layers 0,3-5: numbers and ranges, counted from 0.
CLI::Option* add_layers_option(CLI::App& command, std::vector<int>& layers, const std::string& help);

// Options for an enum by its names.
template <typename E>
CLI::Option* add_choice(CLI::App& command, const std::string& name, std::optional<E>& value,
                        const std::map<std::string, E>& choices, const std::string& help) {
    return command
        .add_option_function<std::string>(
            name, [&value, choices](const std::string& text) { value = choices.at(text); }, help)
        ->check(CLI::IsMember(choices));
}

// The same where the default is the value itself.
template <typename E>
CLI::Option* add_named(CLI::App& command, const std::string& name, E& value, const std::map<std::string, E>& choices,
                       const std::string& help) {
    return command
        .add_option_function<std::string>(
            name, [&value, choices](const std::string& text) { value = choices.at(text); }, help)
        ->check(CLI::IsMember(choices));
}

// Runs when the command was chosen; returns the exit code.
using Action = std::function<int(std::stop_token)>;

// Each adds one command; the chosen one's action is left in `action`.
void add_demo(CLI::App& app, Action& action);
void add_finetune(CLI::App& app, Action& action);
void add_evaluate(CLI::App& app, Action& action);
void add_hans(CLI::App& app, Action& action);
void add_mask(CLI::App& app, Action& action);
void add_remove(CLI::App& app, Action& action);
void add_subnetwork(CLI::App& app, Action& action);
void add_study(CLI::App& app, Action& action);
void add_study_estimate(CLI::App& study, Action& action);  // of "study"
void add_study_report(CLI::App& study, Action& action);    // of "study"
void add_study_diff(CLI::App& study, Action& action);      // of "study"
void add_reset(CLI::App& app, Action& action);
void add_supermask(CLI::App& app, Action& action);
void add_analyze(CLI::App& app, Action& action);
void add_attention(CLI::App& app, Action& action);
void add_figure(CLI::App& app, Action& action);
void add_patterns(CLI::App& app, Action& action);
void add_import(CLI::App& app, Action& action);
void add_bench(CLI::App& app, Action& action);

// Parts of the commands above, in sources of their own.
void add_mask_magnitude(CLI::App& mask, Action& action);
void add_mask_imp(CLI::App& mask, Action& action);
void add_compare(CLI::App& mask, Action& action);
void add_analyze_masks(CLI::App& analyze, Action& action);
void add_analyze_reproduction(CLI::App& analyze, Action& action);
void add_analyze_weights(CLI::App& analyze, Action& action);
void add_patterns_study(CLI::App& patterns, Action& action);

// The error on stderr, one line; or how to go on after a cancel. Returns the exit code.
int report_not_done(const NotDone& what, const std::string& how_to_go_on);

// Runs `run`, then hands its value to `print` (human) or `to_json`.
template <typename T, typename Print, typename ToJson>
int finish(Outcome<T> outcome, const CommonOptions& options, const std::string& how_to_go_on, Print print,
           ToJson to_json) {
    if (!outcome) return report_not_done(std::move(outcome).failure(), how_to_go_on);
    if (options.json)
        std::fputs((to_json(*outcome).dump(2, ' ', false, Json::error_handler_t::replace) + "\n").c_str(), stdout);
    else
        print(*outcome);
    return std::fflush(stdout) == 0 ? kDone : kFailed;
}

// "acc 0.8412  f1 0.8861"
std::string metrics_text(const Metrics& metrics);

}  // namespace lottery::cli
