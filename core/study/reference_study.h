// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reference studies: masks and scores of others, imported to explore and to compare with (docs/formats.md). They are
// read-only: what writes into studies refuses them, so that what is compared with stays what was published.
//
// Thread rule: any thread; nothing is written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/data/task.h"

namespace lottery {

// study.json of an import.
struct ReferenceStudy {
    std::string source;                    // the folder it was imported from, as given
    std::vector<TaskId> tasks;             // that have masks or scores, in the order of all_tasks()
    std::vector<std::uint64_t> seeds;      // of masks and of scores per seed, ascending
    std::vector<std::string> settings;     // folders in masks/, by name
    std::vector<std::string> experiments;  // folders in evaluate_masked/, by name
    int layers = 0;                        // of the masks' model; 0: there are no masks
    int heads = 0;                         // per layer; 0: there are no masks of heads
    int files = 0;                         // imported
    std::string sha256;                    // of the list "<SHA-256 of the file>  <path>\n", sorted by path

    bool operator==(const ReferenceStudy&) const = default;
};

Json to_json(const ReferenceStudy& study);

// The record in `folder`, also of an import that has not ended; nothing where study.json is missing or of another kind
// of study. Errors: no readable JSON, another format version, unknown keys, missing or wrong values.
Result<std::optional<ReferenceStudy>> find_reference_study(const std::filesystem::path& folder);

// A finished import. Errors: those above, no reference study, an import that has not ended.
Result<ReferenceStudy> read_reference_study(const std::filesystem::path& folder);

// For whatever writes into studies: an error where `folder` is a reference study or lies in one, also for a folder that
// does not exist yet. Error, too: the folder's own study.json cannot be read.
Status check_study_is_writable(const std::filesystem::path& folder);

}  // namespace lottery
