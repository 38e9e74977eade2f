// SPDX-License-Identifier: GPL-3.0-or-later
//
// Files whose bytes are in memory already: read once, they can be checked, hashed and copied without being read again.
//
// Thread rule: any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/base/json.h"
#include "core/base/npy.h"
#include "core/base/result.h"

namespace lottery {

// As read_json() and read_npy(); `place` is what errors name: the file.
Result<Json> parse_json(std::string_view text, const std::string& place);
Result<Array> parse_npy(std::string_view bytes, const std::string& place);

// As sha256_of_file(): 64 hex digits.
Result<std::string> sha256_of(std::string_view bytes);

}  // namespace lottery
