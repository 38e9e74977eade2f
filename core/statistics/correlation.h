// SPDX-License-Identifier: GPL-3.0-or-later
//
// Pearson's correlation and its test (Student's t). With one variable that is 0 or 1 it is the point-biserial one.
//
// Thread rule: pure function of plain values.
#pragma once

#include <optional>
#include <vector>

namespace lottery {

struct Correlation {
    double r = 0.0;
    std::optional<double> p_value;  // two-sided, n − 2 degrees of freedom; none for fewer than three values
};

// Nothing where either does not vary, or a value is not finite. Both of one length.
std::optional<Correlation> pearson_correlation(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace lottery
