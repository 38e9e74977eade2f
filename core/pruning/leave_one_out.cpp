// SPDX-License-Identifier: GPL-3.0-or-later
//
// Importance of a component = score with the current masks − score when it is masked as well. Exact where a gradient
// only extrapolates, and as slow as it sounds: one inference pass per component that is left, cut short by reusing the
// hidden states below the changed layer.
#include <algorithm>

#include "core/evaluation/predict.h"
#include "core/model/layer_inputs.h"
#include "core/pruning/criterion.h"
#include "core/pruning/inference_pass.h"

namespace lottery {
namespace {

// Masks one component on top of a plan. Multiplying by zero saves slicing the layer once more per component and chunk.
class MaskingTap : public EncoderTap {
public:
    MaskingTap(const EncoderPlan& plan, const Component& component, int block_size)
        : plan_(plan), component_(component), block_size_(block_size) {}

    torch::Tensor on_context(int l, const torch::Tensor& context) override {
        if (l != component_.layer || component_.head < 0) return context;
        return without(context, 1, place(plan_.layers[static_cast<std::size_t>(l)].heads, component_.head), 1);
    }
    torch::Tensor on_intermediate(int l, const torch::Tensor& /*attended*/, const torch::Tensor& activation) override {
        if (l != component_.layer || component_.block < 0) return activation;
        const auto first = place(plan_.layers[static_cast<std::size_t>(l)].blocks, component_.block) * block_size_;
        return without(activation, 1, first, std::min<std::int64_t>(block_size_, activation.size(1) - first));
    }
    torch::Tensor on_mlp_output(int l, const torch::Tensor& output) override {
        const bool masked = l == component_.layer && component_.head < 0 && component_.block < 0;
        return masked ? torch::zeros_like(output) : output;
    }

private:
    static std::int64_t place(const std::vector<int>& kept, int original) {
        return std::find(kept.begin(), kept.end(), original) - kept.begin();
    }
    static torch::Tensor without(const torch::Tensor& tensor, std::int64_t dimension, std::int64_t first,
                                 std::int64_t count) {
        auto copy = tensor.clone();
        copy.narrow(dimension, first, count).zero_();
        return copy;
    }

    const EncoderPlan& plan_;
    Component component_;
    std::int64_t block_size_;
};

std::vector<Component> candidates(const ComponentMasks& masks, SearchKind kind) {
    std::vector<Component> kept;
    for (int l = 0; l < masks.layers(); ++l) {
        if (kind == SearchKind::Heads || kind == SearchKind::HeadsMlps)
            for (int h = 0; h < masks.heads.heads; ++h)
                if (masks.heads.at(l, h) != 0.0F) kept.push_back({l, h});
        if ((kind == SearchKind::Mlps || kind == SearchKind::HeadsMlps) &&
            masks.mlps[static_cast<std::size_t>(l)] != 0.0F)
            kept.push_back({l, -1});
        if (kind == SearchKind::Neurons)
            for (int b = 0; b < masks.neurons.blocks; ++b)
                if (masks.neurons.at(l, b) != 0.0F) kept.push_back({l, -1, b});
    }
    return kept;
}

class LeaveOneOut : public CriterionPass {
public:
    LeaveOneOut(const MaskSearchOptions& options, const CriterionInputs& inputs)
        : kind_(options.kind),
          model_(inputs.model),
          examples_(inputs.examples),
          score_(inputs.score),
          pass_(inputs.model, inputs.examples, inputs.progress) {}

    Outcome<MeasuredPass> measure(const ComponentMasks& masks, std::stop_token stop,
                                  const OnExamples& on_examples) override {
        const torch::NoGradGuard no_grad;
        const auto plan = model_->plan(masks, Removal::Multiply);
        const auto left = candidates(masks, kind_);
        std::vector<Predictions> without(left.size(), empty_predictions(examples_, model_->label_count()));
        LayerInputs inputs;
        const auto leave_out = [&](const Chunk& chunk) {
            for (std::size_t c = 0; c < left.size(); ++c) {
                if (stop.stop_requested()) return false;
                MaskingTap tap(plan, left[c], masks.neurons.block_size);
                const auto& input = inputs.inputs[static_cast<std::size_t>(left[c].layer)];
                store_logits(without[c], chunk,
                             model_->forward_from(left[c].layer, input, chunk.batch, plan, {}, &tap));
            }
            return true;
        };
        LOTTERY_TRY(
            auto predictions,
            pass_.run(plan, stop, on_examples, {&inputs, {}, [&](const Chunk&) { inputs.inputs.clear(); }, leave_out}));
        const double score = score_(predictions);
        auto importance = unmeasured(masks);
        for (std::size_t c = 0; c < left.size(); ++c) {
            const auto drop = static_cast<float>(score - score_(without[c]));
            const auto [layer, head, block] = left[c];
            if (head >= 0)
                importance.heads.at(layer, head) = drop;
            else if (block >= 0)
                importance.neurons.at(layer, block) = drop;
            else
                importance.mlps[static_cast<std::size_t>(layer)] = drop;
        }
        return MeasuredPass{std::move(predictions), to_unit_range(std::move(importance))};
    }

private:
    SearchKind kind_;
    BertForSequenceClassification model_;
    std::span<const Features> examples_;
    std::function<double(const Predictions&)> score_;
    InferencePass pass_;
};

}  // namespace

std::unique_ptr<CriterionPass> make_leave_one_out(const MaskSearchOptions& options, const CriterionInputs& inputs) {
    return std::make_unique<LeaveOneOut>(options, inputs);
}

}  // namespace lottery
