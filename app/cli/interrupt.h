// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stop_token>

namespace lottery::cli {

// Ctrl-C and SIGTERM ask the running work to stop; a second one ends the program at once.
// Construct before any other thread starts, so that all of them leave the signals to this one.
class Interrupt {
public:
    Interrupt();
    [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

private:
    std::stop_source source_;
};

}  // namespace lottery::cli
