// SPDX-License-Identifier: GPL-3.0-or-later
//
// Scores as bars.
//
// Thread rule: one thread at a time per folder.
#pragma once

#include <filesystem>
#include <vector>

#include "core/analysis/results.h"
#include "core/base/result.h"
#include "core/figures/figure.h"

namespace lottery {

// Into `folder`, each as .svg with `metadata` and .csv, a group of bars per task in the metric of table_metric():
// results (heads and MLPs), and where there are such scores results_super and results_magnitude; the majority class and
// the full model stand in each. Returns the .svg files. Experiments known only by mean and deviation are drawn as one
// run, without an error bar.
Result<std::vector<std::filesystem::path>> write_result_figures(const std::filesystem::path& folder,
                                                                const std::vector<ExperimentResults>& results,
                                                                const FigureMetadata& metadata);

}  // namespace lottery
