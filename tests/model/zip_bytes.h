// SPDX-License-Identifier: GPL-3.0-or-later
//
// Zip archives made by hand, for tests of what torch.save would not write.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lottery::test {

// Lies in the directory.
struct ZipChanges {
    std::uint16_t flags = 0;
    std::uint16_t method = 0;       // 0: stored
    std::int64_t size_added = 0;    // to the records' sizes
    std::int64_t offset_added = 0;  // to the records' places
    std::string comment;            // of the archive
};

inline ZipChanges with_flags(std::uint16_t flags) {
    ZipChanges changes;
    changes.flags = flags;
    return changes;
}
inline ZipChanges with_method(std::uint16_t method) {
    ZipChanges changes;
    changes.method = method;
    return changes;
}
inline ZipChanges with_size_added(std::int64_t bytes) {
    ZipChanges changes;
    changes.size_added = bytes;
    return changes;
}
inline ZipChanges with_offset_added(std::int64_t bytes) {
    ZipChanges changes;
    changes.offset_added = bytes;
    return changes;
}
inline ZipChanges with_comment(const std::string& comment) {
    ZipChanges changes;
    changes.comment = comment;
    return changes;
}

inline std::string little_endian(std::uint64_t value, int width) {
    std::string bytes;
    for (int i = 0; i < width; ++i, value /= 256) bytes += static_cast<char>(value % 256);
    return bytes;
}

// Stored records, in order.
inline std::string zip_bytes(const std::vector<std::pair<std::string, std::string>>& records,
                             const ZipChanges& changes = {}) {
    std::string bytes;
    std::string directory;
    for (const auto& [name, data] : records) {
        const auto offset = bytes.size();
        const auto common = little_endian(0x14, 2) + little_endian(changes.flags, 2) +
                            little_endian(changes.method, 2) +
                            little_endian(0, 8);  // version needed, flags, method, time, CRC
        bytes += "PK\3\4" + common + little_endian(data.size(), 4) + little_endian(data.size(), 4) +
                 little_endian(name.size(), 2) + little_endian(0, 2) + name + data;
        const auto size = data.size() + static_cast<std::uint64_t>(changes.size_added);
        directory += "PK\1\2" + little_endian(0x14, 2) + common + little_endian(size, 4) + little_endian(size, 4) +
                     little_endian(name.size(), 2) + little_endian(0, 12) +
                     little_endian(offset + static_cast<std::uint64_t>(changes.offset_added), 4) + name;
    }
    const auto begin = bytes.size();
    bytes += directory;
    bytes += "PK\5\6" + little_endian(0, 4) + little_endian(records.size(), 2) + little_endian(records.size(), 2) +
             little_endian(directory.size(), 4) + little_endian(begin, 4) + little_endian(changes.comment.size(), 2) +
             changes.comment;
    return bytes;
}

}  // namespace lottery::test
