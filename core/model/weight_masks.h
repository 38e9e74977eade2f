// SPDX-License-Identifier: GPL-3.0-or-later
//
// Masks of single weights, as magnitude pruning finds them (method.md §4), and their files (FORMAT.md).
//
// Prunable are, in every layer, the weights and biases of query, key, value, attention output and intermediate, and
// the weight of the MLP's output; its bias by choice (Q3).
//
// Thread rule: plain values; a mask that no thread changes may be read from several. Two writers of one path must not
// overlap.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/bert.h"
#include "core/model/checkpoint.h"
#include "core/model/weight_survival.h"

namespace lottery {

struct WeightMask {
    std::string parameter;  // canonical key, "bert.encoder.layer.0.attention.self.query.weight"
    torch::Tensor kept;     // bool, the parameter's shape, contiguous on the CPU; true: kept
};

struct WeightMasks {
    std::vector<WeightMask> masks;  // in the order of the model's parameters

    [[nodiscard]] std::int64_t kept() const;      // weights
    [[nodiscard]] std::int64_t prunable() const;  // kept and pruned ones
    [[nodiscard]] double kept_share() const;      // 1 when there is nothing to prune
    [[nodiscard]] WeightMasks clone() const;      // with memory of its own
    bool operator==(const WeightMasks& other) const;
};

// In the order of the model's computation.
std::vector<TensorSpec> prunable_parameters(const BertConfig& config, MlpOutputBias bias);
WeightMasks all_weights_kept(const BertConfig& config, MlpOutputBias bias);

// The model's own copies of the masked parameters, fp32 and contiguous on the CPU, in the masks' order.
std::vector<torch::Tensor> weights_of(BertForSequenceClassification& model, const WeightMasks& masks);
// Makes pruned weights exactly zero, whatever they were; kept ones stay as they are. The masks must be of this model.
void apply_weight_masks(BertForSequenceClassification& model, const WeightMasks& masks);

// In the coordinates of the original model, also for a checkpoint that has lost heads or MLPs.
WeightSurvival weight_survival(const WeightMasks& masks, const BertConfig& config);
// Share of the model's parameters, embeddings aside, that are neither pruned nor part of a masked component.
double parameters_kept_share(const BertForSequenceClassification& model, const ComponentMasks& components,
                             const WeightMasks& weights);

// One bit per weight. Written atomically; same masks, same bytes.
Status write_weight_masks(const std::filesystem::path& path, const WeightMasks& masks);
// Reads that form, and one number per weight under "<parameter>_mask" (with or without "bert."), of any dtype, from
// safetensors or a zip-format .bin, as torch.nn.utils.prune leaves them in a state dict; other tensors there are
// passed over. Errors name file, tensor, found and expected: no mask for a prunable parameter, one for another
// parameter, another shape, a value other than 0 and 1, bits set beyond the last weight, a file that is truncated.
Result<WeightMasks> read_weight_masks(const std::filesystem::path& path, const BertConfig& config);

}  // namespace lottery
