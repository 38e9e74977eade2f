// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/study_projection.h"

#include <algorithm>
#include <cmath>

#include "core/base/file.h"
#include "core/data/glue_reader.h"
#include "core/study/bench.h"
#include "core/study/job_boundary.h"
#include "core/study/run_json.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

fs::path rates_file(const fs::path& study) { return study / ".study" / "rates.json"; }

struct Measured {
    std::string machine;
    DeviceRates rates;
};

Result<Measured> measured_from(const Json& bench, const std::string& place) {
    Measured measured;
    const auto advice = "It should be what lottery bench --json printed";
    try {
        measured.machine = bench.at("machine").get<std::string>();
        for (const Json& row : bench.at("rows")) {
            const auto name = row.at("name").get<std::string>();
            if (name == "training step") row.at("tokens_per_second").get_to(measured.rates.training);
            if (name == "evaluation") row.at("tokens_per_second").get_to(measured.rates.forward);
        }
    } catch (const nlohmann::json::exception& e) {
        return Error{e.what(), place, advice};
    }
    const auto fine = [](double rate) { return std::isfinite(rate) && rate > 0; };
    if (!fine(measured.rates.training) || !fine(measured.rates.forward))
        return Error{"has no tokens per second of a training step and of an evaluation", place, advice};
    return measured;
}

Outcome<Measured> measure(const StudyPlan& plan, const fs::path& study, std::stop_token stop, ProgressSink& progress) {
    BenchOptions options;
    options.checkpoint = in_study(study, plan.checkpoint);
    options.compute = plan.compute;
    options.seconds = 1.0;
    const fs::path data = in_study(study, plan.data);
    for (const TaskId task : plan.tasks)
        if (find_task_folder(task_info(task), data)) {
            options.data = data;
            options.task = task;
            break;
        }
    LOTTERY_TRY(const BenchReport report, run_bench(options, std::move(stop), progress));
    LOTTERY_TRY(auto measured, measured_from(to_json(report), "the measurement"));
    LOTTERY_CHECK(write_json(rates_file(study), {{"format", 1},
                                                 {"machine", measured.machine},
                                                 {"training_tokens_per_second", measured.rates.training},
                                                 {"forward_tokens_per_second", measured.rates.forward}}));
    return measured;
}

void add(StudyProjection& projection, const StudyJob& job, double seconds) {
    auto& kinds = projection.kinds;
    auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const ProjectedKind& k) { return k.kind == job.kind; });
    if (kind == kinds.end()) kind = kinds.insert(kinds.end(), {job.kind, 0, 0.0});
    ++kind->jobs;
    kind->seconds += seconds;
    auto& tasks = projection.tasks;
    auto task = std::find_if(tasks.begin(), tasks.end(), [&](const auto& t) { return t.first == job.task; });
    if (task == tasks.end()) task = tasks.insert(tasks.end(), {job.task, 0.0});
    task->second += seconds;
    projection.seconds += seconds;
}

Outcome<StudyProjection> project(const ProjectionRequest& request, std::stop_token stop, ProgressSink& progress) {
    LOTTERY_TRY(StudyPlan plan, read_study_plan(request.study));
    LOTTERY_TRY(StudyEstimate estimate, StudyEstimate::make(plan, request.study, AbsentData::Assume));
    StudyProjection projection;
    projection.assumed = estimate.assumed();
    Measured measured;
    if (request.bench) {
        LOTTERY_TRY(const Json json, read_json(*request.bench));
        LOTTERY_TRY(measured, measured_from(json, request.bench->string()));
    } else {
        LOTTERY_TRY(measured, measure(plan, request.study, std::move(stop), progress));
    }
    projection.machine = measured.machine;
    projection.rates = measured.rates;
    estimate.set_rates(measured.rates);
    // How many are held out is known of tasks whose data are absent, too.
    const bool as_many_as_dev = !plan.hold_out.has_value();
    if (as_many_as_dev) plan.hold_out = 0;
    LOTTERY_TRY(auto jobs, study_jobs(plan, request.study));
    for (StudyJob& job : jobs) {
        if (auto* training = std::get_if<FinetuneRequest>(&job.request); training && as_many_as_dev)
            training->options.hold_out = estimate.dev_examples(training->task);
        add(projection, job, estimate.seconds(job).value_or(0.0));
    }
    return projection;
}

}  // namespace

Outcome<StudyProjection> project_study(const ProjectionRequest& request, std::stop_token stop, ProgressSink& progress) {
    return at_job_boundary("study estimate", [&] { return project(request, std::move(stop), progress); });
}

std::optional<DeviceRates> measured_rates(const fs::path& study) {
    std::error_code ec;
    if (!fs::exists(rates_file(study), ec)) return std::nullopt;
    const auto json = read_json(rates_file(study));
    if (!json || !json->is_object()) return std::nullopt;
    const auto number = [&](const char* key) {
        return json->contains(key) && json->at(key).is_number() ? json->at(key).get<double>() : 0.0;
    };
    const DeviceRates rates{number("training_tokens_per_second"), number("forward_tokens_per_second")};
    return rates.training > 0 && rates.forward > 0 ? std::optional(rates) : std::nullopt;
}

Json to_json(const StudyProjection& projection) {
    Json kinds = Json::array();
    for (const auto& kind : projection.kinds)
        kinds.push_back({{"kind", to_string(kind.kind)}, {"jobs", kind.jobs}, {"seconds", kind.seconds}});
    Json tasks = Json::object();
    for (const auto& [task, seconds] : projection.tasks)
        if (task) tasks[std::string(task_info(*task).name)] = seconds;
    Json assumed = Json::array();
    for (const TaskId task : projection.assumed) assumed.push_back(task_info(task).name);
    return {{"machine", projection.machine},
            {"training_tokens_per_second", projection.rates.training},
            {"forward_tokens_per_second", projection.rates.forward},
            {"kinds", kinds},
            {"tasks", tasks},
            {"assumed_tasks", assumed},
            {"seconds", projection.seconds}};
}

}  // namespace lottery
