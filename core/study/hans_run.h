// SPDX-License-Identifier: GPL-3.0-or-later
//
// A model of natural-language inference on HANS: accuracy per heuristic (method.md §7). No tensor in this header.
//
// HANS knows entailment and non-entailment; every other class of the model (contradiction, neutral) counts as
// non-entailment, as McCoy et al. count it: the class with the largest logit is taken first, then renamed.
//
// Thread rule: as in runs.h.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/data/hans_reader.h"
#include "core/study/runs.h"

namespace lottery {

struct HansRequest {
    std::filesystem::path checkpoint;  // of MNLI, RTE or QNLI
    std::filesystem::path data;        // heuristics_evaluation_set.txt, or its folder
    // What the model's outputs stand for, in their order, one of them "entailment". Empty: the checkpoint's own class
    // names where they tell, otherwise GLUE's order by their number: contradiction, entailment, neutral; entailment,
    // not_entailment.
    std::vector<std::string> classes;
    std::int64_t limit = 0;  // first so many examples; 0: all
    int max_seq_length = 128;
    ComputeOptions compute;
    std::optional<std::filesystem::path> head_mask;    // [L,N] .npy
    std::optional<std::filesystem::path> mlp_mask;     // [L] .npy
    std::optional<std::filesystem::path> weight_mask;  // magnitude mask
    Removal removal = Removal::Physical;
    std::optional<std::filesystem::path> predictions;  // TSV to write
};

struct HansScore {
    std::int64_t examples = 0;
    std::int64_t correct = 0;
    // NaN without examples.
    [[nodiscard]] double accuracy() const;
    HansScore& operator+=(const HansScore& other);
};

// By gold label, in HansLabel's order.
struct HansScores : std::array<HansScore, 2> {
    [[nodiscard]] HansScore all() const;
};

struct HansReport {
    std::vector<std::string> classes;  // of the model's outputs, as they were read
    HansScores overall;
    std::map<std::string, HansScores> heuristics;
    std::map<std::string, HansScores> subcases;  // empty where the file names none
    double predicted_entailment_share = 0.0;     // a model that always says the same is seen here
    double seconds = 0.0;
};

// Whether a class of this name is entailment; letter case is ignored.
bool names_entailment(std::string_view name);
std::vector<FieldProblem> problems(const HansRequest& request);
// Errors: those of the reader and of masks; a checkpoint without classifier, with one output, or trained on a task that
// is no inference, unless `classes` are given; classes that do not fit the outputs.
Outcome<HansReport> run_hans(const HansRequest& request, std::stop_token stop, ProgressSink& progress);

// What `lottery hans --json` prints.
Json to_json(const HansReport& report);

}  // namespace lottery
