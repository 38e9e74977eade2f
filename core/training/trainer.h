// SPDX-License-Identifier: GPL-3.0-or-later
//
// Fine-tuning (method.md §2): AdamW with bias correction, linear decay to 0, gradient norm clipped, dropout,
// batches reshuffled each epoch.
//
// Everything random is a function of the seed and the step, so a resume point holds only weights, moments and the
// step, and a resumed run goes on to the same bits (same device and thread count).
//
// Thread rule: one thread at a time per model; seeds torch's default generator of the calling process.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/data/features.h"
#include "core/model/bert.h"
#include "core/model/weight_masks.h"
#include "core/training/training_options.h"

namespace lottery {

struct TrainingHistory {
    std::vector<TrainingStep> steps;
    std::vector<DevEvaluation> evaluations;  // first: before training, then one per epoch
    double seconds = 0.0;                    // of optimizer steps, over all processes of the run
    std::int64_t examples = 0;               // trained on in them, counting epochs
};

struct TrainingPlan {
    std::span<const Features> train;
    TrainingOptions options;
    std::uint64_t seed = 0;
    // Scores the model on dev; step and epoch are filled in by the trainer.
    std::function<Outcome<DevEvaluation>(BertForSequenceClassification&)> evaluate;
    // Written every options.save_steps steps, at each epoch's end, and when so much work is unsaved: this long, and 50
    // times as long as writing takes.
    std::filesystem::path resume_file;
    double unsaved_seconds = 10.0;
    bool resume = false;      // start from resume_file when it is there
    std::string fingerprint;  // of everything that shapes the result; a resume point of another run is refused
    std::string stage;        // for progress reports
    const WeightMasks* weight_masks = nullptr;  // of this model; pruned weights are zero from the first evaluation on
    // Rewinding (Frankle et al. 2020, arXiv 1912.05671): the whole state after `keep_step` steps is written to
    // `keep_file`; 0: none. A run that begins at such a file has its weights, moments, learning rate and order of
    // examples from that step on, pruned weights and their moments zero, and a history of its own steps alone.
    std::int64_t keep_step = 0;
    std::filesystem::path keep_file;
    std::filesystem::path begin_at;  // empty: at step 0
    // A batch goes through the model in so many parts, their gradients summed; doubled whenever memory runs out.
    int parts = 1;
};

// Leaves the trained weights in `model`; the resume file stays until the caller has saved them.
Outcome<TrainingHistory> train(BertForSequenceClassification& model, const TrainingPlan& plan, std::stop_token stop,
                               TrainingObserver& observer);

// Learning rate of 1-based `step` of `steps`: linear warm-up over `warmup_share`, then linear decay to 0 after the
// last step (the first step without warm-up runs at the peak).
double learning_rate_at(const TrainingOptions& options, std::int64_t step, std::int64_t steps);

}  // namespace lottery
