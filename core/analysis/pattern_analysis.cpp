// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/pattern_analysis.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "core/statistics/correlation.h"

namespace lottery {
namespace {

// The heads that all of the task's masks keep.
HeadMatrix common_heads(const MaskSet& set, TaskId task) {
    HeadMatrix common(set.rows, set.columns, 1.0F);
    for (const auto& [seed, mask] : set.masks.at(task))
        for (std::size_t i = 0; i < common.values.size(); ++i)
            if (mask[i] == 0) common.values[i] = 0.0F;
    return common;
}

// Those of one task, model and kind: patterns and survival of every head of every seed that has both.
PatternSurvival survival_of(const std::vector<const HeadPatterns*>& seeds, const MaskSet& set) {
    PatternSurvival result;
    result.task = seeds.front()->task;
    result.model = seeds.front()->model;
    result.kind = seeds.front()->kind;
    std::vector<double> heterogeneous, survives;
    for (const auto* one : seeds) {
        const auto& masks = set.masks.at(result.task);
        const auto mask = masks.find(one->seed);
        if (mask == masks.end()) continue;
        ++result.seeds;
        for (int l = 0; l < one->present.layers; ++l)
            for (int h = 0; h < one->present.heads; ++h) {
                const auto pattern = one->pattern_of(l, h);
                if (!pattern) continue;
                const auto place = static_cast<std::size_t>(l * one->present.heads + h);
                const bool kept = mask->second[place] != 0;
                ++result.heads[index_of(*pattern)][kept ? 1 : 0];
                heterogeneous.push_back(one->shares[place][index_of(PatternClass::Heterogeneous)]);
                survives.push_back(kept ? 1.0 : 0.0);
            }
    }
    result.count = static_cast<int>(survives.size());
    if (const auto found = pearson_correlation(heterogeneous, survives)) {
        result.correlation = found->r;
        result.p_value = found->p_value;
    }
    return result;
}

auto order_of(const HeadPatterns& p) { return std::tuple(p.task, p.kind, p.model, p.seed); }

bool fits(const HeadPatterns& patterns, const MaskSet& set) {
    return patterns.present.layers == set.rows && patterns.present.heads == set.columns &&
           set.masks.contains(patterns.task);
}

}  // namespace

const char* to_string(PatternModel model) { return model == PatternModel::Pretrained ? "pre-trained" : "fine-tuned"; }

std::optional<PatternClass> HeadPatterns::pattern_of(int layer, int head) const {
    if (present.at(layer, head) == 0.0F) return std::nullopt;
    const auto& of_head = shares[static_cast<std::size_t>(layer * present.heads + head)];
    return all_patterns()[static_cast<std::size_t>(std::max_element(of_head.begin(), of_head.end()) - of_head.begin())];
}

std::optional<GroupShares> shares_of(const HeadPatterns& patterns, const HeadMatrix* mask) {
    GroupShares group;
    int heads = 0;
    for (std::size_t i = 0; i < patterns.shares.size(); ++i) {
        if (patterns.present.values[i] == 0.0F || (mask && mask->values[i] == 0.0F)) continue;
        ++heads;
        for (std::size_t c = 0; c < pattern_count; ++c) group.shares[c] += patterns.shares[i][c];
    }
    if (heads == 0) return std::nullopt;
    for (double& share : group.shares) share /= heads;
    group.maps = heads * patterns.examples;
    return group;
}

std::optional<double> PatternSurvival::survival_of(PatternClass pattern) const {
    const auto& [masked, kept] = heads[index_of(pattern)];
    if (masked + kept == 0) return std::nullopt;
    return static_cast<double>(kept) / (masked + kept);
}

PatternAnalysis analyse_patterns(std::vector<HeadPatterns> found, const std::optional<MaskSet>& masks) {
    std::ranges::sort(found, {}, order_of);
    PatternAnalysis analysis;
    analysis.found = std::move(found);
    analysis.has_masks = masks.has_value();
    if (!masks) return analysis;
    std::vector<const HeadPatterns*> group;
    const auto close = [&] {
        if (!group.empty()) analysis.survival.push_back(survival_of(group, *masks));
        group.clear();
    };
    for (const auto& one : analysis.found) {
        if (!fits(one, *masks)) continue;
        if (!analysis.super_survivors.contains(one.task))
            analysis.super_survivors.emplace(one.task, common_heads(*masks, one.task));
        if (!group.empty() &&
            (group.front()->task != one.task || group.front()->kind != one.kind || group.front()->model != one.model))
            close();
        group.push_back(&one);
    }
    close();
    return analysis;
}

PatternContent pattern_content(const PatternAnalysis& analysis) {
    PatternContent content;
    for (const auto pattern : all_patterns()) content.classes.emplace_back(to_string(pattern));
    constexpr std::array kModels{PatternModel::Pretrained, PatternModel::Finetuned};
    const bool super = !analysis.super_survivors.empty();
    for (const char* heads : {"all heads", "super-survivors"})
        for (const auto model : kModels)
            if (super || heads == std::string("all heads"))
                content.groups.push_back(std::string(heads) + ", " + to_string(model));
    for (const auto kind : {AttentionKind::Raw, AttentionKind::Norm, AttentionKind::NormAsPublished}) {
        PatternPanel panel;
        panel.name = kind_name(kind) + " attention";
        for (const auto& task : all_tasks()) {
            PatternTask of_task{std::string(task.name), {}};
            bool any = false;
            for (const bool only_super : {false, true}) {
                if (only_super && !super) continue;
                for (const auto model : kModels) {
                    PatternBar bar{std::vector<double>(pattern_count, 0.0), 0};
                    int seeds = 0;
                    for (const auto& one : analysis.found) {
                        if (one.task != task.id || one.kind != kind || one.model != model) continue;
                        const auto heads = analysis.super_survivors.find(task.id);
                        if (only_super && heads == analysis.super_survivors.end()) continue;
                        const auto group = shares_of(one, only_super ? &heads->second : nullptr);
                        if (!group) continue;
                        ++seeds;
                        bar.maps += group->maps;
                        for (std::size_t c = 0; c < pattern_count; ++c) bar.shares[c] += group->shares[c];
                    }
                    for (double& share : bar.shares) share /= std::max(seeds, 1);
                    if (seeds == 0) bar = {};
                    any = any || seeds > 0;
                    of_task.bars.push_back(std::move(bar));
                }
            }
            if (any) panel.tasks.push_back(std::move(of_task));
        }
        if (!panel.tasks.empty()) content.panels.push_back(std::move(panel));
    }
    return content;
}

}  // namespace lottery
