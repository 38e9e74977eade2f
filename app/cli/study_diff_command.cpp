// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <memory>

#include "app/cli/command.h"
#include "core/analysis/record_differences.h"

namespace lottery::cli {
namespace {

namespace fs = std::filesystem;

struct State {
    fs::path here;
    fs::path there;
    bool all = false;
    CommonOptions common;

    [[nodiscard]] DifferencesShown shown() const { return all ? DifferencesShown::All : DifferencesShown::Shaping; }
};

Result<Json> record_of(const fs::path& run) {
    std::error_code ec;
    if (!fs::is_directory(run, ec)) return Error{"no such folder", run.string(), "Give the folders of two runs"};
    if (!fs::exists(run / "run.json", ec))
        return Error{"no such file", (run / "run.json").string(),
                     "Only a run that is finished has its record; give the folders of two of them"};
    return read_json(run / "run.json");
}

Outcome<std::vector<RecordDifference>> differences_of(const State& state) {
    LOTTERY_TRY(const Json here, record_of(state.here));
    LOTTERY_TRY(const Json there, record_of(state.there));
    return record_differences(here, there, state.shown());
}

}  // namespace

void add_study_diff(CLI::App& study, Action& action) {
    auto state = std::make_shared<State>();
    auto& command = *study.add_subcommand("diff", "How the records of two runs differ");
    command.add_option("run_a", state->here, "Folder of a run")->required();
    command.add_option("run_b", state->there, "Folder of another")->required();
    command.add_flag("--all", state->all, "Also paths, device, results and times, not only what shapes the result");
    command.add_flag("--json", state->common.json, "One JSON document on stdout");
    command.callback([state, &action] {
        action = [state](std::stop_token) {
            const std::string here = state->here.string(), there = state->there.string();
            return finish(
                differences_of(*state), state->common, "",
                [&](const std::vector<RecordDifference>& found) {
                    std::fputs(record_differences_markdown(found, here, there, state->shown()).c_str(), stdout);
                },
                [&](const std::vector<RecordDifference>& found) {
                    return record_differences_json(found, here, there);
                });
        };
    });
}

}  // namespace lottery::cli
