// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "core/base/file.h"
#include "core/base/system_error.h"

namespace lottery {

Result<FileLock> FileLock::acquire(const std::filesystem::path& path) {
    LOTTERY_CHECK(make_folder(path.parent_path()));
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0) return system_error("cannot be opened", path, errno);
    FileLock lock(file);
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
        const int code = errno;
        if (code != EWOULDBLOCK) return system_error("cannot be locked", path, code);
        char holder[32] = {};
        const auto read = ::pread(file, holder, sizeof holder - 1, 0);
        std::string who = read > 0 ? std::string(holder, static_cast<std::size_t>(read)) : std::string();
        while (!who.empty() && who.back() == '\n') who.pop_back();
        return Error{"another program is at work here" + (who.empty() ? "" : " (process " + who + ")"), path.string(),
                     "Wait for it, or stop it"};
    }
    // For the message above; the lock itself does not depend on it.
    const std::string me = std::to_string(::getpid()) + "\n";
    if (::ftruncate(file, 0) != 0 || ::pwrite(file, me.data(), me.size(), 0) < 0)
        return system_error("cannot be written", path, errno);
    return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
FileLock& FileLock::operator=(FileLock&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
}
FileLock::~FileLock() {
    if (file_ >= 0) ::close(file_);
}

}  // namespace lottery
