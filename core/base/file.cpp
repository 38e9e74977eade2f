// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <system_error>

namespace lottery {
namespace fs = std::filesystem;

namespace {

// A folder opens like a file on Linux and only fails at the first read; say so before that.
Status check_readable_file(const fs::path& path) {
    std::error_code ec;
    const auto status = fs::status(path, ec);
    if (!fs::exists(status)) return Error{"no such file", path.string(), "Check the path"};
    if (fs::is_directory(status)) return Error{"is a folder, a file was expected", path.string(), {}};
    return ok();
}

Error system_error(const char* what, const fs::path& path, int code) {
    std::string advice;
    if (code == ENOSPC) advice = "Free some disk space and try again";
    if (code == EACCES || code == EROFS || code == EPERM) advice = "Choose a folder you can write to";
    return Error{std::string(what) + ": " + std::strerror(code), path.string(), advice};
}

}  // namespace

Result<std::string> read_file(const fs::path& path) {
    LOTTERY_CHECK(check_readable_file(path));
    std::ifstream in(path, std::ios::binary);
    if (!in) return system_error("cannot be opened", path, errno);
    std::string bytes;
    std::error_code ec;
    const auto size = fs::file_size(path, ec);
    if (!ec) bytes.reserve(size);
    std::array<char, 1 << 16> buffer;
    while (in.read(buffer.data(), buffer.size()) || in.gcount() > 0) bytes.append(buffer.data(), in.gcount());
    if (in.bad()) return system_error("cannot be read", path, errno);
    return bytes;
}

Status make_folder(const fs::path& path) {
    std::error_code ec;
    fs::create_directories(path, ec);
    if (ec) return system_error("folder cannot be made", path, ec.value());
    if (!fs::is_directory(path, ec)) return Error{"is a file, a folder was expected", path.string(), {}};
    return ok();
}

Status write_file_atomically(const fs::path& path, std::string_view bytes) {
    if (path.has_parent_path()) LOTTERY_CHECK(make_folder(path.parent_path()));
    fs::path temporary = path;
    temporary += ".part-" + std::to_string(::getpid());
    const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) return system_error("cannot be written", path, errno);
    const auto fail = [&](int code) {
        ::close(fd);
        ::unlink(temporary.c_str());
        return system_error("cannot be written", path, code);
    };
    while (!bytes.empty()) {
        const auto n = ::write(fd, bytes.data(), bytes.size());
        if (n < 0) {
            if (errno == EINTR) continue;
            return fail(errno);
        }
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    if (::fsync(fd) != 0) return fail(errno);
    if (::close(fd) != 0) {
        const int code = errno;
        ::unlink(temporary.c_str());
        return system_error("cannot be written", path, code);
    }
    if (std::rename(temporary.c_str(), path.c_str()) != 0) {
        const int code = errno;
        ::unlink(temporary.c_str());
        return system_error("cannot be put in place", path, code);
    }
    return ok();
}

Result<std::string> sha256_of_file(const fs::path& path) {
    LOTTERY_CHECK(check_readable_file(path));
    std::ifstream in(path, std::ios::binary);
    if (!in) return system_error("cannot be opened", path, errno);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    if (!context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1)
        return Error{"SHA-256 is not available in this OpenSSL", path.string(), {}};
    std::array<char, 1 << 16> buffer;
    while (in.read(buffer.data(), buffer.size()) || in.gcount() > 0)
        EVP_DigestUpdate(context.get(), buffer.data(), static_cast<std::size_t>(in.gcount()));
    if (in.bad()) return system_error("cannot be read", path, errno);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    EVP_DigestFinal_ex(context.get(), digest.data(), &length);
    static constexpr char kHex[] = "0123456789abcdef";
    std::string hex;
    for (unsigned int i = 0; i < length; ++i) {
        hex += kHex[digest[i] >> 4];
        hex += kHex[digest[i] & 15];
    }
    return hex;
}

}  // namespace lottery
