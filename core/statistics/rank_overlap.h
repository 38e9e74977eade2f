// SPDX-License-Identifier: GPL-3.0-or-later
//
// How far two rankings of the same items agree, with more weight on the top: rank-biased overlap (W. Webber, A. Moffat,
// J. Zobel, ACM Transactions on Information Systems 28, 2010, eq. 4). Rankings are whole: every item is in both, so
// that nothing need be extrapolated but what follows the last rank, where both agree completely.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <optional>
#include <vector>

namespace lottery {

// Ranks of numbers, the largest first, ties by index.
std::vector<int> ranking(const std::vector<float>& values);

// In [0, 1], 1 for equal rankings. `persistence` p in (0, 1) is how deep one looks: the first d ranks have
// the weight (1 − p) Σ_{i≤d} p^(i−1) and more (0.9: 86% in the first 10). `first` and `second` are permutations of
// 0 … n−1. Nothing for empty ones.
std::optional<double> rank_biased_overlap(const std::vector<int>& first, const std::vector<int>& second,
                                          double persistence);
// Its expectation when one of the rankings is drawn at random: d items of `items` share d²/n at depth d.
std::optional<double> expected_rank_biased_overlap(int items, double persistence);

}  // namespace lottery
