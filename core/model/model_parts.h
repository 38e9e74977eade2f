// SPDX-License-Identifier: GPL-3.0-or-later
//
// Parts of a BERT by name, to say which weights an experiment touches. No tensor in this header.
//
// Thread rule: plain values.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace lottery {

enum class ModelPart {
    Embeddings,  // words, positions, segments, and their LayerNorm
    Query,       // weight and bias each, as the following four
    Key,
    Value,
    AttentionOutput,  // projection behind the heads, without its LayerNorm
    Intermediate,
    Output,     // second linear layer of the MLP, without its LayerNorm
    LayerNorm,  // both of a layer
    Layer,      // everything in a layer
    Pooler,
};

std::span<const ModelPart> all_model_parts();
const char* to_string(ModelPart part);  // "attention-output"
// Whether each layer has such a part.
bool is_in_layers(ModelPart part);

struct ModelParts {
    std::vector<ModelPart> parts;
    std::vector<int> layers;  // of the parts that layers have, counted from 0; empty: all
};

// "query, key of layers 3, 4"
std::string describe(const ModelParts& parts);

}  // namespace lottery
