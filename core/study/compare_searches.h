// SPDX-License-Identifier: GPL-3.0-or-later
//
// Finished mask searches of one task, side by side in one figure.
//
// Thread rule: runs in the caller's thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/figures/comparison_figure.h"

namespace lottery {

struct CompareRequest {
    std::vector<std::filesystem::path> searches;  // folders with search.json
    std::filesystem::path out;                    // FILE.svg (and FILE.csv beside it), or FILE.csv alone
    std::string title;                            // empty: task and metric
};

struct CompareReport {
    std::string task;
    ComparisonContent content;
    struct Summary {  // of the found mask
        std::string name, criterion, kind;
        double score = 0.0;
        double kept_share = 1.0;
        int kept_heads = 0, kept_mlps = 0;
        double seconds = 0.0;  // of the search
    };
    std::vector<Summary> searches;
    std::vector<std::filesystem::path> files;  // written
};

// Errors: no search, a folder without one, searches of different tasks, metrics or splits, a record without sizes
// (from a program older than them), an unknown ending of `out`. Nothing is written then.
Result<CompareReport> compare_searches(const CompareRequest& request);
Json to_json(const CompareReport& report);

}  // namespace lottery
