// SPDX-License-Identifier: GPL-3.0-or-later
//
// Scores of one experiment on one task, for tests of tables and comparisons.
//
// Thread rule: pure functions.
#pragma once

#include <string>
#include <vector>

#include "core/analysis/results.h"

namespace lottery::test {

inline ExperimentResults seeds_of(const std::string& name, TaskId task, const std::string& metric,
                                  const std::vector<double>& values) {
    ExperimentResults results;
    results.name = name;
    for (std::size_t i = 0; i < values.size(); ++i) results.per_seed[task][i + 1][metric] = values[i];
    return results;
}

inline ExperimentResults summary_of(const std::string& name, TaskId task, const std::string& metric, Spread value) {
    ExperimentResults results;
    results.name = name;
    results.summary[task][metric] = value;
    return results;
}

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace lottery::test
