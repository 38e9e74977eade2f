// SPDX-License-Identifier: GPL-3.0-or-later
//
// `lottery import`: published masks and scores become a reference study, to explore and to compare with
// (core/study/reference_study.h, docs/formats.md).
//
// The files are copied byte for byte under the names they were published with, so that their SHA-256 can be compared
// with the source's; readers know the published spellings. Written are study.json first, the files, and run.json last:
// an import that was killed has no run.json, and the same import goes on.
//
// Thread rule: see runs.h. No tensor in this header.
#pragma once

#include <filesystem>
#include <stop_token>
#include <vector>

#include "core/base/json.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/study/import_source.h"
#include "core/study/reference_study.h"
#include "core/study/runs.h"

namespace lottery {

struct ImportRequest {
    std::filesystem::path published;  // holds masks/ or evaluate_masked/, or both
    std::filesystem::path out;        // new, empty, or an earlier import of the same files
};

struct ImportReport {
    ReferenceStudy study;
    int mask_files = 0;
    int importance_files = 0;
    int mask_runs = 0;  // setting × task × seed
    int result_files = 0;
    std::vector<SkippedFile> skipped;  // bad and missing files, by name
    int passed_over = 0;               // files of the source that are no part of the layout
    int written = 0;                   // of study.files; the others were there already
    double seconds = 0.0;
};

std::vector<FieldProblem> problems(const ImportRequest& request);

// Everything is read and checked before anything is written; each skipped file is also a warning to `progress`. An
// import that stands there already is looked through: files that were lost or changed are written again. Errors: a
// source without either half, or without a single good file; a folder that holds anything else.
Outcome<ImportReport> run_import(const ImportRequest& request, std::stop_token stop, ProgressSink& progress);

Json to_json(const ImportReport& report);

}  // namespace lottery
