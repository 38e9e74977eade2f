// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/demo_scores.h"

#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "core/analysis/results.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/random.h"
#include "core/evaluation/metrics.h"
#include "core/evaluation/predict.h"
#include "core/pruning/subnetworks.h"
#include "core/study/input_hashes.h"
#include "core/study/job_boundary.h"
#include "core/study/provenance.h"
#include "core/study/results_files.h"
#include "core/study/task_data.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

// Predictions over one mask are too short to be worth a report of their own.
class Silent : public ProgressSink {};

Metrics metrics_from(const Json& json) {
    Metrics metrics;
    for (const auto& [name, value] : json.items())
        metrics[name] = value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
    return metrics;
}

Json record_of(const DemoModelScores& scores) {
    Json random = Json::array();
    for (const auto& metrics : scores.random) random.push_back(to_json(metrics));
    return {{"majority", to_json(scores.majority)},
            {"full", to_json(scores.full)},
            {"importance", to_json(scores.importance)},
            {"random", random},
            {"kept_share", scores.kept_share}};
}

Result<DemoModelScores> scores_from(const Json& json, const std::string& place) {
    try {
        DemoModelScores scores;
        scores.majority = metrics_from(json.at("majority"));
        scores.full = metrics_from(json.at("full"));
        scores.importance = metrics_from(json.at("importance"));
        for (const auto& metrics : json.at("random")) scores.random.push_back(metrics_from(metrics));
        json.at("kept_share").get_to(scores.kept_share);
        return scores;
    } catch (const nlohmann::json::exception& e) {
        return Error{std::string("is not a record of subnetwork scores (") + e.what() + ")", place,
                     "Remove its folder, and run the study again"};
    }
}

Outcome<DemoModelScores> score(const DemoScoreRequest& request, std::stop_token stop, ProgressSink& progress) {
    const TaskInfo& task = task_info(request.task);
    Provenance provenance("demo random-masks");
    LOTTERY_TRY(const torch::Device device, choose_device(request.compute.device, request.compute.threads));
    provenance.set_device(device.str());
    LOTTERY_TRY(const auto tokenizer, WordPieceTokenizer::from_checkpoint(request.model));
    LOTTERY_TRY(const auto dev_files,
                read_dev_features(task, request.data, tokenizer, {request.max_seq_length, 0}, progress));
    const FeatureFile& dev = dev_files.front();

    Json inputs{{"task", task.name},
                {"seed", request.seed},
                {"draws", request.draws},
                {"max_seq_length", request.max_seq_length}};
    FileHashes hashes;
    LOTTERY_TRY(inputs["checkpoint_sha256"], checkpoint_hashes(request.model, hashes));
    LOTTERY_TRY(inputs["data_sha256"], file_hashes({dev.path}, hashes));
    LOTTERY_TRY(inputs["masks_sha256"],
                file_hashes({request.search / "head_mask.npy", request.search / "mlp_mask.npy"}, hashes));
    const fs::path record = request.out / "run.json";
    if (fs::exists(record)) {
        LOTTERY_TRY(const Json run, read_json(record));
        if (!run.contains("inputs") || run["inputs"] != inputs)
            return Error{"the finished run in this folder had another model, mask or number of draws", record.string(),
                         "Remove its folder, or choose another one for the study"};
        return scores_from(run.value("result", Json::object()), record.string());
    }
    provenance.fields()["inputs"] = inputs;
    provenance.fields()["checkpoint"] = request.model.string();
    provenance.fields()["data"] = request.data.string();

    LOTTERY_TRY(auto loaded, load_model(request.model, task.label_count(), 0, device, progress));
    auto& model = loaded.model;
    const int layers = model->config().num_hidden_layers;
    const int heads = model->config().num_attention_heads;
    ComponentMasks found;
    LOTTERY_TRY(found.heads, read_head_mask(request.search / "head_mask.npy", layers, heads));
    LOTTERY_TRY(found.mlps, read_mlp_mask(request.search / "mlp_mask.npy", layers));

    Silent silent;
    const auto metrics_of = [&](const ComponentMasks& masks) -> Outcome<Metrics> {
        LOTTERY_TRY(const auto predictions, predict(model, model->plan(masks, Removal::Multiply), dev.features,
                                                    "scoring on dev", stop, silent));
        return task_metrics(task, predictions);
    };
    DemoModelScores scores;
    scores.majority = majority_metrics(task, dev.labels());
    scores.kept_share = model->kept_share(found);
    LOTTERY_TRY(scores.full, metrics_of(ComponentMasks::all_kept(layers, heads)));
    LOTTERY_TRY(scores.importance, metrics_of(found));
    LOTTERY_CHECK(make_folder(request.out));
    Random random(request.seed);
    for (int i = 0; i < request.draws; ++i) {
        const auto masks = control_masks(found, ControlKind::Random, ControlOptions::for_mode(Mode::Rigorous), random);
        const auto number = std::to_string(i);
        LOTTERY_CHECK(write_head_matrix(request.out / ("head_mask_" + number + ".npy"), masks.heads));
        LOTTERY_CHECK(write_mlp_vector(request.out / ("mlp_mask_" + number + ".npy"), masks.mlps));
        LOTTERY_TRY(auto metrics, metrics_of(masks));
        scores.random.push_back(std::move(metrics));
        progress.on_progress({"random masks " + std::string(task.name), i + 1, request.draws, "masks", 0.0, {}});
    }
    LOTTERY_CHECK(provenance.finish(request.out, record_of(scores)));
    return scores;
}

// Over the draws, metric by metric.
Metrics mean_of(const std::vector<Metrics>& draws) {
    std::map<std::string, std::vector<double>> columns;
    for (const auto& draw : draws)
        for (const auto& [metric, value] : draw) columns[metric].push_back(value);
    Metrics means;
    for (const auto& [metric, column] : columns) means[metric] = spread(column, 0).mean;
    return means;
}

}  // namespace

Outcome<DemoModelScores> score_demo_model(const DemoScoreRequest& request, std::stop_token stop,
                                          ProgressSink& progress) {
    return at_job_boundary("subnetwork scores", [&] { return score(request, stop, progress); });
}

Status write_evaluations(const fs::path& folder, const std::vector<DemoModel>& models) {
    ExperimentResults full, importance, random;
    std::map<TaskId, Metrics> majority;
    for (const auto& [task, seed, scores] : models) {
        full.per_seed[task][seed] = scores.full;
        importance.per_seed[task][seed] = scores.importance;
        random.per_seed[task][seed] = mean_of(scores.random);
        if (!scores.majority.empty()) majority[task] = scores.majority;
    }
    LOTTERY_CHECK(write_experiment(folder / "no_mask", full));
    LOTTERY_CHECK(write_experiment(folder / "head_mlp", importance));
    LOTTERY_CHECK(write_experiment(folder / "head_mlp_random", random));
    return write_majority(folder, majority);
}

}  // namespace lottery
