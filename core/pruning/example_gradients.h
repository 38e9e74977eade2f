// SPDX-License-Identifier: GPL-3.0-or-later
//
// The gradient of every single example's loss in every mask variable, from one backward pass per chunk of examples:
// sequences do not see each other, so the gradient that arrives at a token belongs to its own example. At each mask
// variable it is read off as ∂L_i/∂ξ = Σ_tokens ⟨∂L/∂y, y⟩, y being what the variable multiplies (a head's context, an
// MLP's output, a block's activations), and summed within each sequence.
//
// Masked components are sliced out, and their gradients read off beside the pass, as in importance.h.
//
// Thread rule: one thread at a time per pass and model.
#pragma once

#include <span>
#include <stop_token>
#include <vector>

#include "core/pruning/importance.h"

namespace lottery {

// How single examples' gradients g_i become one number per component.
enum class GradientReduction {
    BatchAbsolute,    // Σ_batches |mean_i g_i|: the published definition
    ExampleAbsolute,  // mean_i |g_i|
    ExampleSquare,    // mean_i g_i²: the diagonal of the empirical Fisher information (Kwon et al. 2022, §3.1)
};

class ExampleGradientPass {
public:
    // Turns gradients of all model parameters off. `examples` must outlive the pass, and so must `told`, which hears of
    // memory that ran out and may be null.
    ExampleGradientPass(BertForSequenceClassification model, std::span<const Features> examples, int batch_size,
                        GradientReduction reduction, ProgressSink* told = nullptr);

    // Blocks of neurons are measured when `masks` has them.
    Outcome<RawImportance> run(const ComponentMasks& masks, std::stop_token stop, const OnExamples& on_examples);

private:
    Outcome<RawImportance> sum_up(const std::vector<ExampleBatch>& batches, const ComponentMasks& masks,
                                  const std::stop_token& stop, const OnExamples& on_examples);

    BertForSequenceClassification model_;
    std::span<const Features> examples_;
    GradientReduction reduction_;
    ExampleBatches batches_;
};

}  // namespace lottery
