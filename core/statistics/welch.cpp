// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/welch.h"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

namespace lottery {
namespace {

bool is_usable(const Sample& sample) {
    return sample.count >= 2 && std::isfinite(sample.mean) && std::isfinite(sample.deviation) &&
           sample.deviation >= 0.0;
}

}  // namespace

std::optional<WelchTest> welch_test(const Sample& first, const Sample& second, double confidence) {
    if (!is_usable(first) || !is_usable(second)) return std::nullopt;
    // Squared standard errors of the two means. Relative to the larger one, so that squares of small ones stay above 0.
    const double a = first.deviation / std::sqrt(first.count);
    const double b = second.deviation / std::sqrt(second.count);
    const double larger = std::fmax(a, b);
    if (larger <= 0.0) return std::nullopt;
    const double u = (a / larger) * (a / larger);
    const double v = (b / larger) * (b / larger);
    const double error = larger * std::sqrt(u + v);

    WelchTest test;
    test.difference = first.mean - second.mean;
    test.statistic = test.difference / error;
    test.degrees_of_freedom = (u + v) * (u + v) / (u * u / (first.count - 1) + v * v / (second.count - 1));
    const boost::math::students_t student(test.degrees_of_freedom);
    test.p_value = 2.0 * boost::math::cdf(boost::math::complement(student, std::abs(test.statistic)));
    const double reach = error * boost::math::quantile(boost::math::complement(student, (1.0 - confidence) / 2.0));
    test.low = test.difference - reach;
    test.high = test.difference + reach;
    return test;
}

double sample_deviation(double population_deviation, int count) {
    if (count < 2) return std::numeric_limits<double>::quiet_NaN();
    return population_deviation * std::sqrt(static_cast<double>(count) / (count - 1));
}

}  // namespace lottery
