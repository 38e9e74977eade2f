// SPDX-License-Identifier: GPL-3.0-or-later
//
// Chosen weights of a model made fresh, pre-trained again, or zero: what they are worth (method.md §7).
//
// Thread rule: one thread at a time per model.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/bert.h"
#include "core/model/model_parts.h"

namespace lottery {

// Canonical keys of the parameters that the parts have, in the order of the model's computation. Errors: a layer that
// the model does not have; a part that is gone from a layer, since pruning has removed it.
Result<std::vector<std::string>> parameters_of(const ModelParts& parts, const BertConfig& config);

// Weights N(0, initializer_range), biases 0, LayerNorm 1/0. What a parameter draws depends on the seed and the
// parameter alone, not on what else is reset, and is the same on every device.
void reinitialise(BertForSequenceClassification& model, const std::vector<std::string>& keys, std::uint64_t seed);
void set_to_zero(BertForSequenceClassification& model, const std::vector<std::string>& keys);
// Takes over the values of a model of the same sizes and components.
void copy_parameters(BertForSequenceClassification& model, const std::vector<std::string>& keys,
                     const std::map<std::string, torch::Tensor>& values);
// Copies of the parameters.
std::map<std::string, torch::Tensor> parameter_values(const BertForSequenceClassification& model,
                                                      const std::vector<std::string>& keys);

}  // namespace lottery
