// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/base/random.h"
#include "core/model/initial_values.h"
#include "core/model/out_of_memory.h"
#include "core/training/adamw.h"
#include "core/training/autocast.h"
#include "core/training/pruned_weights.h"
#include "core/training/resume_point.h"

namespace lottery {
namespace {

using Clock = std::chrono::steady_clock;

// Resume points that are written for the time's sake take at most 2% of it.
constexpr double kUnsavedPerSave = 50.0;

class Trainer {
public:
    Trainer(BertForSequenceClassification& model, const TrainingPlan& plan, std::stop_token stop,
            TrainingObserver& observer)
        : model_(model),
          plan_(plan),
          options_(plan.options),
          stop_(std::move(stop)),
          observer_(observer),
          pruned_weights_(model, plan.weight_masks),
          optimizer_(named(model), {options_.adam_epsilon, options_.weight_decay, options_.max_gradient_norm}),
          parts_(static_cast<std::size_t>(std::max(1, plan.parts))),
          batches_per_epoch_((static_cast<std::int64_t>(plan.train.size()) + options_.batch_size - 1) /
                             options_.batch_size),
          steps_(batches_per_epoch_ * options_.epochs) {
        for (auto& parameter : model_->parameters()) parameter.requires_grad_(true);
    }

    Outcome<TrainingHistory> run() {
        LOTTERY_TRY(std::int64_t step, first_step());
        LOTTERY_CHECK(check_rewinding(plan_.keep_step));
        if (history_.evaluations.empty()) LOTTERY_CHECK(evaluate(step));
        while (step < steps_) {
            const std::int64_t epoch = step / batches_per_epoch_;
            const auto order =
                Random(derive_seed(plan_.seed, static_cast<std::uint64_t>(epoch))).permutation(plan_.train.size());
            for (std::int64_t b = step % batches_per_epoch_; b < batches_per_epoch_; ++b) {
                if (stop_.stop_requested()) {
                    LOTTERY_CHECK(save(step));
                    return Cancelled{};
                }
                LOTTERY_CHECK(train_batch(order, b, ++step));
                if (step == plan_.keep_step) LOTTERY_CHECK(write(plan_.keep_file, step));
                const bool epoch_ends = b + 1 == batches_per_epoch_;
                if (!epoch_ends && options_.save_steps > 0 && (step % options_.save_steps == 0 || is_worth_saving()))
                    LOTTERY_CHECK(save(step));
            }
            auto scored = evaluate(step);
            // The epoch is not lost when its evaluation is cancelled: it runs again on resume.
            LOTTERY_CHECK(save(step));
            LOTTERY_CHECK(std::move(scored));
        }
        return std::move(history_);
    }

private:
    static std::vector<std::pair<std::string, torch::Tensor>> named(BertForSequenceClassification& model) {
        std::vector<std::pair<std::string, torch::Tensor>> parameters;
        for (const auto& entry : model->named_parameters()) parameters.emplace_back(entry.key(), entry.value());
        return parameters;
    }

    double epoch_of(std::int64_t step) const {
        return static_cast<double>(step) / static_cast<double>(batches_per_epoch_);
    }

    Status check_rewinding(std::int64_t step) const {
        if (step >= 0 && step < steps_) return ok();
        return Error{"there is no training after step " + std::to_string(step) + ", the run has " +
                         std::to_string(steps_) + " steps",
                     plan_.stage, "Rewind to an earlier step, or train longer"};
    }

    // Steps already done: 0, where the resume point stands, or where the run begins.
    Outcome<std::int64_t> first_step() {
        if (!plan_.resume || !std::filesystem::exists(plan_.resume_file)) {
            if (plan_.begin_at.empty()) return std::int64_t{0};
            LOTTERY_TRY(const auto point, read_resume_point(plan_.begin_at, std::nullopt, optimizer_));
            LOTTERY_CHECK(check_rewinding(point.step));
            pruned_weights_.zero_state(optimizer_);
            return point.step;
        }
        LOTTERY_TRY(auto point, read_resume_point(plan_.resume_file, plan_.fingerprint, optimizer_));
        history_.seconds = point.seconds;
        history_.examples = point.examples;
        history_.steps = std::move(point.steps);
        history_.evaluations = std::move(point.evaluations);
        observer_.on_message(Severity::Info,
                             "going on after step " + std::to_string(point.step) + " of " + std::to_string(steps_));
        for (const auto& s : history_.steps) observer_.on_training_step(s);
        for (const auto& e : history_.evaluations) observer_.on_dev_evaluation(e);
        // Killed between an epoch's last step and its evaluation.
        const bool at_epoch_end = point.step > 0 && point.step % batches_per_epoch_ == 0;
        if (at_epoch_end && history_.evaluations.back().step != point.step) LOTTERY_CHECK(evaluate(point.step));
        return point.step;
    }

    Status write(const std::filesystem::path& file, std::int64_t step) {
        return write_resume_point(file, plan_.fingerprint, optimizer_,
                                  {step, history_.seconds, history_.examples, history_.steps, history_.evaluations});
    }
    Status save(std::int64_t step) {
        const auto start = Clock::now();
        LOTTERY_CHECK(write(plan_.resume_file, step));
        saved_ = Clock::now();
        save_seconds_ = std::chrono::duration<double>(saved_ - start).count();
        return ok();
    }

    // What a kill would lose takes long by now, beside writing it: slow steps are saved more often than by number.
    [[nodiscard]] bool is_worth_saving() const {
        const double unsaved = std::chrono::duration<double>(Clock::now() - saved_).count();
        return unsaved > std::max(plan_.unsaved_seconds, kUnsavedPerSave * save_seconds_);
    }

    Outcome<Unit> evaluate(std::int64_t step) {
        LOTTERY_TRY(DevEvaluation evaluation, plan_.evaluate(model_));
        evaluation.step = step;
        evaluation.epoch = epoch_of(step);
        observer_.on_dev_evaluation(evaluation);
        history_.evaluations.push_back(std::move(evaluation));
        return Unit{};
    }

    // Adds the gradients of the batch's mean loss up over `parts_` slices of it. Returns the loss.
    double accumulate_gradients(std::span<const Features* const> batch, std::int64_t step) {
        // Dropout is a function of the step, so that no generator state need be kept for resuming.
        seed_device(model_->device(), derive_seed(~plan_.seed, static_cast<std::uint64_t>(step)));
        const std::size_t parts = std::min(parts_, batch.size());
        double loss = 0.0;
        for (std::size_t p = 0; p < parts; ++p) {
            const std::size_t first = p * batch.size() / parts, last = (p + 1) * batch.size() / parts;
            const DeviceBatch device_batch = to_device(pack(batch.subspan(first, last - first)), model_->device());
            torch::Tensor part;
            {
                const Autocast autocast(model_->device(), options_.precision == Precision::Bf16);
                const auto logits = model_->forward(device_batch, model_->plan(),
                                                    {options_.dropout, options_.dropout, options_.dropout});
                part = mean_loss(logits.to(torch::kFloat32), device_batch);
            }
            // Weighted by its examples, so that the sum is the mean over the batch.
            if (parts > 1) part = part * (static_cast<double>(last - first) / static_cast<double>(batch.size()));
            part.backward();
            loss += part.item<double>();
        }
        return loss;
    }

    // The one failure that is mended here instead of at the job boundary: with half the examples at once, a step needs
    // about half the memory, and comes to the same gradients.
    double gradients_within_memory(std::span<const Features* const> batch, std::int64_t step) {
        for (;;) {
            try {
                return accumulate_gradients(batch, step);
            } catch (const std::exception& e) {
                if (!is_out_of_memory(e) || parts_ >= batch.size()) throw;
            }
            for (auto& parameter : model_->parameters()) parameter.mutable_grad().reset();
            parts_ *= 2;
            observer_.on_message(
                Severity::Warning,
                "out of memory: from step " + std::to_string(step) + " on a batch goes through the model in " +
                    std::to_string(parts_) + " parts, their gradients summed" +
                    (options_.dropout > 0 ? ". The loss is the same in the mean; dropout draws other units" : ""));
        }
    }

    Status train_batch(const std::vector<std::size_t>& order, std::int64_t batch, std::int64_t step) {
        const auto start = Clock::now();
        const auto begin = static_cast<std::size_t>(batch * options_.batch_size);
        const auto end = std::min(begin + static_cast<std::size_t>(options_.batch_size), plan_.train.size());
        std::vector<const Features*> features;
        for (std::size_t i = begin; i < end; ++i) features.push_back(&plan_.train[order[i]]);
        const double loss = gradients_within_memory(features, step);
        pruned_weights_.zero_gradients();
        const double learning_rate = learning_rate_at(options_, step, steps_);
        optimizer_.step(step, learning_rate);

        const TrainingStep record{step, steps_, epoch_of(step), loss, learning_rate};
        if (!std::isfinite(record.loss))
            return Error{"the loss became " + std::to_string(record.loss) + " at step " + std::to_string(step),
                         plan_.stage, "Lower the learning rate, or check the checkpoint for NaN"};
        history_.steps.push_back(record);
        history_.seconds += std::chrono::duration<double>(Clock::now() - start).count();
        history_.examples += static_cast<std::int64_t>(end - begin);
        observer_.on_training_step(record);
        observer_.on_progress({plan_.stage, step, steps_, "steps",
                               static_cast<double>(history_.examples) / std::max(history_.seconds, 1e-9), "examples"});
        return ok();
    }

    BertForSequenceClassification& model_;
    const TrainingPlan& plan_;
    const TrainingOptions& options_;
    std::stop_token stop_;
    TrainingObserver& observer_;
    PrunedWeights pruned_weights_;
    AdamW optimizer_;
    std::size_t parts_;  // that a batch goes through the model in
    std::int64_t batches_per_epoch_;
    std::int64_t steps_;
    TrainingHistory history_;
    Clock::time_point saved_ = Clock::now();  // when the last resume point was written
    double save_seconds_ = 0.0;               // what it took
};

}  // namespace

double learning_rate_at(const TrainingOptions& options, std::int64_t step, std::int64_t steps) {
    const auto done = static_cast<double>(step - 1);
    const auto total = static_cast<double>(steps);
    const double warmup = std::floor(options.warmup_share * total);
    if (done < warmup) return options.learning_rate * done / warmup;
    return options.learning_rate * std::max(0.0, (total - done) / std::max(1.0, total - warmup));
}

Outcome<TrainingHistory> train(BertForSequenceClassification& model, const TrainingPlan& plan, std::stop_token stop,
                               TrainingObserver& observer) {
    if (plan.train.empty()) return Error{"there is nothing to train on", plan.stage, "Give a train.tsv with examples"};
    return Trainer(model, plan, std::move(stop), observer).run();
}

}  // namespace lottery
