// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>
#include <utility>

#include "app/cli/command.h"
#include "app/cli/duration_text.h"
#include "app/cli/terminal_progress.h"
#include "core/study/study_projection.h"

namespace lottery::cli {
namespace {

void print_projection(const StudyProjection& projection) {
    std::printf("On %s, %.0f tokens/s in training and %.0f in evaluation:\n", projection.machine.c_str(),
                projection.rates.training, projection.rates.forward);
    for (const auto& kind : projection.kinds)
        std::printf("  %-12s %5d jobs  %s\n", to_string(kind.kind), kind.jobs, duration_text(kind.seconds).c_str());
    for (const auto& [task, seconds] : projection.tasks)
        if (task)
            std::printf("  %-12s             %s\n", std::string(task_info(*task).name).c_str(),
                        duration_text(seconds).c_str());
    std::printf(
        "%s in all. A search over heads and MLPs is taken to need 12 passes, retrained networks as long as whole "
        "ones.\n",
        duration_text(projection.seconds).c_str());
    std::string names;
    for (const TaskId task : projection.assumed)
        names += (names.empty() ? "" : ", ") + std::string(task_info(task).name);
    if (!names.empty())
        std::printf(
            "No data of %s: their rows are GLUE's, their length that of the tasks of the same form (of any, if there "
            "is none) that are there.\n",
            names.c_str());
}

}  // namespace

void add_study_estimate(CLI::App& study, Action& action) {
    struct State {
        CommonOptions common;
        ProjectionRequest request;
    };
    auto state = std::make_shared<State>();
    auto& command = *study.add_subcommand(
        "estimate", "How long the whole study takes, from the throughput of this machine or of another");
    command.add_option("folder", state->request.study, "The study's folder")->required();
    command.add_option("--bench", state->request.bench,
                       "What lottery bench --json printed on the machine in question; default: this one is measured");
    add_common_options(command, state->common);
    command.callback([state, &action] {
        action = [state](std::stop_token stop) {
            auto outcome = [&] {
                TerminalProgress progress(state->common.quiet);
                return project_study(state->request, std::move(stop), progress);
            }();
            return finish(std::move(outcome), state->common, "Nothing was changed.", print_projection,
                          [](const StudyProjection& projection) { return to_json(projection); });
        };
    });
}

}  // namespace lottery::cli
