// SPDX-License-Identifier: GPL-3.0-or-later
//
// All finished runs of a folder, by their run.json.
//
// Thread rule: any thread; nothing is written.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace lottery {

struct RunSummary {
    std::filesystem::path folder;  // within the folder that was looked through; "." for itself
    std::string command;           // "finetune"
    std::string start;             // UTC, ISO 8601; empty where it is not recorded
    double seconds = 0.0;          // 0 where it is not recorded
    std::optional<double> joules;
    std::string device, device_name;
    int threads = 0;
    std::string program, libtorch;  // versions
    std::string problem;            // the record cannot be read; empty for one that can
};

// By folder. The program's own (.study) and records deeper than a study's are passed over. Error: a folder that cannot
// be listed.
Result<std::vector<RunSummary>> list_finished_runs(const std::filesystem::path& folder);

}  // namespace lottery
