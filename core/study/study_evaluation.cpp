// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/study_evaluation.h"

#include <chrono>
#include <map>
#include <set>
#include <utility>

#include "core/analysis/experiments.h"
#include "core/analysis/results_table.h"
#include "core/base/random.h"
#include "core/data/glue_reader.h"
#include "core/evaluation/metrics.h"
#include "core/model/bert.h"
#include "core/study/job_boundary.h"
#include "core/study/provenance.h"
#include "core/study/reference_study.h"
#include "core/study/results_figures.h"
#include "core/study/results_files.h"
#include "core/study/run_json.h"
#include "core/study/study_evaluation_plan.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

// A task's dev files: their hashes, and what a model that learned nothing scores on them.
struct TaskDev {
    Json hashes;
    std::int64_t examples = 0;
    Metrics baseline;
};

Result<TaskDev> read_task_dev(const StudyEvaluationRequest& request, TaskId id) {
    const TaskInfo& task = task_info(id);
    LOTTERY_TRY(const auto files, read_glue_dev(task, request.data, request.limit_dev));
    TaskDev dev;
    std::vector<fs::path> paths;
    for (std::size_t f = 0; f < files.size(); ++f) {
        paths.push_back(files[f].path);
        dev.examples += static_cast<std::int64_t>(files[f].examples.size());
        std::vector<int> labels;
        std::vector<float> targets;
        for (const auto& example : files[f].examples) {
            labels.push_back(example.label);
            targets.push_back(example.target);
        }
        dev.baseline.merge(task.is_regression() ? fitted_normal_metrics(task, targets, derive_seed(request.seed, f))
                                                : majority_metrics(task, labels, f));
    }
    LOTTERY_TRY(dev.hashes, file_hashes(paths));
    return dev;
}

// One experiment's files, as far as they are written.
struct ExperimentFiles {
    ExperimentResults results;
    Json evaluations = Json::object();  // {TASK: {seed: {"inputs", …}}}
};

// A model's examples among those of all models.
class OverallProgress : public ProgressSink {
public:
    OverallProgress(ProgressSink& next, std::int64_t total) : next_(next), total_(total) {}
    void on_progress(const Progress& p) override {
        next_.on_progress({"evaluating the study", before_ + in_files_ + p.done, total_, p.unit, p.rate, p.rate_unit});
        // The next dev file of a task counts from 0 again.
        if (p.done == p.total) in_files_ += p.total;
    }
    void on_message(Severity severity, const std::string& message) override { next_.on_message(severity, message); }
    void finished(std::int64_t examples) {
        before_ += examples;
        in_files_ = 0;
    }

private:
    ProgressSink& next_;
    std::int64_t total_;
    std::int64_t before_ = 0;
    std::int64_t in_files_ = 0;
};

class StudyEvaluation {
public:
    StudyEvaluation(const StudyEvaluationRequest& request, std::stop_token stop, StudyEvaluationObserver& observer)
        : request_(request), stop_(std::move(stop)), observer_(observer), root_(request.study / "evaluate_masked") {}

    Outcome<StudyEvaluationReport> run() {
        const auto start = std::chrono::steady_clock::now();
        Provenance provenance("evaluate study");
        LOTTERY_CHECK(check_study_is_writable(request_.study));
        LOTTERY_TRY(EvaluationPlan plan, plan_evaluation(request_));
        LOTTERY_TRY(const torch::Device device, choose_device(request_.compute.device, request_.compute.threads));
        provenance.set_device(device.str());
        report_.device = device.str();
        std::int64_t total = 0;
        for (const auto& job : plan.jobs) {
            if (!dev_.contains(job.task)) {
                LOTTERY_TRY(dev_[job.task], read_task_dev(request_, job.task));
            }
            if (!files_.contains(job.experiment)) LOTTERY_CHECK(read_files(job.experiment));
            total += dev_.at(job.task).examples;
        }
        for (const auto& what : plan.passed_over) observer_.on_message(Severity::Warning, "passed over: " + what);
        report_.passed_over = std::move(plan.passed_over);

        std::map<TaskId, Metrics> majority;
        for (const auto& [task, dev] : dev_) majority[task] = dev.baseline;
        LOTTERY_CHECK(write_majority(root_, majority));
        OverallProgress progress(observer_, total);
        for (std::size_t i = 0; i < plan.jobs.size(); ++i)
            LOTTERY_CHECK(run_job(plan.jobs[i], static_cast<int>(i), static_cast<int>(plan.jobs.size()), progress));

        LOTTERY_TRY(report_.results, read_results(root_));
        const FigureMetadata metadata{{"program", "Lottery Workbench " + program_version()},
                                      {"study", request_.study.string()},
                                      {"removal", to_string(request_.removal)},
                                      {"random_retrained", to_string(request_.random_retrained)},
                                      {"libtorch", libtorch_version()},
                                      {"device", report_.device}};
        LOTTERY_TRY(report_.figures,
                    write_result_figures(request_.study / "figures",
                                         drawn_results(report_.results, request_.random_retrained), metadata));
        report_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        provenance.fields()["inputs"] = {{"removal", to_string(request_.removal)},
                                         {"random_retrained", to_string(request_.random_retrained)},
                                         {"limit_dev", request_.limit_dev},
                                         {"max_seq_length", request_.max_seq_length},
                                         {"seed", request_.seed}};
        provenance.fields()["data"] = request_.data.string();
        LOTTERY_CHECK(provenance.finish(root_, {{"evaluated", report_.evaluated}, {"unchanged", report_.unchanged}}));
        return std::move(report_);
    }

private:
    Status read_files(const std::string& experiment) {
        auto& files = files_[experiment];
        const fs::path folder = root_ / experiment;
        LOTTERY_TRY(files.results, read_experiment(folder));
        if (!fs::exists(folder / "evaluations.json")) return ok();
        LOTTERY_TRY(const Json json, read_json(folder / "evaluations.json"));
        files.evaluations = json.at("evaluations");  // read_experiment has seen it
        return ok();
    }

    Result<Json> inputs_of(const EvaluationJob& job) {
        Json inputs{{"task", task_info(job.task).name},
                    {"limit_dev", request_.limit_dev},
                    {"max_seq_length", job.max_seq_length}};
        // The same model serves many masks; its weights are long to hash.
        if (!checkpoints_.contains(job.model)) {
            LOTTERY_TRY(checkpoints_[job.model], checkpoint_hashes(job.model));
        }
        inputs["checkpoint_sha256"] = checkpoints_.at(job.model);
        inputs["data_sha256"] = dev_.at(job.task).hashes;
        if (const auto masks = job.masks(); !masks.empty()) {
            inputs["removal"] = to_string(request_.removal);
            LOTTERY_TRY(inputs["masks_sha256"], file_hashes(masks));
        }
        return inputs;
    }

    // What an earlier evaluation of the same inputs found.
    static std::optional<StudyScore> earlier(const ExperimentFiles& files, const EvaluationJob& job,
                                             const Json& inputs) {
        const auto pointer =
            Json::json_pointer("/" + std::string(task_info(job.task).name) + "/" + std::to_string(job.seed));
        if (!files.evaluations.contains(pointer)) return std::nullopt;
        const Json& evaluation = files.evaluations.at(pointer);
        if (!evaluation.contains("inputs") || evaluation.at("inputs") != inputs) return std::nullopt;
        const auto seeds = files.results.per_seed.find(job.task);
        if (seeds == files.results.per_seed.end() || !seeds->second.contains(job.seed)) return std::nullopt;
        StudyScore score;
        score.metrics = seeds->second.at(job.seed);
        if (const auto shares = files.results.predicted_share.find(job.task);
            shares != files.results.predicted_share.end() && shares->second.contains(job.seed))
            score.predicted_share = shares->second.at(job.seed);
        score.kept_share = evaluation.value("parameters_kept_share", 1.0);
        score.unchanged = true;
        return score;
    }

    Outcome<Unit> run_job(const EvaluationJob& job, int index, int count, OverallProgress& progress) {
        if (stop_.stop_requested()) return Cancelled{};
        auto& files = files_.at(job.experiment);
        LOTTERY_TRY(const Json inputs, inputs_of(job));
        StudyScore score;
        if (auto found = earlier(files, job, inputs)) {
            score = *std::move(found);
            ++report_.unchanged;
        } else {
            LOTTERY_TRY(const auto evaluated, run_evaluate(evaluate_request(request_, job), stop_, progress));
            score.metrics = evaluated.metrics;
            score.predicted_share = evaluated.predicted_share;
            score.kept_share = evaluated.parameters_kept_share;
            LOTTERY_CHECK(store(files, job, inputs, evaluated));
            ++report_.evaluated;
        }
        progress.finished(dev_.at(job.task).examples);
        score.experiment = job.experiment;
        score.task = job.task;
        score.seed = job.seed;
        score.index = index;
        score.count = count;
        observer_.on_study_score(score);
        return Unit{};
    }

    Status store(ExperimentFiles& files, const EvaluationJob& job, const Json& inputs,
                 const EvaluateReport& evaluated) {
        const fs::path folder = root_ / job.experiment;
        files.results.per_seed[job.task][job.seed] = evaluated.metrics;
        files.results.predicted_share[job.task][job.seed] = evaluated.predicted_share;
        files.results.kept_share[job.task][job.seed] = evaluated.parameters_kept_share;
        Json evaluation = to_json(evaluated);
        evaluation.erase("majority_baseline");
        evaluation["inputs"] = inputs;
        evaluation["program"] = {{"lottery", program_version()}, {"libtorch", libtorch_version()}};
        evaluation["device"] = report_.device;
        files.evaluations[std::string(task_info(job.task).name)][std::to_string(job.seed)] = std::move(evaluation);
        // Last: a record of what was evaluated never runs ahead of the scores.
        LOTTERY_CHECK(write_experiment(folder, files.results));
        return write_json(folder / "evaluations.json", {{"format", 1}, {"evaluations", files.evaluations}});
    }

    const StudyEvaluationRequest& request_;
    std::stop_token stop_;
    StudyEvaluationObserver& observer_;
    fs::path root_;
    StudyEvaluationReport report_;
    std::map<TaskId, TaskDev> dev_;
    std::map<std::string, ExperimentFiles> files_;
    std::map<fs::path, Json> checkpoints_;
};

}  // namespace

Outcome<StudyEvaluationReport> run_study_evaluation(const StudyEvaluationRequest& request, std::stop_token stop,
                                                    StudyEvaluationObserver& observer) {
    return at_job_boundary("evaluate study", [&] { return StudyEvaluation(request, std::move(stop), observer).run(); });
}

Json to_json(const StudyEvaluationReport& report) {
    Json json{{"evaluated", report.evaluated}, {"unchanged", report.unchanged}, {"passed_over", report.passed_over}};
    Json figures = Json::array();
    for (const auto& file : report.figures) figures.push_back(file.string());
    json["figures"] = figures;
    json["seconds"] = report.seconds;
    json["device"] = report.device;
    json.update(to_json(score_table(report.results)));
    return json;
}

}  // namespace lottery
