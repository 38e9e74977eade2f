// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/run_list.h"

#include <algorithm>

#include "core/base/json.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

// models/<setting>/<TASK>/seed_<N>/run.json, and rounds/<i> below it.
constexpr int kDepth = 6;

// Records may be of other versions and origins: what is not there, or something else, stays empty.
std::string text_at(const Json& run, const char* pointer) {
    const Json::json_pointer at(pointer);
    return run.contains(at) && run.at(at).is_string() ? run.at(at).get<std::string>() : std::string();
}
std::optional<double> number_at(const Json& run, const char* pointer) {
    const Json::json_pointer at(pointer);
    return run.contains(at) && run.at(at).is_number() ? std::optional(run.at(at).get<double>()) : std::nullopt;
}

RunSummary summary_of(const fs::path& file, const fs::path& root) {
    RunSummary run;
    run.folder = file.parent_path().lexically_relative(root);
    const auto json = read_json(file);
    if (!json || !json->is_object()) {
        run.problem = json ? file.string() + ": is no record of a run" : json.error().to_string();
        return run;
    }
    run.command = text_at(*json, "/command");
    run.start = text_at(*json, "/start");
    run.seconds = number_at(*json, "/seconds").value_or(0.0);
    run.joules = number_at(*json, "/energy_joules");
    run.device = text_at(*json, "/device/device");
    run.device_name = text_at(*json, "/device/name");
    run.threads = static_cast<int>(number_at(*json, "/device/threads").value_or(0.0));
    run.program = text_at(*json, "/program/lottery");
    run.libtorch = text_at(*json, "/program/libtorch");
    return run;
}

}  // namespace

Result<std::vector<RunSummary>> list_finished_runs(const fs::path& folder) {
    std::vector<RunSummary> runs;
    std::error_code ec;
    fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, ec);
    for (const fs::recursive_directory_iterator end; !ec && entry != end; entry.increment(ec)) {
        const bool own = entry.depth() == 0 && entry->path().filename() == ".study";
        if (own || entry.depth() > kDepth) entry.disable_recursion_pending();
        if (entry->path().filename() == "run.json") runs.push_back(summary_of(entry->path(), folder));
    }
    if (ec) return Error{"cannot be listed: " + ec.message(), folder.string(), {}};
    std::sort(runs.begin(), runs.end(),
              [](const RunSummary& a, const RunSummary& b) { return a.folder.string() < b.folder.string(); });
    return runs;
}

}  // namespace lottery
