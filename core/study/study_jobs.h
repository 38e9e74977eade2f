// SPDX-License-Identifier: GPL-3.0-or-later
//
// The jobs that a study's plan comes to, and what each needs: fine-tune → masks → controls → retrain → evaluate. A job
// is one of the runs that a person can start alone, with every path and option settled; it knows nothing of whether it
// was done (study_state.h).
//
// Thread rule: plain values; nothing is written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "core/study/figures_run.h"
#include "core/study/magnitude_runs.h"
#include "core/study/runs.h"
#include "core/study/study_evaluation.h"
#include "core/study/study_plan.h"
#include "core/study/subnetwork_runs.h"

namespace lottery {

using JobRequest = std::variant<FinetuneRequest, MaskRequest, MagnitudeRequest, SubnetworkRequest,
                                MagnitudeControlRequest, SupermaskRequest, StudyEvaluationRequest, FiguresRequest>;

enum class StudyJobKind { Finetune, Search, Control, Supermasks, Retrain, Evaluate, Figures };
const char* to_string(
    StudyJobKind kind);  // "fine-tune", "search", "control", "super masks", "retrain", "evaluate", "figures"

struct StudyJob {
    StudyJobKind kind = StudyJobKind::Finetune;
    // Its folder in the study, which names it: "models/finetuned/MRPC/seed_42", "masks/heads_mlps_super/MRPC",
    // "evaluate_masked/MRPC" (an evaluation's files are those of its experiments), "figures".
    std::string id;
    std::optional<TaskId> task;         // none: of all tasks
    std::optional<std::uint64_t> seed;  // none: of all seeds
    std::string setting;                // "finetuned", "heads_mlps", …; empty for evaluations and figures
    std::vector<std::size_t> needs;     // jobs before it, by index; all smaller than its own
    JobRequest request;
};

// "fine-tune MRPC, seed 42", "retrain heads_mlps MRPC, seed 42"
std::string title(const StudyJob& job);

// In an order in which they can be done, task by task. Errors: the plan's (check_study_plan); a task without dev file
// where as many examples as it has are to be held out.
Result<std::vector<StudyJob>> study_jobs(const StudyPlan& plan, const std::filesystem::path& study);

}  // namespace lottery
