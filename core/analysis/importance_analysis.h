// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the importance scores of one setting say over seeds and pruning steps (method.md §7): how they are distributed,
// how they change as a search goes on, and how far seeds rank components alike.
//
// Scores are those that searches record, in 0…1. NaN is a component that was not measured; undefined numbers are no
// numbers: an optional without value, null in JSON, "–" in text.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/analysis/mask_analysis.h"
#include "core/base/json.h"
#include "core/data/task.h"
#include "core/statistics/sample.h"

namespace lottery {

// Scores of one search: of the full model, then of every pass that was recorded, that of the full model among them.
struct ImportanceHistory {
    std::vector<float> full;                  // [rows × columns], C order
    std::map<int, std::vector<float>> steps;  // by the pass's number, 0 the full model; empty: no history
};

struct ImportanceSet {
    MaskedComponents components = MaskedComponents::Heads;
    int rows = 0;
    int columns = 1;
    std::map<TaskId, std::map<std::uint64_t, ImportanceHistory>> histories;
};

struct Distribution {
    int count = 0;  // numbers among the scores
    double mean = 0.0;
    std::optional<double> deviation;  // ddof 1
    double low = 0.0, quarter = 0.0, median = 0.0, three_quarters = 0.0, high = 0.0;
    std::vector<int> histogram;  // kImportanceBins bins of equal width over 0…1, the last one closed
};
inline constexpr int kImportanceBins = 20;
// Quantiles interpolate linearly between order statistics. Nothing where no score is a number.
std::optional<Distribution> distribution(const std::vector<float>& scores);

struct ImportanceStep {
    int step = 0;
    Distribution scores;
    std::optional<double> overlap_with_full;  // rank-biased, of what both measured
};
struct SeedImportance {
    std::uint64_t seed = 0;
    std::optional<Distribution> scores;  // of the full model
    std::vector<ImportanceStep> steps;
};
struct SeedRanks {
    std::uint64_t first = 0, second = 0;
    std::optional<double> overlap;  // rank-biased, of what both measured
};
struct TaskImportance {
    TaskId task = TaskId::MRPC;
    std::vector<SeedImportance> seeds;
    std::vector<SeedRanks> pairs;
    std::optional<double> mean_overlap;      // over pairs
    std::optional<Interval> interval;        // its bootstrap over seeds, 95%; pairs of a seed with itself left out
    std::optional<double> expected_overlap;  // of random rankings of as many components
};
struct ImportanceAnalysis {
    MaskedComponents components = MaskedComponents::Heads;
    int all = 0;
    double persistence = 0.9;
    std::vector<TaskImportance> tasks;
};
// `persistence` of the rank-biased overlap, in (0, 1).
ImportanceAnalysis importance_analysis(const ImportanceSet& set, double persistence);

Json to_json(const ImportanceAnalysis& analysis);

}  // namespace lottery
