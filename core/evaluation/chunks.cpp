// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/chunks.h"

#include <algorithm>

namespace lottery {

std::int64_t default_token_budget(torch::Device device) { return device.is_cpu() ? 1024 : 16384; }

std::vector<Chunk> make_chunks(std::span<const Features> all, std::span<const std::size_t> examples,
                               std::int64_t token_budget, torch::Device device) {
    std::vector<std::size_t> sorted(examples.begin(), examples.end());
    const auto length = [&](std::size_t i) { return static_cast<std::int64_t>(all[i].input_ids.size()); };
    std::stable_sort(sorted.begin(), sorted.end(), [&](std::size_t a, std::size_t b) { return length(a) < length(b); });

    std::vector<Chunk> chunks;
    for (std::size_t begin = 0; begin < sorted.size();) {
        std::size_t end = begin;
        std::int64_t tokens = 0;
        while (end < sorted.size() && (end == begin || tokens + length(sorted[end]) <= token_budget))
            tokens += length(sorted[end++]);
        std::vector<const Features*> features;
        for (std::size_t i = begin; i < end; ++i) features.push_back(&all[sorted[i]]);
        const PackedBatch packed = pack(features);
        std::vector<std::size_t> order;
        for (const auto place : packed.order) order.push_back(sorted[begin + static_cast<std::size_t>(place)]);
        chunks.push_back({to_device(packed, device), std::move(order)});
        begin = end;
    }
    return chunks;
}

}  // namespace lottery
