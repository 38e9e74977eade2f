// SPDX-License-Identifier: GPL-3.0-or-later
//
// The masks and importances of one setting, for the analyses of core/analysis/.
//
// Thread rule: any thread; nothing is written.
#pragma once

#include <filesystem>
#include <vector>

#include "core/analysis/importance_analysis.h"
#include "core/analysis/mask_analysis.h"
#include "core/base/result.h"

namespace lottery {

struct MaskSetRequest {
    // A setting's folder: <TASK>/seed_<N>/head_mask.npy, mlp_mask.npy; head_importance.npy, mlp_importance.npy and, of
    // every pass i, head_importance_<i>.npy, mlp_importance_<i>.npy.
    std::filesystem::path masks;
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

struct ImportanceSetFiles {
    ImportanceSet set;                           // at least one task with one search
    std::vector<std::filesystem::path> without;  // runs that have no such importances
};

// Errors: as above, of importances.
Result<ImportanceSetFiles> read_importance_set(const MaskSetRequest& request);

// For what is compared over tasks. Error: no seed that all tasks have.
Status check_common_seeds(const MaskSet& set, const std::filesystem::path& masks);

}  // namespace lottery
