// SPDX-License-Identifier: GPL-3.0-or-later
//
// Attention maps of one text as files: what `lottery attention` does. No tensor in this header.
//
// Thread rule: as in runs.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/study/attention_model.h"

namespace lottery {

struct AttentionRequest {
    AttentionModelRequest model;
    // A text, or an example of a task.
    std::optional<AttentionText> text;
    std::optional<TaskId> task;
    std::filesystem::path data;  // GLUE folder, with `task`
    TextSplit split = TextSplit::Dev;
    std::int64_t example = 0;  // from 0, in file order
    int max_seq_length = 128;  // of examples, which are truncated as in fine-tuning
    AttentionKind kind = AttentionKind::Raw;
    std::filesystem::path out;  // gets attention.npy [L,N,S,S], tokens.json, run.json
};

struct AttentionReport {
    AttentionResult result;
    AttentionText text;
    HeadMatrix entropy;   // nats
    HeadMatrix distance;  // tokens
    double seconds = 0.0;
};

std::vector<FieldProblem> problems(const AttentionRequest& request);
// Errors: those of AttentionModel; an example that the file does not have; a folder that holds attention.npy already.
Outcome<AttentionReport> run_attention(const AttentionRequest& request, std::stop_token stop, ProgressSink& progress);

// What `lottery attention --json` prints.
Json to_json(const AttentionReport& report);

// attention.npy [L,N,S,S] and tokens.json (core/study/FORMAT.md). A difference, or a mean over texts, too. Errors: a
// folder that holds one of them; what the file system refuses.
Status write_maps(const AttentionMaps& maps, const AttentionText& text, const std::filesystem::path& folder);

// The examples of a task in which a head attends most to something.
struct AttentionSearchRequest {
    AttentionModelRequest model;
    TaskId task = TaskId::MRPC;
    std::filesystem::path data;  // GLUE folder
    TextSplit split = TextSplit::Dev;
    std::int64_t limit = 0;  // first so many examples; 0: all
    AttentionSearch search;
};

struct AttentionSearchReport {
    std::vector<FoundText> found;      // `index` counts the file's examples from 0
    std::vector<AttentionText> texts;  // of `found`
    std::int64_t searched = 0;
    double seconds = 0.0;
};

std::vector<FieldProblem> problems(const AttentionSearchRequest& request);
// Errors: those of AttentionModel and of the GLUE reader. Nothing is written.
Outcome<AttentionSearchReport> run_attention_search(const AttentionSearchRequest& request, std::stop_token stop,
                                                    ProgressSink& progress);
Json to_json(const AttentionSearchReport& report, const AttentionSearchRequest& request);

}  // namespace lottery
