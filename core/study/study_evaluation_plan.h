// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which models and masks of a study there are to evaluate.
//
// Thread rule: any thread; nothing is written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/study/runs.h"
#include "core/study/study_evaluation.h"

namespace lottery {

struct EvaluationJob {
    std::string experiment;
    TaskId task = TaskId::MRPC;
    std::uint64_t seed = 0;
    std::filesystem::path model;
    std::optional<std::filesystem::path> head_mask, mlp_mask, weight_mask;
    int max_seq_length = 128;

    [[nodiscard]] std::vector<std::filesystem::path> masks() const;
};

struct EvaluationPlan {
    std::vector<EvaluationJob> jobs;       // by experiment, task, seed
    std::vector<std::string> passed_over;  // what is there and cannot be evaluated, and why
};

// Errors as of run_study_evaluation.
Result<EvaluationPlan> plan_evaluation(const StudyEvaluationRequest& request);

// What run_evaluate is asked for.
EvaluateRequest evaluate_request(const StudyEvaluationRequest& study, const EvaluationJob& job);

}  // namespace lottery
