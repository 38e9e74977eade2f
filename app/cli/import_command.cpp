// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "app/cli/command.h"
#include "app/cli/terminal_progress.h"
#include "core/study/import_run.h"

namespace lottery::cli {
namespace {

void print_report(const ImportReport& report, const ImportRequest& request) {
    const auto& study = report.study;
    const auto count = [](std::size_t n, const char* one, const char* many) {
        return std::to_string(n) + " " + (n == 1 ? one : many);
    };
    std::printf("%d masks and %d importances of %d runs", report.mask_files, report.importance_files, report.mask_runs);
    if (study.layers > 0) {
        std::printf(": %s, %d layers", count(study.settings.size(), "setting", "settings").c_str(), study.layers);
        if (study.heads > 0) std::printf(" × %d heads", study.heads);
    }
    std::printf("\n%s of scores of %s\n", count(static_cast<std::size_t>(report.result_files), "file", "files").c_str(),
                count(study.experiments.size(), "experiment", "experiments").c_str());
    std::printf("%s, %s\n", count(study.tasks.size(), "task", "tasks").c_str(),
                count(study.seeds.size(), "seed", "seeds").c_str());
    if (!report.skipped.empty())
        std::printf("%s skipped, as told above\n",
                    count(report.skipped.size(), "file or folder", "files or folders").c_str());
    if (report.passed_over > 0)
        std::printf("%s passed over that %s no masks or scores\n",
                    count(static_cast<std::size_t>(report.passed_over), "file", "files").c_str(),
                    report.passed_over == 1 ? "holds" : "hold");
    if (report.written == 0)
        std::printf("%s holds all of it already; nothing was written\n", request.out.c_str());
    else
        std::printf("written to %s, a reference study: it is read-only (%d of %d files, %.2f s)\n", request.out.c_str(),
                    report.written, study.files, report.seconds);
}

}  // namespace

void add_import(CLI::App& app, Action& action) {
    struct State {
        CommonOptions common;
        ImportRequest request;
    };
    auto state = std::make_shared<State>();
    auto& command =
        *app.add_subcommand("import", "Published masks and scores as a study to explore and to compare with");
    command
        .add_option("--published", state->request.published,
                    "Folder with masks/<setting>/<TASK>/seed_<N>/*.npy, evaluate_masked/<experiment>/, or both")
        ->required();
    command.add_option("--out", state->request.out, "Folder of the study: new, or an earlier import of the same")
        ->required();
    add_common_options(command, state->common);
    command.callback([state, &action] {
        action = [state](std::stop_token stop) {
            auto outcome = [&] {
                TerminalProgress progress(state->common.quiet);
                return run_import(state->request, std::move(stop), progress);
            }();
            const auto print = [&](const ImportReport& report) { print_report(report, state->request); };
            return finish(std::move(outcome), state->common, "The same command goes on.", print,
                          [](const ImportReport& report) { return to_json(report); });
        };
    });
}

}  // namespace lottery::cli
