// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/result_rows.h"

#include <algorithm>
#include <cmath>

#include "core/analysis/experiments.h"

namespace lottery {
namespace {

void name_row(ResultRow& row, const std::string& label) {
    const auto comma = label.rfind(", ");
    const std::string model = comma == std::string::npos ? "" : label.substr(comma + 2);
    const bool known = model == "pruned" || model == "retrained";
    row.subnetwork = known ? label.substr(0, comma) : label;
    row.model = known ? model : "";
}

void add_predictions(ResultRow& row, const ExperimentResults& results) {
    const auto seeds = results.predicted_share.find(row.task);
    if (seeds == results.predicted_share.end()) return;
    ClassShares sums;
    double count = 0.0;
    for (const auto& [seed, shares] : seeds->second) {
        if (shares.empty()) continue;
        count += 1.0;
        for (const auto& [name, share] : shares) sums[name] += share;
        if (const auto name = degenerate_class(shares); !name.empty())
            row.degenerate.push_back({seed, name, shares.at(name)});
    }
    if (count == 0.0) return;
    const auto most = std::ranges::max_element(sums, {}, [](const auto& entry) { return entry.second; });
    row.predicted = most->first;
    row.predicted_share = most->second / count;
}

void add_size(ResultRow& row, const ExperimentResults& results) {
    const auto seeds = results.kept_share.find(row.task);
    if (seeds == results.kept_share.end() || seeds->second.empty()) return;
    double sum = 0.0;
    for (const auto& [seed, share] : seeds->second) sum += share;
    row.kept_share = sum / static_cast<double>(seeds->second.size());
}

// The metric of each seed; NaN counts as 0, as in means.
std::map<std::uint64_t, double> values_of(const ExperimentResults& results, const ResultRow& row) {
    std::map<std::uint64_t, double> values;
    if (const auto seeds = results.per_seed.find(row.task); seeds != results.per_seed.end())
        for (const auto& [seed, metrics] : seeds->second)
            if (const auto found = metrics.find(row.metric); found != metrics.end())
                values[seed] = std::isnan(found->second) ? 0.0 : found->second;
    return values;
}

void add_difference(ResultRow& row, const ExperimentResults& results, const ExperimentResults* full,
                    const ScoreRow* full_row) {
    if (full == nullptr || full_row == nullptr || row.experiment == kFullExperiment) return;
    const auto of_task = full_row->cells.find(row.task);
    if (of_task == full_row->cells.end() || !of_task->second.contains(row.metric)) return;
    const auto reference = values_of(*full, row);
    double sum = 0.0;
    for (const auto& [seed, value] : values_of(results, row)) {
        const auto found = reference.find(seed);
        if (found == reference.end()) continue;
        sum += value - found->second;
        ++row.common_seeds;
    }
    row.difference =
        row.common_seeds > 0 ? sum / row.common_seeds : row.score.mean - of_task->second.at(row.metric).mean;
}

}  // namespace

std::vector<ResultRow> result_rows(const std::vector<ExperimentResults>& results) {
    const ScoreTable table = score_table(results);
    const auto full_row = std::ranges::find(table.rows, kFullExperiment, &ScoreRow::name);
    const auto full = std::ranges::find(results, kFullExperiment, &ExperimentResults::name);
    std::vector<ResultRow> rows;
    for (const TaskId task : table.tasks) {
        for (const ScoreRow& score_row : table.rows) {
            const auto cells = score_row.cells.find(task);
            if (cells == score_row.cells.end()) continue;
            ResultRow row;
            row.task = task;
            row.experiment = score_row.name;
            row.metric = table_metric(task_info(task));
            const auto cell = cells->second.find(row.metric);
            if (cell == cells->second.end()) continue;
            row.score = cell->second;
            row.metrics = cells->second;
            name_row(row, score_row.label);
            const auto& source = *std::ranges::find(results, row.experiment, &ExperimentResults::name);
            add_predictions(row, source);
            add_size(row, source);
            add_difference(row, source, full == results.end() ? nullptr : &*full,
                           full_row == table.rows.end() ? nullptr : &*full_row);
            rows.push_back(std::move(row));
        }
    }
    return rows;
}

}  // namespace lottery
