// SPDX-License-Identifier: GPL-3.0-or-later
//
// Finding one's way in a study folder: <setting>/<TASK>/seed_<N>/ (docs/formats.md).
//
// Thread rule: any thread; nothing is written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/data/task.h"

namespace lottery {

struct RunPlace {
    TaskId task = TaskId::MRPC;
    std::uint64_t seed = 0;
    std::filesystem::path folder;  // …/<TASK>/seed_<N>
};

// 42 of "seed_42".
std::optional<std::uint64_t> parse_seed_folder(std::string_view name);

// By task in the order of all_tasks(), then by seed. Folders of other names are passed over. Error: `setting` is no
// folder.
Result<std::vector<RunPlace>> list_runs(const std::filesystem::path& setting);

// A file that can be read; nothing is said of why not.
bool is_file(const std::filesystem::path& path);

// "MRPC/seed_42"
std::filesystem::path run_place(TaskId task, std::uint64_t seed);

// For a command that may be given again: nothing stands in its way where `folder` has no run.json, or one of the same
// inputs; otherwise an error, also in a reference study. `file` is what the command writes, found without a run.json it
// is not overwritten either.
Status check_rerun(const std::filesystem::path& folder, const Json& inputs, const char* file);

}  // namespace lottery
