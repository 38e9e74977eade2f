// SPDX-License-Identifier: GPL-3.0-or-later
//
// Scores of a whole study folder: every model and mask that lies in it, task by task and seed by seed (method.md §5,
// docs/formats.md). What was evaluated before with the same inputs is not evaluated again.
//
// Thread rule: see runs.h. No tensor in this header.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "core/analysis/results.h"
#include "core/base/file_hashes.h"
#include "core/base/json.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/data/task.h"
#include "core/study/runs.h"

namespace lottery {

struct StudyEvaluationRequest {
    std::filesystem::path study;           // holds models/ and masks/; evaluate_masked/ and figures/ are written
    std::filesystem::path data;            // GLUE folder
    std::vector<TaskId> tasks;             // empty: all that are found
    std::vector<std::uint64_t> seeds;      // empty: all that are found
    std::vector<std::string> experiments;  // names of all_experiments(); empty: all that are found
    Removal removal = Removal::Physical;
    bool draw_figures = true;                                         // at the end
    RandomRetrainedBars random_retrained = RandomRetrainedBars::Own;  // in the figures
    std::int64_t limit_dev = 0;                                       // first so many dev examples; 0: all
    int max_seq_length = 0;     // tokens; 0: as the model was fine-tuned, otherwise 128 or the model's positions
    std::uint64_t seed = 1337;  // of the draw that stands for a majority class in regression
    ComputeOptions compute;
};

struct StudyScore : SeedScore {
    bool unchanged = false;  // an earlier evaluation of the same inputs
    int index = 0;           // 0-based, of `count`
    int count = 0;
};

class StudyEvaluationObserver : public virtual ProgressSink {
public:
    // As each score is there and written.
    virtual void on_study_score(const StudyScore&) {}
};

struct StudyEvaluationReport {
    int evaluated = 0;
    int unchanged = 0;
    std::vector<std::string> passed_over;        // what lies in the study and could not be evaluated, and why
    std::vector<ExperimentResults> results;      // all that evaluate_masked/ holds now, in table order
    std::vector<std::filesystem::path> figures;  // .svg; a .csv lies beside each
    double seconds = 0.0;
    std::string device;
};

std::vector<FieldProblem> problems(const StudyEvaluationRequest& request);
// Nothing is written before all models, masks and data files have been looked at. Errors: a reference study; nothing to
// evaluate; masks that are none or do not fit their model; a heads-and-MLPs mask without its MLPs; data that is
// missing. Cancelled, it keeps the scores so far.
Outcome<StudyEvaluationReport> run_study_evaluation(const StudyEvaluationRequest& request, std::stop_token stop,
                                                    StudyEvaluationObserver& observer);

// How much of an evaluation is left to do. Nothing is written.
struct EvaluationsToDo {
    int unchanged = 0;                     // evaluated with the same inputs
    std::vector<std::string> open;         // "head_mlp MRPC/seed_42": new or changed
    std::vector<std::string> passed_over;  // as in the report
};
// Errors as of run_study_evaluation.
Result<EvaluationsToDo> evaluations_to_do(const StudyEvaluationRequest& request, FileHashes& hashes);

// With the scores as to_json(ScoreTable) has them.
Json to_json(const StudyEvaluationReport& report);

}  // namespace lottery
