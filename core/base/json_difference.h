// SPDX-License-Identifier: GPL-3.0-or-later
//
// What differs between two JSON documents, in words: why a run is out of date, and how two runs differ.
//
// Thread rule: pure functions.
#pragma once

#include <string>
#include <vector>

#include "core/base/json.h"

namespace lottery {

struct JsonDifference {
    std::string key;  // path of the value, "options/learning_rate"
    Json before;      // discarded (is_discarded()) where there was none
    Json after;       // likewise
};

// Values that are no objects, by path, in the order of `before`, then those that only `after` has. Lists are compared
// whole.
std::vector<JsonDifference> json_differences(const Json& before, const Json& after);

// "options/learning_rate: 2e-05 before, 0.0001 now"; of SHA-256 sums "… has changed".
std::string to_string(const JsonDifference& difference);

}  // namespace lottery
