// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the operating system refused, as an Error.
//
// Thread rule: any thread.
#pragma once

#include <filesystem>

#include "core/base/result.h"

namespace lottery {

// `what` ("cannot be written") failed on `path` with the errno `code`; advises on a full disk and on missing
// permission.
Error system_error(const char* what, const std::filesystem::path& path, int code);

}  // namespace lottery
