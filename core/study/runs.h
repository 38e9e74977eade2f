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
#include "core/model/residual_ablation.h"
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
    // Retraining of a subnetwork: what these masks leave out is removed before training (method.md §5).
    std::optional<std::filesystem::path> head_mask;  // [L,N] .npy
    std::optional<std::filesystem::path> mlp_mask;   // [L] .npy
    // Magnitude mask: pruned weights are zero from the start and stay zero.
    std::optional<std::filesystem::path> weight_mask;
    // [L,K] .npy: the weights of the neurons that it leaves out, likewise.
    std::optional<std::filesystem::path> neuron_mask;
    std::optional<int> block_size;  // as of EvaluateRequest
    bool resume = false;            // go on from the run folder's last resume point; finished: report it
    // Rewinding, as iterative magnitude pruning trains its rounds: the whole state after `keep_step` steps goes to
    // `keep_file` (0: none); a run with `begin_at` goes on from there instead of from the checkpoint.
    std::int64_t keep_step = 0;
    std::filesystem::path keep_file;
    std::optional<std::filesystem::path> begin_at;
};

struct FinetuneReport {
    TaskId task = TaskId::MRPC;
    std::uint64_t seed = 0;
    Metrics metrics_before;  // on dev
    Metrics metrics;         // on dev
    std::int64_t steps = 0;
    std::int64_t examples = 0;  // trained on, counting epochs
    double seconds = 0.0;       // of training, without evaluation, over all processes of the run
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
    std::optional<int> block_size;  // neurons per block of neuron_mask; default: from the search.json beside it
    std::optional<std::filesystem::path> weight_mask;   // magnitude mask; may be combined with the others
    Removal removal = Removal::Physical;                // which of the two scores counts (Q7); both are computed
    std::optional<ResidualAblation> without_residuals;  // left out at inference
    bool measure_speed = false;                         // times the model with and without the masks
    std::optional<std::filesystem::path> predictions;   // TSV to write
};

// Milliseconds per example on this machine, the median over rounds.
struct MeasuredSpeed {
    std::int64_t batch = 0;   // examples handed over at once
    double whole_ms = 0.0;    // the checkpoint as it is
    double removed_ms = 0.0;  // without what the masks leave out; equal to whole_ms when there are no masks
};

struct EvaluateReport {
    TaskId task = TaskId::MRPC;
    Removal removal = Removal::Physical;
    Metrics metrics;                        // by `removal`
    bool masked = false;                    // there were masks
    std::map<Removal, Metrics> by_removal;  // both ways; empty without masks
    // Layers whose last heads the masks take, where the ways differ: only removal drops the projection's bias (Q7).
    std::vector<int> layers_left_without_heads;
    std::vector<int> layers_left_without_neurons;  // likewise; of a neuron mask
    Metrics majority_baseline;                     // always the most frequent dev class; empty for regression
    double loss = 0.0;
    std::int64_t examples = 0;
    double seconds = 0.0;
    std::int64_t parameters = 0;
    std::int64_t parameters_kept = 0;    // embeddings aside
    double parameters_kept_share = 1.0;  // of the original model's, embeddings aside
    int kept_heads = 0;
    int kept_mlps = 0;
    double mean_tokens = 0.0;                           // per example of the dev set
    double multiply_adds = 0.0;                         // per example, mean over the dev set, masked components removed
    double multiply_adds_full = 0.0;                    // of the original model
    std::vector<MeasuredSpeed> speed;                   // one per batch size when it was asked for
    std::map<std::string, double> predicted_share;      // class → share of predictions; empty for regression
    std::optional<ResidualAblation> without_residuals;  // as asked for, its layers named
};

struct RemoveRequest {
    std::filesystem::path checkpoint;  // with a classifier
    std::filesystem::path out;         // becomes a Hugging Face folder without what the masks leave out
    // At least one.
    std::optional<std::filesystem::path> head_mask;  // [L,N] .npy
    std::optional<std::filesystem::path> mlp_mask;   // [L] .npy
    ComputeOptions compute;
};

struct RemoveReport {
    int kept_heads = 0;
    int kept_mlps = 0;
    std::int64_t parameters_before = 0;
    std::int64_t parameters = 0;
    double parameters_kept_share = 1.0;  // of the original model's, embeddings aside
    // Everything transformers knows: no MLP was removed, and every layer has a head.
    bool loads_in_transformers = true;
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
std::vector<FieldProblem> problems(const RemoveRequest& request);

Outcome<FinetuneReport> run_finetune(const FinetuneRequest& request, std::stop_token stop, TrainingObserver& observer);
Outcome<EvaluateReport> run_evaluate(const EvaluateRequest& request, std::stop_token stop, ProgressSink& progress);
Outcome<RemoveReport> run_remove(const RemoveRequest& request, std::stop_token stop, ProgressSink& progress);
// Given again with the same inputs, an interrupted search goes on after its last finished pass (pass_log.h).
Outcome<MaskSearchResult> run_mask_search(const MaskRequest& request, std::stop_token stop,
                                          MaskSearchObserver& observer);

}  // namespace lottery
