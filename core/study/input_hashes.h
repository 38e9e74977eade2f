// SPDX-License-Identifier: GPL-3.0-or-later
//
// SHA-256 sums of what a run reads, as run.json keeps them.
//
// Thread rule: one thread at a time per FileHashes.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "core/base/file_hashes.h"
#include "core/base/json.h"
#include "core/base/result.h"

namespace lottery {

// By file name.
Result<Json> file_hashes(const std::vector<std::filesystem::path>& files, FileHashes& hashes);
// Of each of the folder's files that a checkpoint is made of (config, vocabulary, weights), by name.
Result<Json> checkpoint_hashes(const std::filesystem::path& checkpoint, FileHashes& hashes);
// By kind of mask, "head_mask" and "mlp_mask", of those given: the files' names say nothing.
Result<Json> mask_hashes(const std::optional<std::filesystem::path>& head_mask,
                         const std::optional<std::filesystem::path>& mlp_mask, FileHashes& hashes);

}  // namespace lottery
