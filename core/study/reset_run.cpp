// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/reset_run.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <system_error>
#include <utility>

#include "core/base/file.h"
#include "core/evaluation/predict.h"
#include "core/model/reset_weights.h"
#include "core/study/input_hashes.h"
#include "core/study/job_boundary.h"
#include "core/study/provenance.h"
#include "core/study/reset_figure.h"
#include "core/study/run_json.h"
#include "core/study/task_data.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

// The weights that a model of these sizes and components was fine-tuned from.
Result<std::map<std::string, torch::Tensor>> pretrained_values(const ResetRequest& request,
                                                               const BertForSequenceClassification& tuned,
                                                               const std::vector<std::string>& keys,
                                                               ProgressSink& progress) {
    const auto& folder = *request.pretrained;
    LOTTERY_TRY(auto loaded, load_model(folder, tuned->label_count(), 0, tuned->device(), progress));
    const BertConfig &has = loaded.model->config(), &wanted = tuned->config();
    for (const auto& [name, size] :
         {std::pair{"vocab_size", &BertConfig::vocab_size}, std::pair{"hidden_size", &BertConfig::hidden_size},
          std::pair{"num_hidden_layers", &BertConfig::num_hidden_layers},
          std::pair{"num_attention_heads", &BertConfig::num_attention_heads},
          std::pair{"intermediate_size", &BertConfig::intermediate_size},
          std::pair{"max_position_embeddings", &BertConfig::max_position_embeddings},
          std::pair{"type_vocab_size", &BertConfig::type_vocab_size}})
        if (has.*size != wanted.*size)
            return Error{std::string("is another model: ") + name + " is " + std::to_string(has.*size) + ", " +
                             std::to_string(wanted.*size) + " in the fine-tuned one",
                         folder.string(), "Give the checkpoint that this model was fine-tuned from"};
    LOTTERY_CHECK(check_within(tuned->components(), loaded.model->components(), folder.string()));
    for (const auto& key : loaded.initialised)
        if (std::find(keys.begin(), keys.end(), key) != keys.end())
            return Error{"has no " + key + " to revert to", folder.string(), "Leave this part out of --parts"};
    // Where fine-tuning was of a subnetwork, the same heads and MLPs of the whole.
    const auto same = remove(loaded.model, tuned->components());
    return parameter_values(same, keys);
}

std::vector<ModelParts> points_of(const ResetRequest& request, int layers) {
    if (!request.series) return {request.parts};
    std::vector<ModelParts> points;
    if (*request.series == ResetSeries::Parts) {
        for (const auto part : request.parts.parts)
            points.push_back({{part}, is_in_layers(part) ? request.parts.layers : std::vector<int>{}});
        return points;
    }
    for (int a = 0; a < layers; ++a) {
        points.push_back({request.parts.parts, {a}});
        if (*request.series == ResetSeries::LayerPairs)
            for (int b = a + 1; b < layers; ++b) points.push_back({request.parts.parts, {a, b}});
    }
    return points;
}

class Reset {
public:
    Reset(const ResetRequest& request, std::stop_token stop, ProgressSink& progress)
        : request_(request), stop_(std::move(stop)), progress_(progress) {}

    Outcome<ResetReport> run() {
        LOTTERY_CHECK(first_problem(problems(request_)));
        std::error_code ec;
        for (const char* name : {"run.json", "config.json"})
            if (fs::exists(request_.out / name, ec))
                return Error{std::string("the folder already holds ") + name, request_.out.string(),
                             "Choose another --out folder, or remove this one"};
        const auto start = std::chrono::steady_clock::now();
        LOTTERY_TRY(const torch::Device device, choose_device(request_.compute.device, request_.compute.threads));
        provenance_.set_device(device.str());
        LOTTERY_CHECK(load(device));
        if (request_.task) {
            LOTTERY_TRY(report_.metrics_before, score());
        }
        for (const auto& [parts, keys] : points_) LOTTERY_CHECK(reset(parts, keys));
        report_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        LOTTERY_CHECK(write());
        return std::move(report_);
    }

private:
    // Everything that may be refused.
    Status load(torch::Device device) {
        LOTTERY_TRY(const BertConfig config, read_bert_config(request_.checkpoint));
        const int labels = request_.task ? task_info(*request_.task).label_count() : config.num_labels;
        LOTTERY_TRY(auto loaded, load_model(request_.checkpoint, labels, 0, device, progress_));
        if (!loaded.initialised.empty())
            return Error{"the checkpoint has no " + loaded.initialised.front() + ": it is not fine-tuned",
                         request_.checkpoint.string(), "Fine-tune it first"};
        model_ = loaded.model;
        for (const auto& parts : points_of(request_, config.num_hidden_layers)) {
            LOTTERY_TRY(auto keys, parameters_of(parts, model_->config()));
            points_.emplace_back(parts, std::move(keys));
        }
        if (request_.how == ResetHow::Pretrained) {
            std::vector<std::string> all;
            for (const auto& [parts, keys] : points_) all.insert(all.end(), keys.begin(), keys.end());
            LOTTERY_TRY(pretrained_, pretrained_values(request_, model_, all, progress_));
        }
        if (request_.task) {
            LOTTERY_TRY(const auto tokenizer, WordPieceTokenizer::from_checkpoint(request_.checkpoint));
            LOTTERY_TRY(dev_, read_dev_features(task_info(*request_.task), request_.data, tokenizer,
                                                {request_.max_seq_length, request_.limit_dev}, progress_));
        }
        return record_inputs();
    }

    Status record_inputs() {
        Json inputs{{"how", to_string(request_.how)}, {"parts", Json::array()}, {"layers", request_.parts.layers}};
        for (const auto part : request_.parts.parts) inputs["parts"].push_back(to_string(part));
        if (request_.series) inputs["series"] = to_string(*request_.series);
        if (request_.how == ResetHow::Reinitialise) inputs["seed"] = request_.seed;
        FileHashes hashes;
        LOTTERY_TRY(inputs["checkpoint_sha256"], checkpoint_hashes(request_.checkpoint, hashes));
        auto& fields = provenance_.fields();
        fields["checkpoint"] = request_.checkpoint.string();
        if (request_.how == ResetHow::Pretrained) {
            LOTTERY_TRY(inputs["pretrained_sha256"], checkpoint_hashes(*request_.pretrained, hashes));
            fields["pretrained"] = request_.pretrained->string();
        }
        if (request_.task) {
            std::vector<fs::path> files;
            for (const auto& file : dev_) files.push_back(file.path);
            inputs["scored_on"] = {{"task", task_info(*request_.task).name},
                                   {"limit_dev", request_.limit_dev},
                                   {"max_seq_length", request_.max_seq_length}};
            LOTTERY_TRY(inputs["scored_on"]["data_sha256"], file_hashes(files, hashes));
            fields["data"] = request_.data.string();
        }
        fields["inputs"] = inputs;
        LOTTERY_TRY(const Json trained_by, training_inputs(request_.checkpoint));
        if (!trained_by.is_null()) fields["trained_by"] = trained_by;
        return ok();
    }

    Outcome<Metrics> score() {
        const TaskInfo& task = task_info(*request_.task);
        const auto stage = "scoring " + std::string(task.name) + ", " + std::to_string(report_.points.size()) + " of " +
                           std::to_string(points_.size()) + " points";
        Metrics metrics;
        for (std::size_t f = 0; f < dev_.size(); ++f) {
            LOTTERY_TRY(const auto predictions,
                        predict(model_, model_->plan(), dev_[f].features, stage, stop_, progress_));
            metrics.merge(task_metrics(task, predictions, f));
        }
        return metrics;
    }

    Outcome<Unit> reset(const ModelParts& parts, const std::vector<std::string>& keys) {
        if (stop_.stop_requested()) return Cancelled{};
        const auto before = request_.series ? parameter_values(model_, keys) : std::map<std::string, torch::Tensor>();
        switch (request_.how) {
            case ResetHow::Reinitialise:
                reinitialise(model_, keys, request_.seed);
                break;
            case ResetHow::Pretrained:
                copy_parameters(model_, keys, pretrained_);
                break;
            case ResetHow::Zero:
                set_to_zero(model_, keys);
                break;
        }
        ResetPoint point{parts, 0, {}};
        const auto parameters = model_->named_parameters();
        for (const auto& key : keys) point.weights += parameters[key].numel();
        report_.points.push_back(std::move(point));
        if (request_.task) {
            LOTTERY_TRY(report_.points.back().metrics, score());
        }
        if (request_.series) copy_parameters(model_, keys, before);
        return Unit{};
    }

    Status write() {
        LOTTERY_CHECK(make_folder(request_.out));
        if (request_.series) {
            FigureMetadata metadata{{"checkpoint", request_.checkpoint.string()},
                                    {"reset", to_string(request_.how)},
                                    {"task", std::string(task_info(*request_.task).name)},
                                    {"program", "lottery " + program_version()}};
            LOTTERY_CHECK(write_reset_figure(request_.out, report_, request_, std::move(metadata)));
        } else {
            LOTTERY_CHECK(save_model(model_, request_.out, request_.checkpoint));
        }
        return provenance_.finish(request_.out, to_json(report_, request_));
    }

    const ResetRequest& request_;
    std::stop_token stop_;
    ProgressSink& progress_;
    Provenance provenance_{"reset"};
    BertForSequenceClassification model_{nullptr};
    std::vector<std::pair<ModelParts, std::vector<std::string>>> points_;
    std::map<std::string, torch::Tensor> pretrained_;
    std::vector<FeatureFile> dev_;
    ResetReport report_;
};

Json point_json(const ResetPoint& point) {
    Json json{{"parts", Json::array()}, {"layers", point.parts.layers}, {"weights", point.weights}};
    for (const auto part : point.parts.parts) json["parts"].push_back(to_string(part));
    if (point.metrics) json["metrics"] = to_json(*point.metrics);
    return json;
}

}  // namespace

const char* to_string(ResetHow how) {
    switch (how) {
        case ResetHow::Reinitialise:
            return "reinit";
        case ResetHow::Pretrained:
            return "pretrained";
        case ResetHow::Zero:
            return "zero";
    }
    return "";
}

const char* to_string(ResetSeries series) {
    switch (series) {
        case ResetSeries::Parts:
            return "parts";
        case ResetSeries::Layers:
            return "layers";
        case ResetSeries::LayerPairs:
            return "layer-pairs";
    }
    return "";
}

Outcome<ResetReport> run_reset(const ResetRequest& request, std::stop_token stop, ProgressSink& progress) {
    return at_job_boundary("reset", [&] { return Reset(request, std::move(stop), progress).run(); });
}

Json to_json(const ResetReport& report, const ResetRequest& request) {
    Json json{{"how", to_string(request.how)}};
    if (request.task) json["task"] = task_info(*request.task).name;
    if (report.metrics_before) json["metrics_before"] = to_json(*report.metrics_before);
    if (request.series) {
        json["series"] = to_string(*request.series);
        json["points"] = Json::array();
        for (const auto& point : report.points) json["points"].push_back(point_json(point));
    } else {
        json.update(point_json(report.points.front()));
    }
    json["seconds"] = report.seconds;
    return json;
}

}  // namespace lottery
