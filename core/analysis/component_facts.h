// SPDX-License-Identifier: GPL-3.0-or-later
//
// Everything that a study says of one head or MLP, task by task.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/analysis/importance_analysis.h"
#include "core/analysis/mask_analysis.h"
#include "core/model/masks.h"
#include "core/model/weight_survival.h"
#include "core/pruning/mask_search_options.h"

namespace lottery {

// What one setting's searches, and the magnitude searches beside them, found. What is not there is empty.
struct StudyComponents {
    std::string setting;  // "heads_mlps"
    MaskSet heads, mlps;
    ImportanceSet head_importances, mlp_importances;
    std::map<TaskId, std::vector<WeightSurvival>> weights;  // of magnitude searches, one per seed
};

struct TaskComponentFacts {
    TaskId task = TaskId::MRPC;
    int seeds = 0;                        // that have a mask
    int kept = 0;                         // of them, how many keep it
    std::optional<double> importance;     // in the full model, mean over seeds
    std::optional<double> rank;           // of that importance, 1 the highest, mean over seeds
    int ranked = 0;                       // how many the rank is of
    std::optional<double> weights_share;  // that magnitude pruning leaves, mean over seeds
};
struct ComponentFacts {
    Component component;
    std::string setting;
    std::vector<TaskComponentFacts> tasks;  // that say something of it
    std::optional<MeanDeviation> survived;  // number of tasks, over the seeds that all tasks have
};

// Nothing is said of a component that the model does not have: no tasks.
ComponentFacts component_facts(const StudyComponents& study, const Component& component);

}  // namespace lottery
