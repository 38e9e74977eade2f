// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/results.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/analysis/experiments.h"

namespace lottery {

Spread spread(const std::vector<double>& values, int ddof) {
    const auto count = static_cast<double>(values.size());
    Spread result;
    if (values.empty()) return result;
    const auto finite = [](double value) { return std::isnan(value) ? 0.0 : value; };
    for (const double value : values) result.mean += finite(value) / count;
    if (count <= ddof) return result;
    double squares = 0.0;
    for (const double value : values) squares += (finite(value) - result.mean) * (finite(value) - result.mean);
    result.deviation = std::sqrt(squares / (count - ddof));
    return result;
}

void put_score(std::vector<ExperimentResults>& results, const SeedScore& score) {
    auto found = std::ranges::find(results, score.experiment, &ExperimentResults::name);
    if (found == results.end()) {
        results.emplace_back().name = score.experiment;
        sort_experiments(results);
        found = std::ranges::find(results, score.experiment, &ExperimentResults::name);
    }
    found->summary.erase(score.task);
    found->per_seed[score.task][score.seed] = score.metrics;
    found->predicted_share[score.task][score.seed] = score.predicted_share;
    found->kept_share[score.task][score.seed] = score.kept_share;
}

const char* to_string(RandomRetrainedBars bars) { return bars == RandomRetrainedBars::Own ? "own" : "good"; }

std::vector<ExperimentResults> drawn_results(std::vector<ExperimentResults> results, RandomRetrainedBars bars) {
    if (bars == RandomRetrainedBars::Own) return results;
    const auto good = std::ranges::find(results, "head_mlp_retrained", &ExperimentResults::name);
    const auto random = std::ranges::find(results, "head_mlp_random_retrained", &ExperimentResults::name);
    if (good == results.end() || random == results.end()) return results;
    random->summary = good->summary;
    random->per_seed = good->per_seed;
    return results;
}

void sort_experiments(std::vector<ExperimentResults>& results) {
    const auto place = [](const ExperimentResults& r) {
        const auto known = all_experiments();
        const auto* info = find_experiment(r.name);
        return std::pair(info == nullptr ? static_cast<std::ptrdiff_t>(known.size()) : info - known.data(), r.name);
    };
    std::sort(results.begin(), results.end(),
              [&](const ExperimentResults& a, const ExperimentResults& b) { return place(a) < place(b); });
}

std::string experiment_label(const std::string& name) {
    const auto* info = find_experiment(name);
    return info == nullptr ? name : std::string(info->label);
}

std::string_view table_metric(const TaskInfo& task) {
    return task.id == TaskId::STSB ? std::string_view("pearson") : task.search_metric;
}

std::string degenerate_class(const ClassShares& shares) {
    for (const auto& [name, share] : shares)
        if (share > kDegenerateShare) return name;
    return {};
}

}  // namespace lottery
