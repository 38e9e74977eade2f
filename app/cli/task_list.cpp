// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/task_list.h"

namespace lottery::cli {

void add_task_list_option(CLI::App& command, std::vector<TaskId>& tasks) {
    command
        .add_option_function<std::vector<std::string>>(
            "--tasks",
            [&tasks](const std::vector<std::string>& names) {
                for (const auto& name : names) {
                    const auto task = parse_task(name);
                    if (!task) throw CLI::ValidationError("--tasks", task.error().to_string());
                    tasks.push_back(*task);
                }
            },
            "Only these GLUE tasks, separated by commas")
        ->delimiter(',');
}

}  // namespace lottery::cli
