// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/reproduction_items.h"

#include <algorithm>

#include "core/analysis/experiments.h"

namespace lottery {
namespace {

using Folders = std::vector<std::vector<std::string_view>>;

// The majority class needs no seeds and is no subnetwork: it comes with any evaluation.
Folders experiments_of(const std::vector<ExperimentFamily>& families) {
    Folders folders;
    for (const auto& experiment : all_experiments())
        if (experiment.name != kMajorityExperiment && std::ranges::find(families, experiment.family) != families.end())
            folders.push_back({experiment.name});
    return folders;
}

std::vector<ReproductionItem> make_items() {
    using enum NeedKind;
    using Family = ExperimentFamily;
    const Folders together{{"heads_mlps"}};
    const auto figure = [](std::string_view id, std::string_view title, std::vector<ReproductionNeed> needs) {
        ReproductionItem item;
        item.id = id;
        item.title = title;
        item.needs = std::move(needs);
        return item;
    };
    const auto scores = [&](std::string_view id, std::string_view title, const std::vector<Family>& families) {
        auto item = figure(id, title, {{Scores, experiments_of(families)}});
        item.compared = true;
        return item;
    };
    std::vector<ReproductionItem> items;
    items.push_back(figure("survival-heads", "Surviving heads, searched alone", {{Masks, {{"heads"}}}}));
    items.push_back(figure("survival-heads-mlps", "Surviving heads and MLPs, searched together", {{Masks, together}}));
    items.push_back(figure("survival-magnitude", "Weights that magnitude pruning leaves of each head and MLP",
                           {{WeightMasks, {{"global", "global_magnitude"}}}}));
    items.push_back(figure("overlap", "Shared heads and MLPs of pairs of tasks", {{Masks, together}}));
    items.push_back(scores("evaluation-heads-mlps", "Scores of subnetworks of heads and MLPs",
                           {Family::Reference, Family::Structured}));
    items.push_back(scores("evaluation-super", "Scores of what all seeds keep", {Family::Reference, Family::Super}));
    items.push_back(
        scores("evaluation-magnitude", "Scores of magnitude masks", {Family::Reference, Family::Magnitude}));
    items.push_back(scores("tables", "Means and standard deviations of all scores",
                           {Family::Reference, Family::Structured, Family::Super, Family::Magnitude}));
    items.back().kind = ItemKind::Table;
    items.push_back(figure("patterns", "Attention patterns of all heads and of those that all seeds keep",
                           {{Models, {{"finetuned"}}}, {Masks, {{"heads_mlps_super"}}}}));
    items.back().also = "labelled attention maps";
    items.push_back(figure("agreement", "Agreement of masks over seeds and tasks", {{Masks, together}}));
    items.back().kind = ItemKind::Table;
    items.push_back(figure("importance", "Importance scores and their evolution", {{Histories, together}}));
    items.push_back(
        figure("resets", "Scores with chosen weights drawn afresh, pre-trained or zero", {{Models, {{"finetuned"}}}}));
    items.back().secondary = true;
    items.push_back(figure("residuals", "Scores without residual connections", {{Models, {{"finetuned"}}}}));
    items.back().secondary = true;
    items.push_back(figure("hans", "Accuracy per heuristic of HANS", {{Models, {{"finetuned"}}}}));
    items.back().secondary = true;
    items.back().tasks = {TaskId::MNLI};
    items.back().also = "the HANS evaluation set";
    return items;
}

const std::map<std::string, SeedPlaces>& places_of(const StudyContents& contents, NeedKind kind) {
    switch (kind) {
        case NeedKind::Masks:
            return contents.masks;
        case NeedKind::Histories:
            return contents.histories;
        case NeedKind::WeightMasks:
            return contents.weight_masks;
        case NeedKind::Models:
            return contents.models;
        case NeedKind::Scores:
            break;
    }
    return contents.scores;
}

bool has(const StudyContents& contents, NeedKind kind, const std::string& folder, TaskId task, std::uint64_t seed) {
    const auto& places = places_of(contents, kind);
    if (const auto found = places.find(folder); found != places.end() && found->second.contains({task, seed}))
        return true;
    if (kind != NeedKind::Scores) return false;
    const auto summary = contents.summaries.find(folder);
    return summary != contents.summaries.end() && summary->second.contains(task);
}

}  // namespace

std::string to_string(const MissingPlace& place) {
    const std::string name(task_info(place.task).name);
    const std::string folder(place.folders.front());
    if (place.kind == NeedKind::Scores)
        return "evaluate_masked/" + folder + ", " + name + ", seed " + std::to_string(place.seed);
    return (place.kind == NeedKind::Models ? "models/" : "masks/") + folder + "/" + name + "/seed_" +
           std::to_string(place.seed);
}

std::span<const ReproductionItem> all_reproduction_items() {
    static const std::vector<ReproductionItem> items = make_items();
    return items;
}

std::vector<TaskId> paper_tasks() {
    std::vector<TaskId> tasks;
    for (const auto& task : all_tasks()) tasks.push_back(task.id);
    return tasks;
}

std::vector<std::uint64_t> paper_seeds() { return {1337, 42, 86, 71, 166}; }

std::vector<ItemState> item_states(const StudyContents& contents, const std::vector<TaskId>& tasks,
                                   const std::vector<std::uint64_t>& seeds) {
    std::vector<ItemState> states;
    for (const auto& item : all_reproduction_items()) {
        ItemState state;
        state.item = &item;
        for (const auto& need : item.needs)
            for (const auto& names : need.folders)
                for (const auto task : tasks) {
                    if (!item.tasks.empty() && std::ranges::find(item.tasks, task) == item.tasks.end()) continue;
                    for (const auto seed : seeds) {
                        ++state.needed;
                        if (std::ranges::any_of(names, [&](std::string_view name) {
                                return has(contents, need.kind, std::string(name), task, seed);
                            }))
                            ++state.present;
                        else
                            state.missing.push_back({need.kind, names, task, seed});
                    }
                }
        states.push_back(std::move(state));
    }
    return states;
}

}  // namespace lottery
