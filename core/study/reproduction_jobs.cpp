// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/reproduction_jobs.h"

#include <algorithm>
#include <set>

namespace lottery {

namespace {

template <typename T>
bool contains(const std::vector<T>& values, const T& value) {
    return std::find(values.begin(), values.end(), value) != values.end();
}

bool is_super(std::string_view folder) {
    return folder == "heads_mlps_super" || folder == "heads_mlps_super_bad" || folder == "heads_mlps_super_random";
}

bool makes(const StudyJob& job, const MissingPlace& place) {
    if (job.task != place.task) return false;
    const auto named = [&](const std::string& setting) {
        return std::find(place.folders.begin(), place.folders.end(), setting) != place.folders.end();
    };
    if (place.kind == NeedKind::Scores) {
        const auto* request = std::get_if<StudyEvaluationRequest>(&job.request);
        return request != nullptr && contains(request->seeds, place.seed) &&
               std::any_of(request->experiments.begin(), request->experiments.end(), named);
    }
    // The three super masks of a task are one job.
    if (const auto* request = std::get_if<SupermaskRequest>(&job.request))
        return place.kind == NeedKind::Masks && contains(request->seeds, place.seed) &&
               std::any_of(place.folders.begin(), place.folders.end(), is_super);
    const bool model = job.kind == StudyJobKind::Finetune || job.kind == StudyJobKind::Retrain;
    return model == (place.kind == NeedKind::Models) && job.seed == place.seed && named(job.setting);
}

}  // namespace

ItemWork work_for(const ItemState& item, const StudyReport& study) {
    ItemWork work;
    std::set<std::size_t> jobs;
    for (const MissingPlace& place : item.missing) {
        const auto found =
            std::find_if(study.jobs.begin(), study.jobs.end(), [&](const StudyJob& job) { return makes(job, place); });
        if (found == study.jobs.end())
            work.unplanned.push_back(place);
        else
            jobs.insert(static_cast<std::size_t>(found - study.jobs.begin()));
    }
    work.jobs.assign(jobs.begin(), jobs.end());
    double seconds = 0.0;
    // Needs have smaller indices, so one way down finds them all.
    std::set<std::size_t> open = jobs;
    while (!open.empty()) {
        const std::size_t job = *open.rbegin();
        open.erase(job);
        if (study.states[job].state == JobState::Done) continue;
        if (!study.seconds[job]) return work;
        seconds += *study.seconds[job];
        open.insert(study.jobs[job].needs.begin(), study.jobs[job].needs.end());
    }
    work.seconds = seconds;
    return work;
}

}  // namespace lottery
