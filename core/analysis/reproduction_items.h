// SPDX-License-Identifier: GPL-3.0-or-later
//
// The paper's figures and tables as a checklist (method.md §7): what each needs of a study, and how much of it is
// there.
//
// Thread rule: an immutable table, and pure functions of plain values.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/data/task.h"

namespace lottery {

enum class NeedKind {
    Masks,        // masks/<setting>: head_mask.npy
    Histories,    // masks/<setting>: head_importance_<i>.npy of every pass
    WeightMasks,  // masks/<setting>: weight_mask.safetensors
    Models,       // models/<setting>
    Scores,       // evaluate_masked/<experiment>
};

struct ReproductionNeed {
    NeedKind kind = NeedKind::Masks;
    // Settings or experiments, each by the names it may have; the first that is there counts.
    std::vector<std::vector<std::string_view>> folders;
};

enum class ItemKind { Figure, Table };

struct ReproductionItem {
    std::string_view id;     // "evaluation-heads-mlps"
    std::string_view title;  // "Scores of subnetworks of heads and MLPs"
    ItemKind kind = ItemKind::Figure;
    bool secondary = false;               // not in the paper's main part
    bool compared = false;                // ours and published are compared by core/analysis/reproduction.h
    std::vector<ReproductionNeed> needs;  // each for every task and seed of the study
    std::vector<TaskId> tasks;            // only of these tasks; empty: all
    std::string_view also;                // what it needs beside: "labelled attention maps"; empty: nothing
};

// In the order of the paper.
std::span<const ReproductionItem> all_reproduction_items();

// The paper's: every task, and the seeds in the order in which they were published.
std::vector<TaskId> paper_tasks();
std::vector<std::uint64_t> paper_seeds();

// What lies in a study, by folder name.
using SeedPlaces = std::set<std::pair<TaskId, std::uint64_t>>;
struct StudyContents {
    std::map<std::string, SeedPlaces> masks, histories, weight_masks, models, scores;
    // Experiments whose scores are known by mean and deviation alone: of all seeds, it is assumed.
    std::map<std::string, std::set<TaskId>> summaries;
};

struct MissingPlace {
    NeedKind kind = NeedKind::Masks;
    std::vector<std::string_view> folders;  // by any of these names
    TaskId task = TaskId::MRPC;
    std::uint64_t seed = 0;
};
// "masks/heads_mlps/RTE/seed_42", "evaluate_masked/no_mask, RTE, seed 42"
std::string to_string(const MissingPlace& place);

struct ItemState {
    const ReproductionItem* item = nullptr;  // of all_reproduction_items()
    int needed = 0;                          // folder × task × seed
    int present = 0;
    std::vector<MissingPlace> missing;  // all

    [[nodiscard]] bool complete() const { return present == needed; }
};

// Of every item, for a study of these tasks and seeds.
std::vector<ItemState> item_states(const StudyContents& contents, const std::vector<TaskId>& tasks,
                                   const std::vector<std::uint64_t>& seeds);

}  // namespace lottery
