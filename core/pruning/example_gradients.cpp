// SPDX-License-Identifier: GPL-3.0-or-later
//
// Legend: n kept heads of a layer, K blocks of neurons, i neurons of the kept ones.
#include "core/pruning/example_gradients.h"

#include <utility>

#include "core/evaluation/predict.h"

namespace lottery {
namespace {

// One hook per tensor of a forward pass; a tensor nothing below requires a gradient of becomes a leaf that does.
template <typename Hook>
torch::Tensor watch(torch::Tensor tensor, Hook hook) {
    // view_as: a node of its own, so that the hook sees no other use's gradient.
    tensor = tensor.requires_grad() ? tensor.view_as(tensor) : tensor.detach().requires_grad_();
    tensor.register_hook(std::move(hook));
    return tensor;
}

// [T,n] → [B,n]. Sums within groups of equal length: the order of additions is fixed on every device.
torch::Tensor sum_per_sequence(const torch::Tensor& per_token, const SequenceLayout& layout) {
    std::vector<torch::Tensor> sums;
    std::int64_t first = 0;
    for (const auto& group : layout.groups) {
        const auto tokens = group.sequences * group.length;
        sums.push_back(per_token.narrow(0, first, tokens).reshape({group.sequences, group.length, -1}).sum(1));
        first += tokens;
    }
    return torch::cat(sums);
}

class ExampleTap : public EncoderTap {
public:
    ExampleTap(const BertForSequenceClassificationImpl& model, const EncoderPlan& plan, const ComponentMasks& masks)
        : activation_(model.config().hidden_act),
          head_size_(model.config().head_size()),
          block_size_(masks.neurons.block_size),
          blocks_(masks.neurons.blocks),
          heads_(masks.heads.heads),
          numbers_(model.number_options()) {
        const auto whole = model.plan();
        for (int l = 0; l < masks.layers(); ++l) {
            Layer layer;
            const auto& kept = plan.layers[static_cast<std::size_t>(l)];
            const auto& there = whole.layers[static_cast<std::size_t>(l)];
            layer.kept = kept.tensors;
            layer.masked_mlp = there.mlp && !kept.mlp;
            std::vector<int> masked_heads, masked_places, masked_blocks;
            for (std::size_t i = 0; i < there.heads.size(); ++i) {
                if (masks.heads.at(l, there.heads[i]) != 0.0F) continue;
                masked_heads.push_back(there.heads[i]);
                masked_places.push_back(static_cast<int>(i));
            }
            for (int b = 0; b < blocks_; ++b)
                if (there.mlp && masks.neurons.at(l, b) == 0.0F) masked_blocks.push_back(b);
            if (!masked_heads.empty()) layer.masked_heads = slice_heads(there.tensors, masked_places, head_size_);
            if (!masked_blocks.empty()) layer.masked_blocks = slice_neurons(there.tensors, masked_blocks, block_size_);
            layer.kept_head_index = index_of(kept.heads);
            layer.masked_head_index = index_of(masked_heads);
            layer.kept_block_index = index_of(kept.blocks);
            layer.masked_block_index = index_of(masked_blocks);
            layers_.push_back(std::move(layer));
        }
    }

    void begin(const SequenceLayout& layout) {
        layout_ = &layout;
        const auto layers = static_cast<std::int64_t>(layers_.size());
        heads_gradient = torch::zeros({layout.sequences, layers, heads_}, numbers_);
        mlps_gradient = torch::zeros({layout.sequences, layers}, numbers_);
        neurons_gradient = torch::zeros({layout.sequences, layers, blocks_}, numbers_);
    }

    void on_layer_input(int l, const torch::Tensor& hidden) override {
        auto& layer = at(l);
        if (layer.masked_head_index.numel() == 0) return;
        const torch::NoGradGuard no_grad;
        layer.masked_context = head_contexts(hidden.detach(), layer.masked_heads, *layout_, 0.0);
    }

    torch::Tensor on_context(int l, const torch::Tensor& context) override {
        return watch(context, [this, l, value = context.detach()](const torch::Tensor& gradient) {
            add_heads(l, at(l).kept_head_index, (gradient * value).sum(-1));
        });
    }

    torch::Tensor on_attention_sum(int l, const torch::Tensor& sum) override {
        auto& layer = at(l);
        if (layer.masked_head_index.numel() == 0) return sum;
        return watch(sum, [this, l, context = std::move(layer.masked_context)](const torch::Tensor& gradient) {
            const auto by_head = torch::matmul(gradient, at(l).masked_heads.attention_weight);
            add_heads(l, at(l).masked_head_index, (by_head.view_as(context) * context).sum(-1));
        });
    }

    torch::Tensor on_intermediate(int l, const torch::Tensor& attended, const torch::Tensor& activation) override {
        if (blocks_ == 0) return activation;
        auto& layer = at(l);
        if (layer.masked_block_index.numel() != 0) {
            const torch::NoGradGuard no_grad;
            layer.masked_activation = mlp_intermediate(attended.detach(), layer.masked_blocks, activation_);
        }
        if (layer.kept_block_index.numel() == 0) return activation;
        return watch(activation, [this, l, value = activation.detach()](const torch::Tensor& gradient) {
            add_blocks(l, at(l).kept_block_index, gradient * value);
        });
    }

    torch::Tensor on_mlp_output(int l, const torch::Tensor& output) override {
        return watch(output, [this, l, value = output.detach(),
                              masked = std::move(at(l).masked_activation)](const torch::Tensor& gradient) {
            add_mlp(l, (gradient * value).sum(-1, true));
            if (masked.defined())
                add_blocks(l, at(l).masked_block_index,
                           torch::matmul(gradient, at(l).masked_blocks.output_weight) * masked);
        });
    }

    torch::Tensor on_output_sum(int l, const torch::Tensor& attended, const torch::Tensor& sum) override {
        if (!at(l).masked_mlp) return sum;
        torch::Tensor output;
        {
            const torch::NoGradGuard no_grad;
            output = mlp_output(attended.detach(), at(l).kept, activation_);
        }
        return watch(
            sum, [this, l, output](const torch::Tensor& gradient) { add_mlp(l, (gradient * output).sum(-1, true)); });
    }

    // Of the chunk that was begun, rows in packed order.
    torch::Tensor heads_gradient;    // [B,L,N]
    torch::Tensor mlps_gradient;     // [B,L]
    torch::Tensor neurons_gradient;  // [B,L,K]

private:
    struct Layer {
        bool masked_mlp = false;
        LayerTensors kept, masked_heads, masked_blocks;
        torch::Tensor kept_head_index, masked_head_index, kept_block_index, masked_block_index;
        torch::Tensor masked_context, masked_activation;
    };

    Layer& at(int l) { return layers_[static_cast<std::size_t>(l)]; }

    [[nodiscard]] torch::Tensor index_of(const std::vector<int>& places) const {
        return torch::tensor(std::vector<std::int64_t>(places.begin(), places.end()), torch::kInt64)
            .to(numbers_.device());
    }

    void add_heads(int l, const torch::Tensor& heads, const torch::Tensor& per_token) {
        heads_gradient.select(1, l).index_copy_(1, heads, sum_per_sequence(per_token, *layout_));
    }
    void add_mlp(int l, const torch::Tensor& per_token) {
        mlps_gradient.select(1, l).copy_(sum_per_sequence(per_token, *layout_).squeeze(1));
    }
    // `per_neuron` [T,i] of the given blocks in a row; only the last of them may be short.
    void add_blocks(int l, const torch::Tensor& blocks, const torch::Tensor& per_neuron) {
        const auto missing = blocks.numel() * block_size_ - per_neuron.size(1);
        const auto whole = missing > 0 ? torch::constant_pad_nd(per_neuron, {0, missing}) : per_neuron;
        const auto per_block = whole.view({whole.size(0), blocks.numel(), block_size_}).sum(-1);
        neurons_gradient.select(1, l).index_copy_(1, blocks, sum_per_sequence(per_block, *layout_));
    }

    std::string activation_;
    std::int64_t head_size_, block_size_, blocks_, heads_;
    torch::TensorOptions numbers_;
    const SequenceLayout* layout_ = nullptr;
    std::vector<Layer> layers_;
};

// Collects the gradients of single examples into one number per component, in double precision.
class Reducer {
public:
    Reducer(GradientReduction reduction, std::size_t examples)
        : reduction_(reduction), examples_(static_cast<double>(std::max<std::size_t>(examples, 1))) {}

    void add(const torch::Tensor& per_example) {  // [B,…]
        const auto gradient = per_example.to(torch::kFloat64);
        const auto sum = reduction_ == GradientReduction::BatchAbsolute     ? gradient.sum(0)
                         : reduction_ == GradientReduction::ExampleAbsolute ? gradient.abs().sum(0)
                                                                            : gradient.square().sum(0);
        open_ = open_.defined() ? open_ + sum : sum;
    }
    void finish_batch(std::int64_t size) {
        if (!open_.defined()) return;
        const auto term = reduction_ == GradientReduction::BatchAbsolute ? (open_ / static_cast<double>(size)).abs()
                                                                         : open_ / examples_;
        total_ = total_.defined() ? total_ + term : term;
        open_.reset();
    }
    void copy_to(std::vector<float>& values) const {
        if (!total_.defined() || values.empty()) return;
        const auto host = total_.to(torch::kCPU, torch::kFloat32).contiguous();
        values.assign(host.data_ptr<float>(), host.data_ptr<float>() + host.numel());
    }

private:
    GradientReduction reduction_;
    double examples_;
    torch::Tensor open_, total_;
};

}  // namespace

ExampleGradientPass::ExampleGradientPass(BertForSequenceClassification model, std::span<const Features> examples,
                                         int batch_size, GradientReduction reduction, ProgressSink* told)
    : model_(std::move(model)),
      examples_(examples),
      reduction_(reduction),
      batches_(examples, static_cast<std::size_t>(batch_size), model_->device(), told) {
    for (auto& parameter : model_->parameters()) parameter.requires_grad_(false);
}

Outcome<RawImportance> ExampleGradientPass::run(const ComponentMasks& masks, std::stop_token stop,
                                                const OnExamples& on_examples) {
    return batches_.run(on_examples, [&](const std::vector<ExampleBatch>& batches, const OnExamples& counted) {
        return sum_up(batches, masks, stop, counted);
    });
}

Outcome<RawImportance> ExampleGradientPass::sum_up(const std::vector<ExampleBatch>& batches,
                                                   const ComponentMasks& masks, const std::stop_token& stop,
                                                   const OnExamples& on_examples) {
    const auto plan = model_->plan(masks, Removal::Multiply);
    ExampleTap tap(*model_, plan, masks);
    Reducer heads(reduction_, examples_.size()), mlps = heads, neurons = heads;

    RawImportance raw;
    raw.tokens = token_count(examples_);
    raw.predictions = empty_predictions(examples_, model_->label_count());
    for (const auto& batch : batches) {
        for (const auto& chunk : batch.chunks) {
            if (stop.stop_requested()) return Cancelled{};
            tap.begin(chunk.batch.layout);
            const auto logits = model_->forward(chunk.batch, plan, {}, &tap);
            // The sum of the examples' losses: each token receives its own example's gradient, unscaled.
            const auto loss = mean_loss(logits, chunk.batch) * static_cast<double>(chunk.examples.size());
            loss.backward();
            heads.add(tap.heads_gradient);
            mlps.add(tap.mlps_gradient);
            neurons.add(tap.neurons_gradient);
            raw.predictions.loss += loss.item<double>();
            store_logits(raw.predictions, chunk, logits);
        }
        heads.finish_batch(batch.size);
        mlps.finish_batch(batch.size);
        neurons.finish_batch(batch.size);
        on_examples(batch.size);
    }
    if (!examples_.empty()) raw.predictions.loss /= static_cast<double>(examples_.size());

    raw.heads = HeadMatrix(masks.layers(), masks.heads.heads, 0.0F);
    raw.mlps.resize(masks.mlps.size());
    raw.neurons = masks.neurons;
    heads.copy_to(raw.heads.values);
    mlps.copy_to(raw.mlps);
    neurons.copy_to(raw.neurons.values);
    forget_lost(model_->components(), raw.heads, raw.mlps, raw.neurons);
    return raw;
}

}  // namespace lottery
