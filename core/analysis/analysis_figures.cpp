// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analysis_figures.h"

#include <cmath>
#include <limits>
#include <map>

#include "core/analysis/analysis_words.h"

namespace lottery {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr float kNoFloat = std::numeric_limits<float>::quiet_NaN();

template <typename Number>
HeadMatrix matrix_of(const Survival& survival, Number&& number) {
    HeadMatrix matrix(survival.rows, survival.columns, 0.0F);
    for (std::size_t i = 0; i < survival.values.size(); ++i) matrix.values[i] = number(survival.values[i]);
    return matrix;
}

float mean_of(const MeanDeviation& value) { return static_cast<float>(value.mean); }
float deviation_of(const MeanDeviation& value) {
    return value.deviation ? static_cast<float>(*value.deviation) : kNoFloat;
}

template <typename Number>
ComponentImportance numbers_of(const Survival& heads, const std::optional<Survival>& mlps, Number&& number) {
    ComponentImportance numbers;
    numbers.heads = matrix_of(heads, number);
    if (mlps) numbers.mlps = matrix_of(*mlps, number).values;
    return numbers;
}

std::vector<float> shares_of(const MaskSet& set, TaskId task) {
    const auto masks = set.masks.find(task);
    if (masks == set.masks.end()) return {};
    std::vector<float> shares(static_cast<std::size_t>(set.components_in_all()), 0.0F);
    for (const auto& [seed, mask] : masks->second)
        for (std::size_t i = 0; i < shares.size(); ++i) shares[i] += mask[i] != 0 ? 1.0F : 0.0F;
    for (float& share : shares) share /= static_cast<float>(masks->second.size());
    return shares;
}

void subtract(std::vector<float>& from, const std::vector<float>& what) {
    for (std::size_t i = 0; i < from.size() && i < what.size(); ++i) from[i] -= what[i];
}

// Rows and columns of the tasks of an agreement, nothing in them yet.
MatrixContent task_matrix(const Agreement& agreement) {
    MatrixContent content;
    for (const auto& task : agreement.tasks) content.names.push_back(name_of(task.size.task));
    content.values.assign(content.names.size(), std::vector<double>(content.names.size(), kNone));
    return content;
}

template <typename Number>
void fill_pairs(MatrixContent& content, const Agreement& agreement, Number&& number) {
    std::map<TaskId, std::size_t> place;
    for (const auto& task : agreement.tasks) place.emplace(task.size.task, place.size());
    for (const auto& pair : agreement.task_pairs) {
        const auto a = place.at(pair.first), b = place.at(pair.second);
        content.values[a][b] = content.values[b][a] = number(pair);
    }
}

}  // namespace

HeatmapContent survival_content(const Survival& heads, const std::optional<Survival>& mlps) {
    HeatmapContent content;
    content.values = numbers_of(heads, mlps, mean_of);
    if (heads.seeds.size() > 1) content.deviation = numbers_of(heads, mlps, deviation_of);
    return content;
}

HeatmapContent task_survival_content(const MaskSet& heads, const std::optional<MaskSet>& mlps, TaskId task) {
    HeatmapContent content;
    auto shares = shares_of(heads, task);
    if (shares.empty()) return content;
    content.values.heads = HeadMatrix(heads.rows, heads.columns, 0.0F);
    content.values.heads.values = std::move(shares);
    if (mlps) content.values.mlps = shares_of(*mlps, task);
    return content;
}

HeatmapContent difference(const HeatmapContent& a, const HeatmapContent& b) {
    HeatmapContent content;
    content.values = a.values;
    subtract(content.values.heads.values, b.values.heads.values);
    // MLPs that only one side has are not compared.
    if (b.values.mlps.size() == a.values.mlps.size())
        subtract(content.values.mlps, b.values.mlps);
    else
        content.values.mlps.clear();
    return content;
}

MatrixContent overlap_content(const Overlap& overlap) {
    MatrixContent content;
    for (const auto task : overlap.tasks) content.names.push_back(name_of(task));
    content.value_label = std::string("shared ") + noun(overlap.components);
    for (const auto& row : overlap.values) {
        content.values.emplace_back();
        content.deviations.emplace_back();
        for (const auto& value : row) {
            content.values.back().push_back(value.mean);
            content.deviations.back().push_back(value.deviation.value_or(kNone));
        }
    }
    return content;
}

MatrixContent alpha_content(const Agreement& agreement) {
    MatrixContent content = task_matrix(agreement);
    content.value_label = "Krippendorff's \u03b1";
    for (std::size_t i = 0; i < agreement.tasks.size(); ++i)
        content.values[i][i] = agreement.tasks[i].krippendorff_alpha.value_or(kNone);
    fill_pairs(content, agreement,
               [](const TaskPairAgreement& pair) { return pair.krippendorff_alpha.value_or(kNone); });
    return content;
}

MatrixContent jaccard_content(const Agreement& agreement) {
    MatrixContent content = task_matrix(agreement);
    content.value_label = "Jaccard index beyond chance";
    fill_pairs(content, agreement, [](const TaskPairAgreement& pair) {
        return pair.jaccard && pair.expected_jaccard ? *pair.jaccard - *pair.expected_jaccard : kNone;
    });
    return content;
}

BoxContent importance_boxes(const ImportanceAnalysis& analysis) {
    BoxContent content;
    content.value_label = std::string("importance of ") + noun(analysis.components);
    for (const auto& task : analysis.tasks) {
        BoxGroup group{name_of(task.task), {}, {}};
        for (const auto& seed : task.seeds) {
            if (!seed.scores) continue;
            group.names.push_back("seed " + std::to_string(seed.seed));
            const auto& d = *seed.scores;
            group.boxes.push_back({d.low, d.quarter, d.median, d.three_quarters, d.high});
        }
        content.groups.push_back(std::move(group));
    }
    return content;
}

LinesContent importance_evolution(const ImportanceAnalysis& analysis) {
    LinesContent content;
    content.band = "quartiles";
    LinePanel scores{"Search step", "median importance", {}}, ranks{"Search step", "rank overlap with step 0", {}};
    for (const auto& task : analysis.tasks) {
        struct Sums {
            int seeds = 0, ranked = 0;
            double median = 0.0, quarter = 0.0, three_quarters = 0.0, overlap = 0.0;
        };
        std::map<int, Sums> steps;
        for (const auto& seed : task.seeds)
            for (const auto& step : seed.steps) {
                auto& sums = steps[step.step];
                ++sums.seeds;
                sums.median += step.scores.median;
                sums.quarter += step.scores.quarter;
                sums.three_quarters += step.scores.three_quarters;
                if (!step.overlap_with_full) continue;
                ++sums.ranked;
                sums.overlap += *step.overlap_with_full;
            }
        if (steps.empty()) continue;
        LineSeries median{name_of(task.task), {}}, overlap{name_of(task.task), {}};
        for (const auto& [step, sums] : steps) {
            const double n = sums.seeds;
            median.points.push_back(
                {static_cast<double>(step), sums.median / n, sums.quarter / n, sums.three_quarters / n});
            overlap.points.push_back({static_cast<double>(step), sums.ranked > 0 ? sums.overlap / sums.ranked : kNone});
        }
        scores.series.push_back(std::move(median));
        ranks.series.push_back(std::move(overlap));
    }
    if (!scores.series.empty()) content.panels = {std::move(scores), std::move(ranks)};
    return content;
}

}  // namespace lottery
