// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pruning/inference_pass.h"

#include <utility>
#include <vector>

#include "core/evaluation/predict.h"

namespace lottery {

InferencePass::InferencePass(BertForSequenceClassification model, std::span<const Features> examples,
                             ProgressSink* told, std::size_t batch_size)
    : model_(std::move(model)), examples_(examples), batches_(examples, batch_size, model_->device(), told) {}

Outcome<Predictions> InferencePass::run(const EncoderPlan& plan, std::stop_token stop, const OnExamples& on_examples) {
    return run(plan, std::move(stop), on_examples, {});
}

Outcome<Predictions> InferencePass::run(const EncoderPlan& plan, std::stop_token stop, const OnExamples& on_examples,
                                        const Look& look) {
    const torch::NoGradGuard no_grad;
    const auto pass = [&](const std::vector<ExampleBatch>& batches, const OnExamples& counted) -> Outcome<Predictions> {
        auto predictions = empty_predictions(examples_, model_->label_count());
        if (look.before_pass) look.before_pass();
        for (const auto& batch : batches)
            for (const auto& chunk : batch.chunks) {
                if (stop.stop_requested()) return Cancelled{};
                if (look.before_chunk) look.before_chunk(chunk);
                const auto logits = model_->forward(chunk.batch, plan, {}, look.tap);
                const auto count = static_cast<std::int64_t>(chunk.examples.size());
                predictions.loss += mean_loss(logits, chunk.batch).item<double>() * static_cast<double>(count);
                store_logits(predictions, chunk, logits);
                if (look.after_chunk && !look.after_chunk(chunk)) return Cancelled{};
                counted(count);
            }
        if (!examples_.empty()) predictions.loss /= static_cast<double>(examples_.size());
        return predictions;
    };
    return batches_.run(on_examples, pass);
}

}  // namespace lottery
