// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/incremental.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <utility>

#include "core/evaluation/predict.h"
#include "core/model/layer_inputs.h"

namespace lottery {

namespace {

constexpr std::size_t kFirstRound = 16;
constexpr std::size_t kLargestRound = 128;

bool same_layer(const ComponentMasks& a, const ComponentMasks& b, int l) {
    if (a.keeps_mlp(l) != b.keeps_mlp(l)) return false;
    for (int h = 0; h < a.heads.heads; ++h)
        if (a.heads.at(l, h) != b.heads.at(l, h)) return false;
    for (int k = 0; k < a.neurons.blocks; ++k)
        if (a.neurons.at(l, k) != b.neurons.at(l, k)) return false;
    return true;
}

}  // namespace

int first_difference(const ComponentMasks& a, const ComponentMasks& b) {
    int l = 0;
    while (l < a.layers() && same_layer(a, b, l)) ++l;
    return l;
}

IncrementalEvaluation::IncrementalEvaluation(BertForSequenceClassification model, std::span<const Features> examples,
                                             std::int64_t cache_bytes, ProgressSink* told)
    : model_(std::move(model)),
      examples_(examples),
      cache_bytes_(cache_bytes),
      budget_(examples, model_->device(), told),
      whole_(model_->plan()) {
    for (std::size_t end = 0; end < examples.size();) {
        end = std::min(examples.size(), end + std::clamp(end, kFirstRound, kLargestRound));
        ends_.push_back(end);
    }
    chunks_.resize(ends_.size());
}

void IncrementalEvaluation::make_chunks_of(std::size_t round) {
    const std::size_t begin = round == 0 ? 0 : ends_[round - 1];
    std::vector<std::size_t> places(ends_[round] - begin);
    std::iota(places.begin(), places.end(), begin);
    const BertConfig& config = model_->config();
    for (auto& chunk : make_chunks(examples_, places, budget_.tokens(), model_->device())) {
        const std::int64_t bytes = chunk.batch.input_ids.numel() * config.hidden_size * config.num_hidden_layers *
                                   static_cast<std::int64_t>(sizeof(float));
        const bool cached = used_bytes_ + bytes <= cache_bytes_;
        if (cached) used_bytes_ += bytes;
        chunks_[round].push_back({std::move(chunk), cached, {}, {}, {}});
    }
}

void IncrementalEvaluation::forget() {
    for (auto& round : chunks_) round.clear();
    used_bytes_ = 0;
}

const EncoderPlan& IncrementalEvaluation::plan_for(const ComponentMasks& masks) {
    if (masks == model_->components()) return whole_;
    if (!(masks == plan_masks_)) {
        plan_ = model_->plan(masks, Removal::Physical);
        plan_masks_ = masks;
    }
    return plan_;
}

int IncrementalEvaluation::compute(CachedChunk& cached, const ComponentMasks& masks, const EncoderPlan& plan) {
    const DeviceBatch& batch = cached.chunk.batch;
    const int layers = masks.layers();
    if (!cached.cached) {
        cached.logits = model_->forward(batch, plan);
        return layers;
    }
    const int first = cached.inputs.empty() ? 0 : first_difference(masks, cached.masks);
    if (first == layers) return 0;
    // Back with the chunk only when it is whole: a pass that throws leaves inputs of two masks.
    LayerInputs kept;
    kept.inputs = std::exchange(cached.inputs, {});
    cached.logits = kept.inputs.empty() ? model_->forward(batch, plan, {}, &kept)
                                        : model_->forward_from(first, kept.inputs[static_cast<std::size_t>(first)],
                                                               batch, plan, {}, &kept);
    cached.inputs = std::move(kept.inputs);
    cached.masks = masks;
    return layers - first;
}

Outcome<IncrementalEvaluation::Cost> IncrementalEvaluation::evaluate(std::size_t round, const ComponentMasks& masks,
                                                                     std::stop_token stop, Predictions& predictions) {
    const torch::NoGradGuard no_grad;
    const auto start = std::chrono::steady_clock::now();
    const auto pass = [&]() -> Outcome<Cost> {
        const EncoderPlan& plan = plan_for(masks);
        if (chunks_[round].empty()) make_chunks_of(round);
        std::int64_t computed = 0, all = 0;
        for (auto& cached : chunks_[round]) {
            if (stop.stop_requested()) return Cancelled{};
            computed += compute(cached, masks, plan);
            all += masks.layers();
            store_logits(predictions, cached.chunk, cached.logits);
        }
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        return Cost{elapsed.count(), all == 0 ? 0.0 : 1.0 - static_cast<double>(computed) / static_cast<double>(all)};
    };
    // A chunk that ran out of memory may be half computed; so nothing of it is kept.
    return budget_.within_memory(pass, [this] { forget(); });
}

}  // namespace lottery
