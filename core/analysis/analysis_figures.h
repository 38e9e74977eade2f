// SPDX-License-Identifier: GPL-3.0-or-later
//
// Analyses as what figures draw (method.md §7).
//
// Thread rule: pure functions of plain values.
#pragma once

#include <optional>
#include <string>

#include "core/analysis/importance_analysis.h"
#include "core/analysis/mask_analysis.h"
#include "core/figures/box_figure.h"
#include "core/figures/heatmap.h"
#include "core/figures/lines_figure.h"
#include "core/figures/matrix_figure.h"

namespace lottery {

// Mean and deviation of the number of tasks in which each head and MLP survives. MLPs of as many layers, or none.
HeatmapContent survival_content(const Survival& heads, const std::optional<Survival>& mlps);
// Of one task, the share of seeds in which each survives, without a deviation. Empty where the set has no such task.
HeatmapContent task_survival_content(const MaskSet& heads, const std::optional<MaskSet>& mlps, TaskId task);
// a − b, without deviations: a signed map. Both of one size.
HeatmapContent difference(const HeatmapContent& a, const HeatmapContent& b);

MatrixContent overlap_content(const Overlap& overlap);
// Krippendorff's α of all masks of two tasks; on the diagonal that of a task's seeds.
MatrixContent alpha_content(const Agreement& agreement);
// Jaccard index of two tasks' masks, mean over seeds, minus its expectation for random masks. Nothing on the diagonal.
MatrixContent jaccard_content(const Agreement& agreement);

// A group per task, a box per seed.
BoxContent importance_boxes(const ImportanceAnalysis& analysis);
// Over the passes of a search, a curve per task: the median importance in a band from quartile to quartile, and the
// rank-biased overlap with the full model. Means over the seeds that have the pass.
LinesContent importance_evolution(const ImportanceAnalysis& analysis);

}  // namespace lottery
