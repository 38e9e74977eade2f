// SPDX-License-Identifier: GPL-3.0-or-later
//
// Options and records of the iterative structured mask search (method.md §4). No tensor here: this header is
// shared by core, terminal and window.
//
// Thread rule: plain values; an observer is called from the thread that runs the search.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/model/masks.h"
#include "core/pruning/criterion_options.h"

namespace lottery {

// "published" repeats the paper's code, its quirks Q1…Q9 included; "rigorous" asks the same question properly.
enum class Mode { Published, Rigorous };

// Where masks are searched (Q4). Dev: the split the scores are reported on. Train: a slice of train, the one held out
// in fine-tuning where there is one.
enum class SearchSplit { Dev, Train };

// By which importances a later phase of the search over heads and MLPs begins (Q2).
enum class PhaseImportance {
    LastPass,  // those of the last pass that was run, mostly one that failed (as published)
    KeptPass,  // those measured with the masks it begins from
};

struct MaskSearchOptions {
    SearchKind kind = SearchKind::HeadsMlps;
    Mode mode = Mode::Rigorous;
    double threshold = 0.9;  // share of the full score a kept mask must reach, in (0, 1]
    double amount = 0.1;     // share of the original model's heads (or blocks) masked per step, in (0, 1]; at least one
    int batch_size = 64;     // examples per batch; part of the importance's definition
    SearchSplit split = SearchSplit::Train;  // published default: Dev
    std::int64_t limit_dev = 0;              // first so many dev examples; 0: all
    int max_seq_length = 128;                // tokens, 3…the model's positions
    Criterion criterion = Criterion::Gradient;
    GradientTerm gradient = GradientTerm::Batch;                   // of Criterion::Gradient (Q1)
    PhaseImportance phase_importance = PhaseImportance::KeptPass;  // of SearchKind::HeadsMlps; published: LastPass
    GateOptions gates;                                             // of Criterion::Learned
    int block_size = 64;                                           // neurons per block, of SearchKind::Neurons
    bool measure_speed = false;                                    // time every mask with its components removed

    // The defaults of a mode.
    static MaskSearchOptions for_mode(Mode mode) {
        MaskSearchOptions options;
        options.mode = mode;
        options.split = mode == Mode::Published ? SearchSplit::Dev : SearchSplit::Train;
        options.phase_importance = mode == Mode::Published ? PhaseImportance::LastPass : PhaseImportance::KeptPass;
        return options;
    }
};

// A masked or kept component. head == -1: the layer's MLP, or with block ≥ 0 a block of its neurons.
struct Component {
    int layer = 0;
    int head = -1;
    int block = -1;
    bool operator==(const Component&) const = default;
};

// One pass over the search split.
struct MaskSearchStep {
    int index = 0;          // 0: the full model
    std::string phase;      // "full", "heads_mlps", "heads", "mlps", "neurons"
    double score = 0.0;     // search metric with `masks`; a NaN metric counts as the worst score
    bool accepted = false;  // score ≥ threshold score: these masks are kept
    double seconds = 0.0;
    std::vector<Component> masked;                   // newly masked in this step
    ComponentMasks masks;                            // the masks that were scored
    ComponentImportance importance;                  // measured in the same pass, normalised as in §3
    std::optional<double> kept_share;                // of the parameters, embeddings aside, components removed
    std::optional<double> milliseconds_per_example;  // where MaskSearchOptions::measure_speed asks for it
};

struct MaskSearchResult {
    std::string metric;  // name of the search metric
    double full_score = 0.0;
    double threshold_score = 0.0;    // threshold × full score
    double score = 0.0;              // of the final masks
    ComponentMasks masks;            // the last kept ones
    ComponentImportance importance;  // of the full model
    std::vector<MaskSearchStep> steps;
    double seconds = 0.0;
    // Of the final masks: share of the original model's parameters, embeddings aside. Set by run_mask_search.
    std::optional<double> kept_weights_share;
    // On dev, whatever was searched on; set by run_mask_search.
    std::optional<double> dev_full_score;
    std::optional<double> dev_score;
};

class MaskSearchObserver : public virtual ProgressSink {
public:
    virtual void on_search_step(const MaskSearchStep&) {}
};

}  // namespace lottery
