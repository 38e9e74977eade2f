// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which residual connections an evaluation leaves out (method.md §7). No tensor in this header.
//
// Thread rule: plain values.
#pragma once

#include <vector>

namespace lottery {

// LayerNorm(x + f(x)) becomes LayerNorm(f(x)), f being attention with its output projection, or the MLP.
struct ResidualAblation {
    bool attention = false;
    bool mlp = false;
    std::vector<int> layers;  // counted from 0; empty: all

    bool operator==(const ResidualAblation&) const = default;
};

}  // namespace lottery
