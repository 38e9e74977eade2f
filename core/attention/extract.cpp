// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/extract.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace lottery {
namespace {

// ‖f_h(x_j)‖ of the layer's heads, [n,S].
torch::Tensor value_norms(const torch::Tensor& hidden, const LayerTensors& layer, AttentionKind kind) {
    const auto tokens = hidden.size(0);
    const auto head_size = layer.value_weight.size(0) / layer.heads;
    const auto values = torch::linear(hidden, layer.value_weight, layer.value_bias)
                            .view({tokens, layer.heads, head_size})
                            .transpose(0, 1);  // [n,S,D]
    // W_O^h: head h's columns of the projection's weight [H,nD], transposed; Q9 takes its rows as they lie in memory.
    const auto output = kind == AttentionKind::Norm
                            ? layer.attention_weight.t().reshape({layer.heads, head_size, -1})
                            : layer.attention_weight.contiguous().view({layer.heads, head_size, -1});
    return torch::matmul(values, output).norm(2, -1);
}

// The maps of the layer's heads, [n,S,S] on the CPU.
torch::Tensor layer_maps(const torch::Tensor& hidden, const LayerTensors& layer, const SequenceLayout& layout,
                         AttentionKind kind) {
    auto maps = head_probs(hidden, layer, layout).front();
    if (kind != AttentionKind::Raw) maps = maps * value_norms(hidden, layer, kind).unsqueeze(1);
    return maps.to(torch::kCPU, torch::kFloat32).contiguous();
}

class MapsTap : public EncoderTap {
public:
    MapsTap(AttentionMaps& maps, const EncoderPlan& plan, const SequenceLayout& layout)
        : maps_(maps), plan_(plan), layout_(layout) {}

    void on_layer_input(int l, const torch::Tensor& hidden) override {
        const auto& layer = plan_.layers[static_cast<std::size_t>(l)];
        if (layer.heads.empty()) return;
        const auto values = layer_maps(hidden, layer.tensors, layout_, maps_.kind);
        const auto cells = static_cast<std::size_t>(values.size(1) * values.size(2));
        for (std::size_t i = 0; i < layer.heads.size(); ++i) {
            const int head = layer.heads[i];
            maps_.present.at(l, head) = 1.0F;
            const auto place = static_cast<std::size_t>(l * maps_.heads + head) * cells;
            std::memcpy(&maps_.values[place], values.data_ptr<float>() + i * cells, cells * sizeof(float));
        }
    }

private:
    AttentionMaps& maps_;
    const EncoderPlan& plan_;
    const SequenceLayout& layout_;
};

class MapTap : public EncoderTap {
public:
    std::vector<float> map;

    // Q9's norms of a head depend on how many heads the layer has: all of its maps are computed, one is kept.
    MapTap(const EncoderPlan::Layer& layer, int l, int head, AttentionKind kind, const SequenceLayout& layout)
        : layer_(layer), l_(l), head_(head), kind_(kind), layout_(layout) {}

    void on_layer_input(int l, const torch::Tensor& hidden) override {
        if (l != l_) return;
        const auto place = std::find(layer_.heads.begin(), layer_.heads.end(), head_) - layer_.heads.begin();
        const auto values = layer_maps(hidden, layer_.tensors, layout_, kind_)[place];
        map.assign(values.data_ptr<float>(), values.data_ptr<float>() + values.numel());
    }

private:
    const EncoderPlan::Layer& layer_;
    int l_, head_;
    AttentionKind kind_;
    const SequenceLayout& layout_;
};

}  // namespace

TokenRow token_row(const Features& features, const Vocabulary& vocabulary) {
    TokenRow row;
    for (const auto id : features.input_ids) row.texts.push_back(vocabulary.token(id));
    row.segments.assign(features.token_type_ids.begin(), features.token_type_ids.end());
    return row;
}

AttentionMaps extract_maps(BertForSequenceClassification& model, const EncoderPlan& plan, const Features& features,
                           const Vocabulary& vocabulary, AttentionKind kind) {
    const torch::InferenceMode inference;
    AttentionMaps maps;
    maps.layers = model->config().num_hidden_layers;
    maps.heads = model->config().num_attention_heads;
    maps.tokens = token_row(features, vocabulary);
    maps.kind = kind;
    maps.present = HeadMatrix(maps.layers, maps.heads, 0.0F);
    const auto size = static_cast<std::size_t>(maps.size());
    maps.values.assign(maps.present.values.size() * size * size, std::numeric_limits<float>::quiet_NaN());
    const Features* const text = &features;
    const auto batch = to_device(pack({&text, 1}), model->device());
    MapsTap tap(maps, plan, batch.layout);
    model->forward(batch, plan, {}, &tap);
    return maps;
}

std::vector<float> extract_map(BertForSequenceClassification& model, const EncoderPlan& plan, const Features& features,
                               int layer, int head, AttentionKind kind) {
    const torch::InferenceMode inference;
    const auto layers = static_cast<std::ptrdiff_t>(layer) + 1;
    const EncoderPlan up_to{{plan.layers.begin(), plan.layers.begin() + layers}};
    const Features* const text = &features;
    const auto batch = to_device(pack({&text, 1}), model->device());
    MapTap tap(up_to.layers.back(), layer, head, kind, batch.layout);
    model->forward(batch, up_to, {}, &tap);
    return std::move(tap.map);
}

}  // namespace lottery
