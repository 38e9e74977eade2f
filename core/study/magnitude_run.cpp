// SPDX-License-Identifier: GPL-3.0-or-later
#include <chrono>
#include <filesystem>
#include <limits>
#include <string>

#include "core/base/file.h"
#include "core/evaluation/predict.h"
#include "core/pruning/inference_pass.h"
#include "core/pruning/magnitude.h"
#include "core/pruning/magnitude_record.h"
#include "core/study/job_boundary.h"
#include "core/study/magnitude_runs.h"
#include "core/study/pass_log.h"
#include "core/study/provenance.h"
#include "core/study/run_inputs.h"
#include "core/study/run_json.h"
#include "core/study/search_data.h"
#include "core/study/survival_figure.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

constexpr const char* kMaskFile = "weight_mask.safetensors";

struct ScoredWeights {
    double score = 0.0;  // may be NaN, null in JSON
    double seconds = 0.0;
};
ScoredWeights scored_weights_from_json(const Json& json) {
    const Json& score = json.at("score");
    return {score.is_null() ? std::numeric_limits<double>::quiet_NaN() : score.get<double>(),
            json.at("seconds").get<double>()};
}

Outcome<MagnitudeResult> search(const MagnitudeRequest& request, std::stop_token stop, MagnitudeObserver& observer) {
    LOTTERY_CHECK(first_problem(problems(request)));
    if (fs::exists(request.out / "search.json"))
        return Error{"the folder already holds a finished mask search", request.out.string(),
                     "Choose another --out folder, or remove this one"};
    const TaskInfo& task = task_info(request.task);
    const MagnitudeOptions& options = request.options;
    Provenance provenance("mask magnitude");
    LOTTERY_TRY(const torch::Device device, choose_device(request.compute.device, request.compute.threads));
    provenance.set_device(device.str());

    LOTTERY_TRY(const auto tokenizer, WordPieceTokenizer::from_checkpoint(request.checkpoint));
    const SearchSource source{request.checkpoint, request.data,      request.task,          request.seed,
                              options.split,      options.limit_dev, options.max_seq_length};
    LOTTERY_TRY(const SearchData data, read_search_data(source, tokenizer, observer));
    FileHashes hashes;
    LOTTERY_TRY(provenance.fields()["inputs"], run_inputs(request, hashes));
    record_search_data(provenance, source, data);

    LOTTERY_TRY(auto loaded, load_model(request.checkpoint, task.label_count(), request.seed, device, observer));
    warn_if_untrained(loaded, request.task, observer);
    auto& model = loaded.model;

    MagnitudeTarget target;
    target.metric = task.search_metric;
    target.chance = chance_level(task, data.search.labels());
    target.worst = worst_score(task);
    target.everything = all_weights_kept(model->config(), options.mlp_output_bias);
    target.weights = weights_of(model, target.everything);
    InferencePass scoring(model, data.search.features, &observer, static_cast<std::size_t>(options.batch_size));
    const auto start = std::chrono::steady_clock::now();
    std::int64_t finished = 0, earlier = 0, passes = 0;
    const auto count = static_cast<std::int64_t>(data.search.features.size());
    const auto on_examples = [&](std::int64_t more) {
        finished += more;
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        observer.on_progress({"mask search " + std::string(task.name) + ", pass " + std::to_string(passes),
                              earlier + finished, (options.max_steps + 1) * count, "examples",
                              static_cast<double>(finished) / std::max(elapsed.count(), 1e-9), "examples"});
    };
    PassLog log(request.out, provenance.fields()["inputs"]);
    log.say_found(observer);
    std::vector<double> earlier_seconds;  // of the passes that were found, which are a search's first
    target.score = [&](const WeightMasks& masks) -> Outcome<double> {
        ++passes;
        // The masks follow from the weights: their number tells which pass it was.
        const Json made_with{{"kept", masks.kept()}};
        if (const auto known = log.replay(made_with, scored_weights_from_json)) {
            earlier += count;
            earlier_seconds.push_back(known->seconds);
            return known->score;
        }
        const auto begin = std::chrono::steady_clock::now();
        // Masks only ever lose weights, so what was zeroed before stays right.
        apply_weight_masks(model, masks);
        LOTTERY_TRY(const auto predictions, scoring.run(model->plan(), stop, on_examples));
        const ScoredWeights scored{task_metrics(task, predictions).at(target.metric),
                                   std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count()};
        LOTTERY_CHECK(make_folder(request.out));
        LOTTERY_CHECK(log.add(made_with, {{"score", scored.score}, {"seconds", scored.seconds}}));
        return scored.score;
    };
    target.survival = [&](const WeightMasks& masks) { return weight_survival(masks, model->config()); };
    auto searched = search_weight_masks(target, options, stop, observer);
    if (searched.failed() && passes == 1) {
        // Refused for its full score: there is nothing to go on with.
        log.remove();
        std::error_code not_empty;
        fs::remove(request.out, not_empty);
    }
    LOTTERY_TRY(auto found, std::move(searched));
    auto& result = found.result;
    for (std::size_t i = 0; i < earlier_seconds.size(); ++i) {
        result.steps[i].seconds += earlier_seconds[i];
        result.seconds += earlier_seconds[i];
    }

    const auto restore = [&] {
        const torch::NoGradGuard no_grad;
        auto parameters = model->named_parameters();
        for (std::size_t i = 0; i < target.weights.size(); ++i)
            parameters[target.everything.masks[i].parameter].copy_(target.weights[i]);
    };
    if (options.split == SearchSplit::Dev) {
        result.dev_full_score = result.full_score;
        result.dev_score = result.score;
    } else {
        const auto score_on_dev = [&]() -> Outcome<double> {
            LOTTERY_TRY(const auto predictions,
                        predict(model, model->plan(), data.dev.features, "scoring on dev", stop, observer));
            return task_metrics(task, predictions).at(target.metric);
        };
        restore();
        LOTTERY_TRY(result.dev_full_score, score_on_dev());
        apply_weight_masks(model, found.masks);
        LOTTERY_TRY(result.dev_score, score_on_dev());
    }
    result.parameters_kept_share = parameters_kept_share(
        model, ComponentMasks::all_kept(model->config().num_hidden_layers, model->config().num_attention_heads),
        found.masks);

    LOTTERY_CHECK(write_weight_masks(request.out / kMaskFile, found.masks));
    LOTTERY_CHECK(write_weight_survival_figure(request.out, result.survival,
                                               "Surviving weights: " + std::string(task.name),
                                               {{"task", std::string(task.name)},
                                                {"checkpoint", request.checkpoint.string()},
                                                {"seed", std::to_string(request.seed)},
                                                {"mode", to_string(options.mode)},
                                                {"program", "lottery " + program_version()}}));
    LOTTERY_CHECK(provenance.finish(request.out, {{"score", result.score},
                                                  {"full_score", result.full_score},
                                                  {"kept_weights_share", result.survival.kept_share()}}));
    Json record = magnitude_header(request);
    record.update(to_json(result));
    // Last: where search.json is, everything else is.
    LOTTERY_CHECK(write_json(request.out / "search.json", record));
    log.remove();
    return std::move(result);
}

}  // namespace

Json magnitude_header(const MagnitudeRequest& request) {
    return {{"format", 1},
            {"task", task_info(request.task).name},
            {"kind", "magnitude"},
            {"mode", to_string(request.options.mode)},
            {"split", to_string(request.options.split)},
            {"mlp_output_bias", to_string(request.options.mlp_output_bias)}};
}

Outcome<MagnitudeResult> run_magnitude_search(const MagnitudeRequest& request, std::stop_token stop,
                                              MagnitudeObserver& observer) {
    return at_job_boundary("mask search", [&] { return search(request, stop, observer); });
}

}  // namespace lottery
