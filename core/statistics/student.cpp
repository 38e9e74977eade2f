// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/student.h"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace lottery {

std::optional<Interval> mean_interval(const Sample& sample, double confidence) {
    if (sample.count < 2 || !std::isfinite(sample.mean) || !std::isfinite(sample.deviation) || sample.deviation < 0.0)
        return std::nullopt;
    const boost::math::students_t student(sample.count - 1);
    const double reach = boost::math::quantile(boost::math::complement(student, (1.0 - confidence) / 2.0)) *
                         sample.deviation / std::sqrt(static_cast<double>(sample.count));
    return Interval{sample.mean - reach, sample.mean + reach};
}

}  // namespace lottery
