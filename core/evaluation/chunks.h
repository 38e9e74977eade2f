// SPDX-License-Identifier: GPL-3.0-or-later
//
// Examples cut into pieces that are computed at once, on the device.
//
// Thread rule: plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/data/features.h"
#include "core/model/attention.h"

namespace lottery {

// Sequences computed together: neighbours in length, together at most `token_budget` tokens (one sequence at least).
struct Chunk {
    DeviceBatch batch;
    std::vector<std::size_t> examples;  // [B] packed position → index into the examples
};

// Enough tokens to keep the matrix products busy, few enough to keep a chunk's activations near the caches.
std::int64_t default_token_budget(torch::Device device);

// `examples` sorted by length and cut. Sums over chunks equal sums over the list to float rounding.
std::vector<Chunk> make_chunks(std::span<const Features> all, std::span<const std::size_t> examples,
                               std::int64_t token_budget, torch::Device device);

}  // namespace lottery
