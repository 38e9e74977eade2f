// SPDX-License-Identifier: GPL-3.0-or-later
//
// JSON files with errors that name file, key and place. Unknown keys are errors where the format is ours.
//
// Thread rule: any thread.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string_view>

#include <nlohmann/json.hpp>

#include "core/base/result.h"

namespace lottery {

// Key order is kept, so that files are stable and readable.
using Json = nlohmann::ordered_json;

Result<Json> read_json(const std::filesystem::path& path);
// Two-space indentation and a final newline, written atomically. NaN and infinity become null.
Status write_json(const std::filesystem::path& path, const Json& json);

// Refuses keys that are not in `known`, naming the key and the known ones.
Status check_keys(const Json& object, std::initializer_list<std::string_view> known, std::string_view place);

}  // namespace lottery
