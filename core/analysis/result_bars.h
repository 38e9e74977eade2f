// SPDX-License-Identifier: GPL-3.0-or-later
//
// Scores as bars: what core/figures/bar_figure.h draws of a study (method.md §7, "evaluation").
//
// Thread rule: pure functions of plain values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/analysis/experiments.h"
#include "core/analysis/results.h"
#include "core/figures/bar_figure.h"

namespace lottery {

// A panel per task in the metric of table_metric(), its name beside the size of the subnetworks where that was
// recorded; the majority class and the full model stand beside the subnetworks of `family`. `tasks` limits the panels;
// empty: all. Of experiments known only by mean and deviation the error
// bar is that deviation, of the population. Series keep
// their colours whatever else is there. At most three panels in a row.
BarContent result_bars(const std::vector<ExperimentResults>& results, ExperimentFamily family,
                       const std::vector<TaskId>& tasks = {});
// The experiment behind each series of result_bars(), and the task behind each group.
std::vector<std::string> bar_experiments(const std::vector<ExperimentResults>& results, ExperimentFamily family);
std::vector<TaskId> bar_tasks(const std::vector<ExperimentResults>& results, ExperimentFamily family,
                              const std::vector<TaskId>& tasks = {});

bool has_family(const std::vector<ExperimentResults>& results, ExperimentFamily family);
// "Subnetworks of heads and MLPs".
std::string_view family_title(ExperimentFamily family);

}  // namespace lottery
