// SPDX-License-Identifier: GPL-3.0-or-later
//
// What every mask search begins with: the examples it searches on (Q4), dev, and the record of both.
//
// Thread rule: plain values; a sink is called from the caller's thread.
#pragma once

#include <cstdint>
#include <filesystem>

#include "core/base/json.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/model/bert.h"
#include "core/study/provenance.h"
#include "core/study/task_data.h"

namespace lottery {

struct SearchSource {
    std::filesystem::path checkpoint;  // fine-tuned
    std::filesystem::path data;        // GLUE folder, or the task's own
    TaskId task = TaskId::MRPC;
    std::uint64_t seed = 0;  // chooses the slice of train where fine-tuning held none out
    SearchSplit split = SearchSplit::Train;
    std::int64_t limit_dev = 0;  // first so many examples of the search split and of dev; 0: all
    int max_seq_length = 128;
};

struct SearchData {
    FeatureFile search;  // searched on
    FeatureFile dev;     // reported on: the first dev file
};

// Dev, or the slice of train that fine-tuning left out (the checkpoint's run.json says so); where it left none out, a
// slice it has seen, with a warning.
Result<SearchData> read_search_data(const SearchSource& source, const WordPieceTokenizer& tokenizer,
                                    ProgressSink& progress);

// Fills in the paths, and what was searched on.
void record_search_data(Provenance& provenance, const SearchSource& source, const SearchData& data);

// Masks of a classifier that was made afresh say nothing about the task.
void warn_if_untrained(const LoadedModel& loaded, TaskId task, ProgressSink& progress);

}  // namespace lottery
