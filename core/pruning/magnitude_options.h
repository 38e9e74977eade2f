// SPDX-License-Identifier: GPL-3.0-or-later
//
// Options and records of iterative magnitude pruning (method.md §4). No tensor here: this header is shared by core,
// terminal and window.
//
// Thread rule: plain values; an observer is called from the thread that runs the search.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/model/weight_survival.h"
#include "core/pruning/mask_search_options.h"

namespace lottery {

struct MagnitudeOptions {
    Mode mode = Mode::Rigorous;
    double threshold = 0.9;  // share of the full score a kept mask must reach, in (0, 1]
    double amount = 0.1;     // share of the still alive weights pruned per step, in (0, 1], rounded half to even
    int max_steps = 10;      // steps tried at most; the mask kept is the one before the last, 1…1000
    MlpOutputBias mlp_output_bias = MlpOutputBias::Pruned;  // Q3; published default: Left
    int batch_size = 64;                     // examples scored together: memory and speed only, 1…65536
    SearchSplit split = SearchSplit::Train;  // published default: Dev
    std::int64_t limit_dev = 0;              // first so many examples of the search split and of dev; 0: all
    int max_seq_length = 128;                // tokens, 3…the model's positions

    // The defaults of a mode.
    static MagnitudeOptions for_mode(Mode mode) {
        MagnitudeOptions options;
        options.mode = mode;
        options.mlp_output_bias = mode == Mode::Published ? MlpOutputBias::Left : MlpOutputBias::Pruned;
        options.split = MaskSearchOptions::for_mode(mode).split;
        return options;
    }
};

struct MagnitudeStep {
    int index = 0;                   // 0: the full model
    double score = 0.0;              // search metric; a NaN metric counts as the worst score
    bool accepted = false;           // score ≥ threshold score
    std::int64_t kept = 0;           // weights alive in this step
    double kept_share = 1.0;         // of the prunable weights
    double selection_seconds = 0.0;  // choosing and zeroing the weights
    double seconds = 0.0;            // with the pass over the search split
    WeightSurvival survival;         // under this step's mask; no heads where it was not counted
};

struct MagnitudeResult {
    std::string metric;  // name of the search metric
    double full_score = 0.0;
    double threshold_score = 0.0;  // threshold × full score
    double score = 0.0;            // of the kept mask
    int kept_step = 0;             // whose mask is kept: the one before the last that was tried
    std::vector<MagnitudeStep> steps;
    WeightSurvival survival;             // under the kept mask, that of steps[kept_step]
    double parameters_kept_share = 1.0;  // of the whole model, embeddings aside; set by run_magnitude_search
    double seconds = 0.0;
    // On dev, whatever was searched on; set by run_magnitude_search.
    std::optional<double> dev_full_score;
    std::optional<double> dev_score;
};

class MagnitudeObserver : public virtual ProgressSink {
public:
    virtual void on_magnitude_step(const MagnitudeStep&) {}
};

// How a control mask of the same size is made (method.md §4): drawn uniformly, or keeping the other end, the largest
// magnitudes pruned.
enum class MagnitudeControl { Random, Bad };

}  // namespace lottery
