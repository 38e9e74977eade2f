// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <string>

#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "core/study/provenance.h"

namespace lottery::cli {

void add_common_options(CLI::App& command, CommonOptions& options) {
    command.add_option("--device", options.compute.device, "auto (a GPU when there is one), cpu, cuda or cuda:N")
        ->capture_default_str();
    command.add_option("--threads", options.compute.threads, "CPU threads, 0: all cores")->capture_default_str();
    command.add_flag("--quiet", options.quiet, "No progress on stderr, only warnings and errors");
    command.add_flag("--json", options.json, "One JSON document on stdout, nothing else there");
}

void add_task_option(CLI::App& command, TaskId& task, bool required) {
    command
        .add_option_function<std::string>(
            "--task",
            [&task](const std::string& name) {
                const auto parsed = parse_task(name);
                if (!parsed) throw CLI::ValidationError("--task", parsed.error().to_string());
                task = *parsed;
            },
            "GLUE task: CoLA, SST-2, MRPC, STS-B, QQP, MNLI, QNLI, RTE or WNLI")
        ->required(required);
}

void add_input_options(CLI::App& command, std::filesystem::path& checkpoint, TaskId& task,
                       std::filesystem::path& data) {
    command.add_option("--checkpoint", checkpoint, "Hugging Face checkpoint folder")->required();
    add_task_option(command, task, true);
    command.add_option("--data", data, "GLUE folder, or the task's own folder")->required();
}

int report_not_done(const NotDone& what, const std::string& how_to_go_on) {
    if (const auto* error = std::get_if<Error>(&what)) {
        std::fprintf(stderr, "lottery: %s\n", error->to_string().c_str());
        return kFailed;
    }
    std::fprintf(stderr, "lottery: cancelled. %s\n", how_to_go_on.c_str());
    return kCancelled;
}

std::string metrics_text(const Metrics& metrics) {
    std::string text;
    for (const auto& [name, value] : metrics) {
        char number[32];
        std::snprintf(number, sizeof number, "%.4f", value);
        text += (text.empty() ? "" : "  ") + name + " " + number;
    }
    return text;
}

}  // namespace lottery::cli

int main(int argc, char** argv) {
    using namespace lottery;
    using namespace lottery::cli;
    const Interrupt interrupt;

    CLI::App app{"Find, train and compare pruned BERTs: the lottery tickets of fine-tuning.", "lottery"};
    app.set_version_flag("--version", "lottery " + program_version() + " (LibTorch " + libtorch_version() + ")");
    app.require_subcommand(1);
    app.failure_message([](const CLI::App* failed, const CLI::Error& e) {
        return "lottery: " + std::string(e.what()) + "\nRun " + failed->get_name() + " --help for the options.\n";
    });
    Action action;
    add_demo(app, action);
    add_finetune(app, action);
    add_evaluate(app, action);
    add_hans(app, action);
    add_mask(app, action);
    add_remove(app, action);
    add_study(app, action);
    add_subnetwork(app, action);
    add_reset(app, action);
    add_supermask(app, action);
    add_analyze(app, action);
    add_attention(app, action);
    add_figure(app, action);
    add_patterns(app, action);
    add_import(app, action);
    add_bench(app, action);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        // --help and --version come this way too, with code 0.
        return app.exit(e) == 0 ? kDone : kWrongUsage;
    }
    return action(interrupt.token());
}
