// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/bert.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

namespace lottery {
namespace nn = torch::nn;

namespace {

// A level of a checkpoint key that holds no parameters of its own ("encoder", "self").
std::shared_ptr<nn::Module> scope(nn::Module& parent, const std::string& name) {
    return parent.register_module(name, std::make_shared<nn::Module>());
}

nn::LayerNorm layer_norm_of(nn::Module& parent, const BertConfig& config) {
    return parent.register_module("LayerNorm",
                                  nn::LayerNorm(nn::LayerNormOptions({config.hidden_size}).eps(config.layer_norm_eps)));
}

torch::Tensor activate(const torch::Tensor& x, const std::string& activation) {
    if (activation == "relu") return torch::relu(x);
    return at::gelu(x, activation == "gelu" ? "none" : "tanh");
}

torch::Tensor drop(const torch::Tensor& x, double probability) {
    return probability > 0.0 ? torch::dropout(x, probability, true) : x;
}

torch::Tensor layer_norm(const torch::Tensor& input, const torch::Tensor& weight, const torch::Tensor& bias,
                         double eps) {
    return torch::layer_norm(input, {input.size(-1)}, weight, bias, eps);
}

// [T,H] → [T,n,D]
torch::Tensor project_by_head(const torch::Tensor& hidden, const torch::Tensor& weight, const torch::Tensor& bias,
                              int heads) {
    return torch::linear(hidden, weight, bias).view({hidden.size(0), heads, weight.size(0) / heads});
}

}  // namespace

LayerTensors slice_heads(const LayerTensors& layer, const std::vector<int>& heads, int head_size) {
    std::vector<std::int64_t> rows;
    for (const int head : heads)
        for (int d = 0; d < head_size; ++d) rows.push_back(static_cast<std::int64_t>(head) * head_size + d);
    const auto index = torch::tensor(rows, torch::kInt64).to(layer.query_weight.device());
    LayerTensors sliced = layer;
    sliced.heads = static_cast<int>(heads.size());
    for (auto* t : {&sliced.query_weight, &sliced.query_bias, &sliced.key_weight, &sliced.key_bias,
                    &sliced.value_weight, &sliced.value_bias})
        *t = t->index_select(0, index);
    sliced.attention_weight = layer.attention_weight.index_select(1, index);
    return sliced;
}

LayerTensors slice_neurons(const LayerTensors& layer, const std::vector<int>& blocks, int block_size) {
    const auto neurons = layer.intermediate_weight.size(0);
    std::vector<std::int64_t> rows;
    for (const int block : blocks) {
        const auto first = static_cast<std::int64_t>(block) * block_size;
        for (auto i = first; i < std::min(first + block_size, neurons); ++i) rows.push_back(i);
    }
    const auto index = torch::tensor(rows, torch::kInt64).to(layer.intermediate_weight.device());
    LayerTensors sliced = layer;
    sliced.intermediate_weight = layer.intermediate_weight.index_select(0, index);
    sliced.intermediate_bias = layer.intermediate_bias.index_select(0, index);
    sliced.output_weight = layer.output_weight.index_select(1, index);
    return sliced;
}

BertEmbeddingsImpl::BertEmbeddingsImpl(const BertConfig& config)
    : word_embeddings(register_module("word_embeddings", nn::Embedding(config.vocab_size, config.hidden_size))),
      position_embeddings(
          register_module("position_embeddings", nn::Embedding(config.max_position_embeddings, config.hidden_size))),
      token_type_embeddings(
          register_module("token_type_embeddings", nn::Embedding(config.type_vocab_size, config.hidden_size))),
      norm(layer_norm_of(*this, config)) {}

torch::Tensor BertEmbeddingsImpl::forward(const DeviceBatch& batch, double dropout) {
    const auto sum = word_embeddings(batch.input_ids) + token_type_embeddings(batch.token_type_ids) +
                     position_embeddings(batch.position_ids);
    return drop(norm(sum), dropout);
}

BertLayerImpl::BertLayerImpl(const BertConfig& config)
    : heads_(config.num_attention_heads),
      query_(nullptr),
      key_(nullptr),
      value_(nullptr),
      attention_dense_(nullptr),
      intermediate_dense_(nullptr),
      output_dense_(nullptr),
      attention_norm_(nullptr),
      output_norm_(nullptr) {
    const auto hidden = config.hidden_size;
    const auto attention = scope(*this, "attention");
    const auto self = scope(*attention, "self");
    query_ = self->register_module("query", nn::Linear(hidden, hidden));
    key_ = self->register_module("key", nn::Linear(hidden, hidden));
    value_ = self->register_module("value", nn::Linear(hidden, hidden));
    const auto attention_output = scope(*attention, "output");
    attention_dense_ = attention_output->register_module("dense", nn::Linear(hidden, hidden));
    attention_norm_ = layer_norm_of(*attention_output, config);
    intermediate_dense_ =
        scope(*this, "intermediate")->register_module("dense", nn::Linear(hidden, config.intermediate_size));
    const auto output = scope(*this, "output");
    output_dense_ = output->register_module("dense", nn::Linear(config.intermediate_size, hidden));
    output_norm_ = layer_norm_of(*output, config);
}

LayerTensors BertLayerImpl::tensors() const {
    return {heads_,
            query_->weight,
            query_->bias,
            key_->weight,
            key_->bias,
            value_->weight,
            value_->bias,
            attention_dense_->weight,
            attention_dense_->bias,
            attention_norm_->weight,
            attention_norm_->bias,
            intermediate_dense_->weight,
            intermediate_dense_->bias,
            output_dense_->weight,
            output_dense_->bias,
            output_norm_->weight,
            output_norm_->bias};
}

BertForSequenceClassificationImpl::BertForSequenceClassificationImpl(BertConfig config, int label_count)
    : config_(std::move(config)), label_count_(label_count) {
    auto bert = scope(*this, "bert");
    embeddings_ = bert->register_module("embeddings", BertEmbeddings(config_));
    auto layer_list = scope(*scope(*bert, "encoder"), "layer");
    for (int l = 0; l < config_.num_hidden_layers; ++l)
        layers_.push_back(layer_list->register_module(std::to_string(l), BertLayer(config_)));
    pooler_ = scope(*bert, "pooler")->register_module("dense", nn::Linear(config_.hidden_size, config_.hidden_size));
    classifier_ = register_module("classifier", nn::Linear(config_.hidden_size, label_count_));

    const torch::NoGradGuard no_grad;
    for (auto& entry : named_parameters()) {
        if (entry.key().find("LayerNorm") != std::string::npos)
            entry.value().fill_(entry.key().ends_with("weight") ? 1.0 : 0.0);
        else if (entry.key().ends_with("bias"))
            entry.value().zero_();
        else
            entry.value().normal_(0.0, 0.02);
    }
}

torch::Device BertForSequenceClassificationImpl::device() const { return classifier_->weight.device(); }

EncoderPlan BertForSequenceClassificationImpl::plan() const {
    return plan(ComponentMasks::all_kept(config_.num_hidden_layers, config_.num_attention_heads), Removal::Multiply);
}

EncoderPlan BertForSequenceClassificationImpl::plan(const ComponentMasks& masks, Removal removal) const {
    EncoderPlan plan;
    for (int l = 0; l < config_.num_hidden_layers; ++l) {
        EncoderPlan::Layer layer;
        for (int h = 0; h < config_.num_attention_heads; ++h)
            if (masks.heads.at(l, h) != 0.0F) layer.heads.push_back(h);
        layer.tensors = layers_[static_cast<std::size_t>(l)]->tensors();
        if (static_cast<int>(layer.heads.size()) < config_.num_attention_heads)
            layer.tensors = slice_heads(layer.tensors, layer.heads, config_.head_size());
        layer.attention = !layer.heads.empty() || removal == Removal::Multiply;
        layer.mlp = masks.mlps[static_cast<std::size_t>(l)] != 0.0F;
        for (int b = 0; b < masks.neurons.blocks; ++b)
            if (masks.neurons.at(l, b) != 0.0F) layer.blocks.push_back(b);
        if (static_cast<int>(layer.blocks.size()) < masks.neurons.blocks) {
            layer.tensors = slice_neurons(layer.tensors, layer.blocks, masks.neurons.block_size);
            layer.mlp = layer.mlp && (!layer.blocks.empty() || removal == Removal::Multiply);
        }
        plan.layers.push_back(std::move(layer));
    }
    return plan;
}

torch::Tensor head_contexts(const torch::Tensor& hidden, const LayerTensors& layer, const SequenceLayout& layout,
                            double dropout) {
    return packed_attention(project_by_head(hidden, layer.query_weight, layer.query_bias, layer.heads),
                            project_by_head(hidden, layer.key_weight, layer.key_bias, layer.heads),
                            project_by_head(hidden, layer.value_weight, layer.value_bias, layer.heads), layout,
                            dropout);
}

std::vector<torch::Tensor> head_probs(const torch::Tensor& hidden, const LayerTensors& layer,
                                      const SequenceLayout& layout) {
    return attention_probs(project_by_head(hidden, layer.query_weight, layer.query_bias, layer.heads),
                           project_by_head(hidden, layer.key_weight, layer.key_bias, layer.heads), layout);
}

torch::Tensor mlp_intermediate(const torch::Tensor& hidden, const LayerTensors& layer, const std::string& activation) {
    return activate(torch::linear(hidden, layer.intermediate_weight, layer.intermediate_bias), activation);
}

torch::Tensor mlp_output(const torch::Tensor& hidden, const LayerTensors& layer, const std::string& activation) {
    return torch::linear(mlp_intermediate(hidden, layer, activation), layer.output_weight, layer.output_bias);
}

torch::Tensor BertForSequenceClassificationImpl::forward(const DeviceBatch& batch, const EncoderPlan& plan,
                                                         const Dropouts& dropouts, EncoderTap* tap) {
    return forward_from(0, embeddings_->forward(batch, dropouts.hidden), batch, plan, dropouts, tap);
}

torch::Tensor BertForSequenceClassificationImpl::forward_from(int first, torch::Tensor hidden, const DeviceBatch& batch,
                                                              const EncoderPlan& plan, const Dropouts& dropouts,
                                                              EncoderTap* tap) {
    EncoderTap untapped;
    if (tap == nullptr) tap = &untapped;
    const double eps = config_.layer_norm_eps;
    for (int l = first; l < static_cast<int>(plan.layers.size()); ++l) {
        const auto& layer = plan.layers[static_cast<std::size_t>(l)];
        const auto& t = layer.tensors;
        tap->on_layer_input(l, hidden);

        auto sum = hidden;
        if (!layer.heads.empty()) {
            const auto context = tap->on_context(l, head_contexts(hidden, t, batch.layout, dropouts.attention));
            const auto projected = torch::linear(context.flatten(1), t.attention_weight, t.attention_bias);
            sum = hidden + drop(projected, dropouts.hidden);
        } else if (layer.attention) {
            sum = hidden + drop(t.attention_bias.expand_as(hidden), dropouts.hidden);
        }
        sum = tap->on_attention_sum(l, sum);
        const auto attended = layer_norm(sum, t.attention_norm_weight, t.attention_norm_bias, eps);

        auto output = attended;
        if (layer.mlp) {
            // Not named: the largest tensor of a layer, free again once it is multiplied.
            const auto mlp =
                torch::linear(tap->on_intermediate(l, attended, mlp_intermediate(attended, t, config_.hidden_act)),
                              t.output_weight, t.output_bias);
            output = attended + tap->on_mlp_output(l, drop(mlp, dropouts.hidden));
        }
        output = tap->on_output_sum(l, attended, output);
        hidden = layer_norm(output, t.output_norm_weight, t.output_norm_bias, eps);
    }
    const auto pooled = torch::tanh(pooler_(hidden.index_select(0, batch.layout.first_tokens)));
    return classifier_(drop(pooled, dropouts.classifier));
}

std::vector<std::vector<torch::Tensor>> BertForSequenceClassificationImpl::attention_probs(const DeviceBatch& batch) {
    const torch::NoGradGuard no_grad;
    const auto everything = plan();
    struct ProbsTap : EncoderTap {
        const EncoderPlan& plan;
        const SequenceLayout& layout;
        std::vector<std::vector<torch::Tensor>> probs;
        ProbsTap(const EncoderPlan& p, const SequenceLayout& s) : plan(p), layout(s) {}
        void on_layer_input(int layer, const torch::Tensor& hidden) override {
            const auto& t = plan.layers[static_cast<std::size_t>(layer)].tensors;
            probs.push_back(head_probs(hidden, t, layout));
        }
    } tap(everything, batch.layout);
    forward(batch, everything, {}, &tap);
    return std::move(tap.probs);
}

std::int64_t BertForSequenceClassificationImpl::parameter_count() const {
    std::int64_t count = 0;
    for (const auto& p : parameters()) count += p.numel();
    return count;
}

double BertForSequenceClassificationImpl::kept_share(const ComponentMasks& masks) const {
    std::int64_t embeddings = 0;
    for (const auto& p : embeddings_->parameters()) embeddings += p.numel();
    const auto total = parameter_count() - embeddings;
    const std::int64_t hidden = config_.hidden_size;
    const std::int64_t per_head = 4 * config_.head_size() * hidden + 3 * config_.head_size();
    const std::int64_t per_mlp = 2 * hidden * config_.intermediate_size + config_.intermediate_size + hidden;
    auto removed = static_cast<std::int64_t>(config_.num_hidden_layers - masks.kept_mlps()) * per_mlp;
    for (int l = 0; l < masks.layers(); ++l) {
        int kept = 0;
        for (int h = 0; h < masks.heads.heads; ++h) kept += masks.heads.at(l, h) != 0.0F ? 1 : 0;
        removed += static_cast<std::int64_t>(masks.heads.heads - kept) * per_head;
        if (kept == 0) removed += hidden;  // the projection's bias goes with its last head
        if (masks.mlps[static_cast<std::size_t>(l)] == 0.0F) continue;
        std::int64_t neurons = 0;
        for (int b = 0; b < masks.neurons.blocks; ++b) {
            const std::int64_t left =
                config_.intermediate_size - static_cast<std::int64_t>(b) * masks.neurons.block_size;
            if (masks.neurons.at(l, b) == 0.0F) neurons += std::min<std::int64_t>(left, masks.neurons.block_size);
        }
        removed += neurons == config_.intermediate_size ? per_mlp : neurons * (2 * hidden + 1);
    }
    return 1.0 - static_cast<double>(removed) / static_cast<double>(total);
}

torch::Tensor mean_loss(const torch::Tensor& logits, const DeviceBatch& batch) {
    if (logits.size(1) == 1) return torch::mse_loss(logits.flatten(), batch.targets);
    return torch::cross_entropy_loss(logits, batch.labels);
}

}  // namespace lottery
