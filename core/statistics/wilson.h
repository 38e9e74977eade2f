// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where a share may lie of which some trials were counted (E. B. Wilson, JASA 22, 1927).
//
// Thread rule: pure functions of plain values.
#pragma once

#include <cstdint>
#include <optional>

#include "core/statistics/sample.h"

namespace lottery {

// The score interval, without a correction for continuity; within 0…1, of some width where all trials ended alike.
// Nothing without trials, and for more successes than trials.
std::optional<Interval> wilson_interval(std::int64_t successes, std::int64_t trials, double confidence = 0.95);

}  // namespace lottery
