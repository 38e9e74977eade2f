// SPDX-License-Identifier: GPL-3.0-or-later
//
// The figures of the demo study.
//
// Thread rule: one thread at a time per folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/base/result.h"
#include "core/figures/figure.h"
#include "core/pruning/mask_search_options.h"
#include "core/study/demo.h"

namespace lottery {

struct DemoSearch {
    TaskId task = TaskId::SST2;
    std::uint64_t seed = 0;
    MaskSearchResult result;
};

// Into `folder`, each as .svg with `metadata` and .csv: scores; survival over all masks; and per task survival over
// seeds, importance over seeds, and the steps of the first seed's search. Returns the .svg files.
Result<std::vector<std::filesystem::path>> write_demo_figures(const std::filesystem::path& folder,
                                                              const std::vector<DemoScores>& scores,
                                                              const std::vector<DemoSearch>& searches,
                                                              const FigureMetadata& metadata);

}  // namespace lottery
