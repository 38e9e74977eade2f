// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/zip_archive.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

namespace lottery {

static_assert(std::endian::native == std::endian::little, "zip archives are little-endian");

namespace {

constexpr std::uint32_t kLocalHeader = 0x04034b50;
constexpr std::uint32_t kDirectoryEntry = 0x02014b50;
constexpr std::uint32_t kDirectoryEnd = 0x06054b50;
constexpr std::uint32_t kDirectoryEnd64 = 0x06064b50;
constexpr std::uint32_t kDirectoryEnd64Locator = 0x07064b50;
constexpr std::uint64_t kLocalHeaderSize = 30;
constexpr std::uint64_t kDirectoryEntrySize = 46;
constexpr std::uint64_t kDirectoryEndSize = 22;
constexpr std::uint64_t kDirectoryEnd64Size = 56;
constexpr std::uint64_t kLocatorSize = 20;
constexpr std::uint64_t kLongestComment = 0xffff;
constexpr std::uint16_t kZip64Field = 1;
constexpr std::uint32_t kIn64 = 0xffffffff;  // the value stands in the zip64 field

bool reaches(std::string_view bytes, std::uint64_t offset, std::uint64_t size) {
    return offset <= bytes.size() && size <= bytes.size() - offset;
}

// The caller has made sure that it lies within `bytes`.
template <typename T>
T number_at(std::string_view bytes, std::uint64_t offset) {
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

struct Directory {
    std::uint64_t entries = 0;
    std::uint64_t offset = 0;
};

std::optional<Directory> find_directory(std::string_view bytes) {
    if (bytes.size() < kDirectoryEndSize) return std::nullopt;
    const std::uint64_t last = bytes.size() - kDirectoryEndSize;
    const std::uint64_t first = last - std::min(last, kLongestComment);
    for (std::uint64_t at = last + 1; at-- > first;) {
        if (number_at<std::uint32_t>(bytes, at) != kDirectoryEnd) continue;
        Directory directory{number_at<std::uint16_t>(bytes, at + 10), number_at<std::uint32_t>(bytes, at + 16)};
        if (at >= kLocatorSize && number_at<std::uint32_t>(bytes, at - kLocatorSize) == kDirectoryEnd64Locator) {
            const auto end64 = number_at<std::uint64_t>(bytes, at - kLocatorSize + 8);
            if (!reaches(bytes, end64, kDirectoryEnd64Size) ||
                number_at<std::uint32_t>(bytes, end64) != kDirectoryEnd64)
                return std::nullopt;
            directory = {number_at<std::uint64_t>(bytes, end64 + 32), number_at<std::uint64_t>(bytes, end64 + 48)};
        }
        return directory;
    }
    return std::nullopt;
}

struct Record {
    std::uint64_t stored_size = 0;
    std::uint64_t size = 0;
    std::uint64_t header = 0;  // offset of the local header
};

// Takes from the zip64 field, in its fixed order, what did not fit into 32 bits.
bool read_zip64_field(std::string_view extra, Record& record) {
    std::uint64_t at = 0;
    while (reaches(extra, at, 4)) {
        const auto id = number_at<std::uint16_t>(extra, at);
        const std::uint64_t length = number_at<std::uint16_t>(extra, at + 2);
        at += 4;
        if (!reaches(extra, at, length)) return false;
        if (id == kZip64Field) {
            const auto field = extra.substr(at, length);
            std::uint64_t next = 0;
            for (auto* value : {&record.size, &record.stored_size, &record.header}) {
                if (*value != kIn64) continue;
                if (!reaches(field, next, 8)) return false;
                *value = number_at<std::uint64_t>(field, next);
                next += 8;
            }
            return true;
        }
        at += length;
    }
    return true;
}

}  // namespace

Result<ZipArchive> ZipArchive::open(const std::filesystem::path& path) {
    ZipArchive archive;
    archive.path_ = path;
    LOTTERY_TRY(archive.mapping_, MappedFile::open(path));
    const auto bytes = archive.mapping_->bytes();
    const auto wrong = [&](const std::string& message) {
        return Error{message, path.string(), "Copy or download the file again"};
    };

    const auto directory = find_directory(bytes);
    if (!directory) return wrong("the zip archive has no directory at its end; the file is truncated or damaged");
    std::uint64_t at = directory->offset;
    for (std::uint64_t i = 0; i < directory->entries; ++i) {
        const auto place = "record " + std::to_string(i + 1) + " of " + std::to_string(directory->entries);
        if (!reaches(bytes, at, kDirectoryEntrySize) || number_at<std::uint32_t>(bytes, at) != kDirectoryEntry)
            return wrong("the zip directory ends within " + place + "; the file is truncated or damaged");
        const auto flags = number_at<std::uint16_t>(bytes, at + 8);
        const auto method = number_at<std::uint16_t>(bytes, at + 10);
        Record record{number_at<std::uint32_t>(bytes, at + 20), number_at<std::uint32_t>(bytes, at + 24),
                      number_at<std::uint32_t>(bytes, at + 42)};
        const std::uint64_t name_size = number_at<std::uint16_t>(bytes, at + 28);
        const std::uint64_t extra_size = number_at<std::uint16_t>(bytes, at + 30);
        const std::uint64_t comment_size = number_at<std::uint16_t>(bytes, at + 32);
        at += kDirectoryEntrySize;
        if (!reaches(bytes, at, name_size + extra_size + comment_size))
            return wrong("the zip directory ends within " + place + "; the file is truncated or damaged");
        const std::string name(bytes.substr(at, name_size));
        if (!read_zip64_field(bytes.substr(at + name_size, extra_size), record))
            return wrong("record \"" + name + "\": its zip64 field is damaged");
        at += name_size + extra_size + comment_size;

        if ((flags & 1U) != 0 || method != 0 || record.size != record.stored_size)
            return Error{"record \"" + name + "\" is compressed or encrypted, stored bytes were expected",
                         path.string(), "Save the checkpoint again with torch.save or as safetensors"};
        const bool header = reaches(bytes, record.header, kLocalHeaderSize) &&
                            number_at<std::uint32_t>(bytes, record.header) == kLocalHeader;
        const auto begin = !header ? 0
                                   : record.header + kLocalHeaderSize +
                                         number_at<std::uint16_t>(bytes, record.header + 26) +
                                         number_at<std::uint16_t>(bytes, record.header + 28);
        if (!header || !reaches(bytes, begin, record.size))
            return wrong("record \"" + name + "\" of " + std::to_string(record.size) +
                         " bytes leaves the file; it is truncated or damaged");
        if (!archive.records_.emplace(name, bytes.substr(begin, record.size)).second)
            return wrong("record \"" + name + "\" stands twice");
    }
    return archive;
}

}  // namespace lottery
