// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/correlation.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace lottery {

std::optional<Correlation> pearson_correlation(const std::vector<double>& a, const std::vector<double>& b) {
    const std::size_t count = std::min(a.size(), b.size());
    if (count < 2) return std::nullopt;
    const auto mean = [&](const std::vector<double>& values) {
        return std::accumulate(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count), 0.0) /
               static_cast<double>(count);
    };
    const double mean_a = mean(a);
    const double mean_b = mean(b);
    double aa = 0.0, bb = 0.0, ab = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
        const double x = a[i] - mean_a;
        const double y = b[i] - mean_b;
        aa += x * x;
        bb += y * y;
        ab += x * y;
    }
    // Not finite where a value is not; 0 where nothing varies.
    if (!(aa > 0.0 && bb > 0.0 && std::isfinite(aa) && std::isfinite(bb))) return std::nullopt;
    Correlation found{std::clamp(ab / std::sqrt(aa * bb), -1.0, 1.0), std::nullopt};
    if (count < 3) return found;
    const auto freedom = static_cast<double>(count - 2);
    const double rest = 1.0 - found.r * found.r;
    if (rest <= 0.0) {
        found.p_value = 0.0;
        return found;
    }
    const boost::math::students_t t(freedom);
    found.p_value = 2.0 * boost::math::cdf(boost::math::complement(t, std::abs(found.r) * std::sqrt(freedom / rest)));
    return found;
}

}  // namespace lottery
