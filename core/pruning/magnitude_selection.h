// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which weights go next: the smallest (or largest) magnitudes over many parameters at once, without sorting them.
// Two counting passes over the magnitudes' bits find the border exactly, a third prunes: linear in the number of
// weights, no copy of them.
//
// Thread rule: reentrant; calls on separate memory may overlap.
#pragma once

#include <cstdint>
#include <span>

namespace lottery {

// One parameter's weights and which of them are kept, `count` each.
struct MaskedWeights {
    const float* weights = nullptr;
    bool* kept = nullptr;
    std::int64_t count = 0;
};

enum class MagnitudeEnd { Smallest, Largest };

// Prunes `number` of the kept weights (all of them when there are fewer), those with the smallest or largest
// magnitude. Equal magnitudes go in the order of parameters and indices, the first one first; 0 and −0 are equal; NaN
// counts as the largest.
void prune_by_magnitude(std::span<const MaskedWeights> parameters, std::int64_t number, MagnitudeEnd end);

}  // namespace lottery
