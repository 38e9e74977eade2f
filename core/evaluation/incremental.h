// SPDX-License-Identifier: GPL-3.0-or-later
//
// Predictions of one model under masks that change a little from one time to the next: what lies below the first layer
// that differs is not computed again. Examples come in rounds, small ones first, so that something can be said early.
//
// Legend: L layers, T packed tokens of a chunk, H hidden.
//
// Thread rule: one thread at a time per model.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/evaluation/chunks.h"
#include "core/evaluation/metrics.h"
#include "core/evaluation/token_budget.h"
#include "core/model/bert.h"

namespace lottery {

// The first layer in which the masks, of one model, differ; the number of layers where none does.
int first_difference(const ComponentMasks& a, const ComponentMasks& b);

class IncrementalEvaluation {
public:
    // What layers get is kept for as many examples as `cache_bytes` hold ([T,H] fp32 for each of L layers); the others
    // are computed from the embeddings on. `examples` must outlive this, and so must `told`, which hears of memory that
    // ran out and may be null.
    IncrementalEvaluation(BertForSequenceClassification model, std::span<const Features> examples,
                          std::int64_t cache_bytes, ProgressSink* told);

    // Of 16 examples, then as many as before all over again, but 128 at most.
    [[nodiscard]] std::size_t rounds() const { return ends_.size(); }
    // How many examples are in with this round.
    [[nodiscard]] std::size_t end_of(std::size_t round) const { return ends_[round]; }

    struct Cost {
        double seconds = 0.0;
        // Share of layer passes that were not needed, 0…1.
        double reused = 0.0;
    };
    // Writes the round's logits under `masks`, with what they leave out removed, to their places in `predictions`
    // (empty_predictions of all examples). A cancelled round leaves some of them as they were.
    Outcome<Cost> evaluate(std::size_t round, const ComponentMasks& masks, std::stop_token stop,
                           Predictions& predictions);

private:
    struct CachedChunk {
        Chunk chunk;
        bool cached = false;                // has room in the cache
        ComponentMasks masks;               // that the rest belongs to
        std::vector<torch::Tensor> inputs;  // [T,H] per layer (layer_inputs.h); none before the first pass
        torch::Tensor logits;               // [B,C]
    };
    void make_chunks_of(std::size_t round);
    void forget();
    const EncoderPlan& plan_for(const ComponentMasks& masks);
    // Layers that were computed.
    int compute(CachedChunk& cached, const ComponentMasks& masks, const EncoderPlan& plan);

    BertForSequenceClassification model_;
    std::span<const Features> examples_;
    std::int64_t cache_bytes_;
    std::int64_t used_bytes_ = 0;
    TokenBudget budget_;
    std::vector<std::size_t> ends_;
    std::vector<std::vector<CachedChunk>> chunks_;  // by round; none before it is first evaluated
    EncoderPlan whole_, plan_;
    ComponentMasks plan_masks_;  // that plan_ is of; empty: of none
};

}  // namespace lottery
