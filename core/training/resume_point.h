// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where a training run goes on after a kill: one safetensors file with weights, AdamW moments, the step, and the
// history so far, written atomically.
//
// Thread rule: one thread at a time per file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/training/adamw.h"
#include "core/training/training_options.h"

namespace lottery {

struct ResumePoint {
    std::int64_t step = 0;  // optimizer steps done
    std::vector<TrainingStep> steps;
    std::vector<DevEvaluation> evaluations;
};

Status write_resume_point(const std::filesystem::path& file, const std::string& fingerprint, AdamW& optimizer,
                          const ResumePoint& point);
// Fills the optimizer's parameters and moments. Errors: unreadable or damaged file, other parameters, another
// run's fingerprint.
Result<ResumePoint> read_resume_point(const std::filesystem::path& file, const std::string& fingerprint,
                                      AdamW& optimizer);

Json to_json(const TrainingStep& step);
Json to_json(const DevEvaluation& evaluation);

}  // namespace lottery
