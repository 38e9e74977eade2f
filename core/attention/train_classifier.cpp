// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/train_classifier.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

#include "core/base/random.h"

namespace lottery {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kStage = "training the classifier";

class ClassifierTraining {
public:
    ClassifierTraining(const LabelledMaps& maps, const PatternTrainingPlan& plan, std::stop_token stop,
                       PatternTrainingObserver& observer)
        : maps_(maps), plan_(plan), options_(plan.options), stop_(std::move(stop)), observer_(observer) {}

    Outcome<TrainedClassifier> run() {
        LOTTERY_CHECK(prepare());
        for (int epoch = 1; epoch <= options_.epochs; ++epoch) {
            LOTTERY_TRY(auto record, train_epoch(epoch));
            LOTTERY_CHECK(validate(record));
            keep_if_best(record);
            result_.history.push_back(record);
            observer_.on_pattern_epoch(record);
        }
        return finish();
    }

private:
    Status prepare() {
        if (maps_.maps.empty())
            return Error{"there is no map to train on", maps_.label_file.string(), "Label some maps first"};
        const auto counts = maps_.counts();
        std::string missing;
        for (const auto pattern : all_patterns())
            if (counts[index_of(pattern)] == 0)
                missing += (missing.empty() ? "" : ", ") + std::string(to_string(pattern));
        if (!missing.empty())
            observer_.on_message(Severity::Warning, "no map is of class " + missing + ": it cannot be learned");
        LOTTERY_TRY(result_.validation, stratified_validation(maps_, options_.validation_share, plan_.seed));
        for (std::size_t i = 0, v = 0; i < maps_.maps.size(); ++i) {
            if (v < result_.validation.size() && result_.validation[v] == i)
                ++v;
            else
                train_.push_back(i);
        }
        auto& info = result_.classifier.info;
        info.kind = plan_.kind;
        info.trained_on = plan_.trained_on;
        info.maps = static_cast<int>(maps_.maps.size());
        info.smallest_map = maps_.smallest();
        info.largest_map = maps_.largest();
        info.epochs = options_.epochs;
        info.seed = plan_.seed;
        auto& network = result_.classifier.network = PatternNetwork(own_draws(plan_.seed));
        network->to(plan_.device);
        optimizer_.emplace(network->parameters(), torch::optim::AdamOptions(options_.learning_rate));
        return ok();
    }

    struct Batch {
        torch::Tensor canvases;  // [M,1,Z,Z]
        torch::Tensor labels;    // [M] int64
    };
    template <typename Places>
    Batch batch_of(const Places& places, std::size_t begin, std::size_t end) const {
        std::vector<MapView> views;
        std::vector<std::int64_t> labels;
        for (std::size_t i = begin; i < end; ++i) {
            const auto& map = maps_.maps[places(i)];
            views.push_back({map.values, map.size});
            labels.push_back(static_cast<std::int64_t>(index_of(map.label)));
        }
        const auto& info = result_.classifier.info;
        return {canvases_of(views, info.canvas(), info.divides_rows()).to(plan_.device),
                torch::tensor(labels, torch::kInt64).to(plan_.device)};
    }

    Outcome<PatternEpoch> train_epoch(int epoch) {
        const auto start = Clock::now();
        const auto order =
            Random(derive_seed(plan_.seed, static_cast<std::uint64_t>(epoch))).permutation(train_.size());
        const auto size = static_cast<std::size_t>(options_.batch_size);
        const auto steps = static_cast<std::int64_t>((train_.size() + size - 1) / size);
        PatternEpoch record;
        record.epoch = epoch;
        double loss_sum = 0.0;
        std::int64_t correct = 0, step = 0;
        for (std::size_t begin = 0; begin < train_.size(); begin += size) {
            if (stop_.stop_requested()) return Cancelled{};
            const std::size_t end = std::min(begin + size, train_.size());
            const auto batch = batch_of([&](std::size_t i) { return train_[order[i]]; }, begin, end);
            const auto logits = result_.classifier.network->forward(batch.canvases);
            const auto loss = torch::cross_entropy_loss(logits, batch.labels);
            optimizer_->zero_grad();
            loss.backward();
            optimizer_->step();
            const auto value = loss.item<double>();
            if (!std::isfinite(value))
                return Error{"the loss became " + std::to_string(value) + " in epoch " + std::to_string(epoch), kStage,
                             "Lower the learning rate"};
            loss_sum += value * static_cast<double>(end - begin);
            correct += (logits.argmax(1) == batch.labels).sum().item<std::int64_t>();
            trained_ += static_cast<std::int64_t>(end - begin);
            const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
            observer_.on_progress({kStage, (epoch - 1) * steps + ++step, options_.epochs * steps, "steps",
                                   static_cast<double>(trained_) / std::max(seconds, 1e-9), "maps"});
        }
        const auto count = static_cast<double>(train_.size());
        record.train_loss = loss_sum / count;
        record.train_accuracy = static_cast<double>(correct) / count;
        record.seconds = std::chrono::duration<double>(Clock::now() - start).count();
        return record;
    }

    Outcome<Unit> validate(PatternEpoch& record) const {
        const torch::NoGradGuard no_grad;
        const auto& places = result_.validation;
        const auto size = static_cast<std::size_t>(options_.batch_size);
        double loss_sum = 0.0;
        std::int64_t correct = 0;
        auto network = result_.classifier.network;
        for (std::size_t begin = 0; begin < places.size(); begin += size) {
            if (stop_.stop_requested()) return Cancelled{};
            const std::size_t end = std::min(begin + size, places.size());
            const auto batch = batch_of([&](std::size_t i) { return places[i]; }, begin, end);
            const auto logits = network->forward(batch.canvases);
            loss_sum +=
                torch::cross_entropy_loss(logits, batch.labels).item<double>() * static_cast<double>(end - begin);
            correct += (logits.argmax(1) == batch.labels).sum().item<std::int64_t>();
        }
        record.validation_loss = loss_sum / static_cast<double>(places.size());
        record.validation_accuracy = static_cast<double>(correct) / static_cast<double>(places.size());
        return Unit{};
    }

    void keep_if_best(const PatternEpoch& record) {
        auto& info = result_.classifier.info;
        if (info.best_epoch > 0 && record.validation_accuracy < info.validation_accuracy) return;
        info.best_epoch = record.epoch;
        info.validation_accuracy = record.validation_accuracy;
        best_.clear();
        for (const auto& parameter : result_.classifier.network->parameters())
            best_.push_back(parameter.detach().clone());
    }

    Outcome<TrainedClassifier> finish() {
        const torch::NoGradGuard no_grad;
        auto parameters = result_.classifier.network->parameters();
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            parameters[i].requires_grad_(false);
            parameters[i].mutable_grad().reset();
            parameters[i].copy_(best_[i]);
        }
        std::vector<LabelledMap> held_out;
        for (const auto place : result_.validation) held_out.push_back(maps_.maps[place]);
        result_.scores = score_classifier(result_.classifier, held_out, &result_.validation_probabilities);
        return std::move(result_);
    }

    const LabelledMaps& maps_;
    const PatternTrainingPlan& plan_;
    const PatternTrainingOptions& options_;
    std::stop_token stop_;
    PatternTrainingObserver& observer_;
    std::vector<std::size_t> train_;  // places among the maps
    std::optional<torch::optim::Adam> optimizer_;
    std::vector<torch::Tensor> best_;
    std::int64_t trained_ = 0;  // maps, counting epochs
    Clock::time_point start_ = Clock::now();
    TrainedClassifier result_;
};

}  // namespace

Outcome<TrainedClassifier> train_classifier(const LabelledMaps& maps, const PatternTrainingPlan& plan,
                                            std::stop_token stop, PatternTrainingObserver& observer) {
    return ClassifierTraining(maps, plan, std::move(stop), observer).run();
}

PatternScores score_classifier(PatternClassifier& classifier, std::span<const LabelledMap> maps,
                               std::vector<PatternProbabilities>* probabilities) {
    std::vector<MapView> views;
    std::vector<PatternClass> truth, predicted;
    for (const auto& map : maps) {
        views.push_back({map.values, map.size});
        truth.push_back(map.label);
    }
    auto found = classify(classifier, views);
    for (const auto& one : found) predicted.push_back(most_probable(one));
    if (probabilities != nullptr) *probabilities = std::move(found);
    return pattern_scores(truth, predicted);
}

}  // namespace lottery
