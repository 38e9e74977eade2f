// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/what_if.h"

#include <cmath>
#include <numeric>
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

std::vector<std::size_t> first(std::size_t count) {
    std::vector<std::size_t> places(count);
    std::iota(places.begin(), places.end(), std::size_t{0});
    return places;
}

// Of the first `count` examples: their score, and those of their resamples, which come in one order for every model.
struct ResampledScore {
    EstimatedScore score;
    std::vector<std::optional<double>> resampled;
};

std::optional<Interval> of_some_width(const std::optional<Interval>& interval) {
    return interval && interval->low < interval->high ? interval : std::nullopt;
}

std::optional<Interval> interval_of(std::size_t count, const ResampledStatistic& statistic) {
    return of_some_width(bootstrap_interval(count, statistic, 0.95, kResamples));
}

ResampledScore resampled_score(const TaskInfo& task, const Predictions& predictions, std::size_t count) {
    ResampledScore found;
    found.score.value = score_of(task, predictions, first(count));
    found.score.interval = interval_of(count, [&](const std::vector<std::size_t>& chosen) {
        found.resampled.push_back(score_of(task, predictions, chosen));
        return found.resampled.back();
    });
    if (is_accuracy(task) && found.score.value)
        found.score.interval = wilson_interval(std::llround(*found.score.value * static_cast<double>(count)),
                                               static_cast<std::int64_t>(count));
    return found;
}

EstimatedScore difference(const ResampledScore& masked, const ResampledScore& full, std::size_t count) {
    const auto minus = [](const std::optional<double>& a, const std::optional<double>& b) {
        return a && b ? std::optional(*a - *b) : std::nullopt;
    };
    std::size_t draw = 0;
    const auto of_draw = [&](const std::vector<std::size_t>&) {
        const auto value = minus(masked.resampled[draw], full.resampled[draw]);
        ++draw;
        return value;
    };
    return {minus(masked.score.value, full.score.value), interval_of(count, of_draw)};
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
    std::vector<ResampledScore> known;  // of `full`, of each round that is in it

    Outcome<Unit> add_full_round(std::size_t round, const std::stop_token& stop) {
        if (round < known.size()) return Unit{};
        LOTTERY_CHECK(evaluation->evaluate(round, components, stop, full));
        known.push_back(resampled_score(*task, full, evaluation->end_of(round)));
        return Unit{};
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
        if (all.empty())
            return Error{"there are no examples", files.front().path.string(), "Give data whose dev file has some"};
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
            const auto masked = resampled_score(*parts_->task, predictions, count);
            estimate.score = masked.score;
            estimate.full = parts_->known[round].score;
            estimate.difference = difference(masked, parts_->known[round], count);
            estimate.milliseconds_per_example = 1e3 * computing / static_cast<double>(count);
            estimate.reused = reused / static_cast<double>(count);
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
