// SPDX-License-Identifier: GPL-3.0-or-later
//
// The records of a zip archive as torch.save writes it: stored, never compressed, with zip64 where it is large.
// Source: PKWARE APPNOTE 6.3 §4.3 (file layout).
//
// Thread rule: an open archive may be read from several threads.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/model/mapped_file.h"

namespace lottery {

class ZipArchive {
public:
    // Maps the file and checks its directory. Errors: truncated, a record that leaves the file, is compressed or
    // encrypted, or stands twice.
    static Result<ZipArchive> open(const std::filesystem::path& path);

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    // By full name ("archive/data.pkl"); the bytes live as long as the archive or a copy of it.
    [[nodiscard]] const std::map<std::string, std::string_view, std::less<>>& records() const { return records_; }

private:
    ZipArchive() = default;

    std::filesystem::path path_;
    std::shared_ptr<const MappedFile> mapping_;
    std::map<std::string, std::string_view, std::less<>> records_;
};

}  // namespace lottery
