// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <numeric>

#include "core/base/file.h"
#include "core/evaluation/predict.h"
#include "core/evaluation/speed.h"
#include "core/model/model_cost.h"
#include "core/study/job_boundary.h"
#include "core/study/masked_model.h"
#include "core/study/neuron_mask_file.h"
#include "core/study/run_json.h"
#include "core/study/runs.h"
#include "core/study/task_data.h"

namespace lottery {
namespace {

void append_predictions(std::string& tsv, const TaskInfo& task, const Predictions& predictions,
                        const std::string& file) {
    const auto classes = predictions.predicted_classes();
    const auto outputs = static_cast<std::size_t>(predictions.outputs);
    for (std::size_t i = 0; i < predictions.size(); ++i) {
        tsv += file + '\t' + std::to_string(i);
        if (task.is_regression()) {
            char text[64];
            std::snprintf(text, sizeof text, "\t%.9g\t%.9g", predictions.logits[i], predictions.targets[i]);
            tsv += text;
        } else {
            tsv += '\t' + std::string(task.classes[static_cast<std::size_t>(classes[i])]);
            tsv += '\t' + std::string(task.classes[static_cast<std::size_t>(predictions.labels[i])]);
            for (std::size_t c = 0; c < outputs; ++c) {
                char text[32];
                std::snprintf(text, sizeof text, "\t%.9g", predictions.logits[i * outputs + c]);
                tsv += text;
            }
        }
        tsv += '\n';
    }
}

std::string predictions_header(const TaskInfo& task) {
    std::string header = "file\tindex\tprediction\texpected";
    for (const auto name : task.classes) header += "\tlogit_" + std::string(name);
    return header + '\n';
}

// Layers whose last heads the masks take: only there do the two ways differ.
std::vector<int> layers_left_without_heads(const ComponentMasks& masks, const ComponentMasks& components) {
    std::vector<int> layers;
    for (int l = 0; l < masks.layers(); ++l)
        if (masks.kept_heads_in(l) == 0 && components.kept_heads_in(l) > 0) layers.push_back(l);
    return layers;
}

// Likewise for MLPs whose last neurons the masks take.
std::vector<int> layers_left_without_neurons(const ComponentMasks& masks, const BertConfig& config) {
    std::vector<int> layers;
    for (int l = 0; l < masks.layers(); ++l)
        if (masks.keeps_mlp(l) && masks.kept_neurons_in(l, config.intermediate_size) == 0) layers.push_back(l);
    return layers;
}

void describe_size(EvaluateReport& report, const BertForSequenceClassificationImpl& model, const ComponentMasks& masks,
                   const std::vector<FeatureFile>& files) {
    const auto& config = model.config();
    std::vector<std::int64_t> lengths;
    for (const auto& file : files)
        for (const auto& f : file.features) lengths.push_back(static_cast<std::int64_t>(f.input_ids.size()));
    const auto all = ComponentMasks::all_kept(masks.layers(), masks.heads.heads);
    report.parameters = model.parameter_count();
    report.parameters_kept = parameters_without_embeddings(config, model.label_count(), masks);
    report.parameters_kept_share = kept_parameter_share(config, model.label_count(), masks);
    report.kept_heads = masks.kept_heads();
    report.kept_mlps = masks.kept_mlps();
    report.mean_tokens = lengths.empty()
                             ? 0.0
                             : static_cast<double>(std::accumulate(lengths.begin(), lengths.end(), std::int64_t{0})) /
                                   static_cast<double>(lengths.size());
    report.multiply_adds = multiply_adds_per_example(config, model.label_count(), masks, lengths);
    report.multiply_adds_full = multiply_adds_per_example(config, model.label_count(), all, lengths);
}

Outcome<Unit> measure_speed(EvaluateReport& report, BertForSequenceClassification& model, const ComponentMasks& masks,
                            std::span<const Features> examples, const std::stop_token& stop, ProgressSink& progress) {
    // A plan of removed components computes what the removed model computes, from the same slices.
    std::vector<EncoderPlan> plans{model->plan()};
    if (report.masked) plans.push_back(model->plan(masks, Removal::Physical));
    SpeedOptions one;
    one.batch_size = 1;
    one.batches = 16;
    for (const auto& options : {one, SpeedOptions{}}) {
        LOTTERY_TRY(const auto ms, milliseconds_per_example(model, plans, examples, options, stop, progress));
        const auto batch = std::min(options.batch_size, examples.size());
        report.speed.push_back({static_cast<std::int64_t>(batch), ms.front(), ms.back()});
    }
    return Unit{};
}

// The scores of one way of leaving components out, on every dev file.
struct Scores {
    Metrics metrics;
    double loss = 0.0;  // mean over all examples
    std::int64_t examples = 0;
    std::map<int, std::int64_t> predicted;
    std::string tsv;
};

Outcome<Scores> score(BertForSequenceClassification& model, const EncoderPlan& plan, const TaskInfo& task,
                      const std::vector<FeatureFile>& files, const std::stop_token& stop, ProgressSink& progress) {
    Scores scores;
    scores.tsv = predictions_header(task);
    for (std::size_t f = 0; f < files.size(); ++f) {
        LOTTERY_TRY(const auto predictions,
                    predict(model, plan, files[f].features, "evaluating " + std::string(task.name), stop, progress));
        scores.metrics.merge(task_metrics(task, predictions, f));
        scores.loss += predictions.loss * static_cast<double>(predictions.size());
        scores.examples += static_cast<std::int64_t>(predictions.size());
        if (!task.is_regression())
            for (const int c : predictions.predicted_classes()) ++scores.predicted[c];
        append_predictions(scores.tsv, task, predictions, files[f].path.filename().string());
    }
    scores.loss /= static_cast<double>(scores.examples);
    return scores;
}

Outcome<EvaluateReport> evaluate(const EvaluateRequest& request, std::stop_token stop, ProgressSink& progress) {
    LOTTERY_CHECK(first_problem(problems(request)));
    const TaskInfo& task = task_info(request.task);
    LOTTERY_TRY(const torch::Device device, choose_device(request.compute.device, request.compute.threads));
    LOTTERY_TRY(const auto tokenizer, WordPieceTokenizer::from_checkpoint(request.checkpoint));
    LOTTERY_TRY(const auto files, read_dev_features(task, request.data, tokenizer,
                                                    {request.max_seq_length, request.limit_dev}, progress));
    LOTTERY_TRY(auto masked, load_masked_model(request.checkpoint, task.label_count(), device,
                                               {request.head_mask, request.mlp_mask, request.weight_mask}, progress));
    auto& model = masked.loaded.model;
    auto& masks = masked.masks;
    if (request.neuron_mask) {
        LOTTERY_TRY(masks.neurons, read_neurons(*request.neuron_mask, request.block_size, model->config()));
    }

    const auto plan_of = [&](Removal removal) -> Result<EncoderPlan> {
        auto plan = model->plan(masks, removal);
        if (request.without_residuals) LOTTERY_CHECK(leave_out_residuals(plan, *request.without_residuals));
        return plan;
    };
    LOTTERY_TRY(const auto plan, plan_of(request.removal));

    EvaluateReport report;
    report.task = request.task;
    report.without_residuals = request.without_residuals;
    if (report.without_residuals && report.without_residuals->layers.empty())
        for (int l = 0; l < masks.layers(); ++l) report.without_residuals->layers.push_back(l);
    report.removal = request.removal;
    report.masked = request.head_mask || request.mlp_mask || request.neuron_mask;
    describe_size(report, *model, masks, files);
    if (request.weight_mask) report.parameters_kept_share = parameters_kept_share(model, masks, masked.weights);
    const auto start = std::chrono::steady_clock::now();
    LOTTERY_TRY(const auto scores, score(model, plan, task, files, stop, progress));
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    report.metrics = scores.metrics;
    report.loss = scores.loss;
    report.examples = scores.examples;
    for (std::size_t f = 0; f < files.size(); ++f)
        report.majority_baseline.merge(majority_metrics(task, files[f].labels(), f));
    for (std::size_t c = 0; c < task.classes.size(); ++c) {
        const auto found = scores.predicted.find(static_cast<int>(c));
        report.predicted_share[std::string(task.classes[c])] =
            found == scores.predicted.end() ? 0.0
                                            : static_cast<double>(found->second) / static_cast<double>(report.examples);
    }
    if (report.masked) {
        report.layers_left_without_heads = layers_left_without_heads(masks, model->components());
        report.layers_left_without_neurons = layers_left_without_neurons(masks, model->config());
        report.by_removal = {{Removal::Physical, scores.metrics}, {Removal::Multiply, scores.metrics}};
        // Elsewhere both ways are one computation.
        if (!report.layers_left_without_heads.empty() || !report.layers_left_without_neurons.empty()) {
            const auto other = request.removal == Removal::Physical ? Removal::Multiply : Removal::Physical;
            LOTTERY_TRY(const auto other_plan, plan_of(other));
            LOTTERY_TRY(const auto others, score(model, other_plan, task, files, stop, progress));
            report.by_removal[other] = others.metrics;
        }
    }
    if (request.measure_speed)
        LOTTERY_CHECK(measure_speed(report, model, masks, files.front().features, stop, progress));
    if (request.predictions) LOTTERY_CHECK(write_file_atomically(*request.predictions, scores.tsv));
    return report;
}

}  // namespace

Outcome<EvaluateReport> run_evaluate(const EvaluateRequest& request, std::stop_token stop, ProgressSink& progress) {
    return at_job_boundary("evaluate", [&] { return evaluate(request, stop, progress); });
}

}  // namespace lottery
