// SPDX-License-Identifier: GPL-3.0-or-later
//
// Scores as a list: one row per task and experiment, with what is needed to judge it (method.md §5): its distance to
// the full model, its size, and whether the model still tells classes apart.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/analysis/results.h"
#include "core/analysis/results_table.h"

namespace lottery {

struct DegenerateModel {
    std::uint64_t seed = 0;
    std::string predicted;  // the class that it gives nearly every example
    double share = 0.0;     // of the examples, above kDegenerateShare
    bool operator==(const DegenerateModel&) const = default;
};

struct ResultRow {
    TaskId task = TaskId::MRPC;
    std::string experiment;  // folder: "head_mlp_retrained"
    std::string subnetwork;  // "good", "full model"; the folder's name where the experiment is not known
    std::string model;       // "pruned", "retrained"; empty where that makes no difference
    std::string metric;      // table_metric of the task
    ScoreCell score;         // in that metric
    std::map<std::string, ScoreCell> metrics;  // all of them
    std::optional<double> kept_share;          // mean over seeds; none where it was not recorded
    // Score − full model's: mean over the seeds that both have, of the means where none is common. None without a full
    // model, and for itself.
    std::optional<double> difference;
    int common_seeds = 0;   // behind `difference`; 0: it is that of the means
    std::string predicted;  // the most frequent class, by its share's mean over seeds; empty where not recorded
    double predicted_share = 0.0;
    std::vector<DegenerateModel> degenerate;

    bool operator==(const ResultRow&) const = default;
};

// By task in the order of all_tasks(), within a task in table order. An experiment without the task's metric has no
// row.
std::vector<ResultRow> result_rows(const std::vector<ExperimentResults>& results);

}  // namespace lottery
