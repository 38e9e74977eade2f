// SPDX-License-Identifier: GPL-3.0-or-later
//
// Attention maps of a model: raw probabilities and norm-based maps (method.md §6).
//
// Legend: L layers, N heads, S tokens, H hidden, D head size.
//
// Memory: one layer's tensors and the maps themselves, [L,N,S,S] float32 on the CPU (151 MB for 12 × 12 heads and 512
// tokens). ‖α_ij f_h(x_j)‖ = α_ij ‖f_h(x_j)‖, so that norms need [N,S,H] and never [N,S,S,H].
//
// Thread rule: one thread at a time per model.
#pragma once

#include <vector>

#include "core/attention/attention_maps.h"
#include "core/data/features.h"
#include "core/data/wordpiece.h"
#include "core/model/bert.h"

namespace lottery {

// As the vocabulary spells the tokens of `features`.
TokenRow token_row(const Features& features, const Vocabulary& vocabulary);

// Maps of one text under a plan of the model: heads that the plan leaves out are not present.
AttentionMaps extract_maps(BertForSequenceClassification& model, const EncoderPlan& plan, const Features& features,
                           const Vocabulary& vocabulary, AttentionKind kind);

// The map of one head that the plan keeps, [S,S]; layers after its own are not computed.
std::vector<float> extract_map(BertForSequenceClassification& model, const EncoderPlan& plan, const Features& features,
                               int layer, int head, AttentionKind kind);

}  // namespace lottery
