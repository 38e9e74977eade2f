// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "core/base/random.h"

namespace lottery {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct Confusion {
    double true_positive = 0, false_positive = 0, true_negative = 0, false_negative = 0;
};

Confusion confusion(std::span<const int> predicted, std::span<const int> expected) {
    Confusion c;
    for (std::size_t i = 0; i < predicted.size(); ++i) {
        const bool p = predicted[i] == 1;
        const bool e = expected[i] == 1;
        (p ? (e ? c.true_positive : c.false_positive) : (e ? c.false_negative : c.true_negative)) += 1;
    }
    return c;
}

// Ranks from 1; equal values share the mean of their places.
std::vector<double> average_ranks(std::span<const double> values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    std::vector<double> ranks(values.size());
    for (std::size_t begin = 0; begin < order.size();) {
        std::size_t end = begin + 1;
        while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
        for (std::size_t i = begin; i < end; ++i) ranks[order[i]] = (static_cast<double>(begin + end) + 1.0) / 2.0;
        begin = end;
    }
    return ranks;
}

bool all_finite(std::span<const double> values) {
    return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

}  // namespace

std::vector<int> Predictions::predicted_classes() const {
    std::vector<int> classes(size(), 0);
    for (std::size_t i = 0; i < classes.size(); ++i) {
        double best = -std::numeric_limits<double>::infinity();
        for (int c = 0; c < outputs; ++c) {
            const double v = logits[i * static_cast<std::size_t>(outputs) + static_cast<std::size_t>(c)];
            if (v > best) {
                best = v;
                classes[i] = c;
            }
        }
    }
    return classes;
}

double accuracy(std::span<const int> predicted, std::span<const int> expected) {
    if (predicted.empty()) return kNaN;
    std::size_t right = 0;
    for (std::size_t i = 0; i < predicted.size(); ++i) right += predicted[i] == expected[i] ? 1 : 0;
    return static_cast<double>(right) / static_cast<double>(predicted.size());
}

double f1(std::span<const int> predicted, std::span<const int> expected) {
    const auto c = confusion(predicted, expected);
    const double denominator = 2 * c.true_positive + c.false_positive + c.false_negative;
    return denominator == 0 ? 0.0 : 2 * c.true_positive / denominator;
}

double matthews(std::span<const int> predicted, std::span<const int> expected) {
    const auto c = confusion(predicted, expected);
    const double denominator = std::sqrt((c.true_positive + c.false_positive) * (c.true_positive + c.false_negative) *
                                         (c.true_negative + c.false_positive) * (c.true_negative + c.false_negative));
    if (denominator == 0) return 0.0;
    return (c.true_positive * c.true_negative - c.false_positive * c.false_negative) / denominator;
}

double pearson(std::span<const double> a, std::span<const double> b) {
    if (a.size() < 2 || !all_finite(a) || !all_finite(b)) return kNaN;
    const auto n = static_cast<double>(a.size());
    const double mean_a = std::accumulate(a.begin(), a.end(), 0.0) / n;
    const double mean_b = std::accumulate(b.begin(), b.end(), 0.0) / n;
    double cross = 0, square_a = 0, square_b = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        cross += (a[i] - mean_a) * (b[i] - mean_b);
        square_a += (a[i] - mean_a) * (a[i] - mean_a);
        square_b += (b[i] - mean_b) * (b[i] - mean_b);
    }
    const double denominator = std::sqrt(square_a) * std::sqrt(square_b);
    return denominator == 0 ? kNaN : std::clamp(cross / denominator, -1.0, 1.0);
}

double spearman(std::span<const double> a, std::span<const double> b) {
    if (!all_finite(a) || !all_finite(b)) return kNaN;
    const auto ranks_a = average_ranks(a);
    const auto ranks_b = average_ranks(b);
    return pearson(ranks_a, ranks_b);
}

namespace {

Metrics classification_metrics(const TaskInfo& task, std::span<const int> predicted, std::span<const int> expected,
                               std::size_t dev_file) {
    const double acc = accuracy(predicted, expected);
    switch (task.id) {
        case TaskId::CoLA:
            return {{"mcc", matthews(predicted, expected)}};
        case TaskId::MRPC:
        case TaskId::QQP: {
            const double f = f1(predicted, expected);
            return {{"acc", acc}, {"f1", f}, {"acc_and_f1", (acc + f) / 2}};
        }
        case TaskId::MNLI:
            return {{dev_file == 0 ? "mnli_acc" : "mnli-mm_acc", acc}};
        default:
            return {{"acc", acc}};
    }
}

int majority_class(std::span<const int> labels) {
    std::map<int, std::size_t> counts;
    for (const int label : labels) ++counts[label];
    int best = 0;
    std::size_t most = 0;
    for (const auto& [label, count] : counts)
        if (count > most) {
            best = label;
            most = count;
        }
    return best;
}

}  // namespace

Metrics task_metrics(const TaskInfo& task, const Predictions& predictions, std::size_t dev_file) {
    if (!task.is_regression())
        return classification_metrics(task, predictions.predicted_classes(), predictions.labels, dev_file);
    const std::vector<double> predicted(predictions.logits.begin(), predictions.logits.end());
    const std::vector<double> expected(predictions.targets.begin(), predictions.targets.end());
    const double p = pearson(predicted, expected);
    const double s = spearman(predicted, expected);
    return {{"pearson", p}, {"spearmanr", s}, {"corr", (p + s) / 2}};
}

Metrics majority_metrics(const TaskInfo& task, std::span<const int> labels, std::size_t dev_file) {
    if (task.is_regression() || labels.empty()) return {};
    const std::vector<int> predicted(labels.size(), majority_class(labels));
    return classification_metrics(task, predicted, labels, dev_file);
}

Metrics fitted_normal_metrics(const TaskInfo& task, std::span<const float> targets, std::uint64_t seed) {
    Predictions draws;
    draws.outputs = 1;
    draws.targets.assign(targets.begin(), targets.end());
    const auto count = static_cast<double>(std::max<std::size_t>(targets.size(), 1));
    double mean = 0.0, squares = 0.0;
    for (const double target : targets) mean += target / count;
    for (const double target : targets) squares += (target - mean) * (target - mean);
    const double deviation = std::sqrt(squares / count);
    Random random(seed);
    for (std::size_t i = 0; i < targets.size(); ++i) {
        // Box and Muller; 1 − u is never 0.
        const double radius = std::sqrt(-2.0 * std::log(1.0 - random.uniform()));
        const double normal = radius * std::cos(2.0 * std::numbers::pi * random.uniform());
        draws.logits.push_back(static_cast<float>(mean + deviation * normal));
    }
    return task_metrics(task, draws);
}

double chance_level(const TaskInfo& task, std::span<const int> labels) {
    const auto majority = majority_metrics(task, labels);
    const auto found = majority.find(std::string(task.search_metric));
    return found == majority.end() ? 0.0 : found->second;
}

double worst_score(const TaskInfo& task) { return task.search_metric == "mcc" || task.is_regression() ? -1.0 : 0.0; }

}  // namespace lottery
