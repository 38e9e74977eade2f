// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/base/system_error.h"

namespace lottery {

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return system_error("cannot be opened", path, errno);
    struct stat info {};
    if (::fstat(file, &info) != 0) {
        const int code = errno;
        ::close(file);
        return system_error("cannot be read", path, code);
    }
    if (!S_ISREG(info.st_mode) || info.st_size == 0) {
        ::close(file);
        return Error{S_ISREG(info.st_mode) ? "is empty" : "is not a file", path.string(),
                     "Copy or download the file again"};
    }
    const auto size = static_cast<std::size_t>(info.st_size);
    void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
    const int code = errno;
    ::close(file);
    if (data == MAP_FAILED) return system_error("cannot be mapped", path, code);
    return std::shared_ptr<const MappedFile>(new MappedFile(static_cast<const char*>(data), size));
}

MappedFile::~MappedFile() { ::munmap(const_cast<char*>(data_), size_); }

}  // namespace lottery
