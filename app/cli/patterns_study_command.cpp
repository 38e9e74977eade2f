// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "app/cli/command.h"
#include "app/cli/table_format.h"
#include "app/cli/task_list.h"
#include "app/cli/terminal_progress.h"
#include "core/study/study_patterns.h"

namespace lottery::cli {

void add_patterns_study(CLI::App& patterns, Action& action) {
    struct State {
        CommonOptions common;
        StudyPatternsRequest request;
        std::optional<std::string> classifier;
        std::optional<TableFormat> format;
    };
    auto state = std::make_shared<State>();
    auto& request = state->request;
    auto& command = *patterns.add_subcommand(
        "study", "Classify the maps of all models of a study, before and after fine-tuning; only what is missing");
    command.add_option("study", request.study, "Study folder")->required();
    add_task_list_option(command, request.tasks);
    command.add_option("--seeds", request.seeds, "Only these seeds")->delimiter(',');
    command
        .add_option_function<std::vector<std::string>>(
            "--kinds",
            [&request](const std::vector<std::string>& names) {
                request.kinds.clear();
                for (const auto& name : names)
                    request.kinds.push_back(name == "raw"    ? AttentionKind::Raw
                                            : name == "norm" ? AttentionKind::Norm
                                                             : AttentionKind::NormAsPublished);
            },
            "raw, norm, norm-published; default: raw,norm")
        ->delimiter(',')
        ->check(CLI::IsMember({"raw", "norm", "norm-published"}));
    command.add_option("--classifier", state->classifier,
                       "Classifier's file, or built-in: trained on synthetic maps (default)");
    command.add_option("--examples", request.examples, "At most so many of each task's dev examples")
        ->capture_default_str();
    add_table_format_option(command, state->format, "csv and json have all digits");
    add_common_options(command, state->common);
    command.callback([state, &action] {
        const TableFormat format = chosen_format(state->format, state->common.json);
        if (state->classifier && *state->classifier != "built-in") state->request.classifier = *state->classifier;
        action = [state, format](std::stop_token stop) {
            state->request.compute = state->common.compute;
            auto outcome = [&] {
                TerminalProgress progress(state->common.quiet);
                return run_study_patterns(state->request, std::move(stop), progress);
            }();
            return finish(
                std::move(outcome), state->common, "What was classified stays: give the command again to go on.",
                [format](const StudyPatternsReport& r) { std::fputs(formatted(r.analysis, format).c_str(), stdout); },
                [](const StudyPatternsReport& r) {
                    Json json = to_json(r.analysis);
                    json["classified"] = r.classified;
                    json["kept"] = r.kept;
                    json["seconds"] = r.seconds;
                    return json;
                });
        };
    });
}

}  // namespace lottery::cli
