// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pruning/importance.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/evaluation/predict.h"

namespace lottery {
namespace {

void scale_to_unit_range(std::vector<float>& values) {
    float low = std::numeric_limits<float>::infinity();
    float high = -low;
    for (const float v : values) {
        if (std::isnan(v)) continue;
        low = std::min(low, v);
        high = std::max(high, v);
    }
    // All equal: nothing is more important than anything else.
    for (float& v : values)
        if (!std::isnan(v)) v = high > low ? (v - low) / (high - low) : 0.0F;
}

// Gates the kept components and reads off the gradient of the masked ones.
class GateTap : public EncoderTap {
public:
    GateTap(const BertForSequenceClassificationImpl& model, const EncoderPlan& plan, const ComponentMasks& masks)
        : activation_(model.config().hidden_act), head_size_(model.config().head_size()) {
        const auto whole = model.plan();
        const auto on_device = model.number_options();
        for (int l = 0; l < masks.layers(); ++l) {
            Layer layer;
            const auto& kept = plan.layers[static_cast<std::size_t>(l)];
            const auto& there = whole.layers[static_cast<std::size_t>(l)];
            layer.kept = kept.heads;
            std::vector<int> places;
            for (std::size_t i = 0; i < there.heads.size(); ++i) {
                if (masks.heads.at(l, there.heads[i]) != 0.0F) continue;
                layer.masked.push_back(there.heads[i]);
                places.push_back(static_cast<int>(i));
            }
            if (!places.empty()) layer.masked_tensors = slice_heads(there.tensors, places, head_size_);
            layer.whole = there.tensors;
            layer.mlp = kept.mlp;
            layer.masked_mlp = there.mlp && !kept.mlp;
            layer.head_gate = torch::ones({static_cast<std::int64_t>(layer.kept.size())}, on_device).requires_grad_();
            layer.mlp_gate = torch::ones({}, on_device).requires_grad_(layer.mlp);
            layer.masked_heads_gradient = torch::zeros({static_cast<std::int64_t>(layer.masked.size())}, on_device);
            layer.masked_mlp_gradient = torch::zeros({}, on_device);
            layers_.push_back(std::move(layer));
        }
    }

    void set_layout(const SequenceLayout& layout) { layout_ = &layout; }

    void on_layer_input(int l, const torch::Tensor& hidden) override {
        auto& layer = at(l);
        if (layer.masked.empty()) return;
        const torch::NoGradGuard no_grad;
        layer.masked_context = head_contexts(hidden.detach(), layer.masked_tensors, *layout_, 0.0);
    }

    torch::Tensor on_context(int l, const torch::Tensor& context) override {
        return context * at(l).head_gate.unsqueeze(-1);
    }

    torch::Tensor on_attention_sum(int l, const torch::Tensor& sum) override {
        auto& layer = at(l);
        if (layer.masked.empty()) return sum;
        return watch(
            sum, [&layer, context = std::move(layer.masked_context), size = head_size_](const torch::Tensor& gradient) {
                const auto by_head =
                    torch::matmul(gradient, layer.masked_tensors.attention_weight).view({gradient.size(0), -1, size});
                layer.masked_heads_gradient += (by_head * context).sum({0, 2});
            });
    }

    torch::Tensor on_mlp_output(int l, const torch::Tensor& output) override { return output * at(l).mlp_gate; }

    torch::Tensor on_output_sum(int l, const torch::Tensor& attended, const torch::Tensor& sum) override {
        auto& layer = at(l);
        if (!layer.masked_mlp) return sum;
        torch::Tensor output;
        {
            const torch::NoGradGuard no_grad;
            output = mlp_output(attended.detach(), layer.whole, activation_);
        }
        return watch(sum, [&layer, output](const torch::Tensor& gradient) {
            layer.masked_mlp_gradient += (gradient * output).sum();
        });
    }

    // Adds |gradient| of the finished batch to the sums and starts the next one.
    void finish_batch(torch::Tensor& head_sums, torch::Tensor& mlp_sums) {
        const torch::NoGradGuard no_grad;
        for (std::size_t l = 0; l < layers_.size(); ++l) {
            auto& layer = layers_[l];
            const auto row = head_sums[static_cast<std::int64_t>(l)];
            const auto add = [&](const std::vector<int>& heads, const torch::Tensor& gradient) {
                if (heads.empty() || !gradient.defined()) return;
                const auto index = torch::tensor(std::vector<std::int64_t>(heads.begin(), heads.end()), torch::kInt64);
                row.index_add_(0, index.to(row.device()), gradient.abs());
            };
            add(layer.kept, layer.head_gate.grad());
            add(layer.masked, layer.masked_heads_gradient);
            const auto mlp = layer.mlp ? layer.mlp_gate.grad() : layer.masked_mlp_gradient;
            if (mlp.defined()) mlp_sums[static_cast<std::int64_t>(l)] += mlp.abs();
            layer.head_gate.mutable_grad().reset();
            layer.mlp_gate.mutable_grad().reset();
            layer.masked_heads_gradient.zero_();
            layer.masked_mlp_gradient.zero_();
        }
    }

private:
    struct Layer {
        std::vector<int> kept, masked;  // what has been removed is in neither
        bool mlp = true;
        bool masked_mlp = false;
        LayerTensors whole, masked_tensors;
        torch::Tensor head_gate, mlp_gate;
        torch::Tensor masked_context;
        torch::Tensor masked_heads_gradient, masked_mlp_gradient;
    };

    Layer& at(int l) { return layers_[static_cast<std::size_t>(l)]; }

    // A gradient only arrives at tensors that require one; below the lowest kept component nothing does.
    template <typename Hook>
    static torch::Tensor watch(torch::Tensor tensor, Hook hook) {
        if (!tensor.requires_grad())
            tensor = tensor.detach().requires_grad_();
        else
            tensor = tensor.view_as(tensor);  // a node of its own: the hook must not see other uses' gradients
        tensor.register_hook(std::move(hook));
        return tensor;
    }

    std::string activation_;
    int head_size_;
    const SequenceLayout* layout_ = nullptr;
    std::vector<Layer> layers_;
};

}  // namespace

namespace {

void divide_by_layer_norm(float* values, std::size_t count) {
    double square = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto value = static_cast<double>(values[i]);
        if (!std::isnan(value)) square += value * value;
    }
    const auto norm = static_cast<float>(std::sqrt(square)) + 1e-20F;
    for (std::size_t i = 0; i < count; ++i) values[i] /= norm;
}

void divide_by_layer_norms(std::vector<float>& values, int layers) {
    const std::size_t count = layers > 0 ? values.size() / static_cast<std::size_t>(layers) : 0;
    for (std::size_t first = 0; first < values.size(); first += count) divide_by_layer_norm(&values[first], count);
}

}  // namespace

ComponentImportance normalise(const RawImportance& raw, SearchKind kind) {
    ComponentImportance importance{raw.heads, raw.mlps, raw.neurons};
    const auto tokens = static_cast<float>(std::max<std::int64_t>(raw.tokens, 1));
    if (kind == SearchKind::Heads)
        for (float& v : importance.heads.values) v /= tokens;
    divide_by_layer_norms(importance.heads.values, raw.heads.layers);
    for (float& v : importance.mlps) v /= tokens;
    for (float& v : importance.neurons.values) v /= tokens;
    divide_by_layer_norms(importance.neurons.values, raw.neurons.layers);
    return to_unit_range(std::move(importance));
}

ComponentImportance to_unit_range(ComponentImportance importance) {
    scale_to_unit_range(importance.heads.values);
    scale_to_unit_range(importance.mlps);
    scale_to_unit_range(importance.neurons.values);
    return importance;
}

void forget_lost(const ComponentMasks& components, HeadMatrix& heads, std::vector<float>& mlps, NeuronMatrix& neurons) {
    constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
    for (std::size_t i = 0; i < heads.values.size(); ++i)
        if (components.heads.values[i] == 0.0F) heads.values[i] = kNone;
    for (int l = 0; l < components.layers(); ++l) {
        if (components.keeps_mlp(l)) continue;
        mlps[static_cast<std::size_t>(l)] = kNone;
        for (int b = 0; b < neurons.blocks; ++b) neurons.at(l, b) = kNone;
    }
}

std::int64_t token_count(std::span<const Features> examples) {
    std::int64_t tokens = 0;
    for (const auto& example : examples) tokens += static_cast<std::int64_t>(example.input_ids.size());
    return tokens;
}

ImportancePass::ImportancePass(BertForSequenceClassification model, std::span<const Features> examples,
                               ImportanceOptions options, ProgressSink* told)
    : model_(std::move(model)),
      examples_(examples),
      batches_(examples, static_cast<std::size_t>(options.batch_size), model_->device(), told),
      tokens_(token_count(examples)) {
    for (auto& parameter : model_->parameters()) parameter.requires_grad_(false);
}

Outcome<RawImportance> ImportancePass::run(const ComponentMasks& masks, std::stop_token stop,
                                           const OnExamples& on_examples) {
    return batches_.run(on_examples, [&](const std::vector<ExampleBatch>& batches, const OnExamples& counted) {
        return sum_up(batches, masks, stop, counted);
    });
}

Outcome<RawImportance> ImportancePass::sum_up(const std::vector<ExampleBatch>& batches, const ComponentMasks& masks,
                                              const std::stop_token& stop, const OnExamples& on_examples) {
    const auto plan = model_->plan(masks, Removal::Multiply);
    GateTap tap(*model_, plan, masks);
    const auto on_device = model_->number_options();
    auto head_sums = torch::zeros({masks.layers(), masks.heads.heads}, on_device);
    auto mlp_sums = torch::zeros({masks.layers()}, on_device);

    RawImportance raw;
    raw.tokens = tokens_;
    raw.predictions = empty_predictions(examples_, model_->label_count());
    for (const auto& batch : batches) {
        for (const auto& chunk : batch.chunks) {
            if (stop.stop_requested()) return Cancelled{};
            tap.set_layout(chunk.batch.layout);
            const auto logits = model_->forward(chunk.batch, plan, {}, &tap);
            // The mean over the batch, of which the chunk is a part.
            const auto share = static_cast<double>(chunk.examples.size()) / static_cast<double>(batch.size);
            const auto loss = mean_loss(logits, chunk.batch) * share;
            if (loss.requires_grad()) loss.backward();
            raw.predictions.loss += loss.item<double>() * static_cast<double>(batch.size);
            store_logits(raw.predictions, chunk, logits);
        }
        tap.finish_batch(head_sums, mlp_sums);
        on_examples(batch.size);
    }
    if (!examples_.empty()) raw.predictions.loss /= static_cast<double>(examples_.size());

    const auto to_floats = [](const torch::Tensor& t) {
        const auto host = t.to(torch::kCPU, torch::kFloat32).contiguous();
        return std::vector<float>(host.data_ptr<float>(), host.data_ptr<float>() + host.numel());
    };
    raw.heads = HeadMatrix(masks.layers(), masks.heads.heads, 0.0F);
    raw.heads.values = to_floats(head_sums);
    raw.mlps = to_floats(mlp_sums);
    forget_lost(model_->components(), raw.heads, raw.mlps, raw.neurons);
    return raw;
}

}  // namespace lottery
