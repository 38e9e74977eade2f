// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/system_error.h"

#include <cerrno>
#include <string>
#include <system_error>

namespace lottery {

Error system_error(const char* what, const std::filesystem::path& path, int code) {
    std::string advice;
    if (code == ENOSPC) advice = "Free some disk space and try again";
    if (code == EACCES || code == EROFS || code == EPERM) advice = "Choose a folder you can write to";
    if (code == ENOENT) advice = "Check the path; the file may have been moved or not been copied";
    // Not strerror, which threads share.
    return Error{std::string(what) + ": " + std::generic_category().message(code), path.string(), advice};
}

}  // namespace lottery
