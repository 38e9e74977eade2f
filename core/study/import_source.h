// SPDX-License-Identifier: GPL-3.0-or-later
//
// Masks and scores of others, read and checked for an import: masks/<setting>/<TASK>/seed_<N>/*.npy and
// evaluate_masked/<experiment>/ (docs/formats.md). What is wrong is listed with its reason; nothing else is lost by it.
//
// Legend: L layers, N heads per layer, K blocks of MLP neurons.
//
// Thread rule: any thread; nothing is written.
#pragma once

#include <filesystem>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/data/task.h"

namespace lottery {

struct SkippedFile {
    std::string file;    // relative to the folder that is imported
    std::string place;   // inside the file: "element [3, 7]", "RTE, acc"; empty: the file as a whole
    std::string reason;  // what was found, what was expected

    // One line: "masks/heads/RTE/seed_42/head_mask.npy, element [3, 7]: 0.5 found, 0 or 1 expected"
    [[nodiscard]] std::string to_string() const;
    bool operator==(const SkippedFile&) const = default;
};

// A file that passed every check.
struct ImportFile {
    std::string name;  // in the study, task and seed in their usual spelling: "masks/heads/SST-2/seed_42/head_mask.npy"
    std::string bytes;  // as found
};

// What one half of an import has found so far.
struct ImportFindings {
    std::vector<ImportFile> files;
    std::vector<SkippedFile> skipped;
    int passed_over = 0;  // files that are no part of the layout
    std::set<TaskId> tasks;
    std::set<std::uint64_t> seeds;
    std::set<std::string> folders;  // settings, experiments
};

struct MaskFindings : ImportFindings {
    int layers = 0;       // L; 0: no masks
    int heads = 0;        // N; 0: no masks of heads
    int masks = 0;        // files
    int importances = 0;  // files
    int runs = 0;         // setting × task × seed that has any file
};

struct ResultFindings : ImportFindings {
    int result_files = 0;
};

// Masks hold 0 and 1, importances finite numbers or NaN. All are of one model: the shape that most files of heads have
// (of MLPs, where there are none of heads) is the study's, others are skipped. Also listed: what most runs of a setting
// have and one lacks, folders of unknown tasks, folders without runs. A folder `masks` that is missing is empty.
// Error: a folder cannot be listed.
Outcome<MaskFindings> find_masks(const std::filesystem::path& published, const std::stop_token& stop);

// Scores in the published layout, and per seed. Likewise.
Outcome<ResultFindings> find_results(const std::filesystem::path& published, const std::stop_token& stop);

namespace import_detail {

// The folder's entries by name; none where it is missing.
Result<std::vector<std::filesystem::path>> sorted_entries(const std::filesystem::path& folder);
// The file's bytes. Errors: no regular file, or larger than any mask or table of scores.
Result<std::string> read_small_file(const std::filesystem::path& file);
// `error` of the file `name`; where error.place goes on behind `name`, that is the place.
SkippedFile skipped(const std::string& name, const Error& error);

}  // namespace import_detail

}  // namespace lottery
