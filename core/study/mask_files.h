// SPDX-License-Identifier: GPL-3.0-or-later
//
// A pair of mask files without a model that says their size.
//
// Thread rule: any thread; two writers of one folder must not overlap.
#pragma once

#include <filesystem>
#include <optional>

#include "core/base/result.h"
#include "core/model/masks.h"

namespace lottery {

// Heads of any size, and MLPs of as many layers; without `mlp_mask` no MLPs. Errors name the file: no mask, a value
// other than 0 and 1, MLPs of another number of layers.
Result<ComponentMasks> read_good_masks(const std::filesystem::path& head_mask,
                                       const std::optional<std::filesystem::path>& mlp_mask);

// head_mask.npy, and mlp_mask.npy where the masks have MLPs.
Status write_mask_files(const std::filesystem::path& folder, const ComponentMasks& masks);

}  // namespace lottery
