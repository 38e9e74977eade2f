// SPDX-License-Identifier: GPL-3.0-or-later
//
// What several values are told by, and where a number may lie.
//
// Thread rule: plain values.
#pragma once

namespace lottery {

struct Sample {
    int count = 0;
    double mean = 0.0;
    double deviation = 0.0;  // standard deviation of a sample, ddof 1
};

struct Interval {
    double low = 0.0;
    double high = 0.0;
    bool operator==(const Interval&) const = default;
};

}  // namespace lottery
