// SPDX-License-Identifier: GPL-3.0-or-later
//
// Working through a study: what is missing or out of date, job after job, on one device. Killed or cancelled at any
// moment, the same call goes on: a fine-tuning from its last resume point, a mask search after its last pass, anything
// else from its beginning, and all come to the files that an undisturbed run writes.
//
// Beside what the jobs write, a study's folder has .study/: lock, hashes.json (file_hashes.h), failures.json.
//
// Thread rule: see runs.h. A second program, or thread, on the same study is refused. No tensor in this header.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/study/study_jobs.h"
#include "core/study/study_state.h"

namespace lottery {

// What a study does first, by ids of jobs; what they need goes before them. It may be changed while the study runs; the
// job that is being done is not interrupted. An id that is no job is an error when the study begins, and passed over
// later.
//
// Thread rule: any thread at any time.
class StudyOrder {
public:
    void set_first(std::vector<std::string> ids);
    [[nodiscard]] std::vector<std::string> first() const;

private:
    mutable std::mutex mutex_;
    std::vector<std::string> ids_;
};

struct StudyRunRequest {
    std::filesystem::path study;                   // has a study.json
    std::optional<ComputeOptions> compute = {};    // in place of the plan's
    std::vector<std::string> only = {};            // ids of jobs; these and what they need. Empty: all
    std::shared_ptr<const StudyOrder> order = {};  // nullptr: that of the jobs
};

// Events of training and search belong to the job begun last.
class StudyObserver : public TrainingObserver,
                      public MaskSearchObserver,
                      public MagnitudeObserver,
                      public StudyEvaluationObserver {
public:
    // Once, before anything is done: all jobs, and how they stand.
    virtual void on_study(const std::vector<StudyJob>&, const std::vector<JobStatus>&) {}
    // Before each job: what is to be done yet, it among them, in this order.
    virtual void on_queue(const std::vector<std::size_t>& /*jobs*/) {}
    // With the state it was found in: why it is done again, or where it goes on.
    virtual void on_job_begin(std::size_t /*job*/, const JobStatus& /*found*/) {}
    // Done, or Failed with the reason.
    virtual void on_job_end(std::size_t /*job*/, const JobStatus&) {}
    // Of all that is left, before each job; as soon as anything is known of it (study_estimate.h).
    virtual void on_seconds_left(double) {}
};

struct JobFailure {
    std::string id;
    std::string title;
    Error error;
};

struct StudyRunReport {
    int jobs = 0;                      // that were asked for
    int done_before = 0;               // nothing to do
    int done = 0;                      // now
    int waiting = 0;                   // for one that failed
    std::vector<JobFailure> failures;  // a failed job does not keep others from being done
    double seconds = 0.0;
};
Json to_json(const StudyRunReport& report);

// Errors: no study, or a plan that is wrong; a second program at work; a disk without room for the next job. A job that
// fails is no error of the run.
Outcome<StudyRunReport> run_study(const StudyRunRequest& request, std::stop_token stop, StudyObserver& observer);

// How a study stands. Errors: no study, or a plan that is wrong.
struct StudyReport {
    std::vector<StudyJob> jobs;
    std::vector<JobStatus> states;               // one per job
    std::vector<std::optional<double>> seconds;  // that each takes, estimated; nothing where nothing is known yet
    std::optional<double> seconds_left;          // of all that is not done
    [[nodiscard]] int count(JobState state) const;
};
Result<StudyReport> study_report(const std::filesystem::path& study);
Json to_json(const StudyReport& report);

}  // namespace lottery
