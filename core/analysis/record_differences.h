// SPDX-License-Identifier: GPL-3.0-or-later
//
// How the records (run.json) of two runs differ, sorted by what it means: what they were made from first, what with
// second, what came of it last.
//
// Thread rule: pure functions.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/json_difference.h"

namespace lottery {

enum class RecordGroup {
    Inputs,   // command, inputs and options, and the paths that they came from
    Program,  // program and device
    Results,  // results, times, energy
};
std::span<const RecordGroup> all_record_groups();
const char* to_string(RecordGroup group);  // "inputs", "program", "results"

struct RecordDifference {
    RecordGroup group = RecordGroup::Inputs;
    bool shapes_result = false;  // command, inputs, versions; not paths, device, times and what came of it
    JsonDifference difference;   // before: the first run, after: the second
};

enum class DifferencesShown { Shaping, All };

// By group, within a group in the order of the first record. Two fine-tunings with equal inputs differ in nothing that
// shapes the result. A record that is no object differs as a whole.
std::vector<RecordDifference> record_differences(const Json& here, const Json& there, DifferencesShown shown);

// One value in a table: texts without quotes, "–" where there is none, other values as JSON.
std::string value_text(const Json& value);

// A table "key | here | there" under a heading for each group; says so where nothing differs.
std::string record_differences_markdown(const std::vector<RecordDifference>& differences, const std::string& here,
                                        const std::string& there, DifferencesShown shown);

// {"here", "there", "differences": [{"group", "key", "shapes_result", "here", "there"}]}; `here` and `there` of a
// difference are left out where that run has no such value.
Json record_differences_json(const std::vector<RecordDifference>& differences, const std::string& here,
                             const std::string& there);

}  // namespace lottery
