// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/bert.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <utility>

#include "core/model/common_masks.h"
#include "core/model/model_cost.h"

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

torch::Tensor add(bool residual, const torch::Tensor& input, const torch::Tensor& output) {
    return residual ? input + output : output;
}

torch::Tensor layer_norm(const torch::Tensor& input, const torch::Tensor& weight, const torch::Tensor& bias,
                         double eps) {
    return torch::layer_norm(input, {input.size(-1)}, weight, bias, eps);
}

constexpr std::array kLayerFields = {&LayerTensors::query_weight,
                                     &LayerTensors::query_bias,
                                     &LayerTensors::key_weight,
                                     &LayerTensors::key_bias,
                                     &LayerTensors::value_weight,
                                     &LayerTensors::value_bias,
                                     &LayerTensors::attention_weight,
                                     &LayerTensors::attention_bias,
                                     &LayerTensors::attention_norm_weight,
                                     &LayerTensors::attention_norm_bias,
                                     &LayerTensors::intermediate_weight,
                                     &LayerTensors::intermediate_bias,
                                     &LayerTensors::output_weight,
                                     &LayerTensors::output_bias,
                                     &LayerTensors::output_norm_weight,
                                     &LayerTensors::output_norm_bias};

// [T,H] → [T,n,D]
torch::Tensor project_by_head(const torch::Tensor& hidden, const torch::Tensor& weight, const torch::Tensor& bias,
                              int heads) {
    return torch::linear(hidden, weight, bias).view({hidden.size(0), heads, weight.size(0) / heads});
}

}  // namespace

LayerTensors slice_heads(const LayerTensors& layer, const std::vector<int>& places, int head_size) {
    std::vector<std::int64_t> rows;
    for (const int place : places)
        for (int d = 0; d < head_size; ++d) rows.push_back(static_cast<std::int64_t>(place) * head_size + d);
    const auto index = torch::tensor(rows, torch::kInt64).to(layer.query_weight.device());
    LayerTensors sliced = layer;
    sliced.heads = static_cast<int>(places.size());
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

BertEmbeddingsImpl::BertEmbeddingsImpl(const BertConfig& config, const InitialDraws& draws)
    : word_embeddings(register_module("word_embeddings", EmbeddingTable(config.vocab_size, config.hidden_size, draws))),
      position_embeddings(register_module("position_embeddings",
                                          EmbeddingTable(config.max_position_embeddings, config.hidden_size, draws))),
      token_type_embeddings(
          register_module("token_type_embeddings", EmbeddingTable(config.type_vocab_size, config.hidden_size, draws))),
      norm(layer_norm_of(*this, config)) {}

torch::Tensor BertEmbeddingsImpl::forward(const DeviceBatch& batch, double dropout) {
    const auto sum = word_embeddings(batch.input_ids) + token_type_embeddings(batch.token_type_ids) +
                     position_embeddings(batch.position_ids);
    return drop(norm(sum), dropout);
}

BertLayerImpl::BertLayerImpl(const BertConfig& config, int heads, bool mlp, const InitialDraws& draws)
    : heads_(heads),
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
    const auto width = std::int64_t{heads} * config.head_size();
    if (heads > 0) {
        const auto self = scope(*attention, "self");
        query_ = self->register_module("query", Dense(hidden, width, draws));
        key_ = self->register_module("key", Dense(hidden, width, draws));
        value_ = self->register_module("value", Dense(hidden, width, draws));
    }
    const auto attention_output = scope(*attention, "output");
    if (heads > 0) attention_dense_ = attention_output->register_module("dense", Dense(width, hidden, draws));
    attention_norm_ = layer_norm_of(*attention_output, config);
    const auto intermediate = scope(*this, "intermediate");
    const auto output = scope(*this, "output");
    if (mlp) {
        intermediate_dense_ = intermediate->register_module("dense", Dense(hidden, config.intermediate_size, draws));
        output_dense_ = output->register_module("dense", Dense(config.intermediate_size, hidden, draws));
    }
    output_norm_ = layer_norm_of(*output, config);
}

LayerTensors BertLayerImpl::tensors() const {
    LayerTensors t;
    t.heads = heads_;
    const auto take = [](const Dense& from, torch::Tensor& weight, torch::Tensor& bias) {
        if (from.is_empty()) return;
        weight = from->weight;
        bias = from->bias;
    };
    take(query_, t.query_weight, t.query_bias);
    take(key_, t.key_weight, t.key_bias);
    take(value_, t.value_weight, t.value_bias);
    take(attention_dense_, t.attention_weight, t.attention_bias);
    take(intermediate_dense_, t.intermediate_weight, t.intermediate_bias);
    take(output_dense_, t.output_weight, t.output_bias);
    t.attention_norm_weight = attention_norm_->weight;
    t.attention_norm_bias = attention_norm_->bias;
    t.output_norm_weight = output_norm_->weight;
    t.output_norm_bias = output_norm_->bias;
    return t;
}

void BertLayerImpl::copy_from(const LayerTensors& source) {
    const torch::NoGradGuard no_grad;
    const auto own = tensors();
    for (const auto field : kLayerFields)
        if ((own.*field).defined()) (own.*field).copy_(source.*field);
}

BertForSequenceClassificationImpl::BertForSequenceClassificationImpl(BertConfig config, int label_count,
                                                                     const InitialDraws& draws)
    : config_(std::move(config)), components_(config_.components()), label_count_(label_count) {
    auto bert = scope(*this, "bert");
    embeddings_ = bert->register_module("embeddings", BertEmbeddings(config_, draws));
    auto layer_list = scope(*scope(*bert, "encoder"), "layer");
    for (int l = 0; l < config_.num_hidden_layers; ++l)
        layers_.push_back(layer_list->register_module(
            std::to_string(l), BertLayer(config_, components_.kept_heads_in(l), components_.keeps_mlp(l), draws)));
    pooler_ = scope(*bert, "pooler")->register_module("dense", Dense(config_.hidden_size, config_.hidden_size, draws));
    classifier_ = register_module("classifier", Dense(config_.hidden_size, label_count_, draws));

    if (!draws) return;
    const torch::NoGradGuard no_grad;
    for (auto& entry : named_parameters()) {
        if (entry.key().find("LayerNorm") != std::string::npos)
            entry.value().fill_(entry.key().ends_with("weight") ? 1.0 : 0.0);
        else if (entry.key().ends_with("bias"))
            entry.value().zero_();
        else
            entry.value().normal_(0.0, 0.02, *draws);
    }
}

torch::Device BertForSequenceClassificationImpl::device() const { return classifier_->weight.device(); }

torch::TensorOptions BertForSequenceClassificationImpl::number_options() const {
    return classifier_->weight.options().requires_grad(false);
}

EncoderPlan BertForSequenceClassificationImpl::plan() const { return plan(components_, Removal::Multiply); }

EncoderPlan BertForSequenceClassificationImpl::plan(const ComponentMasks& masks, Removal removal) const {
    EncoderPlan plan;
    for (int l = 0; l < config_.num_hidden_layers; ++l) {
        EncoderPlan::Layer layer;
        std::vector<int> places;  // of the kept heads among those the layer has
        int place = 0;
        for (int h = 0; h < config_.num_attention_heads; ++h) {
            if (components_.heads.at(l, h) == 0.0F) continue;
            if (masks.heads.at(l, h) != 0.0F) {
                layer.heads.push_back(h);
                places.push_back(place);
            }
            ++place;
        }
        layer.tensors = layers_[static_cast<std::size_t>(l)]->tensors();
        if (static_cast<int>(places.size()) < layer.tensors.heads)
            layer.tensors = slice_heads(layer.tensors, places, config_.head_size());
        layer.attention = !layer.heads.empty() || (place > 0 && removal == Removal::Multiply);
        layer.mlp = masks.keeps_mlp(l) && components_.keeps_mlp(l);
        for (int b = 0; b < masks.neurons.blocks; ++b)
            if (masks.neurons.at(l, b) != 0.0F) layer.blocks.push_back(b);
        if (layer.mlp && static_cast<int>(layer.blocks.size()) < masks.neurons.blocks) {
            layer.tensors = slice_neurons(layer.tensors, layer.blocks, masks.neurons.block_size);
            layer.mlp = !layer.blocks.empty() || removal == Removal::Multiply;
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
            sum = add(layer.attention_residual, hidden, drop(projected, dropouts.hidden));
        } else if (layer.attention) {
            sum = add(layer.attention_residual, hidden, drop(t.attention_bias.expand_as(hidden), dropouts.hidden));
        }
        sum = tap->on_attention_sum(l, sum);
        const auto attended = layer_norm(sum, t.attention_norm_weight, t.attention_norm_bias, eps);

        auto output = attended;
        if (layer.mlp) {
            // Not named: the largest tensor of a layer, free again once it is multiplied.
            const auto mlp =
                torch::linear(tap->on_intermediate(l, attended, mlp_intermediate(attended, t, config_.hidden_act)),
                              t.output_weight, t.output_bias);
            output = add(layer.mlp_residual, attended, tap->on_mlp_output(l, drop(mlp, dropouts.hidden)));
        }
        output = tap->on_output_sum(l, attended, output);
        hidden = layer_norm(output, t.output_norm_weight, t.output_norm_bias, eps);
    }
    const auto pooled = torch::tanh(pooler_(hidden.index_select(0, batch.layout.first_tokens)));
    return classifier_(drop(pooled, dropouts.classifier));
}

std::int64_t BertForSequenceClassificationImpl::parameter_count() const {
    std::int64_t count = 0;
    for (const auto& p : parameters()) count += p.numel();
    return count;
}

double BertForSequenceClassificationImpl::kept_share(const ComponentMasks& masks) const {
    return kept_parameter_share(config_, label_count_, common_masks(masks, components_));
}

void BertForSequenceClassificationImpl::copy_from(const BertForSequenceClassificationImpl& source,
                                                  const ComponentMasks& masks) {
    const torch::NoGradGuard no_grad;
    const auto plan = source.plan(masks, Removal::Physical);
    for (std::size_t l = 0; l < layers_.size(); ++l) layers_[l]->copy_from(plan.layers[l].tensors);
    const auto values = source.named_parameters();
    for (auto& entry : named_parameters())
        if (!entry.key().starts_with("bert.encoder.")) entry.value().copy_(values[entry.key()]);
}

BertForSequenceClassification remove(const BertForSequenceClassification& model, const ComponentMasks& masks) {
    auto config = model->config();
    config.prune_to(common_masks(masks, model->components()));
    BertForSequenceClassification smaller(std::move(config), model->label_count(), std::nullopt);
    const auto options = model->number_options();
    smaller->to(options.device(), c10::typeMetaToScalarType(options.dtype()));
    smaller->copy_from(*model, masks);
    return smaller;
}

torch::Tensor mean_loss(const torch::Tensor& logits, const DeviceBatch& batch) {
    if (logits.size(1) == 1) return torch::mse_loss(logits.flatten(), batch.targets);
    return torch::cross_entropy_loss(logits, batch.labels);
}

}  // namespace lottery
