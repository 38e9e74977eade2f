// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where the record of a run folder is, and what it says.
//
// Thread rule: any thread.
#pragma once

#include <filesystem>

#include "core/base/json.h"
#include "core/base/result.h"

namespace lottery::gui {

// <folder>/run.json; of a seed of super masks that of its task, of a study that of its evaluation, where these have
// one and the folder itself has none.
std::filesystem::path recordFile(const std::filesystem::path& folder);

// Errors: no such file, with what that means; a file that is damaged or no object.
Result<Json> readRecord(const std::filesystem::path& folder);

}  // namespace lottery::gui
