// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"

namespace lottery::cli {

void add_analyze(CLI::App& app, Action& action) {
    auto& command = *app.add_subcommand("analyze", "Numbers and figures from masks");
    command.require_subcommand(1);
    add_analyze_weights(command, action);
}

}  // namespace lottery::cli
