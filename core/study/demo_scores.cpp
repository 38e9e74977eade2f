// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/demo_scores.h"

#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/evaluation/metrics.h"
#include "core/evaluation/predict.h"
#include "core/study/job_boundary.h"
#include "core/study/provenance.h"
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
    LOTTERY_TRY(inputs["checkpoint_sha256"], checkpoint_hashes(request.model));
    LOTTERY_TRY(inputs["data_sha256"], file_hashes({dev.path}));
    LOTTERY_TRY(inputs["masks_sha256"],
                file_hashes({request.search / "head_mask.npy", request.search / "mlp_mask.npy"}));
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
        const auto masks = draw_masks(layers, heads, found.kept_heads(), found.kept_mlps(), random);
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

// {metric: value} of every seed of every task.
using PerSeed = std::map<TaskId, std::map<std::uint64_t, Metrics>>;

Status write_experiment(const fs::path& folder, const PerSeed& values) {
    Json results = Json::object();
    Json per_seed = Json::object();
    for (const auto& [task, seeds] : values) {
        const std::string name(task_info(task).name);
        std::map<std::string, std::vector<double>> columns;
        for (const auto& [seed, metrics] : seeds) {
            per_seed[name][std::to_string(seed)] = to_json(metrics);
            for (const auto& [metric, value] : metrics) columns[metric].push_back(value);
        }
        for (const auto& [metric, column] : columns) {
            const Spread s = spread(column, 0);
            results[name][metric] = {s.mean, s.deviation};
        }
    }
    LOTTERY_CHECK(write_json(folder / "baseline" / "results.json", results));
    return write_json(folder / "per_seed.json", per_seed);
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

ComponentMasks draw_masks(int layers, int heads, int kept_heads, int kept_mlps, Random& random) {
    ComponentMasks masks{HeadMatrix(layers, heads, 0.0F), std::vector<float>(static_cast<std::size_t>(layers), 0.0F)};
    const auto keep = [&random](std::vector<float>& values, int count) {
        const auto order = random.permutation(values.size());
        for (std::size_t i = 0; i < static_cast<std::size_t>(count) && i < order.size(); ++i) values[order[i]] = 1.0F;
    };
    keep(masks.heads.values, kept_heads);
    keep(masks.mlps, kept_mlps);
    return masks;
}

Outcome<DemoModelScores> score_demo_model(const DemoScoreRequest& request, std::stop_token stop,
                                          ProgressSink& progress) {
    return at_job_boundary("subnetwork scores", [&] { return score(request, stop, progress); });
}

Status write_evaluations(const fs::path& folder, const std::vector<DemoModel>& models) {
    PerSeed full, importance, random;
    Json majority = Json::object();
    for (const auto& [task, seed, scores] : models) {
        full[task][seed] = scores.full;
        importance[task][seed] = scores.importance;
        random[task][seed] = mean_of(scores.random);
        for (const auto& [metric, value] : scores.majority)
            majority[std::string(task_info(task).name)][metric] = {value, 0.0};
    }
    LOTTERY_CHECK(write_experiment(folder / "no_mask", full));
    LOTTERY_CHECK(write_experiment(folder / "head_mlp", importance));
    LOTTERY_CHECK(write_experiment(folder / "head_mlp_random", random));
    return write_json(folder / "freq_baseline" / "results.json", majority);
}

Spread spread(const std::vector<double>& values, int ddof) {
    const auto count = static_cast<double>(values.size());
    Spread result;
    if (values.empty()) return result;
    const auto finite = [](double value) { return std::isnan(value) ? 0.0 : value; };
    for (const double value : values) result.mean += finite(value) / count;
    if (count <= ddof) return result;
    double squares = 0.0;
    for (const double value : values) squares += (finite(value) - result.mean) * (finite(value) - result.mean);
    result.deviation = std::sqrt(squares / (count - ddof));
    return result;
}

}  // namespace lottery
