// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/built_in_classifier.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>

#include "core/attention/pattern_classifier.h"
#include "core/base/system_error.h"

namespace lottery {
namespace {

constexpr const char* kPlace = "the built-in classifier";

// Safetensors are read from files: the bytes in memory as one, which has no name on any disk.
class FileInMemory {
public:
    explicit FileInMemory(std::string_view bytes) : file_(::memfd_create("synthetic.safetensors", MFD_CLOEXEC)) {
        while (file_ >= 0 && !bytes.empty()) {
            const auto written = ::write(file_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) break;
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        if (file_ < 0 || !bytes.empty()) problem_ = errno == 0 ? EIO : errno;
    }
    FileInMemory(const FileInMemory&) = delete;
    FileInMemory& operator=(const FileInMemory&) = delete;
    ~FileInMemory() {
        if (file_ >= 0) ::close(file_);
    }

    [[nodiscard]] Result<std::filesystem::path> path() const {
        if (problem_ != 0) return system_error("cannot be held in memory", kPlace, problem_);
        return std::filesystem::path("/proc/self/fd/" + std::to_string(file_));
    }

private:
    int file_;
    int problem_ = 0;
};

}  // namespace

Result<ClassifierInfo> built_in_classifier_info() {
    const FileInMemory file(built_in_classifier_bytes());
    LOTTERY_TRY(const auto path, file.path());
    return read_classifier_info(path);
}

Result<PatternClassifier> built_in_classifier() {
    const FileInMemory file(built_in_classifier_bytes());
    LOTTERY_TRY(const auto path, file.path());
    return read_classifier(path, torch::kCPU);
}

}  // namespace lottery
