// SPDX-License-Identifier: GPL-3.0-or-later
//
// Score and importance of every head and MLP in one pass (method.md §3):
//   I = Σ_batches |∂L_batch/∂ξ|, L_batch the mean loss of a batch, batches in file order, no dropout.
// A mask variable ξ multiplies a head's context vector, which equals multiplying its attention probabilities.
// Source: Michel, Levy, Neubig 2019 (arXiv 1905.10650).
//
// Only mask variables require gradients. Masked components are sliced out of the pass; their own gradient (not zero
// in the published definition, and part of the normalisation) is read off beside it, forward only.
//
// Thread rule: one thread at a time per pass and model.
#pragma once

#include <span>
#include <stop_token>
#include <vector>

#include "core/data/features.h"
#include "core/data/task.h"
#include "core/evaluation/metrics.h"
#include "core/model/bert.h"
#include "core/pruning/example_batches.h"
#include "core/pruning/mask_search.h"

namespace lottery {

struct ImportanceOptions {
    int batch_size = 64;  // examples whose mean loss is one term of the sum
};

// Sums over batches, before any normalisation. NaN: the model no longer has this component.
struct RawImportance {
    HeadMatrix heads;         // [L,N] Σ|∂L/∂ξ|
    std::vector<float> mlps;  // [L]
    std::int64_t tokens = 0;  // real tokens seen
    Predictions predictions;
    NeuronMatrix neurons = {};  // [L,K], see example_gradients.h
};

// §3: heads divided per layer by their L2 norm (+1e-20), then min-max over all heads; MLPs divided by the number of
// tokens, then min-max. Heads alone are divided by the number of tokens first. Blocks of neurons as heads alone. NaN
// stays NaN and joins neither a norm nor a minimum.
ComponentImportance normalise(const RawImportance& raw, SearchKind kind);
// Heads, MLPs and blocks each min-max scaled to [0,1]; all equal: 0. Changes no order.
ComponentImportance to_unit_range(ComponentImportance importance);

// NaN for what a model with these components no longer has.
void forget_lost(const ComponentMasks& components, HeadMatrix& heads, std::vector<float>& mlps, NeuronMatrix& neurons);

// The number of real tokens of `examples`.
std::int64_t token_count(std::span<const Features> examples);

class ImportancePass {
public:
    // Turns gradients of all model parameters off. `examples` must outlive the pass, and so must `told`, which hears of
    // memory that ran out and may be null.
    ImportancePass(BertForSequenceClassification model, std::span<const Features> examples, ImportanceOptions options,
                   ProgressSink* told = nullptr);

    Outcome<RawImportance> run(const ComponentMasks& masks, std::stop_token stop, const OnExamples& on_examples);

private:
    Outcome<RawImportance> sum_up(const std::vector<ExampleBatch>& batches, const ComponentMasks& masks,
                                  const std::stop_token& stop, const OnExamples& on_examples);

    BertForSequenceClassification model_;
    std::span<const Features> examples_;
    ExampleBatches batches_;
    std::int64_t tokens_ = 0;
};

}  // namespace lottery
