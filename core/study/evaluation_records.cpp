// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/evaluation_records.h"

#include "core/data/glue_reader.h"
#include "core/study/input_hashes.h"
#include "core/study/provenance.h"
#include "core/study/results_files.h"
#include "core/study/run_json.h"

namespace lottery {
namespace fs = std::filesystem;

EvaluationRecords::EvaluationRecords(const StudyEvaluationRequest& request, FileHashes& hashes)
    : request_(request), hashes_(hashes), root_(request.study / "evaluate_masked") {}

Status EvaluationRecords::read(const std::string& experiment) {
    if (files_.contains(experiment)) return ok();
    Files files;
    const fs::path folder = root_ / experiment;
    LOTTERY_TRY(files.results, read_experiment(folder));
    std::error_code ec;
    if (fs::exists(folder / "evaluations.json", ec)) {
        LOTTERY_TRY(const Json json, read_json(folder / "evaluations.json"));
        files.evaluations = json.at("evaluations");  // read_experiment has seen it
    }
    files_[experiment] = std::move(files);
    return ok();
}

Result<Json> EvaluationRecords::inputs_of(const EvaluationJob& job) {
    const TaskInfo& task = task_info(job.task);
    Json inputs{{"task", task.name}, {"limit_dev", request_.limit_dev}, {"max_seq_length", job.max_seq_length}};
    LOTTERY_TRY(inputs["checkpoint_sha256"], checkpoint_hashes(job.model, hashes_));
    LOTTERY_TRY(const TaskFiles files, find_task_files(task, request_.data));
    LOTTERY_TRY(inputs["data_sha256"], file_hashes(files.dev, hashes_));
    if (const auto masks = job.masks(); !masks.empty()) {
        inputs["removal"] = to_string(request_.removal);
        LOTTERY_TRY(inputs["masks_sha256"], file_hashes(masks, hashes_));
    }
    return inputs;
}

std::optional<StudyScore> EvaluationRecords::earlier(const EvaluationJob& job, const Json& inputs) const {
    const Files& files = files_.at(job.experiment);
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

Status EvaluationRecords::store(const EvaluationJob& job, const Json& inputs, const EvaluateReport& evaluated,
                                const std::string& device) {
    Files& files = files_.at(job.experiment);
    const fs::path folder = root_ / job.experiment;
    files.results.per_seed[job.task][job.seed] = evaluated.metrics;
    files.results.predicted_share[job.task][job.seed] = evaluated.predicted_share;
    files.results.kept_share[job.task][job.seed] = evaluated.parameters_kept_share;
    Json evaluation = to_json(evaluated);
    evaluation.erase("majority_baseline");
    evaluation["inputs"] = inputs;
    evaluation["program"] = {{"lottery", program_version()}, {"libtorch", libtorch_version()}};
    evaluation["device"] = device;
    files.evaluations[std::string(task_info(job.task).name)][std::to_string(job.seed)] = std::move(evaluation);
    // Last: a record of what was evaluated never runs ahead of the scores.
    LOTTERY_CHECK(write_experiment(folder, files.results));
    return write_json(folder / "evaluations.json", {{"format", 1}, {"evaluations", files.evaluations}});
}

}  // namespace lottery
