// SPDX-License-Identifier: GPL-3.0-or-later
//
// Confidence intervals from resampling (B. Efron, Annals of Statistics 7, 1979; percentile method).
//
// Thread rule: pure functions of plain values.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "core/statistics/sample.h"

namespace lottery {

// What is computed of a resample, given as indices into the sample, ascending; nothing where it is undefined.
using ResampledStatistic = std::function<std::optional<double>(const std::vector<std::size_t>&)>;

// Percentile interval of `statistic` over resamples of `count` values with replacement. Up to 7 values every resample
// is taken, with its probability: the interval is exact and draws nothing. Above, `draws` of them by `seed`. The bounds
// are the smallest values with at least (1 − confidence)/2, and (1 + confidence)/2, of the distribution at or below.
// The statistic is called once for each resample; the same count, draws and seed give the same resamples in the same
// order. Those with an undefined statistic are left out. Nothing for fewer than two values, or when all are left out.
std::optional<Interval> bootstrap_interval(std::size_t count, const ResampledStatistic& statistic,
                                           double confidence = 0.95, int draws = 10'000, std::uint64_t seed = 1337);
// Of the mean of `values`.
std::optional<Interval> bootstrap_mean(const std::vector<double>& values, double confidence = 0.95);

}  // namespace lottery
