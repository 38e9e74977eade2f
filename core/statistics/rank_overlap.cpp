// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/rank_overlap.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

namespace lottery {
namespace {

// (1 − p)/p Σ_d A(d) p^d + p^n, A(d) being the share of the first d ranks that both have. Past the last rank it is 1.
template <typename Agreement>
std::optional<double> biased(int items, double persistence, Agreement&& agreement) {
    if (items == 0) return std::nullopt;
    double sum = 0.0, weight = 1.0 - persistence;
    for (int depth = 1; depth <= items; ++depth, weight *= persistence) sum += agreement(depth) * weight;
    return sum + std::pow(persistence, items);
}

}  // namespace

std::vector<int> ranking(const std::vector<float>& values) {
    std::vector<int> order(values.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        return values[static_cast<std::size_t>(a)] > values[static_cast<std::size_t>(b)];
    });
    return order;
}

std::optional<double> rank_biased_overlap(const std::vector<int>& first, const std::vector<int>& second,
                                          double persistence) {
    assert(first.size() == second.size());
    std::vector<int> seen(first.size(), 0);
    int shared = 0;
    return biased(static_cast<int>(first.size()), persistence, [&](int depth) {
        for (const int item : {first[static_cast<std::size_t>(depth - 1)], second[static_cast<std::size_t>(depth - 1)]})
            if (++seen[static_cast<std::size_t>(item)] == 2) ++shared;
        return static_cast<double>(shared) / depth;
    });
}

std::optional<double> expected_rank_biased_overlap(int items, double persistence) {
    return biased(items, persistence, [&](int depth) { return static_cast<double>(depth) / items; });
}

}  // namespace lottery
