// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pruning/inference_pass.h"

#include <numeric>

#include "core/evaluation/predict.h"

namespace lottery {

InferencePass::InferencePass(BertForSequenceClassification model, std::span<const Features> examples)
    : model_(std::move(model)), examples_(examples) {
    std::vector<std::size_t> all(examples.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    chunks_ = make_chunks(examples, all, default_token_budget(model_->device()), model_->device());
}

Outcome<Predictions> InferencePass::run(const EncoderPlan& plan, std::stop_token stop, const OnExamples& on_examples) {
    return run(plan, std::move(stop), on_examples, {});
}

Outcome<Predictions> InferencePass::run(const EncoderPlan& plan, std::stop_token stop, const OnExamples& on_examples,
                                        const Look& look) {
    const torch::NoGradGuard no_grad;
    auto predictions = empty_predictions(examples_, model_->label_count());
    for (const auto& chunk : chunks_) {
        if (stop.stop_requested()) return Cancelled{};
        if (look.before_chunk) look.before_chunk(chunk);
        const auto logits = model_->forward(chunk.batch, plan, {}, look.tap);
        predictions.loss += mean_loss(logits, chunk.batch).item<double>() * static_cast<double>(chunk.examples.size());
        store_logits(predictions, chunk, logits);
        if (look.after_chunk && !look.after_chunk(chunk)) return Cancelled{};
        on_examples(static_cast<std::int64_t>(chunk.examples.size()));
    }
    if (!examples_.empty()) predictions.loss /= static_cast<double>(examples_.size());
    return predictions;
}

}  // namespace lottery
