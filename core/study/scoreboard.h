// SPDX-License-Identifier: GPL-3.0-or-later
//
// Ours against published, from folders: the scores of a study beside those of an import (core/analysis/reproduction.h),
// and how much of each figure and table of the paper the study has (core/analysis/reproduction_items.h).
//
// Thread rule: any thread; nothing is written.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "core/analysis/reproduction_items.h"
#include "core/analysis/reproduction_table.h"
#include "core/base/result.h"

namespace lottery {

struct ScoreboardRequest {
    std::filesystem::path results;    // a study's folder, or its evaluate_masked
    std::filesystem::path published;  // likewise, of an import or as it was published
    std::vector<TaskId> tasks = {};   // only these; empty: all
    // Seeds behind a mean and deviation that have no per_seed.json. Default: as many as the import has, otherwise 5.
    std::optional<int> summary_seeds = {};
};

// What lies in a study folder; files are looked for, not read, but for the scores. Error: scores that cannot be read.
Result<StudyContents> look_into_study(const std::filesystem::path& study);

// The checklist is that of the study that `results` belongs to, for the request's tasks (all of GLUE) and the paper's
// seeds; empty
// where `results` is a folder of scores alone. Errors: no scores on a side, damaged files, an import that has not
// ended.
Result<Scoreboard> read_scoreboard(const ScoreboardRequest& request);

}  // namespace lottery
