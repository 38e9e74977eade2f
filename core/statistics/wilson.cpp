// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/wilson.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

namespace lottery {

std::optional<Interval> wilson_interval(std::int64_t successes, std::int64_t trials, double confidence) {
    if (trials < 1 || successes < 0 || successes > trials) return std::nullopt;
    const double n = static_cast<double>(trials), share = static_cast<double>(successes) / n;
    const double z = boost::math::quantile(boost::math::complement(boost::math::normal(), (1.0 - confidence) / 2.0));
    const double centre = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    const double reach = z / (1.0 + z * z / n) * std::sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n));
    return Interval{std::max(0.0, centre - reach), std::min(1.0, centre + reach)};
}

}  // namespace lottery
