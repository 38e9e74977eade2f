// SPDX-License-Identifier: GPL-3.0-or-later
//
// Patterns of all models of a study, before and after fine-tuning, and what they say
// (core/analysis/pattern_analysis.h). Kept in
// <study>/patterns/<finetuned|pretrained>/<TASK>/seed_<N>/<raw|norm|norm-published>/. No tensor in this header.
//
// Thread rule: as in runs.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <vector>

#include "core/analysis/pattern_analysis.h"
#include "core/analysis/study_figure.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/study/runs.h"

namespace lottery {

struct StudyPatternsRequest {
    std::filesystem::path study;
    std::vector<TaskId> tasks = {};         // empty: all that have fine-tuned models
    std::vector<std::uint64_t> seeds = {};  // empty: all
    std::vector<AttentionKind> kinds = {AttentionKind::Raw, AttentionKind::Norm};
    std::optional<std::filesystem::path> classifier;  // default: the built-in one, trained on synthetic maps
    int examples = 100;                               // per model, at most
    ComputeOptions compute;
};

struct StudyPatternsReport {
    int classified = 0;  // models × kinds
    int kept = 0;        // that were there already
    PatternAnalysis analysis;
    double seconds = 0.0;
};

// Classifies what is missing; what is there stays, also after a cancel. Both models of a task and seed see the same
// examples. Data, examples' length and the pre-trained checkpoint are those that the fine-tuned model's record names.
// Errors: no fine-tuned models, a model without a record, those of run_classify_patterns; patterns that are there but
// were made with another classifier or number of examples.
Outcome<StudyPatternsReport> run_study_patterns(const StudyPatternsRequest& request, std::stop_token stop,
                                                ProgressSink& progress);

// What lies in the study, of the request's tasks and seeds, with the masks of its setting where it has some. Errors: no
// patterns; those of reading.
Result<PatternAnalysis> read_study_patterns(const StudyFigureRequest& request);

}  // namespace lottery
