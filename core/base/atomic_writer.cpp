// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/atomic_writer.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/file.h"
#include "core/base/system_error.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

// Then the writer's process number and a number of its own: threads of a process may write the same file, and the last
// to finish has it.
constexpr std::string_view kPart = ".part-";
std::atomic<unsigned> parts_begun = 0;

// Of a part's writer; nothing where the name is no part's.
std::optional<pid_t> writer_of(const std::string& name) {
    const auto at = name.rfind(kPart);
    if (at == std::string::npos) return std::nullopt;
    const char* const begin = name.data() + at + kPart.size();
    const char* const end = name.data() + name.size();
    pid_t process = 0;
    const auto read = std::from_chars(begin, end, process);
    if (read.ec != std::errc() || process <= 0) return std::nullopt;
    if (read.ptr == end) return process;  // as earlier versions named them
    const char* const number = read.ptr + 1;
    const bool ours = *read.ptr == '-' && number != end &&
                      std::all_of(number, end, [](unsigned char c) { return std::isdigit(c) != 0; });
    return ours ? std::optional<pid_t>(process) : std::nullopt;
}

}  // namespace

int remove_abandoned_parts(const fs::path& folder) {
    std::vector<fs::path> abandoned;
    std::error_code ec;
    for (fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, ec), end;
         !ec && entry != end; entry.increment(ec)) {
        const auto writer = writer_of(entry->path().filename().string());
        if (writer && ::kill(*writer, 0) != 0 && errno == ESRCH) abandoned.push_back(entry->path());
    }
    int removed = 0;
    for (const auto& part : abandoned)
        if (fs::remove(part, ec)) ++removed;
    return removed;
}

Result<AtomicFileWriter> AtomicFileWriter::create(const fs::path& path) {
    if (path.has_parent_path()) LOTTERY_CHECK(make_folder(path.parent_path()));
    fs::path temporary = path;
    temporary += std::string(kPart) + std::to_string(::getpid()) + "-" + std::to_string(parts_begun++);
    const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) return system_error("cannot be written", path, errno);
    return AtomicFileWriter(path, std::move(temporary), file);
}

AtomicFileWriter::AtomicFileWriter(fs::path path, fs::path temporary, int file)
    : path_(std::move(path)), temporary_(std::move(temporary)), file_(file) {}

AtomicFileWriter::AtomicFileWriter(AtomicFileWriter&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      file_(std::exchange(other.file_, -1)) {}

AtomicFileWriter& AtomicFileWriter::operator=(AtomicFileWriter&& other) noexcept {
    if (this != &other) {
        discard();
        path_ = std::move(other.path_);
        temporary_ = std::exchange(other.temporary_, {});
        file_ = std::exchange(other.file_, -1);
    }
    return *this;
}

AtomicFileWriter::~AtomicFileWriter() { discard(); }

void AtomicFileWriter::discard() noexcept {
    if (file_ >= 0) ::close(std::exchange(file_, -1));
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
    temporary_.clear();
}

Status AtomicFileWriter::write(std::string_view bytes) {
    assert(file_ >= 0);
    while (!bytes.empty()) {
        const auto written = ::write(file_, bytes.data(), bytes.size());
        if (written < 0) {
            if (errno == EINTR) continue;
            return system_error("cannot be written", path_, errno);
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return ok();
}

Status AtomicFileWriter::commit(Flush flush) {
    assert(file_ >= 0);
    if (flush == Flush::Begin) {
        // Some file systems cannot; they write when they please.
        ::sync_file_range(file_, 0, 0, SYNC_FILE_RANGE_WRITE);
    } else if (::fsync(file_) != 0) {
        return system_error("cannot be written", path_, errno);
    }
    if (::close(std::exchange(file_, -1)) != 0) return system_error("cannot be written", path_, errno);
    if (std::rename(temporary_.c_str(), path_.c_str()) != 0)
        return system_error("cannot be put in place", path_, errno);
    temporary_.clear();
    return ok();
}

}  // namespace lottery
