// SPDX-License-Identifier: GPL-3.0-or-later
//
// Ours against published: the scores of a study beside those it reproduces, per experiment, task and metric, each with
// a verdict by a stated test.
//
// Verdict. Welch's two-sided t-test at 5% on the values over seeds of both sides; where a side has only a mean and a
// population standard deviation, as the published files, the deviation is taken to ddof 1 first. Not significant is
// "agrees": these data show no difference, which with five seeds a side is no proof that there is none. Where neither
// side varies over seeds there is nothing to test with: equal agrees, unequal differs. Grounds says what a verdict
// rests on, and why two scores are not comparable.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/analysis/results.h"
#include "core/statistics/welch.h"

namespace lottery {

// Deviations and differences up to this are rounding: no score of GLUE comes in steps as small.
inline constexpr double kNoSpread = 1e-9;

enum class Verdict { Agrees, Differs, NotComparable };

enum class Grounds {
    Test,          // agrees or differs: Welch's test
    NoSpread,      // agrees or differs: constants on both sides, equal or not
    NotEvaluated,  // ours is missing
    NotPublished,  // theirs is missing
    Undefined,     // the metric is undefined for a seed: it predicts one class only
    TooFewSeeds,   // fewer than two seeds on a side
    RandomDraw,  // the majority baseline of a regression: draws of a normal distribution, only "about 0" means anything
};

// One side of a comparison.
struct ComparedScore {
    int seeds = 0;           // values behind it; 0: the score is missing
    int undefined = 0;       // further seeds, whose metric is undefined
    double mean = 0.0;       // over `seeds`; NaN for none
    double deviation = 0.0;  // ddof 1; NaN for fewer than two seeds
    bool summary = false;    // known by mean and population deviation alone, the number of seeds is assumed
};

struct ComparedCell {
    std::string experiment;  // folder: "head_mlp_retrained"
    TaskId task = TaskId::MRPC;
    std::string metric;
    bool shown = false;  // the metric of the paper's tables, table_metric()
    ComparedScore ours;
    ComparedScore published;
    std::optional<double> difference;  // ours − published; none where a side has no mean
    std::optional<WelchTest> test;     // where Grounds::Test
    Verdict verdict = Verdict::NotComparable;
    Grounds grounds = Grounds::NotEvaluated;
};

struct ComparisonOptions {
    double significance = 0.05;      // two-sided; the interval has a confidence of 1 − significance
    int seeds_behind_ours = 5;       // where only mean and deviation are known
    int seeds_behind_published = 5;  // likewise; the paper's
    std::vector<TaskId> tasks = {};  // only these; empty: all
};

// Every experiment, task and metric that either side has; experiments in table order, then tasks, then metrics.
std::vector<ComparedCell> compare_results(const std::vector<ExperimentResults>& ours,
                                          const std::vector<ExperimentResults>& published,
                                          const ComparisonOptions& options = {});

// Verdicts counted over cells in the metrics of tables (`shown`).
struct VerdictCounts {
    int agrees = 0;
    int differs = 0;
    int not_comparable = 0;
    int not_evaluated = 0;  // of not_comparable
    int tested = 0;         // of agrees and differs
    // Tests that differ by chance alone where nothing differs: significance × tested.
    double expected_by_chance = 0.0;
};
VerdictCounts count_verdicts(const std::vector<ComparedCell>& cells, const ComparisonOptions& options);

const char* to_string(Verdict verdict);  // "agrees", "differs", "not comparable"
const char* to_string(Grounds grounds);  // as in JSON: "welch_test", "no_spread", "not_evaluated", …
// "not evaluated", "undefined for 2 of 5 seeds"; empty for Grounds::Test.
std::string explanation(const ComparedCell& cell);

}  // namespace lottery
