// SPDX-License-Identifier: GPL-3.0-or-later
//
// A whole file mapped into memory, read-only.
//
// Thread rule: any number of threads may read. A file that shrinks while it is mapped ends the program; files that
// are written anew under another name and renamed do not.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string_view>

#include "core/base/result.h"

namespace lottery {

class MappedFile {
public:
    // Errors: missing, a folder, unreadable, empty.
    static Result<std::shared_ptr<const MappedFile>> open(const std::filesystem::path& path);

    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    [[nodiscard]] std::string_view bytes() const { return {data_, size_}; }

private:
    MappedFile(const char* data, std::size_t size) : data_(data), size_(size) {}

    const char* data_;
    std::size_t size_;
};

}  // namespace lottery
