// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/agreement.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cassert>
#include <cmath>
#include <numeric>

namespace lottery {
namespace {

// Of each component, how many rows keep it. Whole numbers: sums of them and of their squares are exact.
std::vector<double> keepers(const std::vector<MaskRow>& rows) {
    std::vector<double> counts(rows.front().size(), 0.0);
    for (const auto& row : rows) {
        assert(row.size() == counts.size());
        for (std::size_t i = 0; i < row.size(); ++i) counts[i] += row[i] != 0 ? 1.0 : 0.0;
    }
    return counts;
}

double log_choose(int n, int k) { return std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0); }

}  // namespace

int kept_count(const MaskRow& row) {
    return static_cast<int>(std::count_if(row.begin(), row.end(), [](auto kept) { return kept != 0; }));
}

int shared_count(const MaskRow& a, const MaskRow& b) {
    assert(a.size() == b.size());
    return std::transform_reduce(a.begin(), a.end(), b.begin(), 0, std::plus<>(),
                                 [](auto x, auto y) { return x != 0 && y != 0 ? 1 : 0; });
}

std::optional<CochranTest> cochran_q(const std::vector<MaskRow>& rows) {
    if (rows.size() < 2) return std::nullopt;
    const auto k = static_cast<double>(rows.size());
    double kept = 0.0, row_squares = 0.0, component_squares = 0.0;
    for (const auto& row : rows) {
        const double count = kept_count(row);
        kept += count;
        row_squares += count * count;
    }
    for (const double count : keepers(rows)) component_squares += count * count;
    const double denominator = k * kept - component_squares;
    if (denominator == 0.0) return std::nullopt;
    CochranTest test;
    test.q = (k - 1) * (k * row_squares - kept * kept) / denominator;
    test.degrees_of_freedom = static_cast<int>(rows.size()) - 1;
    const boost::math::chi_squared distribution(test.degrees_of_freedom);
    test.p_value = boost::math::cdf(boost::math::complement(distribution, test.q));
    return test;
}

std::optional<double> fleiss_kappa(const std::vector<MaskRow>& rows) {
    if (rows.size() < 2 || rows.front().empty()) return std::nullopt;
    const auto raters = static_cast<double>(rows.size());
    const auto counts = keepers(rows);
    const auto subjects = static_cast<double>(counts.size());
    const double kept = std::accumulate(counts.begin(), counts.end(), 0.0);
    if (kept == 0.0 || kept == raters * subjects) return std::nullopt;
    double agreement = 0.0;
    for (const double count : counts) {
        const double others = raters - count;
        agreement += (count * count + others * others - raters) / (raters * (raters - 1.0));
    }
    agreement /= subjects;
    const double share = kept / (raters * subjects);
    const double by_chance = share * share + (1.0 - share) * (1.0 - share);
    return (agreement - by_chance) / (1.0 - by_chance);
}

std::optional<double> krippendorff_alpha(const std::vector<MaskRow>& rows) {
    if (rows.size() < 2 || rows.front().empty()) return std::nullopt;
    const auto raters = static_cast<double>(rows.size());
    const auto counts = keepers(rows);
    const double values = raters * static_cast<double>(counts.size());
    const double kept = std::accumulate(counts.begin(), counts.end(), 0.0);
    if (kept == 0.0 || kept == values) return std::nullopt;
    // Squared distances of all pairs of values; those of a 0 and a 1 are 1.
    double observed = 0.0;
    for (const double count : counts) observed += 2.0 * count * (raters - count) / (raters - 1.0);
    const double expected = 2.0 * kept * (values - kept) / (values - 1.0);
    return 1.0 - observed / expected;
}

std::vector<std::optional<double>> holm_adjusted(const std::vector<std::optional<double>>& p_values) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < p_values.size(); ++i)
        if (p_values[i]) order.push_back(i);
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return *p_values[i]; });
    std::vector<std::optional<double>> adjusted(p_values.size());
    double largest = 0.0;
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        const auto left = static_cast<double>(order.size() - rank);
        largest = std::max(largest, std::min(1.0, left * *p_values[order[rank]]));
        adjusted[order[rank]] = largest;
    }
    return adjusted;
}

std::optional<double> jaccard(const MaskRow& a, const MaskRow& b) {
    const int shared = shared_count(a, b);
    const int either = kept_count(a) + kept_count(b) - shared;
    if (either == 0) return std::nullopt;
    return static_cast<double>(shared) / either;
}

std::optional<double> expected_jaccard(int first, int second, int all) {
    assert(first >= 0 && second >= 0 && first <= all && second <= all);
    if (first + second == 0) return std::nullopt;
    double expectation = 0.0;
    for (int shared = std::max(0, first + second - all); shared <= std::min(first, second); ++shared) {
        const double probability =
            std::exp(log_choose(first, shared) + log_choose(all - first, second - shared) - log_choose(all, second));
        expectation += probability * shared / (first + second - shared);
    }
    return expectation;
}

}  // namespace lottery
