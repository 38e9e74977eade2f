// SPDX-License-Identifier: GPL-3.0-or-later
//
// Magnitude pruning as a person starts it: the search, its controls, and what survives (method.md §4, §5, §7).
// Synchronous; no tensor in this header. Everything that can be refused is refused before anything is written.
//
// Thread rule: as in runs.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/pruning/magnitude_options.h"
#include "core/study/runs.h"

namespace lottery {

struct MagnitudeRequest {
    std::filesystem::path checkpoint;  // fine-tuned
    std::filesystem::path data;
    std::filesystem::path out;  // gets weight_mask.safetensors, weight_survival.svg/.csv, search.json, run.json
    TaskId task = TaskId::MRPC;
    std::uint64_t seed = 1337;  // recorded; chooses the held-out slice when options.split is Train
    MagnitudeOptions options;
    ComputeOptions compute;
};

std::vector<FieldProblem> problems(const MagnitudeRequest& request);
// Given again with the same inputs, an interrupted search goes on after its last finished pass (pass_log.h).
Outcome<MagnitudeResult> run_magnitude_search(const MagnitudeRequest& request, std::stop_token stop,
                                              MagnitudeObserver& observer);
// search.json's first keys.
Json magnitude_header(const MagnitudeRequest& request);

struct MagnitudeControlRequest {
    std::filesystem::path weight_mask;  // the good mask
    std::filesystem::path checkpoint;   // in which it was found
    std::filesystem::path out;          // gets weight_mask.safetensors, weight_survival.svg/.csv, run.json
    MagnitudeControl control = MagnitudeControl::Random;
    std::uint64_t seed = 1337;  // of the random mask
};

struct MagnitudeControlReport {
    MagnitudeControl control = MagnitudeControl::Random;
    WeightSurvival survival;   // of the control
    std::int64_t overlap = 0;  // weights that both masks keep
    // Share of the control's kept weights that the good mask keeps too; 0 when it keeps none.
    [[nodiscard]] double overlap_share() const {
        return survival.kept == 0 ? 0.0 : static_cast<double>(overlap) / static_cast<double>(survival.kept);
    }
};

std::vector<FieldProblem> problems(const MagnitudeControlRequest& request);
// A mask of exactly the good one's size, over the same parameters.
Outcome<MagnitudeControlReport> run_magnitude_control(const MagnitudeControlRequest& request);
Json to_json(const MagnitudeControlReport& report);

struct WeightSurvivalRequest {
    std::filesystem::path weight_mask;
    std::filesystem::path checkpoint;  // config.json is read
    std::filesystem::path out;         // gets weight_survival.svg and .csv; empty: nothing is written
};

// What the mask leaves of each head and MLP.
Outcome<WeightSurvival> run_weight_survival(const WeightSurvivalRequest& request);

}  // namespace lottery
