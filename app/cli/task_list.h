// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "app/cli/command.h"

namespace lottery::cli {

// --tasks A,B
void add_task_list_option(CLI::App& command, std::vector<TaskId>& tasks);

}  // namespace lottery::cli
