// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where the mean of a normal population may lie, by Student's t ("Student", Biometrika 6, 1908).
//
// Thread rule: pure functions of plain values.
#pragma once

#include <optional>

#include "core/statistics/sample.h"

namespace lottery {

// Mean ± t((1 + confidence)/2; count − 1) · deviation / √count. Nothing for fewer than two values, a number that is not
// finite, a negative deviation.
std::optional<Interval> mean_interval(const Sample& sample, double confidence = 0.95);

}  // namespace lottery
