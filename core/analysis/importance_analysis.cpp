// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/importance_analysis.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "core/statistics/bootstrap.h"
#include "core/statistics/rank_overlap.h"

namespace lottery {
namespace {

double quantile(const std::vector<double>& sorted, double share) {
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const auto above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

// Of the components that both have measured.
std::optional<double> overlap_of(const std::vector<float>& a, const std::vector<float>& b, double persistence) {
    std::vector<float> first, second;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (!std::isfinite(a[i]) || !std::isfinite(b[i])) continue;
        first.push_back(a[i]);
        second.push_back(b[i]);
    }
    return rank_biased_overlap(ranking(first), ranking(second), persistence);
}

SeedImportance seed_importance(std::uint64_t seed, const ImportanceHistory& history, double persistence) {
    SeedImportance result{seed, distribution(history.full), {}};
    for (const auto& [step, scores] : history.steps)
        if (auto found = distribution(scores))
            result.steps.push_back({step, *std::move(found), overlap_of(history.full, scores, persistence)});
    return result;
}

std::optional<double> mean_of(const std::vector<double>& values) {
    if (values.empty()) return std::nullopt;
    return mean_deviation(values).mean;
}

TaskImportance task_importance(TaskId task, const std::map<std::uint64_t, ImportanceHistory>& histories,
                               double persistence) {
    TaskImportance result;
    result.task = task;
    const std::size_t seeds = histories.size();
    // [first seed][second seed], both directions.
    std::vector<std::vector<std::optional<double>>> overlaps(seeds, std::vector<std::optional<double>>(seeds));
    std::vector<double> defined;
    std::size_t a = 0;
    for (auto first = histories.begin(); first != histories.end(); ++first, ++a) {
        result.seeds.push_back(seed_importance(first->first, first->second, persistence));
        std::size_t b = a + 1;
        for (auto second = std::next(first); second != histories.end(); ++second, ++b) {
            const auto overlap = overlap_of(first->second.full, second->second.full, persistence);
            result.pairs.push_back({first->first, second->first, overlap});
            overlaps[a][b] = overlaps[b][a] = overlap;
            if (overlap) defined.push_back(*overlap);
        }
    }
    result.mean_overlap = mean_of(defined);
    result.interval = bootstrap_interval(seeds, [&](const std::vector<std::size_t>& chosen) {
        std::vector<double> pairs;
        for (std::size_t i = 0; i < chosen.size(); ++i)
            for (std::size_t j = i + 1; j < chosen.size(); ++j)
                if (chosen[i] != chosen[j] && overlaps[chosen[i]][chosen[j]])
                    pairs.push_back(*overlaps[chosen[i]][chosen[j]]);
        return mean_of(pairs);
    });
    if (!result.seeds.empty() && result.seeds.front().scores)
        result.expected_overlap = expected_rank_biased_overlap(result.seeds.front().scores->count, persistence);
    return result;
}

}  // namespace

std::optional<Distribution> distribution(const std::vector<float>& scores) {
    std::vector<double> sorted;
    for (const float score : scores)
        if (std::isfinite(score)) sorted.push_back(score);
    if (sorted.empty()) return std::nullopt;
    std::sort(sorted.begin(), sorted.end());
    const auto spread = mean_deviation(sorted);
    Distribution result{static_cast<int>(sorted.size()),
                        spread.mean,
                        spread.deviation,
                        sorted.front(),
                        quantile(sorted, 0.25),
                        quantile(sorted, 0.5),
                        quantile(sorted, 0.75),
                        sorted.back(),
                        std::vector<int>(kImportanceBins, 0)};
    for (const double score : sorted) {
        const auto bin = static_cast<int>(std::floor(std::clamp(score, 0.0, 1.0) * kImportanceBins));
        ++result.histogram[static_cast<std::size_t>(std::min(bin, kImportanceBins - 1))];
    }
    return result;
}

ImportanceAnalysis importance_analysis(const ImportanceSet& set, double persistence) {
    ImportanceAnalysis result{set.components, set.rows * set.columns, persistence, {}};
    for (const auto& [task, histories] : set.histories)
        result.tasks.push_back(task_importance(task, histories, persistence));
    return result;
}

}  // namespace lottery
