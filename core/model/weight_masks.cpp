// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/weight_masks.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include "core/model/model_cost.h"

namespace lottery {
namespace {

constexpr std::string_view kMlpOutputBias = ".output.dense.bias";
constexpr std::string_view kAttentionOutputBias = ".attention.output.dense.bias";

bool is_mlp_output_bias(std::string_view parameter) {
    return parameter.ends_with(kMlpOutputBias) && !parameter.ends_with(kAttentionOutputBias);
}

bool is_prunable(std::string_view parameter, MlpOutputBias bias) {
    if (!parameter.starts_with("bert.encoder.layer.") || parameter.find("LayerNorm") != std::string_view::npos)
        return false;
    return bias == MlpOutputBias::Pruned || !is_mlp_output_bias(parameter);
}

std::int64_t count_pruned(const torch::Tensor& kept) {
    return kept.numel() - kept.count_nonzero().item<std::int64_t>();
}

// Weights of one layer by the component that they belong to.
struct LayerCounts {
    std::vector<std::int64_t> heads_pruned;   // [N] rows of query, key and value, columns of the attention output
    std::vector<std::int64_t> slices_pruned;  // [N] slices of the attention output's bias
    std::int64_t head_size = 0;               // weights of one head, without the slice
    std::int64_t slice_size = 0;
    std::int64_t mlp_pruned = 0;
    std::int64_t mlp_size = 0;
};

class LayerCounter {
public:
    LayerCounter(const WeightMasks& masks, const BertConfig& config)
        : layers_(static_cast<std::size_t>(config.num_hidden_layers)) {
        const auto components = config.components();
        for (int l = 0; l < config.num_hidden_layers; ++l) {
            auto& layer = layers_[static_cast<std::size_t>(l)];
            layer.heads_pruned.resize(static_cast<std::size_t>(config.num_attention_heads));
            layer.slices_pruned.resize(static_cast<std::size_t>(config.num_attention_heads));
            std::vector<std::size_t>& there = there_.emplace_back();
            for (int h = 0; h < config.num_attention_heads; ++h) {
                if (components.heads.at(l, h) != 0.0F) there.push_back(static_cast<std::size_t>(h));
                if (l == 0) all_.push_back(static_cast<std::size_t>(h));
            }
        }
        for (const auto& mask : masks.masks) add(mask);
    }
    [[nodiscard]] const std::vector<LayerCounts>& layers() const { return layers_; }

private:
    void add(const WeightMask& mask) {
        constexpr std::string_view prefix = "bert.encoder.layer.";
        const std::string_view rest = std::string_view(mask.parameter).substr(prefix.size());
        const auto index = static_cast<std::size_t>(std::stoi(std::string(rest)));
        auto& layer = layers_[index];
        const auto heads = static_cast<std::int64_t>(there_[index].size());
        const auto part = rest.substr(rest.find('.') + 1);
        if (!part.starts_with("attention.")) {
            layer.mlp_pruned += count_pruned(mask.kept);
            layer.mlp_size += mask.kept.numel();
        } else if (part == "attention.output.dense.bias") {
            // Kept whole by a layer that lost some of its heads.
            add_by_head(mask.kept.view({1, static_cast<std::int64_t>(all_.size()), -1}), all_, layer.slices_pruned,
                        layer.slice_size);
        } else if (part == "attention.output.dense.weight") {
            add_by_head(mask.kept.view({mask.kept.size(0), heads, -1}), there_[index], layer.heads_pruned,
                        layer.head_size);
        } else {
            add_by_head(mask.kept.view({1, heads, -1}), there_[index], layer.heads_pruned, layer.head_size);
        }
    }

    // `kept` [a,n,b], of these heads
    static void add_by_head(const torch::Tensor& kept, const std::vector<std::size_t>& heads,
                            std::vector<std::int64_t>& pruned, std::int64_t& size) {
        const auto each = kept.numel() / kept.size(1);
        const auto survivors = kept.sum(torch::IntArrayRef{0, 2}, false, torch::kInt64);
        for (std::size_t i = 0; i < heads.size(); ++i)
            pruned[heads[i]] += each - survivors[static_cast<std::int64_t>(i)].item<std::int64_t>();
        size += each;
    }

    std::vector<std::size_t> all_;                 // 0 … N−1
    std::vector<std::vector<std::size_t>> there_;  // per layer those the model still has, by their original index
    std::vector<LayerCounts> layers_;
};

float share(std::int64_t pruned, std::int64_t size) {
    return static_cast<float>(1.0 - static_cast<double>(pruned) / static_cast<double>(size));
}

}  // namespace

std::int64_t WeightMasks::kept() const {
    std::int64_t count = 0;
    for (const auto& mask : masks) count += mask.kept.count_nonzero().item<std::int64_t>();
    return count;
}

std::int64_t WeightMasks::prunable() const {
    std::int64_t count = 0;
    for (const auto& mask : masks) count += mask.kept.numel();
    return count;
}

double WeightMasks::kept_share() const {
    const auto all = prunable();
    return all == 0 ? 1.0 : static_cast<double>(kept()) / static_cast<double>(all);
}

WeightMasks WeightMasks::clone() const {
    WeightMasks copy;
    for (const auto& mask : masks) copy.masks.push_back({mask.parameter, mask.kept.clone()});
    return copy;
}

bool WeightMasks::operator==(const WeightMasks& other) const {
    return std::equal(
        masks.begin(), masks.end(), other.masks.begin(), other.masks.end(),
        [](const WeightMask& a, const WeightMask& b) { return a.parameter == b.parameter && a.kept.equal(b.kept); });
}

std::vector<TensorSpec> prunable_parameters(const BertConfig& config, MlpOutputBias bias) {
    auto specs = bert_tensor_specs(config, config.num_labels);
    std::erase_if(specs, [&](const TensorSpec& spec) { return !is_prunable(spec.key, bias); });
    return specs;
}

WeightMasks all_weights_kept(const BertConfig& config, MlpOutputBias bias) {
    WeightMasks masks;
    for (const auto& spec : prunable_parameters(config, bias))
        masks.masks.push_back({spec.key, torch::ones(spec.shape, torch::kBool)});
    return masks;
}

std::vector<torch::Tensor> weights_of(BertForSequenceClassification& model, const WeightMasks& masks) {
    const auto parameters = model->named_parameters();
    std::vector<torch::Tensor> weights;
    for (const auto& mask : masks.masks)
        weights.push_back(
            parameters[mask.parameter].detach().to(torch::kCPU, torch::kFloat32, false, true).contiguous());
    return weights;
}

void apply_weight_masks(BertForSequenceClassification& model, const WeightMasks& masks) {
    const torch::NoGradGuard no_grad;
    auto parameters = model->named_parameters();
    for (const auto& mask : masks.masks) {
        auto& parameter = parameters[mask.parameter];
        parameter.masked_fill_(mask.kept.to(parameter.device()).logical_not(), 0.0);
    }
}

WeightSurvival weight_survival(const WeightMasks& masks, const BertConfig& config) {
    WeightSurvival survival;
    constexpr float gone = std::numeric_limits<float>::quiet_NaN();
    survival.heads = HeadMatrix(config.num_hidden_layers, config.num_attention_heads, gone);
    survival.kept = masks.kept();
    survival.prunable = masks.prunable();
    const LayerCounter counter(masks, config);
    const auto components = config.components();
    for (int l = 0; l < config.num_hidden_layers; ++l) {
        const auto& layer = counter.layers()[static_cast<std::size_t>(l)];
        for (int h = 0; h < config.num_attention_heads; ++h) {
            if (components.heads.at(l, h) == 0.0F) continue;
            const auto head = static_cast<std::size_t>(h);
            survival.heads.at(l, h) =
                share(layer.heads_pruned[head] + layer.slices_pruned[head], layer.head_size + layer.slice_size);
        }
        survival.mlps.push_back(components.keeps_mlp(l) ? share(layer.mlp_pruned, layer.mlp_size) : gone);
    }
    return survival;
}

double parameters_kept_share(const BertForSequenceClassification& model, const ComponentMasks& components,
                             const WeightMasks& weights) {
    // Pruned weights count only where their component is not masked already.
    std::int64_t pruned = 0;
    const LayerCounter counter(weights, model->config());
    for (int l = 0; l < components.layers(); ++l) {
        const auto& layer = counter.layers()[static_cast<std::size_t>(l)];
        bool attention = false;
        for (int h = 0; h < components.heads.heads; ++h) {
            if (components.heads.at(l, h) == 0.0F) continue;
            attention = true;
            pruned += layer.heads_pruned[static_cast<std::size_t>(h)];
        }
        if (attention)
            for (const auto slice : layer.slices_pruned) pruned += slice;
        if (components.mlps[static_cast<std::size_t>(l)] != 0.0F) pruned += layer.mlp_pruned;
    }
    const auto all = ComponentMasks::all_kept(components.layers(), components.heads.heads);
    const auto count = [&](const ComponentMasks& kept) {
        return static_cast<double>(parameters_without_embeddings(model->config(), model->label_count(), kept));
    };
    return (count(components) - static_cast<double>(pruned)) / count(all);
}

}  // namespace lottery
