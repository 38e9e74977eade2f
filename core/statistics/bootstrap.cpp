// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/random.h"

namespace lottery {
namespace {

constexpr std::size_t kExact = 7;  // 1716 resamples that differ; of 8 values there are 6435

struct Weighted {
    double value;
    double weight;
};

// Every multiset of `count` indices, with the number of orders in which it can be drawn.
class Multisets {
public:
    Multisets(std::size_t count, const ResampledStatistic& statistic, std::vector<Weighted>& out)
        : count_(count), statistic_(statistic), out_(out) {}

    void run() { extend(0, std::tgamma(static_cast<double>(count_) + 1.0)); }

private:
    void extend(std::size_t from, double orders) {
        if (chosen_.size() == count_) {
            if (const auto value = statistic_(chosen_)) out_.push_back({*value, orders});
            return;
        }
        if (from == count_) return;
        const std::size_t before = chosen_.size();
        // `from` not at all, once, twice, …
        for (double repeats = 0;; ++repeats) {
            extend(from + 1, orders / std::tgamma(repeats + 1.0));
            if (chosen_.size() == count_) break;
            chosen_.push_back(from);
        }
        chosen_.resize(before);
    }

    std::size_t count_;
    const ResampledStatistic& statistic_;
    std::vector<Weighted>& out_;
    std::vector<std::size_t> chosen_;
};

double quantile(const std::vector<Weighted>& sorted, double total, double share) {
    double sum = 0.0;
    for (const auto& entry : sorted) {
        sum += entry.weight;
        // Weights are whole numbers: half of one is room for rounding in share × total.
        if (sum + 1e-9 * total >= share * total) return entry.value;
    }
    return sorted.back().value;
}

}  // namespace

std::optional<Interval> bootstrap_interval(std::size_t count, const ResampledStatistic& statistic, double confidence,
                                           int draws, std::uint64_t seed) {
    if (count < 2) return std::nullopt;
    std::vector<Weighted> values;
    if (count <= kExact) {
        Multisets(count, statistic, values).run();
    } else {
        Random random(seed);
        std::vector<std::size_t> chosen(count);
        for (int d = 0; d < draws; ++d) {
            for (auto& index : chosen) index = random.below(count);
            std::sort(chosen.begin(), chosen.end());
            if (const auto value = statistic(chosen)) values.push_back({*value, 1.0});
        }
    }
    if (values.empty()) return std::nullopt;
    std::sort(values.begin(), values.end(), [](const Weighted& a, const Weighted& b) { return a.value < b.value; });
    const double total = std::accumulate(values.begin(), values.end(), 0.0,
                                         [](double sum, const Weighted& w) { return sum + w.weight; });
    return Interval{quantile(values, total, (1.0 - confidence) / 2.0),
                    quantile(values, total, (1.0 + confidence) / 2.0)};
}

std::optional<Interval> bootstrap_mean(const std::vector<double>& values, double confidence) {
    return bootstrap_interval(
        values.size(),
        [&](const std::vector<std::size_t>& chosen) -> std::optional<double> {
            double sum = 0.0;
            for (const auto i : chosen) sum += values[i];
            return sum / static_cast<double>(chosen.size());
        },
        confidence);
}

}  // namespace lottery
