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
#include "core/study/evaluation_records.h"
#include "core/study/figures_run.h"
#include "core/study/job_boundary.h"
#include "core/study/provenance.h"
#include "core/study/reference_study.h"
#include "core/study/results_files.h"
#include "core/study/run_json.h"
#include "core/study/study_evaluation_plan.h"
#include "core/study/study_tree.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

// A task's dev files: how many examples, and what a model that learned nothing scores on them.
struct TaskDev {
    std::int64_t examples = 0;
    Metrics baseline;
};

Result<TaskDev> read_task_dev(const StudyEvaluationRequest& request, TaskId id) {
    const TaskInfo& task = task_info(id);
    LOTTERY_TRY(const auto files, read_glue_dev(task, request.data, request.limit_dev));
    TaskDev dev;
    for (std::size_t f = 0; f < files.size(); ++f) {
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
    return dev;
}

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
        : request_(request),
          stop_(std::move(stop)),
          observer_(observer),
          root_(request.study / "evaluate_masked"),
          records_(request, hashes_) {}

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
            LOTTERY_CHECK(records_.read(job.experiment));
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
        if (request_.draw_figures) {
            LOTTERY_TRY(report_.figures, run_figures({request_.study, request_.random_retrained}));
        }
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
    Outcome<Unit> run_job(const EvaluationJob& job, int index, int count, OverallProgress& progress) {
        if (stop_.stop_requested()) return Cancelled{};
        LOTTERY_TRY(const Json inputs, records_.inputs_of(job));
        StudyScore score;
        if (auto found = records_.earlier(job, inputs)) {
            score = *std::move(found);
            ++report_.unchanged;
        } else {
            LOTTERY_TRY(const auto evaluated, run_evaluate(evaluate_request(request_, job), stop_, progress));
            score.metrics = evaluated.metrics;
            score.predicted_share = evaluated.predicted_share;
            score.kept_share = evaluated.parameters_kept_share;
            LOTTERY_CHECK(records_.store(job, inputs, evaluated, report_.device));
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

    const StudyEvaluationRequest& request_;
    std::stop_token stop_;
    StudyEvaluationObserver& observer_;
    fs::path root_;
    StudyEvaluationReport report_;
    std::map<TaskId, TaskDev> dev_;
    FileHashes hashes_;
    EvaluationRecords records_;
};

}  // namespace

Outcome<StudyEvaluationReport> run_study_evaluation(const StudyEvaluationRequest& request, std::stop_token stop,
                                                    StudyEvaluationObserver& observer) {
    return at_job_boundary("evaluate study", [&] { return StudyEvaluation(request, std::move(stop), observer).run(); });
}

Result<EvaluationsToDo> evaluations_to_do(const StudyEvaluationRequest& request, FileHashes& hashes) {
    LOTTERY_TRY(const EvaluationPlan plan, plan_evaluation(request));
    EvaluationRecords records(request, hashes);
    EvaluationsToDo to_do;
    to_do.passed_over = plan.passed_over;
    for (const auto& job : plan.jobs) {
        LOTTERY_CHECK(records.read(job.experiment));
        LOTTERY_TRY(const Json inputs, records.inputs_of(job));
        if (records.earlier(job, inputs))
            ++to_do.unchanged;
        else
            to_do.open.push_back(job.experiment + " " + run_place(job.task, job.seed).string());
    }
    return to_do;
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
