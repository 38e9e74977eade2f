// SPDX-License-Identifier: GPL-3.0-or-later
//
// A packed batch on a device, and scaled dot-product attention within its sequences.
//
// Legend: B sequences, T packed tokens, N heads, D head size, S longest sequence.
//
// Thread rule: values; functions may run on any one thread.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "core/data/features.h"

namespace lottery {

// How attention is computed; results agree to float rounding.
enum class AttentionWay {
    // One fused call per group of equally long neighbours: no padding at all. Best on CPUs, where a call is cheap.
    LengthGroups,
    // One fused call for the whole batch, keys padded to S and masked, only inside attention. Best on GPUs, where
    // few large kernels count.
    PaddedKeys,
};

// What attention needs to know of a packed batch.
class SequenceLayout {
public:
    // `lengths` [B] in packed order; neighbours of equal length are grouped.
    SequenceLayout(const std::vector<std::int64_t>& lengths, torch::Device device, AttentionWay way);

    struct Group {
        std::int64_t sequences;
        std::int64_t length;
    };
    AttentionWay way;
    std::vector<Group> groups;
    std::vector<std::int64_t> group_tokens;  // tokens per group, sums to T
    torch::Tensor first_tokens;              // [B] int64, rows of [CLS]
    // PaddedKeys only:
    std::int64_t sequences = 0;   // B
    std::int64_t longest = 0;     // S
    torch::Tensor padded_rows;    // [B*S] int64, row of each padded place (row 0 where there is none)
    torch::Tensor packed_places;  // [T] int64, place of each row in the padded layout
    torch::Tensor key_mask;       // [B,1,1,S] bool, true at real tokens
};

AttentionWay attention_way_for(torch::Device device);

// softmax(q kᵀ / √D) v within each sequence; dropout is applied to the probabilities.
// query, key, value [T,N,D] → context [T,N,D].
torch::Tensor packed_attention(const torch::Tensor& query, const torch::Tensor& key, const torch::Tensor& value,
                               const SequenceLayout& layout, double dropout);

// Attention probabilities, one [N,s,s] tensor per sequence in packed order; for inspection, not for training.
std::vector<torch::Tensor> attention_probs(const torch::Tensor& query, const torch::Tensor& key,
                                           const SequenceLayout& layout);

// A packed batch's tensors on a device.
struct DeviceBatch {
    torch::Tensor input_ids;       // [T] int64
    torch::Tensor token_type_ids;  // [T] int64
    torch::Tensor position_ids;    // [T] int64
    torch::Tensor labels;          // [B] int64
    torch::Tensor targets;         // [B] float32
    SequenceLayout layout;
};

DeviceBatch to_device(const PackedBatch& batch, torch::Device device);
DeviceBatch to_device(const PackedBatch& batch, torch::Device device, AttentionWay way);

}  // namespace lottery
