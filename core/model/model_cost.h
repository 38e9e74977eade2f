// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a BERT with some of its heads and MLPs costs: parameters and multiply-adds, from its sizes alone. No tensor.
//
// `kept` is in the coordinates of the original model: a component that a checkpoint no longer has counts as masked.
// A layer without heads has no output projection either, as in physical removal; likewise an MLP without neurons.
//
// Legend: L layers, N heads, H hidden, D = H/N head size, I intermediate, C outputs, s tokens of an example,
// n heads and i neurons kept in a layer.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <span>

#include "core/model/masks.h"

namespace lottery {

struct BertConfig;

// Weights and biases outside the embeddings: layers, pooler, classifier with `outputs` outputs.
//   per layer   n (4 D H + 3 D) + [n > 0] H  +  i (2 H + 1) + [i > 0] H  +  4 H (two LayerNorms)
std::int64_t parameters_without_embeddings(const BertConfig& config, int outputs, const ComponentMasks& kept);

// The same as a share of the original model's, with everything it ever had; in (0, 1].
double kept_parameter_share(const BertConfig& config, int outputs, const ComponentMasks& kept);

// Multiply-adds of one forward pass per example, averaged over examples of these lengths in tokens (without padding).
//   per layer   4 s n D H (query, key, value, output)  +  2 s² n D (scores, context)  +  2 s H i
//   once        H² + H C on [CLS]
// Look-ups, softmax, activations and LayerNorm are not counted.
double multiply_adds_per_example(const BertConfig& config, int outputs, const ComponentMasks& kept,
                                 std::span<const std::int64_t> lengths);

}  // namespace lottery
