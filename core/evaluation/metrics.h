// SPDX-License-Identifier: GPL-3.0-or-later
//
// GLUE metrics from a model's outputs (method.md §1), named as in the published results.
//
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/data/task.h"
#include "core/evaluation/metric_types.h"

namespace lottery {

// A model's outputs on a list of examples, in the examples' order.
struct Predictions {
    int outputs = 0;             // C
    std::vector<float> logits;   // [n, C]
    std::vector<int> labels;     // [n] classes; for regression unused
    std::vector<float> targets;  // [n] regression targets; for classification unused
    double loss = 0.0;           // mean over examples

    [[nodiscard]] std::size_t size() const {
        return outputs == 0 ? 0 : logits.size() / static_cast<std::size_t>(outputs);
    }
    // Largest logit, the first on ties; NaN logits never win.
    [[nodiscard]] std::vector<int> predicted_classes() const;
};

double accuracy(std::span<const int> predicted, std::span<const int> expected);
// F1 of class 1; 0 when there is neither a predicted nor an expected positive (as scikit-learn).
double f1(std::span<const int> predicted, std::span<const int> expected);
// Binary Matthews correlation; 0 when one side is constant (as scikit-learn).
double matthews(std::span<const int> predicted, std::span<const int> expected);
// NaN when one side is constant or not finite.
double pearson(std::span<const double> a, std::span<const double> b);
// Pearson of average ranks.
double spearman(std::span<const double> a, std::span<const double> b);

// All metrics of the task for its `dev_file`-th dev file (0, or 1: MNLI mismatched).
Metrics task_metrics(const TaskInfo& task, const Predictions& predictions, std::size_t dev_file = 0);

// The most frequent class for every example; empty for regression.
Metrics majority_metrics(const TaskInfo& task, std::span<const int> labels, std::size_t dev_file = 0);

// Regression's counterpart of the majority class: the metrics of normal draws with the targets' mean and (population)
// standard deviation, which are about 0. The same seed gives the same draws.
Metrics fitted_normal_metrics(const TaskInfo& task, std::span<const float> targets, std::uint64_t seed);

// What the search metric gives a model that learned nothing: 0 for correlations, the majority share for accuracy.
double chance_level(const TaskInfo& task, std::span<const int> labels);

// The lowest value of the search metric, which an undefined one counts as in a search: 0 for accuracy, −1 for
// correlations.
double worst_score(const TaskInfo& task);

}  // namespace lottery
