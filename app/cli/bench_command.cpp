// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "app/cli/command.h"
#include "app/cli/terminal_progress.h"
#include "core/study/bench.h"
#include "core/study/run_json.h"

namespace lottery::cli {
namespace {

void print_report(const BenchReport& report) {
    std::printf("%s, %d threads, LibTorch %s\n\n", report.machine.c_str(), report.threads, report.libtorch.c_str());
    std::printf("%-20s %-46s %12s %12s %10s %8s\n", "part", "shape", "examples/s", "tokens/s", "GFLOP/s", "of peak");
    const auto cell = [](double value, const char* format) {
        char text[32];
        if (value <= 0) return std::string("-");
        std::snprintf(text, sizeof text, format, value);
        return std::string(text);
    };
    for (const auto& r : report.rows)
        std::printf("%-20s %-46s %12s %12s %10s %8s\n", r.name.c_str(), r.shape.c_str(),
                    cell(r.examples_per_second, "%.1f").c_str(), cell(r.tokens_per_second, "%.0f").c_str(),
                    cell(r.gflops, "%.1f").c_str(), cell(r.share_of_gemm_peak * 100, "%.0f%%").c_str());
}

}  // namespace

void add_bench(CLI::App& app, Action& action) {
    struct State {
        CommonOptions common;
        BenchOptions options;
    };
    auto state = std::make_shared<State>();
    auto& options = state->options;
    auto& command = *app.add_subcommand("bench", "Measure the throughput of the program's parts on this machine");
    command.add_option("--checkpoint", options.checkpoint,
                       "Model to measure; without it a random one of the shape below");
    command.add_option("--layers", options.layers, "Layers of the random model")->capture_default_str();
    command.add_option("--heads", options.heads, "Heads per layer of the random model")->capture_default_str();
    command.add_option("--hidden", options.hidden, "Hidden size of the random model; its MLP is 4 times as wide")
        ->capture_default_str();
    command.add_option("--data", options.data,
                       "GLUE folder for real examples; without it random ones of 8 to 128 tokens");
    add_task_option(command, options.task, false);
    command.add_option("--examples", options.examples, "Examples per measured pass")->capture_default_str();
    command.add_option("--seconds", options.seconds, "Least time spent per row")->capture_default_str();
    add_common_options(command, state->common);
    command.callback([state, &action] {
        action = [state](std::stop_token stop) {
            auto outcome = [&] {
                TerminalProgress progress(state->common.quiet);
                state->options.compute = state->common.compute;
                return run_bench(state->options, std::move(stop), progress);
            }();
            return finish(std::move(outcome), state->common, "Nothing was written.", print_report,
                          [](const BenchReport& r) { return to_json(r); });
        };
    });
}

}  // namespace lottery::cli
