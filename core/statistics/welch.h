// SPDX-License-Identifier: GPL-3.0-or-later
//
// Welch's two-sample t-test: whether two means differ when neither the sizes nor the variances of the samples are equal
// (B. L. Welch, Biometrika 34, 1947; degrees of freedom after Welch and Satterthwaite).
//
// Thread rule: pure functions of plain values.
#pragma once

#include <optional>

#include "core/statistics/sample.h"

namespace lottery {

struct WelchTest {
    double difference = 0.0;  // first mean − second
    double statistic = 0.0;   // t
    double degrees_of_freedom = 0.0;
    double p_value = 0.0;  // two-sided
    double low = 0.0;      // the difference's confidence interval, by Student's t
    double high = 0.0;
};

// `confidence` in (0, 1). Nothing where the test is not defined: fewer than two values on a side, no deviation on both,
// a number that is not finite, a negative deviation.
std::optional<WelchTest> welch_test(const Sample& first, const Sample& second, double confidence = 0.95);

// From the population standard deviation (ddof 0) of `count` values to that of a sample (ddof 1); NaN for fewer than 2.
double sample_deviation(double population_deviation, int count);

}  // namespace lottery
