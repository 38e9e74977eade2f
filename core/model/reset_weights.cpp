// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/reset_weights.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <set>

#include "core/base/random.h"
#include "core/model/checkpoint.h"

namespace lottery {
namespace {

constexpr std::array kParts = {
    ModelPart::Embeddings,   ModelPart::Query,  ModelPart::Key,       ModelPart::Value, ModelPart::AttentionOutput,
    ModelPart::Intermediate, ModelPart::Output, ModelPart::LayerNorm, ModelPart::Layer, ModelPart::Pooler};

// What the keys of a part begin with; behind "bert.encoder.layer.<l>." for parts of layers.
std::vector<std::string> prefixes_of(ModelPart part) {
    switch (part) {
        case ModelPart::Embeddings:
            return {"bert.embeddings."};
        case ModelPart::Query:
        case ModelPart::Key:
        case ModelPart::Value:
            return {std::string("attention.self.") + to_string(part) + "."};
        case ModelPart::AttentionOutput:
            return {"attention.output.dense."};
        case ModelPart::Intermediate:
            return {"intermediate.dense."};
        case ModelPart::Output:
            return {"output.dense."};
        case ModelPart::LayerNorm:
            return {"attention.output.LayerNorm.", "output.LayerNorm."};
        case ModelPart::Layer:
            return {""};
        case ModelPart::Pooler:
            return {"bert.pooler."};
    }
    return {};
}

double initializer_range(const BertConfig& config) {
    const auto found = config.other.find("initializer_range");
    return found != config.other.end() && found->is_number() ? found->get<double>() : 0.02;
}

template <typename Function>
void for_each_parameter(const BertForSequenceClassification& model, const std::vector<std::string>& keys,
                        Function&& function) {
    const torch::NoGradGuard no_grad;
    auto parameters = model->named_parameters();
    for (const auto& key : keys) function(key, parameters[key]);
}

}  // namespace

std::span<const ModelPart> all_model_parts() { return kParts; }

const char* to_string(ModelPart part) {
    switch (part) {
        case ModelPart::Embeddings:
            return "embeddings";
        case ModelPart::Query:
            return "query";
        case ModelPart::Key:
            return "key";
        case ModelPart::Value:
            return "value";
        case ModelPart::AttentionOutput:
            return "attention-output";
        case ModelPart::Intermediate:
            return "intermediate";
        case ModelPart::Output:
            return "output";
        case ModelPart::LayerNorm:
            return "layer-norm";
        case ModelPart::Layer:
            return "layer";
        case ModelPart::Pooler:
            return "pooler";
    }
    return "";
}

bool is_in_layers(ModelPart part) { return part != ModelPart::Embeddings && part != ModelPart::Pooler; }

std::string describe(const ModelParts& parts) {
    std::string text;
    for (const auto part : parts.parts) text += (text.empty() ? "" : ", ") + std::string(to_string(part));
    if (parts.layers.empty()) return text;
    const char* layers = parts.layers.size() == 1 ? "layer" : "layers";
    // "layers 3, 4", not "layer of layers 3, 4".
    text = parts.parts == std::vector{ModelPart::Layer} ? layers : text + " of " + layers;
    for (const int layer : parts.layers) text += (layer == parts.layers.front() ? " " : ", ") + std::to_string(layer);
    return text;
}

Result<std::vector<std::string>> parameters_of(const ModelParts& parts, const BertConfig& config) {
    const auto specs = bert_tensor_specs(config, config.num_labels);
    std::set<std::string> chosen;
    const auto choose = [&](const std::string& scope, ModelPart part) {
        bool found = false;
        for (const auto& prefix : prefixes_of(part))
            for (const auto& spec : specs)
                if (spec.key.starts_with(scope + prefix)) {
                    chosen.insert(spec.key);
                    found = true;
                }
        return found;
    };
    auto layers = parts.layers;
    if (layers.empty()) {
        layers.resize(static_cast<std::size_t>(config.num_hidden_layers));
        std::iota(layers.begin(), layers.end(), 0);
    }
    for (const auto part : parts.parts) {
        if (!is_in_layers(part)) {
            choose("", part);
            continue;
        }
        for (const int l : layers) {
            const auto place = "layer " + std::to_string(l);
            if (l < 0 || l >= config.num_hidden_layers)
                return Error{"the model has layers 0 to " + std::to_string(config.num_hidden_layers - 1), place, {}};
            if (!choose("bert.encoder.layer." + std::to_string(l) + ".", part))
                return Error{std::string("its ") + to_string(part) + " has been removed from the model", place,
                             "Name the layers that still have it with --layers"};
        }
    }
    std::vector<std::string> keys;
    for (const auto& spec : specs)
        if (chosen.contains(spec.key)) keys.push_back(spec.key);
    return keys;
}

void reinitialise(BertForSequenceClassification& model, const std::vector<std::string>& keys, std::uint64_t seed) {
    const double range = initializer_range(model->config());
    const auto specs = bert_tensor_specs(model->config(), model->label_count());
    for_each_parameter(model, keys, [&](const std::string& key, torch::Tensor& parameter) {
        const bool weight = key.ends_with("weight");
        if (!weight || key.find("LayerNorm") != std::string::npos) {
            parameter.fill_(weight ? 1.0 : 0.0);
            return;
        }
        const auto place =
            std::find_if(specs.begin(), specs.end(), [&](const TensorSpec& spec) { return spec.key == key; });
        auto generator =
            at::detail::createCPUGenerator(derive_seed(seed, static_cast<std::uint64_t>(place - specs.begin())));
        parameter.copy_(torch::empty(parameter.sizes()).normal_(0.0, range, generator));
    });
}

void set_to_zero(BertForSequenceClassification& model, const std::vector<std::string>& keys) {
    for_each_parameter(model, keys, [](const std::string&, torch::Tensor& parameter) { parameter.zero_(); });
}

void copy_parameters(BertForSequenceClassification& model, const std::vector<std::string>& keys,
                     const std::map<std::string, torch::Tensor>& values) {
    for_each_parameter(model, keys,
                       [&](const std::string& key, torch::Tensor& parameter) { parameter.copy_(values.at(key)); });
}

std::map<std::string, torch::Tensor> parameter_values(const BertForSequenceClassification& model,
                                                      const std::vector<std::string>& keys) {
    std::map<std::string, torch::Tensor> values;
    for_each_parameter(model, keys, [&](const std::string& key, torch::Tensor& parameter) {
        values[key] = parameter.detach().clone();
    });
    return values;
}

}  // namespace lottery
