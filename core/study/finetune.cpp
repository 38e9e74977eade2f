// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <filesystem>

#include "core/base/file.h"
#include "core/base/file_hashes.h"
#include "core/evaluation/predict.h"
#include "core/study/job_boundary.h"
#include "core/study/neuron_mask_file.h"
#include "core/study/provenance.h"
#include "core/study/run_inputs.h"
#include "core/study/run_json.h"
#include "core/study/runs.h"
#include "core/study/task_data.h"
#include "core/training/resume_point.h"
#include "core/training/trainer.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

// What a finished run says of itself; nothing when there is none.
Result<std::optional<FinetuneReport>> finished_run(const FinetuneRequest& request, const Json& inputs) {
    const fs::path file = request.out / "run.json";
    if (!fs::exists(file)) return std::optional<FinetuneReport>{};
    if (!request.resume)
        return Error{"the folder already holds a finished run", request.out.string(),
                     "Choose another --out folder, or remove this one"};
    LOTTERY_TRY(const Json run, read_json(file));
    if (!run.contains("inputs") || run["inputs"] != inputs)
        return Error{"the finished run in this folder had other options, data or checkpoint", file.string(),
                     "Choose another --out folder"};
    LOTTERY_TRY(auto report, finetune_report_from_json(run.value("result", Json::object()), file.string()));
    return std::optional<FinetuneReport>{std::move(report)};
}

Outcome<FinetuneReport> finetune(const FinetuneRequest& request, std::stop_token stop, TrainingObserver& observer) {
    LOTTERY_CHECK(first_problem(problems(request)));
    const TaskInfo& task = task_info(request.task);
    const TrainingOptions& options = request.options;
    Provenance provenance("finetune");
    LOTTERY_TRY(const torch::Device device, choose_device(request.compute.device, request.compute.threads));
    provenance.set_device(device.str());

    LOTTERY_TRY(const auto tokenizer, WordPieceTokenizer::from_checkpoint(request.checkpoint));
    LOTTERY_TRY(auto train_file, read_train_features(task, request.data, tokenizer,
                                                     {options.max_seq_length, options.limit_train}, observer));
    LOTTERY_TRY(const auto dev_files, read_dev_features(task, request.data, tokenizer,
                                                        {options.max_seq_length, options.limit_dev}, observer));

    FileHashes hashes;
    LOTTERY_TRY(const Json inputs, run_inputs(request, hashes));
    LOTTERY_TRY(auto finished, finished_run(request, inputs));
    if (finished) {
        observer.on_message(Severity::Info, request.out.string() + ": this run is finished already");
        return *std::move(finished);
    }
    const fs::path resume_file = request.out / "resume.safetensors";
    if (!request.resume && fs::exists(resume_file))
        return Error{"the folder holds an interrupted run", request.out.string(),
                     "Go on with --resume, or remove the folder"};
    provenance.fields()["inputs"] = inputs;
    provenance.fields()["checkpoint"] = request.checkpoint.string();
    provenance.fields()["data"] = request.data.string();
    if (request.head_mask) provenance.fields()["head_mask"] = request.head_mask->string();
    if (request.weight_mask) provenance.fields()["weight_mask"] = request.weight_mask->string();
    if (request.neuron_mask) provenance.fields()["neuron_mask"] = request.neuron_mask->string();
    if (request.mlp_mask) provenance.fields()["mlp_mask"] = request.mlp_mask->string();

    auto& train_features = train_file.features;
    if (options.hold_out > 0) {
        const auto rows =
            held_out_rows(train_features.size(), static_cast<std::size_t>(options.hold_out), request.seed);
        if (rows.size() >= train_features.size())
            return Error{"all " + std::to_string(train_features.size()) + " training examples are held out", "hold-out",
                         "Hold out fewer"};
        for (auto row = rows.rbegin(); row != rows.rend(); ++row)
            train_features.erase(train_features.begin() + static_cast<std::ptrdiff_t>(*row));
    }

    LOTTERY_TRY(auto loaded, load_model(request.checkpoint, task.label_count(), request.seed, device, observer));
    provenance.fields()["initialised"] = loaded.initialised;
    if (request.head_mask || request.mlp_mask) {
        LOTTERY_TRY(const auto masks,
                    read_component_masks(request.head_mask, request.mlp_mask, loaded.model->components()));
        loaded.model = remove(loaded.model, masks);
        observer.on_message(Severity::Info, "training a subnetwork of " + std::to_string(masks.kept_heads()) +
                                                " heads and " + std::to_string(masks.kept_mlps()) + " MLPs, " +
                                                std::to_string(std::lround(100 * loaded.model->kept_share(masks))) +
                                                "% of the parameters (embeddings aside)");
    }
    WeightMasks weight_masks;
    if (request.weight_mask) {
        LOTTERY_TRY(weight_masks, read_weight_masks(*request.weight_mask, loaded.model->config()));
    }
    if (request.neuron_mask) {
        LOTTERY_TRY(const auto neurons, read_neurons(*request.neuron_mask, request.block_size, loaded.model->config()));
        weight_masks = weights_of_neurons(neurons, loaded.model->config());
        observer.on_message(Severity::Info, "training with " +
                                                std::to_string(std::lround(100 * weight_masks.kept_share())) +
                                                "% of the MLPs' weights, those of the neurons kept");
    }
    LOTTERY_CHECK(make_folder(request.out));

    TrainingPlan plan;
    if (request.weight_mask || request.neuron_mask) plan.weight_masks = &weight_masks;
    plan.train = train_features;
    plan.options = options;
    plan.seed = request.seed;
    plan.resume_file = resume_file;
    plan.resume = request.resume;
    plan.fingerprint = inputs.dump();
    plan.keep_step = request.keep_step;
    plan.keep_file = request.keep_file;
    if (request.begin_at) plan.begin_at = *request.begin_at;
    plan.stage = "fine-tuning " + std::string(task.name);
    plan.evaluate = [&](BertForSequenceClassification& model) -> Outcome<DevEvaluation> {
        DevEvaluation evaluation;
        for (std::size_t f = 0; f < dev_files.size(); ++f) {
            LOTTERY_TRY(const auto predictions, predict(model, model->plan(), dev_files[f].features,
                                                        "evaluating " + std::string(task.name), stop, observer));
            evaluation.metrics.merge(task_metrics(task, predictions, f));
            if (f == 0) evaluation.loss = predictions.loss;
        }
        return evaluation;
    };
    LOTTERY_TRY(const auto history, train(loaded.model, plan, stop, observer));

    LOTTERY_CHECK(save_model(loaded.model, request.out, request.checkpoint));
    Json steps = Json::array();
    for (const auto& step : history.steps) steps.push_back(to_json(step));
    Json evaluations = Json::array();
    for (const auto& evaluation : history.evaluations) evaluations.push_back(to_json(evaluation));
    LOTTERY_CHECK(
        write_json(request.out / "training.json", {{"format", 1}, {"steps", steps}, {"evaluations", evaluations}}));

    FinetuneReport report;
    report.task = request.task;
    report.seed = request.seed;
    report.metrics_before = history.evaluations.front().metrics;
    report.metrics = history.evaluations.back().metrics;
    report.steps = static_cast<std::int64_t>(history.steps.size());
    report.examples = history.examples;
    report.seconds = history.seconds;
    report.examples_per_second = history.seconds > 0 ? static_cast<double>(history.examples) / history.seconds : 0.0;
    report.device = device.str();
    // Last but one: run.json says that the run is finished.
    LOTTERY_CHECK(provenance.finish(request.out, to_json(report)));
    std::error_code ignored;
    fs::remove(resume_file, ignored);
    return report;
}

}  // namespace

Outcome<FinetuneReport> run_finetune(const FinetuneRequest& request, std::stop_token stop, TrainingObserver& observer) {
    return at_job_boundary("finetune", [&] { return finetune(request, stop, observer); });
}

}  // namespace lottery
