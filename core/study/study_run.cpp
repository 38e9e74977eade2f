// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/study_run.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "core/base/atomic_writer.h"
#include "core/base/file_lock.h"
#include "core/study/job_boundary.h"
#include "core/study/study_estimate.h"
#include "core/study/study_failures.h"
#include "core/study/study_plan.h"
#include "core/study/study_projection.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

Json optional_number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

fs::path own_folder(const fs::path& study) { return study / ".study"; }
fs::path hashes_file(const fs::path& study) { return own_folder(study) / "hashes.json"; }

// What run.json's command is to a report: nothing is kept of it here, the folder has it.
template <typename T>
Outcome<Unit> without_report(Outcome<T> outcome) {
    if (!outcome) return std::move(outcome).failure();
    return Unit{};
}

Outcome<Unit> run_request(const JobRequest& request, const std::stop_token& stop, StudyObserver& observer) {
    struct Run {
        const std::stop_token& stop;
        StudyObserver& observer;
        Outcome<Unit> operator()(const FinetuneRequest& r) const {
            return without_report(run_finetune(r, stop, observer));
        }
        Outcome<Unit> operator()(const MaskRequest& r) const {
            return without_report(run_mask_search(r, stop, observer));
        }
        Outcome<Unit> operator()(const MagnitudeRequest& r) const {
            return without_report(run_magnitude_search(r, stop, observer));
        }
        Outcome<Unit> operator()(const SubnetworkRequest& r) const {
            return without_report(Outcome<SubnetworkReport>(run_subnetwork(r)));
        }
        Outcome<Unit> operator()(const MagnitudeControlRequest& r) const {
            return without_report(run_magnitude_control(r));
        }
        Outcome<Unit> operator()(const SupermaskRequest& r) const {
            return without_report(Outcome<SupermaskReport>(run_supermasks(r)));
        }
        Outcome<Unit> operator()(const StudyEvaluationRequest& r) const {
            return without_report(run_study_evaluation(r, stop, observer));
        }
        Outcome<Unit> operator()(const FiguresRequest& r) const {
            return without_report(Outcome<std::vector<fs::path>>(run_figures(r)));
        }
    };
    return std::visit(Run{stop, observer}, request);
}

std::uintmax_t size_of_folder(const fs::path& folder) {
    std::uintmax_t bytes = 0;
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(folder, ec)) {
        std::error_code of_entry;
        if (entry.is_regular_file(of_entry)) bytes += entry.file_size(of_entry);
    }
    return bytes;
}

// A job that trains for an hour and then finds the disk full would be repeated by every job after it.
Status check_room(const JobRequest& request, const fs::path& study) {
    std::uintmax_t needed = 16U << 20U;
    // Weights, and while it runs weights and two moments; each file beside its old one while it is written.
    if (const auto* training = std::get_if<FinetuneRequest>(&request))
        needed += 7 * size_of_folder(training->checkpoint);
    std::error_code ec;
    const auto space = fs::space(study, ec);
    if (ec || space.available >= needed) return ok();
    return Error{"the disk has " + std::to_string(space.available >> 20U) + " MiB free, the next job needs about " +
                     std::to_string(needed >> 20U) + " MiB",
                 study.string(), "Make room; the study then goes on where it is"};
}

std::optional<std::size_t> find_job(const std::vector<StudyJob>& jobs, const std::string& id) {
    const auto found = std::find_if(jobs.begin(), jobs.end(), [&](const StudyJob& job) { return job.id == id; });
    if (found == jobs.end()) return std::nullopt;
    return static_cast<std::size_t>(found - jobs.begin());
}

// And what the jobs need, and so on. A job's needs have smaller indices than it has.
void add_needs(const std::vector<StudyJob>& jobs, std::vector<bool>& chosen) {
    for (std::size_t i = jobs.size(); i-- > 0;)
        if (chosen[i])
            for (const auto need : jobs[i].needs) chosen[need] = true;
}

// The jobs named and what they need, by index.
Result<std::vector<bool>> wanted_jobs(const std::vector<StudyJob>& jobs, const std::vector<std::string>& only,
                                      const std::string& place) {
    std::vector<bool> wanted(jobs.size(), only.empty());
    for (const auto& id : only) {
        const auto job = find_job(jobs, id);
        if (!job)
            return Error{"\"" + id + "\" is no job of this study", place,
                         "Known are those that lottery study status lists"};
        wanted[*job] = true;
    }
    add_needs(jobs, wanted);
    return wanted;
}

// Those of `pending`, in the order in which they are to be done.
std::vector<std::size_t> in_order(const std::vector<StudyJob>& jobs, std::vector<bool> pending,
                                  const StudyOrder* order) {
    std::vector<std::size_t> queue;
    const auto take = [&](const std::vector<bool>& chosen) {
        for (std::size_t i = 0; i < jobs.size(); ++i)
            if (chosen[i] && pending[i]) {
                queue.push_back(i);
                pending[i] = false;
            }
    };
    if (order)
        for (const auto& id : order->first()) {
            const auto job = find_job(jobs, id);
            if (!job) continue;
            std::vector<bool> chosen(jobs.size(), false);
            chosen[*job] = true;
            add_needs(jobs, chosen);
            take(chosen);
        }
    take(std::vector<bool>(jobs.size(), true));
    return queue;
}

class StudyRun {
public:
    StudyRun(const StudyRunRequest& request, std::stop_token stop, StudyObserver& observer)
        : request_(request), stop_(std::move(stop)), observer_(observer) {}

    Outcome<StudyRunReport> run() {
        const auto start = std::chrono::steady_clock::now();
        LOTTERY_TRY(StudyPlan plan, read_study_plan(request_.study));
        if (request_.compute) plan.compute = *request_.compute;
        LOTTERY_TRY(jobs_, study_jobs(plan, request_.study));
        LOTTERY_TRY(auto pending, wanted_jobs(jobs_, request_.only, request_.study.string()));
        if (request_.order)
            if (const auto first = wanted_jobs(jobs_, request_.order->first(), request_.study.string()); !first)
                return first.error();
        LOTTERY_TRY(const FileLock lock, FileLock::acquire(own_folder(request_.study) / "lock"));
        remove_abandoned_parts(request_.study);
        hashes_ = FileHashes(hashes_file(request_.study));
        failures_ = StudyFailures(request_.study);
        states_ = study_status(jobs_, hashes_);
        observer_.on_study(jobs_, states_);
        if (auto estimate = StudyEstimate::make(plan, request_.study)) {
            estimate_.emplace(*std::move(estimate));
            if (const auto rates = measured_rates(request_.study)) estimate_->set_rates(*rates);
            estimate_->learn(jobs_, states_);
        }
        for (auto queue = in_order(jobs_, pending, request_.order.get()); !queue.empty();
             queue = in_order(jobs_, pending, request_.order.get())) {
            ++report_.jobs;
            LOTTERY_CHECK(run_job(queue));
            pending[queue.front()] = false;
        }
        report_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return std::move(report_);
    }

private:
    // The first in the queue.
    Outcome<Unit> run_job(const std::vector<std::size_t>& queue) {
        const std::size_t i = queue.front();
        const StudyJob& job = jobs_[i];
        // Between jobs too: one with nothing to do never looks at the token.
        if (stop_.stop_requested()) return Cancelled{};
        JobStatus& status = states_[i];
        status = job_status(job, jobs_, states_, hashes_);
        if (status.state == JobState::Done) {
            ++report_.done_before;
            return Unit{};
        }
        if (status.state == JobState::Waiting) {
            ++report_.waiting;
            return Unit{};
        }
        LOTTERY_CHECK(check_room(job.request, request_.study));
        if (status.state == JobState::Outdated) LOTTERY_CHECK(clear_job(job, request_.study));
        observer_.on_queue(not_done(queue));
        observer_.on_job_begin(i, status);
        tell_time_left();
        const bool whole = status.state != JobState::Interrupted;
        const auto begin = std::chrono::steady_clock::now();
        auto outcome = run_request(job.request, stop_, observer_);
        if (outcome.cancelled()) return Cancelled{};
        if (outcome) {
            status = job_status(job, jobs_, states_, hashes_);
            if (status.state != JobState::Done)
                outcome = Error{"has ended, and is " + std::string(to_string(status.state)) + ": " + status.why, job.id,
                                "Was something changed meanwhile? Run the study again"};
        }
        if (outcome) {
            ++report_.done;
            if (estimate_ && whole)
                estimate_->learn(job, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
            LOTTERY_CHECK(failures_.forget(job.id));
        } else {
            const Error& error = outcome.error();
            status = {JobState::Failed, error.to_string()};
            report_.failures.push_back({job.id, title(job), error});
            LOTTERY_CHECK(failures_.keep(job.id, error));
        }
        observer_.on_job_end(i, status);
        return hashes_.save(hashes_file(request_.study));
    }

    [[nodiscard]] std::vector<std::size_t> not_done(std::vector<std::size_t> queue) const {
        std::erase_if(queue, [this](std::size_t i) { return states_[i].state == JobState::Done; });
        return queue;
    }

    void tell_time_left() {
        if (!estimate_) return;
        if (const auto seconds = estimate_->seconds_left(jobs_, states_)) observer_.on_seconds_left(*seconds);
    }

    const StudyRunRequest& request_;
    std::stop_token stop_;
    StudyObserver& observer_;
    std::optional<StudyEstimate> estimate_;  // nothing where data cannot be read: a job will say so
    std::vector<StudyJob> jobs_;
    std::vector<JobStatus> states_;
    FileHashes hashes_;
    StudyFailures failures_;
    StudyRunReport report_;
};

}  // namespace

void StudyOrder::set_first(std::vector<std::string> ids) {
    const std::lock_guard lock(mutex_);
    ids_ = std::move(ids);
}

std::vector<std::string> StudyOrder::first() const {
    const std::lock_guard lock(mutex_);
    return ids_;
}

Outcome<StudyRunReport> run_study(const StudyRunRequest& request, std::stop_token stop, StudyObserver& observer) {
    return at_job_boundary("study", [&] { return StudyRun(request, std::move(stop), observer).run(); });
}

Json to_json(const StudyRunReport& report) {
    Json failures = Json::array();
    for (const auto& failure : report.failures)
        failures.push_back({{"id", failure.id}, {"title", failure.title}, {"error", failure.error.to_string()}});
    return {{"jobs", report.jobs},  {"done_before", report.done_before},
            {"done", report.done},  {"waiting", report.waiting},
            {"failures", failures}, {"seconds", report.seconds}};
}

int StudyReport::count(JobState state) const {
    return static_cast<int>(
        std::count_if(states.begin(), states.end(), [&](const JobStatus& s) { return s.state == state; }));
}

Result<StudyReport> study_report(const fs::path& study) {
    LOTTERY_TRY(const StudyPlan plan, read_study_plan(study));
    StudyReport report;
    LOTTERY_TRY(report.jobs, study_jobs(plan, study));
    FileHashes hashes(hashes_file(study));
    report.states = study_status(report.jobs, hashes);
    const StudyFailures failures(study);
    for (std::size_t i = 0; i < report.jobs.size(); ++i)
        if (const auto error = failures.of(report.jobs[i].id);
            error && report.states[i].state != JobState::Done && report.states[i].state != JobState::Waiting)
            report.states[i] = {JobState::Failed, *error};
    report.seconds.resize(report.jobs.size());
    if (auto estimate = StudyEstimate::make(plan, study)) {
        if (const auto rates = measured_rates(study)) estimate->set_rates(*rates);
        estimate->learn(report.jobs, report.states);
        for (std::size_t i = 0; i < report.jobs.size(); ++i) report.seconds[i] = estimate->seconds(report.jobs[i]);
        report.seconds_left = estimate->seconds_left(report.jobs, report.states);
    }
    // A folder that is only read is looked at all the same; it is hashed anew the next time.
    [[maybe_unused]] const auto saved = hashes.save(hashes_file(study));
    return report;
}

Json to_json(const StudyReport& report) {
    Json jobs = Json::array();
    for (std::size_t i = 0; i < report.jobs.size(); ++i)
        jobs.push_back({{"id", report.jobs[i].id},
                        {"title", title(report.jobs[i])},
                        {"state", to_string(report.states[i].state)},
                        {"why", report.states[i].why},
                        {"estimated_seconds", optional_number(report.seconds[i])}});
    Json counts = Json::object();
    for (const auto state : all_job_states()) counts[to_string(state)] = report.count(state);
    return {{"counts", counts}, {"seconds_left", optional_number(report.seconds_left)}, {"jobs", jobs}};
}

}  // namespace lottery
