// SPDX-License-Identifier: GPL-3.0-or-later
//
// Scores of experiments over tasks and seeds, as evaluate_masked/ holds them (docs/formats.md), and their aggregation
// (method.md §5): published files store the population standard deviation (ddof 0), tables and figures use ddof 1.
//
// Thread rule: plain values.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/task.h"
#include "core/evaluation/metric_types.h"

namespace lottery {

struct Spread {
    double mean = 0.0;
    double deviation = 0.0;  // 0 where there are too few values
};
// Standard deviation with `ddof` 0 or 1. NaN (a metric of constant predictions) counts as 0.
Spread spread(const std::vector<double>& values, int ddof);

using SeedMetrics = std::map<TaskId, std::map<std::uint64_t, Metrics>>;
using ClassShares = std::map<std::string, double>;  // class as GLUE spells it → share of the predictions

struct ExperimentResults {
    std::string name;                                         // folder: "head_mlp"
    std::map<TaskId, std::map<std::string, Spread>> summary;  // metric → mean and population deviation (results.json)
    SeedMetrics per_seed;                                     // empty where only the summary is there
    std::map<TaskId, std::map<std::uint64_t, ClassShares>> predicted_share;  // where it was recorded
    // Of the original model's parameters, embeddings aside; where it was recorded.
    std::map<TaskId, std::map<std::uint64_t, double>> kept_share;
};

// One model with its masks, evaluated: what becomes part of an experiment's results.
struct SeedScore {
    std::string experiment;
    TaskId task = TaskId::MRPC;
    std::uint64_t seed = 0;
    Metrics metrics;
    ClassShares predicted_share;  // empty for regression
    double kept_share = 1.0;      // of the original model's parameters, embeddings aside
};
// Puts a score among `results`, in place of one of the same experiment, task and seed; a new experiment goes to its
// place in the order of sort_experiments. The task's summary, of other seeds than these, is dropped.
void put_score(std::vector<ExperimentResults>& results, const SeedScore& score);

// Known experiments in the order of all_experiments(), then the others by name.
void sort_experiments(std::vector<ExperimentResults>& results);
// "good, retrained"; the folder's name where the experiment is not known.
std::string experiment_label(const std::string& name);

// The metric of the paper's figures and tables: Pearson for STS-B, matched accuracy for MNLI, the search metric for
// the others.
std::string_view table_metric(const TaskInfo& task);

// Q8: what stands for the random subnetworks, retrained, in figures of published and own results.
enum class RandomRetrainedBars {
    Own,            // their own scores
    GoodRetrained,  // those of the good subnetworks, retrained, as one published figure was drawn
};
const char* to_string(RandomRetrainedBars bars);  // as on the command line: "own", "good"
// The results as they are drawn. Of GoodRetrained the structured subnetworks' scores are taken, as the figure's were.
std::vector<ExperimentResults> drawn_results(std::vector<ExperimentResults> results, RandomRetrainedBars bars);

// A model that gives more than this share of the examples one class has learned nothing.
inline constexpr double kDegenerateShare = 0.99;
// The class that it gives them, empty for a model that is not degenerate.
std::string degenerate_class(const ClassShares& shares);

}  // namespace lottery
