// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the patterns of heads' maps say over tasks (method.md §6): shares of the five classes before and after
// fine-tuning, for all heads and for those that survive in the masks of all seeds; patterns against survival.
//
// Undefined numbers are no numbers: an optional without value, null in JSON, "–" in text.
//
// Legend: L layers, N heads per layer.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/analysis/analysis_tables.h"
#include "core/analysis/mask_analysis.h"
#include "core/attention/attention_maps.h"
#include "core/attention/pattern_classes.h"
#include "core/base/json.h"
#include "core/data/task.h"
#include "core/figures/pattern_figure.h"
#include "core/model/masks.h"

namespace lottery {

enum class PatternModel { Pretrained, Finetuned };
const char* to_string(PatternModel model);  // "pre-trained", "fine-tuned"

// Of one model on one task's examples.
struct HeadPatterns {
    TaskId task = TaskId::MRPC;
    std::uint64_t seed = 0;
    PatternModel model = PatternModel::Finetuned;
    AttentionKind kind = AttentionKind::Raw;
    HeadMatrix present;                 // [L,N]
    std::vector<PatternShares> shares;  // [L,N], over the examples; NaN for heads that are not present
    std::int64_t examples = 0;

    // The class of most of the head's maps, the first of equal ones; nothing for a head that is not present.
    [[nodiscard]] std::optional<PatternClass> pattern_of(int layer, int head) const;
};

// Mean over the heads that are present and, where there is a mask, kept by it. Nothing where no head is left.
struct GroupShares {
    PatternShares shares{};
    std::int64_t maps = 0;  // heads × examples
};
std::optional<GroupShares> shares_of(const HeadPatterns& patterns, const HeadMatrix* mask);

// Heads by pattern and survival, over all seeds that have both, and how the share of heterogeneous maps goes with it.
struct PatternSurvival {
    TaskId task = TaskId::MRPC;
    PatternModel model = PatternModel::Finetuned;
    AttentionKind kind = AttentionKind::Raw;
    int seeds = 0;
    std::array<std::array<int, 2>, pattern_count> heads{};  // [class][masked, survives], summed over seeds
    // Of a head's heterogeneous share and its survival (0 or 1), over heads and seeds: Pearson's r, which is the
    // point-biserial one here. Undefined where all heads survive, or none, or all have one share.
    std::optional<double> correlation;
    std::optional<double> p_value;  // two-sided, Student's t with n − 2 degrees of freedom
    int count = 0;                  // n

    // Of the heads of a class, how many survive; undefined without such heads.
    [[nodiscard]] std::optional<double> survival_of(PatternClass pattern) const;
};

struct PatternAnalysis {
    std::vector<HeadPatterns> found;
    std::map<TaskId, HeadMatrix> super_survivors;  // of a task: heads that survive in the masks of all its seeds
    std::vector<PatternSurvival> survival;         // by task, model, kind
    bool has_masks = false;
};

// `masks` of heads, of models of the same size; nothing: shares alone. Sorted by task, kind, model, seed.
PatternAnalysis analyse_patterns(std::vector<HeadPatterns> found, const std::optional<MaskSet>& masks);

// The paper's bar figure: a panel per kind of map, four bars per task, means over seeds.
PatternContent pattern_content(const PatternAnalysis& analysis);

// Shares; patterns against survival; correlations.
AnalysisTables tables_of(const PatternAnalysis& analysis);
// task, kind, model, seed, layer, head, class, share
DataTable data_of(const PatternAnalysis& analysis);
Json to_json(const PatternAnalysis& analysis);

}  // namespace lottery
