// SPDX-License-Identifier: GPL-3.0-or-later
//
// Scores on disk: evaluate_masked/<experiment>/ with baseline/results.json and per_seed.json, as the published results
// are laid out, and evaluations.json (docs/formats.md).
//
// Thread rule: any thread; two writers of one folder must not overlap.
#pragma once

#include <filesystem>
#include <map>
#include <vector>

#include "core/analysis/results.h"
#include "core/base/json.h"
#include "core/base/result.h"

namespace lottery {

// Puts what one file holds among the results, by its name: results.json, per_seed.json or evaluations.json. Errors name
// file, task and key; then only a part of it was put there.
Status add_results(const Json& json, const std::filesystem::path& file, ExperimentResults& results);

// One experiment's folder; files that are not there leave their part empty. Errors name file, task and key.
Result<ExperimentResults> read_experiment(const std::filesystem::path& folder);

// All experiments of evaluate_masked/, or of a study folder that has one, in table order. Error: there are none.
Result<std::vector<ExperimentResults>> read_results(const std::filesystem::path& folder);

// per_seed.json, and baseline/results.json: mean and population standard deviation over the seeds (NaN as 0), and
// the summary as it stands for tasks that have no single seeds.
Status write_experiment(const std::filesystem::path& folder, const ExperimentResults& results);

// freq_baseline/results.json: {TASK: {metric: [value, 0]}}. Tasks that stand there already and are not given stay.
Status write_majority(const std::filesystem::path& evaluate_masked, const std::map<TaskId, Metrics>& majority);

}  // namespace lottery
