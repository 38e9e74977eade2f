// SPDX-License-Identifier: GPL-3.0-or-later
//
// The figures of a study, drawn from what evaluate_masked/ holds.
//
// Thread rule: see runs.h. No tensor in this header.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/analysis/results.h"
#include "core/base/file_hashes.h"
#include "core/base/json.h"
#include "core/base/result.h"

namespace lottery {

struct FiguresRequest {
    std::filesystem::path study;  // figures/ is written
    RandomRetrainedBars random_retrained = RandomRetrainedBars::Own;
};

// The .svg files; a .csv lies beside each, and one run.json beside all. Error: there are no scores.
Result<std::vector<std::filesystem::path>> run_figures(const FiguresRequest& request);

// Everything that shapes them (run_inputs.h): the scores' files by their SHA-256, and the options.
Result<Json> run_inputs(const FiguresRequest& request, FileHashes& hashes);

}  // namespace lottery
