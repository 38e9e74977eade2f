// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"

#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <memory>
#include <system_error>

#include "core/base/atomic_writer.h"
#include "core/base/in_memory.h"
#include "core/base/system_error.h"

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

class Sha256 {
public:
    Sha256() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
        usable_ = context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1;
    }
    [[nodiscard]] bool usable() const { return usable_; }
    void add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
    std::string hex() {
        std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
        unsigned int length = 0;
        EVP_DigestFinal_ex(context_.get(), digest.data(), &length);
        static constexpr char kHex[] = "0123456789abcdef";
        std::string text;
        for (unsigned int i = 0; i < length; ++i) {
            text += kHex[digest[i] >> 4];
            text += kHex[digest[i] & 15];
        }
        return text;
    }

private:
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
    bool usable_ = false;
};

Error no_sha256(const std::string& place) { return {"SHA-256 is not available in this OpenSSL", place, {}}; }

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
    return write_file_atomically(path, bytes, Flush::Wait);
}

Status write_file_atomically(const fs::path& path, std::string_view bytes, Flush flush) {
    LOTTERY_TRY(auto writer, AtomicFileWriter::create(path));
    LOTTERY_CHECK(writer.write(bytes));
    return writer.commit(flush);
}

Result<std::string> sha256_of(std::string_view bytes) {
    Sha256 digest;
    if (!digest.usable()) return no_sha256({});
    digest.add(bytes);
    return digest.hex();
}

Result<std::string> sha256_of_file(const fs::path& path) {
    LOTTERY_CHECK(check_readable_file(path));
    std::ifstream in(path, std::ios::binary);
    if (!in) return system_error("cannot be opened", path, errno);
    Sha256 digest;
    if (!digest.usable()) return no_sha256(path.string());
    std::array<char, 1 << 16> buffer;
    while (in.read(buffer.data(), buffer.size()) || in.gcount() > 0)
        digest.add({buffer.data(), static_cast<std::size_t>(in.gcount())});
    if (in.bad()) return system_error("cannot be read", path, errno);
    return digest.hex();
}

}  // namespace lottery
