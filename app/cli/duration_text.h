// SPDX-License-Identifier: GPL-3.0-or-later
//
// Long times in words.
//
// Thread rule: pure function.
#pragma once

#include <string>

namespace lottery::cli {

// "about 40 s", "about 12 min", "about 3.5 h", "about 2.1 days"
std::string duration_text(double seconds);

}  // namespace lottery::cli
