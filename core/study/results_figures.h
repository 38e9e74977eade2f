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

// Into `folder`, each as .svg with `metadata` and .csv, the panels of result_bars(): results (heads and MLPs), and
// where there are such scores results_super and results_magnitude. Returns the .svg files.
Result<std::vector<std::filesystem::path>> write_result_figures(const std::filesystem::path& folder,
                                                                const std::vector<ExperimentResults>& results,
                                                                const FigureMetadata& metadata);

}  // namespace lottery
