// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/component_facts.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace lottery {
namespace {

// Place in a set of `rows` × `columns`; nothing outside. MLPs are one column.
std::optional<std::size_t> place_of(const Component& component, int rows, int columns) {
    const int column = std::max(component.head, 0);
    if (component.layer < 0 || component.layer >= rows || column >= columns) return std::nullopt;
    return static_cast<std::size_t>(component.layer * columns + column);
}

std::optional<double> mean_of(const std::vector<double>& values) {
    if (values.empty()) return std::nullopt;
    return mean_deviation(values).mean;
}

void add_importances(TaskComponentFacts& facts, const std::map<std::uint64_t, ImportanceHistory>& histories,
                     std::size_t place) {
    std::vector<double> importances, ranks;
    for (const auto& [seed, history] : histories) {
        const float own = history.full[place];
        if (!std::isfinite(own)) continue;
        importances.push_back(own);
        ranks.push_back(1.0 + static_cast<double>(std::ranges::count_if(
                                  history.full, [own](float other) { return std::isfinite(other) && other > own; })));
        facts.ranked =
            static_cast<int>(std::ranges::count_if(history.full, [](float other) { return std::isfinite(other); }));
    }
    facts.importance = mean_of(importances);
    facts.rank = mean_of(ranks);
}

std::optional<double> weights_share(const std::vector<WeightSurvival>& searches, const Component& component) {
    std::vector<double> shares;
    for (const auto& search : searches) {
        const auto& heads = search.heads;
        if (component.head >= 0) {
            if (place_of(component, heads.layers, heads.heads))
                shares.push_back(static_cast<double>(heads.at(component.layer, component.head)));
        } else if (const auto layer = static_cast<std::size_t>(component.layer); layer < search.mlps.size()) {
            shares.push_back(static_cast<double>(search.mlps[layer]));
        }
    }
    return mean_of(shares);
}

}  // namespace

ComponentFacts component_facts(const StudyComponents& study, const Component& component) {
    const bool head = component.head >= 0;
    const MaskSet& masks = head ? study.heads : study.mlps;
    const ImportanceSet& importances = head ? study.head_importances : study.mlp_importances;
    const auto in_masks = place_of(component, masks.rows, masks.columns);
    const auto in_importances = place_of(component, importances.rows, importances.columns);
    ComponentFacts facts{component, study.setting, {}, std::nullopt};
    std::set<TaskId> tasks;
    if (in_masks)
        for (const auto& [task, seeds] : masks.masks) tasks.insert(task);
    if (in_importances)
        for (const auto& [task, histories] : importances.histories) tasks.insert(task);
    for (const auto& [task, searches] : study.weights)
        if (weights_share(searches, component)) tasks.insert(task);
    for (const TaskId task : tasks) {
        TaskComponentFacts of_task;
        of_task.task = task;
        if (const auto found = masks.masks.find(task); in_masks && found != masks.masks.end())
            for (const auto& [seed, mask] : found->second) {
                ++of_task.seeds;
                of_task.kept += mask[*in_masks] != 0 ? 1 : 0;
            }
        if (const auto found = importances.histories.find(task); in_importances && found != importances.histories.end())
            add_importances(of_task, found->second, *in_importances);
        if (const auto found = study.weights.find(task); found != study.weights.end())
            of_task.weights_share = weights_share(found->second, component);
        facts.tasks.push_back(of_task);
    }
    if (in_masks && !masks.common_seeds().empty()) facts.survived = survival(masks).values[*in_masks];
    return facts;
}

}  // namespace lottery
