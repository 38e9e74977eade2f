// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/duration_text.h"

#include <cstdio>

namespace lottery::cli {

std::string duration_text(double seconds) {
    char text[48];
    if (seconds < 90)
        std::snprintf(text, sizeof text, "about %.0f s", seconds);
    else if (seconds < 90 * 60)
        std::snprintf(text, sizeof text, "about %.0f min", seconds / 60);
    else if (seconds < 36 * 3600)
        std::snprintf(text, sizeof text, "about %.1f h", seconds / 3600);
    else
        std::snprintf(text, sizeof text, "about %.1f days", seconds / 86400);
    return text;
}

}  // namespace lottery::cli
