// SPDX-License-Identifier: GPL-3.0-or-later
//
// HANS (McCoy, Pavlick, Linzen 2019, arXiv 1902.01007): sentence pairs on which the shallow heuristics of inference
// models go wrong, `heuristics_evaluation_set.txt`. Tab separated with a header; columns are found by name.
//
// Thread rule: any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/data/glue_reader.h"

namespace lottery {

enum class HansLabel { Entailment = 0, NonEntailment = 1 };

const char* to_string(HansLabel label);  // as in the file: "entailment", "non-entailment"

struct HansExample {
    Example pair;           // premise and hypothesis; its label is the gold HansLabel
    std::string heuristic;  // "lexical_overlap", "subsequence", "constituent"
    std::string subcase;    // "ce_adverb", …; empty where the file has no such column
    std::int64_t line = 0;  // 1-based
    [[nodiscard]] HansLabel gold() const { return static_cast<HansLabel>(pair.label); }
};

struct HansFile {
    std::filesystem::path path;
    std::vector<HansExample> examples;  // file order
};

// The file, or the one in a folder. `limit` > 0 keeps only the first so many examples. Errors name file and line:
// missing or empty, no column gold_label, sentence1, sentence2 or heuristic, a short row, an unknown label, broken
// UTF-8.
Result<HansFile> read_hans(const std::filesystem::path& file_or_folder, std::int64_t limit = 0);

}  // namespace lottery
