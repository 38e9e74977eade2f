// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/what_if.h"

#include <chrono>
#include <cmath>
#include <utility>
#include <vector>

#include "core/base/file.h"
#include "core/base/random.h"
#include "core/data/glue_reader.h"
#include "core/evaluation/incremental.h"
#include "core/evaluation/predict.h"
#include "core/model/model_cost.h"
#include "core/statistics/bootstrap.h"
#include "core/statistics/wilson.h"
#include "core/study/input_hashes.h"
#include "core/study/job_boundary.h"
#include "core/study/mask_files.h"
#include "core/study/provenance.h"
#include "core/study/run_json.h"
#include "core/study/search_data.h"
#include "core/study/task_data.h"

namespace lottery {

namespace fs = std::filesystem;

namespace {

constexpr int kResamples = 200;
constexpr std::int64_t kCacheBytes = std::int64_t{1} << 30;

// The search metric of `examples` of the predictions; nothing where it is undefined.
std::optional<double> score_of(const TaskInfo& task, const Predictions& predictions,
                               const std::vector<std::size_t>& examples) {
    Predictions chosen;
    chosen.outputs = predictions.outputs;
    const auto outputs = static_cast<std::size_t>(predictions.outputs);
    chosen.logits.reserve(examples.size() * outputs);
    for (const auto i : examples) {
        for (std::size_t c = 0; c < outputs; ++c) chosen.logits.push_back(predictions.logits[i * outputs + c]);
        chosen.labels.push_back(predictions.labels[i]);
        chosen.targets.push_back(predictions.targets[i]);
    }
    const double score = task_metrics(task, chosen).at(std::string(task.search_metric));
    return std::isfinite(score) ? std::optional(score) : std::nullopt;
}

Status check_size(const ComponentMasks& masks, const ComponentMasks& components, const fs::path& checkpoint) {
    const auto& heads = masks.heads;
    if (heads.layers == components.heads.layers && heads.heads == components.heads.heads &&
        masks.mlps.size() == components.mlps.size() && masks.neurons.blocks == 0)
        return ok();
    return Error{"masks of " + std::to_string(heads.layers) + " layers × " + std::to_string(heads.heads) +
                     " heads and " + std::to_string(masks.mlps.size()) + " MLPs found, the model has " +
                     std::to_string(components.layers()) + " × " + std::to_string(components.heads.heads) + " and " +
                     std::to_string(components.mlps.size()),
                 checkpoint.string(), "Start from masks that were made for this model"};
}

bool is_accuracy(const TaskInfo& task) { return task.search_metric == "acc" || task.search_metric == "mnli_acc"; }

std::optional<Interval> resampled(std::size_t count, const ResampledStatistic& statistic) {
    const auto interval = bootstrap_interval(count, statistic, 0.95, kResamples);
    return interval && interval->low < interval->high ? interval : std::nullopt;
}

EstimatedScore estimated(const TaskInfo& task, const Predictions& predictions,
                         const std::vector<std::size_t>& examples) {
    EstimatedScore score{score_of(task, predictions, examples), {}};
    if (!score.value) return score;
    const auto count = static_cast<std::int64_t>(examples.size());
    if (is_accuracy(task))
        score.interval = wilson_interval(std::llround(*score.value * static_cast<double>(count)), count);
    else
        score.interval = resampled(examples.size(), [&](const std::vector<std::size_t>& chosen) {
            return score_of(task, predictions, chosen);
        });
    return score;
}

Json to_json(const WhatIfEstimate& e) {
    const auto number = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
    const auto score = [&](const EstimatedScore& s) {
        return Json{{"value", number(s.value)},
                    {"low", s.interval ? Json(s.interval->low) : Json(nullptr)},
                    {"high", s.interval ? Json(s.interval->high) : Json(nullptr)}};
    };
    return {{"examples", e.examples},
            {"of", e.of},
            {"metric", e.metric},
            {"score", score(e.score)},
            {"full", score(e.full)},
            {"difference", score(e.difference)},
            {"milliseconds_per_example", e.milliseconds_per_example}};
}

}  // namespace

struct WhatIf::Parts {
    WhatIfRequest request;
    const TaskInfo* task = nullptr;
    BertForSequenceClassification model{nullptr};
    ComponentMasks components;
    std::vector<Features> examples;  // in the order in which they come in
    std::optional<IncrementalEvaluation> evaluation;
    Predictions full;                   // of the whole model
    std::size_t full_rounds = 0;        // that are in `full`
    std::vector<EstimatedScore> known;  // of `full`, by round

    Outcome<Unit> add_full_round(std::size_t round, const std::stop_token& stop) {
        if (round < full_rounds) return Unit{};
        LOTTERY_CHECK(evaluation->evaluate(round, components, stop, full));
        known.push_back(estimated(*task, full, first(evaluation->end_of(round))));
        ++full_rounds;
        return Unit{};
    }
    static std::vector<std::size_t> first(std::size_t count) {
        std::vector<std::size_t> places(count);
        for (std::size_t i = 0; i < count; ++i) places[i] = i;
        return places;
    }
    EstimatedScore difference(const Predictions& masked, std::size_t count) const {
        const auto of = [&](const std::vector<std::size_t>& chosen) -> std::optional<double> {
            const auto with = score_of(*task, masked, chosen), without = score_of(*task, full, chosen);
            return with && without ? std::optional(*with - *without) : std::nullopt;
        };
        return {of(first(count)), resampled(count, of)};
    }
};

WhatIf::WhatIf(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
WhatIf::~WhatIf() = default;

Outcome<std::shared_ptr<WhatIf>> WhatIf::open(const WhatIfRequest& request, std::stop_token stop,
                                              ProgressSink& progress) {
    return at_job_boundary("what-if", [&]() -> Outcome<std::shared_ptr<WhatIf>> {
        auto parts = std::make_unique<Parts>();
        parts->request = request;
        parts->task = &task_info(request.task);
        EvaluateRequest whole;
        whole.checkpoint = request.checkpoint;
        whole.data = request.data;
        whole.task = request.task;
        whole.max_seq_length = request.max_seq_length;
        LOTTERY_CHECK(first_problem(problems(whole)));
        LOTTERY_TRY(const torch::Device device, choose_device(request.device, 0));
        LOTTERY_TRY(const auto tokenizer, WordPieceTokenizer::from_checkpoint(request.checkpoint));
        LOTTERY_TRY(auto files,
                    read_dev_features(*parts->task, request.data, tokenizer, {request.max_seq_length, 0}, progress));
        if (stop.stop_requested()) return Cancelled{};
        auto& all = files.front().features;
        if (all.empty()) return Error{"there are no examples", files.front().path.string(), {}};
        auto order = Random(request.seed).permutation(all.size());
        if (request.examples > 0) order.resize(std::min(order.size(), static_cast<std::size_t>(request.examples)));
        for (const auto i : order) parts->examples.push_back(std::move(all[i]));
        LOTTERY_TRY(auto loaded, load_model(request.checkpoint, parts->task->label_count(), 0, device, progress));
        warn_if_untrained(loaded, request.task, progress);
        parts->model = loaded.model;
        parts->components = parts->model->components();
        parts->full = empty_predictions(parts->examples, parts->model->label_count());
        // Halvings for want of memory would be told while nobody listens.
        parts->evaluation.emplace(parts->model, parts->examples, kCacheBytes, nullptr);
        return std::shared_ptr<WhatIf>(new WhatIf(std::move(parts)));
    });
}

const WhatIfRequest& WhatIf::request() const { return parts_->request; }

const ComponentMasks& WhatIf::components() const { return parts_->components; }

std::int64_t WhatIf::parameters() const {
    const auto& heads = parts_->components.heads;
    return parameters(ComponentMasks::all_kept(heads.layers, heads.heads));
}

std::int64_t WhatIf::parameters(const ComponentMasks& masks) const {
    return parameters_without_embeddings(parts_->model->config(), parts_->model->label_count(), masks);
}

Outcome<WhatIfEstimate> WhatIf::estimate(const ComponentMasks& masks, std::stop_token stop,
                                         const std::function<void(const WhatIfEstimate&)>& on_estimate) {
    return at_job_boundary("what-if", [&]() -> Outcome<WhatIfEstimate> {
        LOTTERY_CHECK(check_size(masks, parts_->components, parts_->request.checkpoint));
        LOTTERY_CHECK(check_within(masks, parts_->components, parts_->request.checkpoint.string()));
        auto& evaluation = *parts_->evaluation;
        auto predictions = empty_predictions(parts_->examples, parts_->model->label_count());
        const auto start = std::chrono::steady_clock::now();
        WhatIfEstimate estimate;
        estimate.of = static_cast<std::int64_t>(parts_->examples.size());
        estimate.metric = parts_->task->search_metric;
        double computing = 0.0, reused = 0.0;
        for (std::size_t round = 0; round < evaluation.rounds(); ++round) {
            LOTTERY_CHECK(parts_->add_full_round(round, stop));
            LOTTERY_TRY(const auto cost, evaluation.evaluate(round, masks, stop, predictions));
            const std::size_t count = evaluation.end_of(round);
            const auto before = static_cast<double>(estimate.examples);
            estimate.examples = static_cast<std::int64_t>(count);
            computing += cost.seconds;
            reused += cost.reused * (static_cast<double>(count) - before);
            estimate.score = estimated(*parts_->task, predictions, Parts::first(count));
            estimate.full = parts_->known[round];
            estimate.difference = parts_->difference(predictions, count);
            estimate.milliseconds_per_example = 1e3 * computing / static_cast<double>(count);
            estimate.reused = reused / static_cast<double>(count);
            estimate.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
            if (on_estimate) on_estimate(estimate);
        }
        return estimate;
    });
}

Status save_what_if(const WhatIfRequest& request, const ComponentMasks& masks,
                    const std::optional<WhatIfEstimate>& estimate, const fs::path& folder) {
    return at_job_boundary("what-if", [&]() -> Status {
        std::error_code error;
        if (fs::exists(folder, error) && !fs::is_empty(folder, error))
            return Error{"holds something already", folder.string(), "Choose a new folder for the masks"};
        Provenance provenance("what-if");
        LOTTERY_CHECK(make_folder(folder));
        FileHashes hashes;
        provenance.fields()["checkpoint"] = request.checkpoint.string();
        provenance.fields()["data"] = request.data.string();
        Json inputs{{"task", task_info(request.task).name},
                    {"seed", request.seed},
                    {"examples", request.examples},
                    {"max_seq_length", request.max_seq_length}};
        LOTTERY_TRY(inputs["checkpoint_sha256"], checkpoint_hashes(request.checkpoint, hashes));
        LOTTERY_TRY(const TaskFiles files, find_task_files(task_info(request.task), request.data));
        LOTTERY_TRY(inputs["data_sha256"], file_hashes({files.dev.front()}, hashes));
        provenance.fields()["inputs"] = std::move(inputs);
        LOTTERY_CHECK(write_mask_files(folder, masks));
        return provenance.finish(folder, estimate ? to_json(*estimate) : Json::object());
    });
}

}  // namespace lottery
