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

namespace lottery {

// "published" repeats the paper's code, its quirks Q1…Q9 included; "rigorous" asks the same question properly.
enum class Mode { Published, Rigorous };

enum class SearchKind { Heads, Mlps, HeadsMlps };

// Where masks are searched (Q4). Dev: the split the scores are reported on. Train: a slice of train, the one held out
// in fine-tuning where there is one.
enum class SearchSplit { Dev, Train };

struct MaskSearchOptions {
    SearchKind kind = SearchKind::HeadsMlps;
    Mode mode = Mode::Rigorous;
    double threshold = 0.9;  // share of the full score a kept mask must reach, in (0, 1]
    double amount = 0.1;     // share of the original model's heads masked per step, in (0, 1]; at least one
    int batch_size = 64;     // examples per batch; part of the importance's definition
    SearchSplit split = SearchSplit::Train;  // published default: Dev
    std::int64_t limit_dev = 0;              // first so many dev examples; 0: all
    int max_seq_length = 128;                // tokens, 3…the model's positions

    // The defaults of a mode.
    static MaskSearchOptions for_mode(Mode mode);
};

// A masked or kept component. head == -1: the layer's MLP.
struct Component {
    int layer = 0;
    int head = -1;
    bool operator==(const Component&) const = default;
};

// One pass over the search split.
struct MaskSearchStep {
    int index = 0;          // 0: the full model
    std::string phase;      // "full", "heads_mlps", "heads", "mlps"
    double score = 0.0;     // search metric with `masks`; a NaN metric counts as the worst score
    bool accepted = false;  // score ≥ threshold score: these masks are kept
    double seconds = 0.0;
    std::vector<Component> masked;   // newly masked in this step
    ComponentMasks masks;            // the masks that were scored
    ComponentImportance importance;  // measured in the same pass, normalised as in §3
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
