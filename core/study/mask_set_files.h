// SPDX-License-Identifier: GPL-3.0-or-later
//
// The masks of one setting, for the analyses of core/analysis/mask_analysis.h.
//
// Thread rule: any thread; nothing is written.
#pragma once

#include <filesystem>
#include <vector>

#include "core/analysis/mask_analysis.h"
#include "core/base/result.h"

namespace lottery {

struct MaskSetRequest {
    std::filesystem::path masks;  // a setting's folder: <TASK>/seed_<N>/head_mask.npy, mlp_mask.npy
    MaskedComponents components = MaskedComponents::Heads;
    std::vector<TaskId> tasks = {};  // only these; empty: all that are there
};

struct MaskSetFiles {
    MaskSet set;                                 // at least one task with one mask
    std::vector<std::filesystem::path> without;  // runs that have no such mask (yet)
};

// Errors: no such masks, a task that was asked for and has none, a file that is no mask, masks of models of other
// sizes; each names the file.
Result<MaskSetFiles> read_mask_set(const MaskSetRequest& request);

// For what is compared over tasks. Error: no seed that all tasks have.
Status check_common_seeds(const MaskSet& set, const std::filesystem::path& masks);

}  // namespace lottery
