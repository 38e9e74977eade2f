// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where a training run goes on after a kill: one safetensors file with weights, AdamW moments, the step, and the
// history so far, written atomically.
//
// Thread rule: one thread at a time per file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/model/bert.h"
#include "core/training/adamw.h"
#include "core/training/training_options.h"

namespace lottery {

struct ResumePoint {
    std::int64_t step = 0;      // optimizer steps done
    double seconds = 0.0;       // of these steps, over all processes
    std::int64_t examples = 0;  // trained on in them
    std::vector<TrainingStep> steps;
    std::vector<DevEvaluation> evaluations;
};

Status write_resume_point(const std::filesystem::path& file, const std::string& fingerprint, AdamW& optimizer,
                          const ResumePoint& point);
// Fills the optimizer's parameters and moments. Errors: unreadable or damaged file, other parameters, another
// run's fingerprint (nothing: that of any run will do).
Result<ResumePoint> read_resume_point(const std::filesystem::path& file, const std::optional<std::string>& fingerprint,
                                      AdamW& optimizer);
// Whose it is, without reading weights.
Result<std::string> read_resume_fingerprint(const std::filesystem::path& file);
// Fills the model's parameters alone.
Status read_resume_weights(const std::filesystem::path& file, BertForSequenceClassification& model);

Json to_json(const TrainingStep& step);
Json to_json(const DevEvaluation& evaluation);

}  // namespace lottery
