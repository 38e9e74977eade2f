// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the demo study measures on one fine-tuned model: the full model, the found mask, random masks of its size.
//
// Thread rule: see runs.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <vector>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/data/task.h"
#include "core/evaluation/metric_types.h"
#include "core/study/runs.h"

namespace lottery {

struct DemoScoreRequest {
    std::filesystem::path model;   // fine-tuned checkpoint
    std::filesystem::path data;    // GLUE folder
    std::filesystem::path search;  // finished mask search: head_mask.npy, mlp_mask.npy
    std::filesystem::path out;     // gets the random masks and run.json
    TaskId task = TaskId::SST2;
    std::uint64_t seed = 0;  // of the random masks
    int draws = 20;
    int max_seq_length = 128;  // tokens
    ComputeOptions compute;
};

struct DemoModelScores {
    Metrics majority;  // as majority_metrics; empty for regression
    Metrics full;
    Metrics importance;
    std::vector<Metrics> random;  // one per draw
    double kept_share = 1.0;      // of parameters, embeddings aside
};

// On dev, masked components multiplied by zero. When `out` holds a finished run of the same inputs, its scores are
// read back. Errors: a finished run of other inputs; files that are missing or do not fit.
Outcome<DemoModelScores> score_demo_model(const DemoScoreRequest& request, std::stop_token stop,
                                          ProgressSink& progress);

// The scores of one task and seed.
struct DemoModel {
    TaskId task = TaskId::SST2;
    std::uint64_t seed = 0;
    DemoModelScores scores;
};

// <folder>/{no_mask,head_mlp,head_mlp_random}/baseline/results.json and per_seed.json, and freq_baseline/results.json,
// as the published results are laid out (docs/formats.md). Of random masks the mean over draws counts; a NaN draw
// counts as 0.
Status write_evaluations(const std::filesystem::path& folder, const std::vector<DemoModel>& models);

}  // namespace lottery
