// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "app/cli/command.h"
#include "core/study/report_run.h"

namespace lottery::cli {

void add_study_report(CLI::App& study, Action& action) {
    struct State {
        CommonOptions common;
        ReportRequest request;
    };
    auto state = std::make_shared<State>();
    auto& command = *study.add_subcommand(
        "report", "How the study stands and what came of it, beside the published scores, as one HTML file");
    command.add_option("folder", state->request.study, "The study's folder")->required();
    command.add_option("--published", state->request.published,
                       "Published scores: an import, or the folder as it was published; default: not compared");
    command.add_option("--out", state->request.out, "The HTML file; default: report.html in the study's folder");
    add_common_options(command, state->common);
    command.callback([state, &action] {
        if (state->request.out.empty()) state->request.out = state->request.study / "report.html";
        action = [state](std::stop_token) {
            const auto print = [](const ReportReport& report) {
                std::printf("written to %s: %d runs, %d figures; the study is %s\n", report.file.c_str(), report.runs,
                            report.figures, report.complete ? "complete" : "not complete");
            };
            return finish(run_report(state->request), state->common, "", print,
                          [](const ReportReport& report) { return to_json(report); });
        };
    });
}

}  // namespace lottery::cli
