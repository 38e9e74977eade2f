// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/attention.h"

#include <algorithm>
#include <cmath>

namespace lottery {

SequenceLayout::SequenceLayout(const std::vector<std::int64_t>& lengths, torch::Device device, AttentionWay way_)
    : way(way_), sequences(static_cast<std::int64_t>(lengths.size())) {
    std::vector<std::int64_t> firsts;
    std::int64_t tokens = 0;
    for (const auto length : lengths) {
        firsts.push_back(tokens);
        tokens += length;
        longest = std::max(longest, length);
        if (!groups.empty() && groups.back().length == length) {
            ++groups.back().sequences;
            group_tokens.back() += length;
        } else {
            groups.push_back({1, length});
            group_tokens.push_back(length);
        }
    }
    first_tokens = torch::tensor(firsts, torch::kInt64).to(device);
    if (way != AttentionWay::PaddedKeys) return;

    std::vector<std::int64_t> rows(static_cast<std::size_t>(sequences * longest), 0);
    std::vector<std::int64_t> places;
    places.reserve(static_cast<std::size_t>(tokens));
    auto mask = torch::zeros({sequences, 1, 1, longest}, torch::kBool);
    for (std::int64_t b = 0; b < sequences; ++b) {
        const auto length = lengths[static_cast<std::size_t>(b)];
        mask[b].narrow(-1, 0, length).fill_(true);
        for (std::int64_t s = 0; s < length; ++s) {
            rows[static_cast<std::size_t>(b * longest + s)] = firsts[static_cast<std::size_t>(b)] + s;
            places.push_back(b * longest + s);
        }
    }
    padded_rows = torch::tensor(rows, torch::kInt64).to(device);
    packed_places = torch::tensor(places, torch::kInt64).to(device);
    key_mask = mask.to(device);
}

AttentionWay attention_way_for(torch::Device device) {
    return device.is_cpu() ? AttentionWay::LengthGroups : AttentionWay::PaddedKeys;
}

namespace {

torch::Tensor by_length_groups(const torch::Tensor& query, const torch::Tensor& key, const torch::Tensor& value,
                               const SequenceLayout& layout, double dropout) {
    const auto heads = query.size(1);
    const auto head_size = query.size(2);
    // split_with_sizes rather than narrow: its backward is one concatenation, not a full-size sum per group.
    const auto queries = query.split_with_sizes(layout.group_tokens);
    const auto keys = key.split_with_sizes(layout.group_tokens);
    const auto values = value.split_with_sizes(layout.group_tokens);
    std::vector<torch::Tensor> contexts;
    contexts.reserve(layout.groups.size());
    for (std::size_t g = 0; g < layout.groups.size(); ++g) {
        const auto& group = layout.groups[g];
        const auto as_batch = [&](const torch::Tensor& rows) {  // [count*s,N,D] → [count,N,s,D]
            return rows.view({group.sequences, group.length, heads, head_size}).transpose(1, 2);
        };
        const auto context =
            at::scaled_dot_product_attention(as_batch(queries[g]), as_batch(keys[g]), as_batch(values[g]), {}, dropout);
        contexts.push_back(context.transpose(1, 2).reshape({group.sequences * group.length, heads, head_size}));
    }
    return contexts.size() == 1 ? contexts.front() : torch::cat(contexts);
}

torch::Tensor with_padded_keys(const torch::Tensor& query, const torch::Tensor& key, const torch::Tensor& value,
                               const SequenceLayout& layout, double dropout) {
    const auto heads = query.size(1);
    const auto head_size = query.size(2);
    const auto as_batch = [&](const torch::Tensor& rows) {  // [T,N,D] → [B,N,S,D]
        return rows.index_select(0, layout.padded_rows)
            .view({layout.sequences, layout.longest, heads, head_size})
            .transpose(1, 2);
    };
    const auto context =
        at::scaled_dot_product_attention(as_batch(query), as_batch(key), as_batch(value), layout.key_mask, dropout);
    return context.transpose(1, 2)
        .reshape({layout.sequences * layout.longest, heads, head_size})
        .index_select(0, layout.packed_places);
}

}  // namespace

torch::Tensor packed_attention(const torch::Tensor& query, const torch::Tensor& key, const torch::Tensor& value,
                               const SequenceLayout& layout, double dropout) {
    return layout.way == AttentionWay::LengthGroups ? by_length_groups(query, key, value, layout, dropout)
                                                    : with_padded_keys(query, key, value, layout, dropout);
}

std::vector<torch::Tensor> attention_probs(const torch::Tensor& query, const torch::Tensor& key,
                                           const SequenceLayout& layout) {
    std::vector<torch::Tensor> probs;
    std::int64_t first = 0;
    const double scale = 1.0 / std::sqrt(static_cast<double>(query.size(2)));
    for (const auto& group : layout.groups) {
        for (std::int64_t i = 0; i < group.sequences; ++i) {
            const auto q = query.narrow(0, first, group.length).transpose(0, 1);  // [N,s,D]
            const auto k = key.narrow(0, first, group.length).transpose(0, 1);
            probs.push_back(torch::softmax(torch::matmul(q, k.transpose(1, 2)) * scale, -1));
            first += group.length;
        }
    }
    return probs;
}

DeviceBatch to_device(const PackedBatch& batch, torch::Device device) {
    return to_device(batch, device, attention_way_for(device));
}

DeviceBatch to_device(const PackedBatch& batch, torch::Device device, AttentionWay way) {
    std::vector<std::int64_t> lengths;
    for (std::size_t b = 0; b + 1 < batch.cu_seqlens.size(); ++b)
        lengths.push_back(batch.cu_seqlens[b + 1] - batch.cu_seqlens[b]);
    const auto ids = [&](const std::vector<std::int64_t>& values) {
        return torch::tensor(values, torch::kInt64).to(device);
    };
    return {ids(batch.input_ids),
            ids(batch.token_type_ids),
            ids(batch.position_ids),
            ids(batch.labels),
            torch::tensor(batch.targets, torch::kFloat32).to(device),
            SequenceLayout(lengths, device, way)};
}

}  // namespace lottery
