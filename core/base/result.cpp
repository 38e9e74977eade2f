// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/result.h"

namespace lottery {

std::string Error::to_string() const {
    std::string line = place.empty() ? message : place + ": " + message;
    if (!advice.empty()) line += ". " + advice;
    return line;
}

}  // namespace lottery
