// SPDX-License-Identifier: GPL-3.0-or-later
//
// One file written piece by piece, beside its name, and put in place at the end: either the whole new file is seen
// under the name or the old one stays.
//
// Thread rule: one thread at a time; two writers of one path must not overlap.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

#include "core/base/result.h"

namespace lottery {

// Begin: writing to disk is begun and not waited for, as hundreds of small files want it: to wait for each takes
// seconds. On file systems that write data before names (ext4) the next file that is waited for makes them all last. A
// killed program leaves whole files either way; the difference shows after a power cut alone.
enum class Flush { Wait, Begin };

// Removes what writers that were killed left beside their files, in `folder` and all below it; files that a living
// program is writing stay. Returns how many were removed.
int remove_abandoned_parts(const std::filesystem::path& folder);

class AtomicFileWriter {
public:
    // Makes missing parent folders. Errors: read-only folder, full disk.
    static Result<AtomicFileWriter> create(const std::filesystem::path& path);

    AtomicFileWriter(AtomicFileWriter&& other) noexcept;
    AtomicFileWriter& operator=(AtomicFileWriter&& other) noexcept;
    AtomicFileWriter(const AtomicFileWriter&) = delete;
    AtomicFileWriter& operator=(const AtomicFileWriter&) = delete;
    // What was not committed is thrown away.
    ~AtomicFileWriter();

    // After an error the writer can only be thrown away.
    Status write(std::string_view bytes);
    // Flushes to disk and renames. Nothing may be written after it.
    Status commit(Flush flush = Flush::Wait);

private:
    AtomicFileWriter(std::filesystem::path path, std::filesystem::path temporary, int file);
    void discard() noexcept;

    std::filesystem::path path_;
    std::filesystem::path temporary_;
    int file_ = -1;
};

// A whole file at once; see write_file_atomically() in core/base/file.h, which waits.
Status write_file_atomically(const std::filesystem::path& path, std::string_view bytes, Flush flush);

}  // namespace lottery
