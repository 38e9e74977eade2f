// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file_hashes.h"

#include <sys/stat.h>

#include <chrono>
#include <utility>

#include "core/base/file.h"
#include "core/base/json.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

std::int64_t nanoseconds(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

// A file changed this recently may change once more within the same tick of the file system's clock.
bool may_change_unseen(std::int64_t changed_ns) {
    constexpr std::int64_t kTick = 20'000'000;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count() - changed_ns < kTick;
}

}  // namespace

FileHashes::FileHashes(const fs::path& file) {
    std::error_code ec;
    if (!fs::exists(file, ec)) return;
    const auto json = read_json(file);
    if (!json) return;
    try {
        if (json->at("format") != 1) return;
        for (const auto& [path, entry] : json->at("files").items())
            entries_[path] = {entry.at(0).get<std::int64_t>(), entry.at(1).get<std::int64_t>(),
                              entry.at(2).get<std::uint64_t>(), entry.at(3).get<std::string>()};
    } catch (const nlohmann::json::exception&) {
        entries_.clear();
    }
}

Result<std::string> FileHashes::sha256(const fs::path& path) {
    std::error_code ec;
    const std::string key = fs::absolute(path, ec).lexically_normal().string();
    struct stat status {};
    const bool known = ::stat(path.c_str(), &status) == 0;
    Entry entry{known ? status.st_size : 0, known ? nanoseconds(status.st_ctim) : 0, known ? status.st_ino : 0, {}};
    if (const auto found = entries_.find(key); known && found != entries_.end() && found->second.size == entry.size &&
                                               found->second.changed_ns == entry.changed_ns &&
                                               found->second.inode == entry.inode)
        return found->second.sha256;
    // Taken before reading: a change while reading gives another time than the one that is kept.
    const bool keep = known && !may_change_unseen(entry.changed_ns);
    LOTTERY_TRY(entry.sha256, sha256_of_file(path));
    std::string sha256 = entry.sha256;
    if (keep) {
        entries_[key] = std::move(entry);
        changed_ = true;
    }
    return sha256;
}

Status FileHashes::save(const fs::path& file) {
    if (!changed_) return ok();
    Json files = Json::object();
    for (const auto& [path, entry] : entries_) {
        std::error_code ec;
        if (fs::exists(path, ec)) files[path] = {entry.size, entry.changed_ns, entry.inode, entry.sha256};
    }
    LOTTERY_CHECK(write_json(file, {{"format", 1}, {"files", std::move(files)}}));
    changed_ = false;
    return ok();
}

}  // namespace lottery
