// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/study_state.h"

#include <algorithm>
#include <array>
#include <type_traits>

#include "core/base/file.h"
#include "core/base/json_difference.h"
#include "core/base/system_error.h"
#include "core/study/pass_log.h"
#include "core/study/run_inputs.h"
#include "core/study/study_tree.h"
#include "core/training/resume_point.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

bool is_there(const fs::path& path) {
    std::error_code ec;
    return fs::exists(path, ec);
}

// Where the run of a request is, and which file says that it is finished.
struct RunFiles {
    fs::path folder;
    std::vector<fs::path> finished;  // all of them
};

RunFiles files_of(const FinetuneRequest& r) { return {r.out, {r.out / "run.json", r.out / "model.safetensors"}}; }
RunFiles files_of(const MaskRequest& r) { return {r.out, {r.out / "search.json", r.out / "run.json"}}; }
RunFiles files_of(const MagnitudeRequest& r) {
    return {r.out, {r.out / "search.json", r.out / "run.json", r.out / "weight_mask.safetensors"}};
}
RunFiles files_of(const SubnetworkRequest& r) {
    return {r.out, {r.out / "run.json", r.out / "head_mask.npy", r.out / "mlp_mask.npy"}};
}
RunFiles files_of(const MagnitudeControlRequest& r) {
    return {r.out, {r.out / "run.json", r.out / "weight_mask.safetensors"}};
}
RunFiles files_of(const FiguresRequest& r) { return {r.study / "figures", {r.study / "figures" / "run.json"}}; }

std::vector<fs::path> supermask_folders(const SupermaskRequest& r) {
    std::vector<fs::path> folders;
    for (const char* kind : {"super", "super_bad", "super_random"})
        folders.push_back(r.out / (r.prefix + kind) / task_info(r.tasks.front()).name);
    return folders;
}

// Recorded inputs against those of today, in words; empty: the same.
std::string what_changed(const Json& recorded, const Json& wanted) {
    std::string text;
    for (const auto& difference : json_differences(recorded, wanted))
        text += (text.empty() ? "" : "; ") + to_string(difference);
    return text;
}

JobStatus against_record(const fs::path& record, const Result<Json>& wanted) {
    const auto run = read_json(record);
    if (!run) return {JobState::Outdated, run.error().to_string()};
    // Not known to be out of date: nothing is taken away for a file that cannot be found just now.
    if (!wanted) return {JobState::Failed, wanted.error().to_string()};
    if (!run->is_object() || !run->contains("inputs"))
        return {JobState::Outdated, record.string() + ": does not say what the run was made from"};
    const std::string changed = what_changed((*run)["inputs"], *wanted);
    if (!changed.empty()) return {JobState::Outdated, changed};
    return {JobState::Done, {}};
}

// A resume point of other inputs would be refused by the run.
JobStatus unfinished(const FinetuneRequest& request, const Result<Json>& wanted) {
    const fs::path file = request.out / "resume.safetensors";
    if (!is_there(file)) return {JobState::Missing, {}};
    const auto fingerprint = read_resume_fingerprint(file);
    if (!fingerprint) return {JobState::Outdated, fingerprint.error().to_string()};
    if (wanted && *fingerprint != wanted->dump()) {
        const Json before = Json::parse(*fingerprint, nullptr, false);
        return {JobState::Outdated, "interrupted with other inputs: " + what_changed(before, *wanted)};
    }
    return {JobState::Interrupted, "goes on from its last resume point"};
}
// Of a search, for masks of components or of weights.
template <typename Search>
requires std::same_as<Search, MaskRequest> || std::same_as<Search, MagnitudeRequest> JobStatus
unfinished(const Search& request, const Result<Json>& wanted) {
    // Passes of other inputs are passed over by the search.
    const auto passes = wanted ? PassLog::passes_of(request.out, *wanted) : 0;
    if (passes == 0) return {JobState::Missing, {}};
    return {JobState::Interrupted, "goes on after " + std::to_string(passes) + (passes == 1 ? " pass" : " passes")};
}
template <typename Request>
JobStatus unfinished(const Request&, const Result<Json>&) {
    return {JobState::Missing, {}};
}

template <typename Request>
JobStatus status_of(const Request& request, FileHashes& hashes) {
    const RunFiles files = files_of(request);
    const auto wanted = run_inputs(request, hashes);
    const auto lacking = std::find_if_not(files.finished.begin(), files.finished.end(), is_there);
    if (lacking == files.finished.end())
        return against_record(files.finished.front().parent_path() / "run.json", wanted);
    auto status = unfinished(request, wanted);
    // A finished run that lost a file is not taken for one that was never begun.
    if (status.state == JobState::Missing && files.finished.size() > 1 && is_there(files.folder / "run.json"))
        return {JobState::Outdated, lacking->string() + ": no such file"};
    return status;
}

JobStatus status_of(const SupermaskRequest& request, FileHashes& hashes) {
    auto seeds = request.seeds;
    std::sort(seeds.begin(), seeds.end());
    const auto wanted = run_inputs(request, request.tasks.front(), seeds, true, hashes);
    const auto folders = supermask_folders(request);
    JobStatus worst{JobState::Done, {}};
    for (const auto& folder : folders) {
        if (!is_there(folder / "run.json")) {
            // Made together: some without others were interrupted, and are made again whole.
            const bool any = std::any_of(folders.begin(), folders.end(), is_there);
            return any ? JobStatus{JobState::Outdated, folder.string() + ": is not whole"}
                       : JobStatus{JobState::Missing, {}};
        }
        auto status = against_record(folder / "run.json", wanted);
        for (const auto seed : seeds)
            for (const char* name : {"head_mask.npy", "mlp_mask.npy"}) {
                const fs::path file = folder / ("seed_" + std::to_string(seed)) / name;
                if (status.state == JobState::Done && !is_there(file))
                    status = {JobState::Outdated, file.string() + ": no such file"};
            }
        if (status.state != JobState::Done) worst = status;
    }
    return worst;
}

JobStatus status_of(const StudyEvaluationRequest& request, FileHashes& hashes) {
    const auto to_do = evaluations_to_do(request, hashes);
    if (!to_do) return {JobState::Failed, to_do.error().to_string()};
    if (to_do->open.empty()) return {JobState::Done, {}};
    const auto open = static_cast<int>(to_do->open.size());
    if (to_do->unchanged == 0) return {JobState::Missing, {}};
    return {JobState::Interrupted,
            std::to_string(open) + " of " + std::to_string(open + to_do->unchanged) + " scores are new or out of date"};
}

std::vector<fs::path> folders_of(const JobRequest& request) {
    return std::visit(
        [](const auto& r) -> std::vector<fs::path> {
            using Request = std::decay_t<decltype(r)>;
            // Scores are replaced one by one, figures file by file.
            if constexpr (std::is_same_v<Request, StudyEvaluationRequest> || std::is_same_v<Request, FiguresRequest>)
                return {};
            else if constexpr (std::is_same_v<Request, SupermaskRequest>)
                return supermask_folders(r);
            else
                return {files_of(r).folder};
        },
        request);
}

}  // namespace

std::span<const JobState> all_job_states() {
    static constexpr std::array kAll{JobState::Done,    JobState::Outdated, JobState::Interrupted,
                                     JobState::Missing, JobState::Waiting,  JobState::Failed};
    return kAll;
}

const char* to_string(JobState state) {
    switch (state) {
        case JobState::Done:
            return "done";
        case JobState::Outdated:
            return "out of date";
        case JobState::Interrupted:
            return "interrupted";
        case JobState::Missing:
            return "missing";
        case JobState::Waiting:
            return "waiting";
        case JobState::Failed:
            return "failed";
    }
    return "";
}

JobStatus job_status(const StudyJob& job, const std::vector<StudyJob>& jobs, const std::vector<JobStatus>& before,
                     FileHashes& hashes) {
    for (const auto need : job.needs) {
        if (before[need].state == JobState::Done) continue;
        // What is there from an earlier time is out of date as well, unless what it is made from comes out the same.
        return {JobState::Waiting, "for: " + title(jobs[need])};
    }
    return std::visit([&](const auto& request) { return status_of(request, hashes); }, job.request);
}

std::vector<JobStatus> study_status(const std::vector<StudyJob>& jobs, FileHashes& hashes) {
    std::vector<JobStatus> states;
    for (const auto& job : jobs) states.push_back(job_status(job, jobs, states, hashes));
    return states;
}

Status clear_job(const StudyJob& job, const fs::path& study) {
    const fs::path aside = study / ".study" / "outdated";
    std::error_code ec;
    for (const auto& folder : folders_of(job.request)) {
        if (!is_there(folder)) continue;
        LOTTERY_CHECK(make_folder(aside));
        std::string name = folder.lexically_relative(study).string();
        std::replace(name.begin(), name.end(), '/', '+');
        const fs::path target = aside / name;
        fs::remove_all(target, ec);
        fs::rename(folder, target, ec);
        if (ec) return system_error("cannot be moved away", folder, ec.value());
    }
    fs::remove_all(aside, ec);
    return ec ? Status(system_error("cannot be removed", aside, ec.value())) : ok();
}

}  // namespace lottery
