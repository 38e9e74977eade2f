// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/study_tree.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "core/study/reference_study.h"

namespace lottery {
namespace fs = std::filesystem;

std::optional<std::uint64_t> parse_seed_folder(std::string_view name) {
    constexpr std::string_view kPrefix = "seed_";
    if (!name.starts_with(kPrefix)) return std::nullopt;
    std::uint64_t seed = 0;
    const char* const end = name.data() + name.size();
    const auto read = std::from_chars(name.data() + kPrefix.size(), end, seed);
    if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return seed;
}

Result<std::vector<RunPlace>> list_runs(const fs::path& setting) {
    std::error_code ec;
    if (!fs::is_directory(setting, ec))
        return Error{fs::exists(setting, ec) ? "is a file, a folder was expected" : "no such folder", setting.string(),
                     "Expected are <TASK>/seed_<N> folders in it"};
    std::vector<RunPlace> runs;
    for (fs::directory_iterator task(setting, ec), end; !ec && task != end; task.increment(ec)) {
        std::error_code inner;
        const auto id = parse_task(task->path().filename().string());
        if (!id || !fs::is_directory(task->path(), inner)) continue;
        for (fs::directory_iterator run(task->path(), inner); !inner && run != end; run.increment(inner)) {
            std::error_code of_run;
            const auto seed = parse_seed_folder(run->path().filename().string());
            if (seed && fs::is_directory(run->path(), of_run)) runs.push_back({*id, *seed, run->path()});
        }
        if (inner) return Error{"cannot be listed: " + inner.message(), task->path().string(), {}};
    }
    if (ec) return Error{"cannot be listed: " + ec.message(), setting.string(), {}};
    std::sort(runs.begin(), runs.end(), [](const RunPlace& a, const RunPlace& b) {
        return a.task != b.task ? a.task < b.task : a.seed < b.seed;
    });
    return runs;
}

bool is_file(const fs::path& path) {
    std::error_code ec;
    return fs::is_regular_file(path, ec);
}

fs::path run_place(TaskId task, std::uint64_t seed) {
    return fs::path(task_info(task).name) / ("seed_" + std::to_string(seed));
}

Status check_rerun(const fs::path& folder, const Json& inputs, const char* file) {
    LOTTERY_CHECK(check_study_is_writable(folder));
    std::error_code ec;
    const fs::path record = folder / "run.json";
    if (!fs::exists(record, ec)) {
        if (!fs::exists(folder / file, ec)) return ok();
        return Error{
            std::string("the folder holds a ") + file + " without a run.json, so that it is not known what made it",
            folder.string(), "Choose another --out folder"};
    }
    LOTTERY_TRY(const Json run, read_json(record));
    if (run.is_object() && run.contains("inputs") && run["inputs"] == inputs) return ok();
    return Error{"the finished run in this folder had other inputs or options", record.string(),
                 "Choose another --out folder, or remove this one"};
}

}  // namespace lottery
