// SPDX-License-Identifier: GPL-3.0-or-later
//
// SHA-256 of files, each read once: a file of the same size, time of change and inode is not read again. Whoever asks
// after many runs that share models and data needs this; a single run hashes what it reads.
//
// Thread rule: one thread at a time per object.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "core/base/result.h"

namespace lottery {

class FileHashes {
public:
    FileHashes() = default;
    // Goes on from what save() left; a file that is missing or damaged is as none: everything is hashed anew.
    explicit FileHashes(const std::filesystem::path& file);

    // 64 hex digits. Errors as of sha256_of_file.
    Result<std::string> sha256(const std::filesystem::path& path);
    // Files that are gone are left out. Nothing is written where nothing new was hashed.
    Status save(const std::filesystem::path& file);

private:
    struct Entry {
        std::int64_t size = 0;
        std::int64_t changed_ns = 0;  // status change, which no program can set back
        std::uint64_t inode = 0;
        std::string sha256;
    };
    std::map<std::string, Entry> entries_;  // by absolute path
    bool changed_ = false;
};

}  // namespace lottery
