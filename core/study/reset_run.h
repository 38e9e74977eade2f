// SPDX-License-Identifier: GPL-3.0-or-later
//
// Randomisation and ablation of a fine-tuned model's weights (method.md §7): chosen ones re-initialised, reverted to
// the pre-trained ones, or zeroed; as a checkpoint, or a whole series of them scored without one. No tensor in this
// header.
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
#include "core/model/model_parts.h"
#include "core/study/runs.h"

namespace lottery {

enum class ResetHow { Reinitialise, Pretrained, Zero };
// One after the other alone: every given part, every layer, every pair of layers (and every layer, the diagonal).
enum class ResetSeries { Parts, Layers, LayerPairs };

const char* to_string(ResetHow how);        // "reinit", "pretrained", "zero"
const char* to_string(ResetSeries series);  // "parts", "layers", "layer-pairs"

struct ResetRequest {
    std::filesystem::path checkpoint;                 // fine-tuned
    std::optional<std::filesystem::path> pretrained;  // with ResetHow::Pretrained: what it was fine-tuned from
    // Becomes a Hugging Face folder; of a series gets series.svg, series.csv and run.json.
    std::filesystem::path out;
    ResetHow how = ResetHow::Reinitialise;
    ModelParts parts;
    std::uint64_t seed = 1337;  // of the fresh weights
    std::optional<ResetSeries> series;
    // Where the model is scored, before and after; needed for a series.
    std::optional<TaskId> task;
    std::filesystem::path data;
    std::int64_t limit_dev = 0;
    int max_seq_length = 128;
    ComputeOptions compute;
};

struct ResetPoint {
    ModelParts parts;
    std::int64_t weights = 0;        // numbers that were reset
    std::optional<Metrics> metrics;  // on dev
};

struct ResetReport {
    std::optional<Metrics> metrics_before;  // of the checkpoint as it is
    std::vector<ResetPoint> points;         // one, without a series
    double seconds = 0.0;
};

std::vector<FieldProblem> problems(const ResetRequest& request);
// Errors: a checkpoint without classifier; a part that is gone from a layer; a pre-trained checkpoint of other sizes,
// or without what is asked of it (a pooler); a folder that holds something.
Outcome<ResetReport> run_reset(const ResetRequest& request, std::stop_token stop, ProgressSink& progress);

// What `lottery reset --json` prints.
Json to_json(const ResetReport& report, const ResetRequest& request);

}  // namespace lottery
