// SPDX-License-Identifier: GPL-3.0-or-later
//
// `lottery study estimate`: how long a whole study takes, before any of it is done, on this machine or on another whose
// throughput is known.
//
// Thread rule: see runs.h. No tensor in this header.
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/base/json.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/study/study_estimate.h"
#include "core/study/study_jobs.h"

namespace lottery {

struct ProjectionRequest {
    std::filesystem::path study;
    // What `lottery bench --json` printed, here or elsewhere, of the study's checkpoint or one of its shape. None: the
    // study's checkpoint is measured on the plan's device, some 20 seconds.
    std::optional<std::filesystem::path> bench;
};

struct ProjectedKind {
    StudyJobKind kind = StudyJobKind::Finetune;
    int jobs = 0;
    double seconds = 0.0;  // of all of them
};

struct StudyProjection {
    std::string machine;                                          // whose throughput it is
    DeviceRates rates;                                            // tokens per second
    std::vector<ProjectedKind> kinds;                             // in the order of the jobs
    std::vector<std::pair<std::optional<TaskId>, double>> tasks;  // seconds; none: of all tasks
    double seconds = 0.0;
    std::vector<TaskId> assumed;  // whose data are not there
};
Json to_json(const StudyProjection& projection);

// All of the study, also what is done already; its own finished jobs are not looked at. What was measured here is kept
// in .study/rates.json, for the estimates of study_report(). Errors: no plan; a bench file without the rows; those of
// StudyEstimate and run_bench.
Outcome<StudyProjection> project_study(const ProjectionRequest& request, std::stop_token stop, ProgressSink& progress);

// What project_study() measured on this machine; nothing where it has not, or the file is damaged.
std::optional<DeviceRates> measured_rates(const std::filesystem::path& study);

}  // namespace lottery
