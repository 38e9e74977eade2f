// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "app/cli/command.h"
#include "core/study/compare_searches.h"

namespace lottery::cli {
namespace {

void print_report(const CompareReport& report) {
    std::printf("%-34s %9s %8s %6s %5s %9s\n", (report.task + ", " + report.content.metric).c_str(), "score", "kept",
                "heads", "MLPs", "seconds");
    for (const auto& s : report.searches)
        std::printf("%-34s %9.4f %7.1f%% %6d %5d %9.1f\n", s.name.c_str(), s.score, 100 * s.kept_share, s.kept_heads,
                    s.kept_mlps, s.seconds);
    for (const auto& file : report.files) std::printf("%s\n", file.c_str());
}

}  // namespace

void add_compare(CLI::App& mask, Action& action) {
    struct State {
        CommonOptions common;
        CompareRequest request;
    };
    auto state = std::make_shared<State>();
    auto& command = *mask.add_subcommand("compare", "Finished searches of one task in one figure, a line for each");
    command.add_option("searches", state->request.searches, "Folders of finished mask searches")->required();
    command.add_option("--out", state->request.out, "FILE.svg (with FILE.csv beside it) or FILE.csv")->required();
    command.add_option("--title", state->request.title, "Title of the figure; default: the task");
    command.add_flag("--json", state->common.json, "One JSON document on stdout, nothing else there");
    command.callback([state, &action] {
        action = [state](std::stop_token) {
            return finish(Outcome<CompareReport>(compare_searches(state->request)), state->common,
                          "Nothing was written.", print_report, [](const CompareReport& r) { return to_json(r); });
        };
    });
}

}  // namespace lottery::cli
