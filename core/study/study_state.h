// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which of a study's jobs are done, and why the others are not. Decided by content alone: a job is done while its
// folder holds a finished run whose recorded inputs are those that its request has now (run_inputs.h).
//
// Thread rule: one thread at a time per FileHashes. Nothing is written.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/base/file_hashes.h"
#include "core/base/result.h"
#include "core/study/study_jobs.h"

namespace lottery {

enum class JobState {
    Done,
    Outdated,     // finished with other inputs, or from something that is out of date
    Interrupted,  // goes on where it was stopped
    Missing,      // could be begun
    Waiting,      // for a job before it
    Failed,       // when it was last tried (study_run.h), or what it needs cannot be read
};
std::span<const JobState> all_job_states();
const char* to_string(JobState state);  // "done", "out of date", "interrupted", "missing", "waiting", "failed"

struct JobStatus {
    JobState state = JobState::Missing;
    std::string why;  // in words; empty where there is nothing to say
};

// `before` has the states of the jobs before it.
JobStatus job_status(const StudyJob& job, const std::vector<StudyJob>& jobs, const std::vector<JobStatus>& before,
                     FileHashes& hashes);

// Of every job, in their order.
std::vector<JobStatus> study_status(const std::vector<StudyJob>& jobs, FileHashes& hashes);

// Takes away what stands in the way of doing an outdated job again: its run folders, moved out of their place first, so
// that a kill leaves them whole or gone. `study` is the study's folder.
Status clear_job(const StudyJob& job, const std::filesystem::path& study);

}  // namespace lottery
