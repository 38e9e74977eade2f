// SPDX-License-Identifier: GPL-3.0-or-later
//
// One program at a time: a lock on a file, which the system takes back when its holder ends, however it ends.
//
// Thread rule: one thread at a time per object; a second lock of the same file is refused within one process too.
#pragma once

#include <filesystem>

#include "core/base/result.h"

namespace lottery {

class FileLock {
public:
    // Makes the file (and its folder) where there is none; it stays. Errors: another program holds the lock, named by
    // its process number; a folder that cannot be written.
    static Result<FileLock> acquire(const std::filesystem::path& file);

    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&& other) noexcept;
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    ~FileLock();

private:
    explicit FileLock(int file) : file_(file) {}
    int file_ = -1;
};

}  // namespace lottery
