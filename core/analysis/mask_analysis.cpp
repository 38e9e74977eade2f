// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/mask_analysis.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/statistics/bootstrap.h"

namespace lottery {
namespace {

TaskSize size_of(TaskId task, const std::map<std::uint64_t, MaskRow>& masks) {
    TaskSize size;
    size.task = task;
    std::vector<double> counts;
    for (const auto& [seed, mask] : masks) {
        size.seeds.push_back(seed);
        size.kept.push_back(kept_count(mask));
        counts.push_back(size.kept.back());
    }
    size.size = with_interval(counts);
    return size;
}

std::vector<MaskRow> rows_of(const std::map<std::uint64_t, MaskRow>& masks) {
    std::vector<MaskRow> rows;
    for (const auto& [seed, mask] : masks) rows.push_back(mask);
    return rows;
}

std::vector<SeedPair> seed_pairs(const std::map<std::uint64_t, MaskRow>& masks) {
    std::vector<SeedPair> pairs;
    std::vector<std::optional<double>> p_values;
    for (auto a = masks.begin(); a != masks.end(); ++a)
        for (auto b = std::next(a); b != masks.end(); ++b) {
            pairs.push_back({a->first, b->first, cochran_q({a->second, b->second}), std::nullopt});
            const auto& test = pairs.back().test;
            p_values.push_back(test ? std::optional(test->p_value) : std::nullopt);
        }
    const auto adjusted = holm_adjusted(p_values);
    for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i].holm = adjusted[i];
    return pairs;
}

std::optional<Interval> over_components(const std::vector<MaskRow>& rows,
                                        std::optional<double> (*measure)(const std::vector<MaskRow>&)) {
    constexpr int kDraws = 2000;
    if (!measure(rows)) return std::nullopt;
    std::vector<MaskRow> resampled = rows;
    return bootstrap_interval(
        rows.front().size(),
        [&](const std::vector<std::size_t>& chosen) {
            for (std::size_t r = 0; r < rows.size(); ++r)
                for (std::size_t i = 0; i < chosen.size(); ++i) resampled[r][i] = rows[r][chosen[i]];
            return measure(resampled);
        },
        0.95, kDraws);
}

TaskPairAgreement pair_agreement(const MaskSet& set, TaskId first, TaskId second) {
    TaskPairAgreement pair;
    pair.first = first;
    pair.second = second;
    auto rows = rows_of(set.masks.at(first));
    const auto others = rows_of(set.masks.at(second));
    rows.insert(rows.end(), others.begin(), others.end());
    pair.krippendorff_alpha = krippendorff_alpha(rows);
    std::vector<double> found, expected;
    for (const auto& [seed, mask] : set.masks.at(first)) {
        const auto other = set.masks.at(second).find(seed);
        if (other == set.masks.at(second).end()) continue;
        const auto index = jaccard(mask, other->second);
        if (!index) continue;
        found.push_back(*index);
        expected.push_back(*expected_jaccard(kept_count(mask), kept_count(other->second), set.components_in_all()));
    }
    if (!found.empty()) {
        pair.jaccard = mean_deviation(found).mean;
        pair.jaccard_interval = bootstrap_mean(found);
        pair.expected_jaccard = mean_deviation(expected).mean;
    }
    return pair;
}

}  // namespace

const char* to_string(MaskedComponents components) { return components == MaskedComponents::Heads ? "heads" : "mlps"; }

std::vector<TaskId> MaskSet::tasks() const {
    std::vector<TaskId> found;
    for (const auto& [task, seeds] : masks) found.push_back(task);
    return found;
}

std::vector<std::uint64_t> MaskSet::common_seeds() const {
    std::vector<std::uint64_t> common;
    if (masks.empty()) return common;
    for (const auto& [seed, mask] : masks.begin()->second)
        if (std::ranges::all_of(masks, [seed](const auto& task) { return task.second.contains(seed); }))
            common.push_back(seed);
    return common;
}

MeanDeviation mean_deviation(const std::vector<double>& values) {
    const auto count = static_cast<double>(values.size());
    // Divided once: the sum of counts is exact, and a mean of 5 is not a little more than 5.
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    if (values.size() < 2) return {mean, std::nullopt, std::nullopt};
    double squares = 0.0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    return {mean, std::sqrt(squares / (count - 1.0)), std::nullopt};
}

MeanDeviation with_interval(const std::vector<double>& values) {
    auto result = mean_deviation(values);
    result.interval = bootstrap_mean(values);
    return result;
}

double Survival::mean_of_means() const {
    double sum = 0.0;
    for (const auto& value : values) sum += value.mean;
    return sum / static_cast<double>(values.size());
}

std::optional<double> Survival::mean_of_deviations() const {
    double sum = 0.0;
    for (const auto& value : values) {
        if (!value.deviation) return std::nullopt;
        sum += *value.deviation;
    }
    return sum / static_cast<double>(values.size());
}

int Survival::above(double tasks_survived) const {
    return static_cast<int>(
        std::ranges::count_if(values, [&](const MeanDeviation& value) { return value.mean > tasks_survived; }));
}

Survival survival(const MaskSet& set) {
    Survival result{set.components, set.rows, set.columns, set.tasks(), set.common_seeds(), {}};
    for (std::size_t i = 0; i < static_cast<std::size_t>(set.components_in_all()); ++i) {
        std::vector<double> counts;
        for (const auto seed : result.seeds) {
            double count = 0.0;
            for (const auto& [task, masks] : set.masks) count += masks.at(seed)[i] != 0 ? 1.0 : 0.0;
            counts.push_back(count);
        }
        result.values.push_back(with_interval(counts));
    }
    return result;
}

Overlap overlap(const MaskSet& set) {
    Overlap result{set.components, set.components_in_all(), set.tasks(), set.common_seeds(), {}};
    for (const auto& [task, masks] : set.masks) {
        auto& row = result.values.emplace_back();
        for (const auto& [other, other_masks] : set.masks) {
            std::vector<double> shared;
            for (const auto seed : result.seeds) shared.push_back(shared_count(masks.at(seed), other_masks.at(seed)));
            row.push_back(with_interval(shared));
        }
    }
    return result;
}

Sizes sizes(const MaskSet& set) {
    Sizes result{set.components, set.components_in_all(), {}};
    for (const auto& [task, masks] : set.masks) result.tasks.push_back(size_of(task, masks));
    return result;
}

Agreement agreement(const MaskSet& set) {
    Agreement result;
    result.components = set.components;
    for (const auto& [task, masks] : set.masks) {
        const auto rows = rows_of(masks);
        result.tasks.push_back({size_of(task, masks), cochran_q(rows), fleiss_kappa(rows), krippendorff_alpha(rows),
                                over_components(rows, fleiss_kappa), over_components(rows, krippendorff_alpha),
                                seed_pairs(masks)});
    }
    for (auto a = set.masks.begin(); a != set.masks.end(); ++a)
        for (auto b = std::next(a); b != set.masks.end(); ++b)
            result.task_pairs.push_back(pair_agreement(set, a->first, b->first));
    return result;
}

}  // namespace lottery
