// SPDX-License-Identifier: GPL-3.0-or-later
//
// The runs a person starts, from the terminal or the window: from paths and options to files on disk.
// Synchronous; no tensor in this header.
//
// Each run writes run.json (provenance) into its folder. Requests are validated first; everything that can be
// refused is refused before anything is written.
//
// Thread rule: a run may execute on any one thread; its observer is called from that thread. Two runs on one
// device must not overlap.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/data/task.h"
#include "core/pruning/mask_search_options.h"
#include "core/training/training_options.h"

namespace lottery {

// Where and how wide a run computes.
struct ComputeOptions {
    std::string device = "auto";  // "auto" (cuda when there is one), "cpu", "cuda", "cuda:N"
    int threads = 0;              // CPU threads, 0: as many as the machine has
};

// What is wrong with one field of a request; for messages beside the field.
struct FieldProblem {
    std::string field;    // name of the option as on the command line without dashes: "batch-size", "checkpoint"
    std::string message;  // what was found, what is expected
};

struct FinetuneRequest {
    std::filesystem::path checkpoint;  // Hugging Face folder
    std::filesystem::path data;        // GLUE folder, or the task's own
    std::filesystem::path out;         // run folder; becomes a Hugging Face folder
    TaskId task = TaskId::MRPC;
    std::uint64_t seed = 1337;
    TrainingOptions options;
    ComputeOptions compute;
    bool resume = false;  // go on from the run folder's last resume point; finished: report it
};

struct FinetuneReport {
    TaskId task = TaskId::MRPC;
    std::uint64_t seed = 0;
    Metrics metrics_before;  // on dev
    Metrics metrics;         // on dev
    std::int64_t steps = 0;
    std::int64_t examples = 0;  // trained on, counting epochs
    double seconds = 0.0;       // of training, without evaluation
    double examples_per_second = 0.0;
    std::string device;
};

struct EvaluateRequest {
    std::filesystem::path checkpoint;
    std::filesystem::path data;
    TaskId task = TaskId::MRPC;
    std::int64_t limit_dev = 0;
    int max_seq_length = 128;
    ComputeOptions compute;
    std::optional<std::filesystem::path> head_mask;    // [L,N] .npy
    std::optional<std::filesystem::path> mlp_mask;     // [L] .npy
    std::optional<std::filesystem::path> neuron_mask;  // [L,K] .npy
    std::optional<int> block_size;        // of neuron_mask, neurons; default: from the search.json beside it
    Removal removal = Removal::Physical;  // how masked components are left out (Q7)
    std::optional<std::filesystem::path> predictions;  // TSV to write
};

struct EvaluateReport {
    TaskId task = TaskId::MRPC;
    Metrics metrics;
    Metrics majority_baseline;  // always the most frequent dev class; empty for regression
    double loss = 0.0;
    std::int64_t examples = 0;
    double seconds = 0.0;
    std::int64_t parameters = 0;
    double parameters_kept_share = 1.0;             // embeddings aside
    std::map<std::string, double> predicted_share;  // class → share of predictions; empty for regression
};

struct MaskRequest {
    std::filesystem::path checkpoint;  // fine-tuned
    std::filesystem::path data;
    std::filesystem::path out;  // gets head_mask.npy, mlp_mask.npy, …, search.json, run.json
    TaskId task = TaskId::MRPC;
    std::uint64_t seed = 1337;  // of random and learned criteria, and of the slice of train that is searched on
    MaskSearchOptions options;
    ComputeOptions compute;
};

std::vector<FieldProblem> problems(const FinetuneRequest& request);
std::vector<FieldProblem> problems(const EvaluateRequest& request);
std::vector<FieldProblem> problems(const MaskRequest& request);

Outcome<FinetuneReport> run_finetune(const FinetuneRequest& request, std::stop_token stop, TrainingObserver& observer);
Outcome<EvaluateReport> run_evaluate(const EvaluateRequest& request, std::stop_token stop, ProgressSink& progress);
Outcome<MaskSearchResult> run_mask_search(const MaskRequest& request, std::stop_token stop,
                                          MaskSearchObserver& observer);

}  // namespace lottery
