// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a weight mask leaves of each head and MLP, as plain values: what crosses the borders to files, terminal and
// window. No tensor in this header.
//
// Legend: L layers, N heads per layer.
//
// Thread rule: plain values.
#pragma once

#include <cstdint>
#include <vector>

#include "core/model/masks.h"

namespace lottery {

// Q3: magnitude pruning as published leaves the bias of an MLP's output layer alone; rigorous prunes it like every
// other bias.
enum class MlpOutputBias { Left, Pruned };

// Shares of surviving weights, 0…1. A head has its rows of the query, key and value weights and biases, its columns
// of the attention output's weight, and its slice of the attention output's bias (method.md §7). An MLP has its
// intermediate and output layer, without the output's bias where the mask leaves that one alone. NaN: what the
// checkpoint no longer has.
struct WeightSurvival {
    HeadMatrix heads;           // [L,N]
    std::vector<float> mlps;    // [L]
    std::int64_t kept = 0;      // weights, over all parameters of the mask
    std::int64_t prunable = 0;  // kept and pruned ones

    [[nodiscard]] double kept_share() const {
        return prunable == 0 ? 1.0 : static_cast<double>(kept) / static_cast<double>(prunable);
    }
};

}  // namespace lottery
