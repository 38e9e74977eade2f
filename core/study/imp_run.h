// SPDX-License-Identifier: GPL-3.0-or-later
//
// Iterative magnitude pruning with rewinding, from a pre-trained checkpoint to a ticket. Source: Chen et al. 2020, "The
// Lottery Ticket Hypothesis for Pre-trained BERT Networks" (arXiv 2007.12223).
//
// A round trains the ticket of the round before (the first: everything), prunes the smallest |w| of what is alive over
// all layers together, and rewinds what is left to where it began. Synchronous; no tensor in this header.
//
// Prunable is what magnitude masks prune (core/model/weight_masks.h): weights and biases of the encoder's linear
// layers. Embeddings, LayerNorms, pooler and classifier never are. Chen et al.'s code prunes the weights alone, and the
// pooler's.
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
#include "core/base/result.h"
#include "core/model/weight_survival.h"
#include "core/study/runs.h"

namespace lottery {

struct ImpRequest {
    std::filesystem::path checkpoint;  // pre-trained
    std::filesystem::path data;        // GLUE folder, or the task's own
    // Gets rounds/<i>/ (fine-tuning runs) and from round 1 on weight_mask_<i>.safetensors, weight_mask.safetensors,
    // weight_survival.svg/.csv, ticket/, search.json and run.json; with rewind_step rewind.safetensors.
    std::filesystem::path out;
    TaskId task = TaskId::MRPC;
    std::uint64_t seed = 1337;
    TrainingOptions training;  // of every round
    double amount = 0.1;       // share of the weights alive that a round prunes, in (0, 1)
    // Where it ends; at least one. The last round prunes no more than the sparsity asks for.
    std::optional<double> target_sparsity;  // share of the prunable weights, in (0, 1)
    std::optional<int> rounds;              // of pruning, 1…1000
    // Step of the first training to which weights, optimizer and schedule are rewound; 0: the pre-trained weights.
    std::int64_t rewind_step = 0;
    MlpOutputBias mlp_output_bias = MlpOutputBias::Pruned;
    bool keep_models = false;  // trained models of all rounds, not of the last alone
    bool resume = false;       // goes on with the interrupted run in `out`
    ComputeOptions compute;
};

struct ImpRound {
    int index = 0;          // 0: nothing pruned
    std::int64_t kept = 0;  // weights alive while it trained
    double sparsity = 0.0;  // share of the prunable weights that are pruned
    double score = 0.0;     // search metric on dev after training; a NaN metric counts as the worst score
    Metrics metrics;        // on dev after training
    double seconds = 0.0;   // of training
};

struct ImpReport {
    std::string metric;  // name of the search metric
    std::vector<ImpRound> rounds;
    WeightSurvival survival;             // under the last round's mask
    double parameters_kept_share = 1.0;  // of the whole model, embeddings aside
};

std::vector<FieldProblem> problems(const ImpRequest& request);
// Rounds that are finished are not done again with `resume`, and the one that was interrupted goes on from its own
// resume point. Errors: those of fine-tuning; a folder that holds a finished run, or an interrupted one without
// `resume`; one of another request.
Outcome<ImpReport> run_imp(const ImpRequest& request, std::stop_token stop, TrainingObserver& observer);

// What `lottery mask imp --json` prints and search.json holds.
Json to_json(const ImpReport& report, const ImpRequest& request);

}  // namespace lottery
