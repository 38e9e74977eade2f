// SPDX-License-Identifier: GPL-3.0-or-later
#include <chrono>
#include <cstdio>
#include <map>

#include "core/base/file.h"
#include "core/evaluation/predict.h"
#include "core/study/job_boundary.h"
#include "core/study/run_json.h"
#include "core/study/runs.h"
#include "core/study/task_data.h"

namespace lottery {
namespace {

// As given, or as recorded by the search that wrote the mask, or as the only size that so many even blocks can have.
Result<int> neuron_block_size(const EvaluateRequest& request, const BertConfig& config) {
    if (request.block_size) return *request.block_size;
    const auto record = request.neuron_mask->parent_path() / "search.json";
    if (std::filesystem::exists(record)) {
        LOTTERY_TRY(const Json json, read_json(record));
        if (const auto size = json.find("block_size"); size != json.end() && size->is_number_integer() && *size > 0)
            return size->get<int>();
    }
    LOTTERY_TRY(const auto matrix, read_neuron_matrix(*request.neuron_mask, 0));
    if (config.intermediate_size % matrix.blocks == 0) return config.intermediate_size / matrix.blocks;
    return Error{std::to_string(matrix.blocks) + " blocks found, which do not divide the model's " +
                     std::to_string(config.intermediate_size) + " neurons evenly",
                 request.neuron_mask->string(), "Say with --block-size how many neurons a block has"};
}

Result<ComponentMasks> read_masks(const EvaluateRequest& request, const BertConfig& config) {
    auto masks = ComponentMasks::all_kept(config.num_hidden_layers, config.num_attention_heads);
    if (request.head_mask) {
        LOTTERY_TRY(masks.heads,
                    read_head_mask(*request.head_mask, config.num_hidden_layers, config.num_attention_heads));
    }
    if (request.mlp_mask) {
        LOTTERY_TRY(masks.mlps, read_mlp_mask(*request.mlp_mask, config.num_hidden_layers));
    }
    if (request.neuron_mask) {
        LOTTERY_TRY(const int block_size, neuron_block_size(request, config));
        LOTTERY_TRY(masks.neurons, read_neuron_mask(*request.neuron_mask, config.num_hidden_layers,
                                                    config.intermediate_size, block_size));
    }
    return masks;
}

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

Outcome<EvaluateReport> evaluate(const EvaluateRequest& request, std::stop_token stop, ProgressSink& progress) {
    LOTTERY_CHECK(first_problem(problems(request)));
    const TaskInfo& task = task_info(request.task);
    LOTTERY_TRY(const torch::Device device, choose_device(request.compute.device, request.compute.threads));
    LOTTERY_TRY(const auto tokenizer, WordPieceTokenizer::from_checkpoint(request.checkpoint));
    LOTTERY_TRY(const auto files, read_dev_features(task, request.data, tokenizer,
                                                    {request.max_seq_length, request.limit_dev}, progress));
    LOTTERY_TRY(auto loaded, load_model(request.checkpoint, task.label_count(), 0, device, progress));
    auto& model = loaded.model;
    LOTTERY_TRY(const auto masks, read_masks(request, model->config()));
    const auto plan = model->plan(masks, request.removal);

    EvaluateReport report;
    report.task = request.task;
    report.parameters = model->parameter_count();
    report.parameters_kept_share = model->kept_share(masks);
    const auto start = std::chrono::steady_clock::now();
    std::string tsv = predictions_header(task);
    std::map<int, std::int64_t> predicted;
    for (std::size_t f = 0; f < files.size(); ++f) {
        LOTTERY_TRY(const auto predictions,
                    predict(model, plan, files[f].features, "evaluating " + std::string(task.name), stop, progress));
        report.metrics.merge(task_metrics(task, predictions, f));
        report.majority_baseline.merge(majority_metrics(task, predictions.labels, f));
        report.loss += predictions.loss * static_cast<double>(predictions.size());
        report.examples += static_cast<std::int64_t>(predictions.size());
        if (!task.is_regression())
            for (const int c : predictions.predicted_classes()) ++predicted[c];
        append_predictions(tsv, task, predictions, files[f].path.filename().string());
    }
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    report.loss /= static_cast<double>(report.examples);
    for (std::size_t c = 0; c < task.classes.size(); ++c)
        report.predicted_share[std::string(task.classes[c])] =
            static_cast<double>(predicted[static_cast<int>(c)]) / static_cast<double>(report.examples);
    if (request.predictions) LOTTERY_CHECK(write_file_atomically(*request.predictions, tsv));
    return report;
}

}  // namespace

Outcome<EvaluateReport> run_evaluate(const EvaluateRequest& request, std::stop_token stop, ProgressSink& progress) {
    return at_job_boundary("evaluate", [&] { return evaluate(request, stop, progress); });
}

}  // namespace lottery
