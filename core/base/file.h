// SPDX-License-Identifier: GPL-3.0-or-later
//
// Whole files, written beside and renamed, so that a half-written file is never seen under its name.
//
// Thread rule: any thread; two writers of one path must not overlap.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace lottery {

// The file's bytes. Errors: missing, a directory, unreadable.
Result<std::string> read_file(const std::filesystem::path& path);

// Writes `bytes` to `path` through a temporary file in the same folder, flushed to disk and renamed.
// Makes missing parent folders. Errors: read-only folder, full disk; the old file then stays as it was.
Status write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

Status make_folder(const std::filesystem::path& path);

// SHA-256 of the file's bytes as 64 hex digits.
Result<std::string> sha256_of_file(const std::filesystem::path& path);

}  // namespace lottery
