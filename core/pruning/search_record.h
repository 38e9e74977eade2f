// SPDX-License-Identifier: GPL-3.0-or-later
//
// A mask search on disk (docs/formats.md): head_mask.npy, mlp_mask.npy, head_importance.npy,
// mlp_importance.npy, the same with _<i> per step, and search.json.
//
// Thread rule: any thread; two writers of one folder must not overlap.
#pragma once

#include <filesystem>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/pruning/mask_search_options.h"

namespace lottery {

// What `lottery mask … --json` prints and search.json holds (interfaces.md), without task and mode.
Json to_json(const MaskSearchResult& result);

// Per-step arrays of one finished pass; called while the search runs, so that a killed search leaves its steps.
Status write_search_step(const std::filesystem::path& folder, const MaskSearchStep& step);
// Final masks, importances and search.json (with `header`'s keys first: task, kind, mode, …).
Status write_mask_search(const std::filesystem::path& folder, const MaskSearchResult& result, const Json& header);
// The whole search back again, every step with its masks and importances. Errors name file and key.
Result<MaskSearchResult> read_mask_search(const std::filesystem::path& folder);

}  // namespace lottery
