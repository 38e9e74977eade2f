// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/predict.h"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "core/evaluation/token_budget.h"

namespace lottery {

Predictions empty_predictions(std::span<const Features> examples, int outputs) {
    Predictions predictions;
    predictions.outputs = outputs;
    predictions.logits.resize(examples.size() * static_cast<std::size_t>(outputs));
    for (const auto& example : examples) {
        predictions.labels.push_back(example.label);
        predictions.targets.push_back(example.target);
    }
    return predictions;
}

void store_logits(Predictions& predictions, const Chunk& chunk, const torch::Tensor& logits) {
    const auto rows = logits.detach().to(torch::kCPU, torch::kFloat32).contiguous();
    const auto outputs = static_cast<std::size_t>(predictions.outputs);
    const float* data = rows.data_ptr<float>();
    for (std::size_t b = 0; b < chunk.examples.size(); ++b)
        std::copy_n(data + b * outputs, outputs,
                    predictions.logits.begin() + static_cast<std::ptrdiff_t>(chunk.examples[b] * outputs));
}

Outcome<Predictions> predict(BertForSequenceClassification& model, const EncoderPlan& plan,
                             std::span<const Features> examples, const std::string& stage, std::stop_token stop,
                             ProgressSink& progress) {
    const c10::InferenceMode inference;
    const auto device = model->device();
    std::vector<std::size_t> all(examples.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    const auto start = std::chrono::steady_clock::now();
    TokenBudget budget(examples, device, &progress);
    const auto pass = [&]() -> Outcome<Predictions> {
        Predictions predictions = empty_predictions(examples, model->label_count());
        std::int64_t done = 0;
        for (const auto& chunk : make_chunks(examples, all, budget.tokens(), device)) {
            if (stop.stop_requested()) return Cancelled{};
            const auto logits = model->forward(chunk.batch, plan);
            predictions.loss +=
                mean_loss(logits, chunk.batch).item<double>() * static_cast<double>(chunk.examples.size());
            store_logits(predictions, chunk, logits);
            done += static_cast<std::int64_t>(chunk.examples.size());
            const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
            progress.on_progress({stage, done, static_cast<std::int64_t>(examples.size()), "examples",
                                  static_cast<double>(done) / std::max(elapsed.count(), 1e-9), "examples"});
        }
        if (!examples.empty()) predictions.loss /= static_cast<double>(examples.size());
        return predictions;
    };
    return budget.within_memory(pass, [] {});
}

}  // namespace lottery
