// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the masks of one setting say over tasks and seeds (method.md §7): survival, sizes, overlap, agreement.
//
// Undefined numbers are no numbers: an optional without value, null in JSON, "–" in text.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/data/task.h"
#include "core/statistics/agreement.h"
#include "core/statistics/sample.h"

namespace lottery {

enum class MaskedComponents { Heads, Mlps };
const char* to_string(MaskedComponents components);  // "heads", "mlps"

// Masks of one setting. Of heads `rows` layers × `columns` heads, of MLPs `rows` layers × 1; in C order.
struct MaskSet {
    MaskedComponents components = MaskedComponents::Heads;
    int rows = 0;
    int columns = 1;
    std::map<TaskId, std::map<std::uint64_t, MaskRow>> masks;

    [[nodiscard]] std::vector<TaskId> tasks() const;
    // Seeds that every task has: what is compared over tasks is compared within a seed.
    [[nodiscard]] std::vector<std::uint64_t> common_seeds() const;
    [[nodiscard]] int components_in_all() const { return rows * columns; }
};

struct MeanDeviation {
    double mean = 0.0;
    std::optional<double> deviation;                  // ddof 1; none for a single value
    std::optional<Interval> interval = std::nullopt;  // 95% bootstrap interval of the mean; where it was asked for
};
// Of at least one value; no interval.
MeanDeviation mean_deviation(const std::vector<double>& values);
MeanDeviation with_interval(const std::vector<double>& values);

// Of each component, in how many tasks it survives: mean, deviation and interval over common seeds.
struct Survival {
    MaskedComponents components = MaskedComponents::Heads;
    int rows = 0, columns = 1;
    std::vector<TaskId> tasks;
    std::vector<std::uint64_t> seeds;
    std::vector<MeanDeviation> values;  // [rows, columns]

    [[nodiscard]] double mean_of_means() const;
    [[nodiscard]] std::optional<double> mean_of_deviations() const;
    [[nodiscard]] int above(double tasks_survived) const;  // components whose mean is larger
};
Survival survival(const MaskSet& set);

// Of each pair of tasks, how many components survive in both: mean, deviation and interval over common seeds. The
// diagonal is a task's own size.
struct Overlap {
    MaskedComponents components = MaskedComponents::Heads;
    int all = 0;  // components of the model
    std::vector<TaskId> tasks;
    std::vector<std::uint64_t> seeds;
    std::vector<std::vector<MeanDeviation>> values;  // [task][task]
};
Overlap overlap(const MaskSet& set);

struct TaskSize {
    TaskId task = TaskId::MRPC;
    std::vector<std::uint64_t> seeds;
    std::vector<int> kept;  // per seed
    MeanDeviation size;
};
struct Sizes {
    MaskedComponents components = MaskedComponents::Heads;
    int all = 0;
    std::vector<TaskSize> tasks;
};
Sizes sizes(const MaskSet& set);

struct SeedPair {
    std::uint64_t first = 0, second = 0;
    std::optional<CochranTest> test;
    std::optional<double> holm;  // the test's p adjusted for all pairs of the task
};
struct TaskAgreement {
    TaskSize size;
    std::optional<CochranTest> cochran;
    std::optional<double> fleiss_kappa;
    std::optional<double> krippendorff_alpha;
    // 95% bootstrap intervals over components: resampled seeds would agree with themselves.
    std::optional<Interval> kappa_interval, alpha_interval;
    std::vector<SeedPair> pairs;
};
struct TaskPairAgreement {
    TaskId first = TaskId::MRPC, second = TaskId::MRPC;
    std::optional<double> krippendorff_alpha;  // of the masks of both tasks, all seeds together
    // Mean over common seeds of the Jaccard index of the two tasks' masks, and of its expectation for random masks of
    // the same sizes. None where no seed has one.
    std::optional<double> jaccard, expected_jaccard;
    std::optional<Interval> jaccard_interval;  // 95% bootstrap interval of that mean over seeds
};
struct Agreement {
    MaskedComponents components = MaskedComponents::Heads;
    std::vector<TaskAgreement> tasks;
    std::vector<TaskPairAgreement> task_pairs;
};
Agreement agreement(const MaskSet& set);

// As interfaces.md has them; numbers of layers × heads are nested by layer, of MLPs a list.
Json to_json(const Survival& survival);
Json to_json(const Overlap& overlap);
Json to_json(const Sizes& sizes);
Json to_json(const Agreement& agreement);

}  // namespace lottery
