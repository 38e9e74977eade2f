// SPDX-License-Identifier: GPL-3.0-or-later
//
// Scores as a table: experiments down, tasks across, mean ± standard deviation over seeds, or the mean's
// confidence interval (method.md §5, §7).
//
// Thread rule: pure functions of plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/analysis/results.h"
#include "core/base/json.h"
#include "core/figures/figure.h"
#include "core/statistics/sample.h"

namespace lottery {

struct ScoreCell {
    double mean = 0.0;
    std::optional<double> deviation;  // none for a single seed and for the majority baseline
    int ddof = 1;                     // 0: only results.json is there, its population standard deviation is shown
    int seeds = 0;                    // 0: not known (ddof 0)
    std::vector<std::uint64_t> degenerate_seeds;  // whose model predicts one class in more than 99%
    // 95% confidence interval of the mean by Student's t; none with ddof 0, of which the seeds are not known.
    std::optional<Interval> interval = std::nullopt;

    bool operator==(const ScoreCell&) const = default;
};

struct ScoreRow {
    std::string name;                                          // "head_mlp_retrained"
    std::string label;                                         // "good, retrained"
    std::map<TaskId, std::map<std::string, ScoreCell>> cells;  // by metric
};

// What stands beside a mean in text, Markdown, HTML and LaTeX.
enum class ShownSpread { Deviation, Interval };

struct ScoreTable {
    ShownSpread shown = ShownSpread::Deviation;
    std::vector<TaskId> tasks;  // those that any row has, in the order of all_tasks()
    std::vector<ScoreRow> rows;
};

// `tasks` limits the columns; empty: all.
ScoreTable score_table(std::vector<ExperimentResults> results, const std::vector<TaskId>& tasks = {});

// One metric per task (table_metric), three decimals. Below the table: what ± is, and which models predict one class
// only. ends with a newline.
std::string text_of(const ScoreTable& table);
std::string markdown_of(const ScoreTable& table);
std::string html_of(const ScoreTable& table);
std::string latex_of(const ScoreTable& table);  // a tabular for the package booktabs
// All metrics: columns experiment, label, task, metric, mean, standard deviation, ddof, seeds, 95% low, 95% high,
// degenerate seeds.
DataTable data_of(const ScoreTable& table);
// {"tasks", "experiments": [{"name", "label", "tasks": {T: {metric: {"mean", "std", "ddof", "seeds", "interval"}, …}},
//   "degenerate_seeds": {T: […]}}]}
Json to_json(const ScoreTable& table);

}  // namespace lottery
