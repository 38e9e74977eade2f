// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "app/cli/command.h"
#include "app/cli/terminal_progress.h"
#include "core/study/demo.h"

namespace lottery::cli {

void add_demo(CLI::App& app, Action& action) {
    struct State {
        CommonOptions common;
        DemoOptions options;
    };
    auto state = std::make_shared<State>();
    auto& command = *app.add_subcommand(
        "demo", "A small study from nothing to figures: tasks, models, masks, comparison with random masks");
    command.add_option("--out", state->options.out, "Study folder; a demo study that is there already is gone on with")
        ->required();
    command.add_option("--seed", state->options.seed, "Of the tasks, the untrained weights and the random masks")
        ->capture_default_str();
    add_common_options(command, state->common);
    command.callback([state, &action] {
        action = [state](std::stop_token stop) {
            auto outcome = [&] {
                TerminalProgress progress(state->common.quiet, TerminalProgress::Detail::Stages);
                state->options.compute = state->common.compute;
                return run_demo(state->options, std::move(stop), progress);
            }();
            const auto print = [&](const DemoReport& report) {
                std::printf("%s\n", summary_text(report).c_str());
                std::printf("%.0f s on %s; %zu figures in %s\n", report.seconds, report.device.c_str(),
                            report.figures.size(), (state->options.out / "figures").c_str());
            };
            return finish(std::move(outcome), state->common, "The study is saved; the same command goes on.", print,
                          [](const DemoReport& report) { return to_json(report); });
        };
    });
}

}  // namespace lottery::cli
