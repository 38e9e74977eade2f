// SPDX-License-Identifier: GPL-3.0-or-later
//
// A model of tests/goldens/bert with its sequences, for tests of importances and criteria.
#pragma once

#ifndef Q_MOC_RUN  // moc need not read LibTorch
#include "core/pruning/importance.h"
#endif

#include <cmath>

#include "tests/support/goldens.h"

namespace lottery::test {

struct TinyModel {
    Json golden;
    BertForSequenceClassification model{nullptr};
    std::vector<Features> features;

    explicit TinyModel(const std::string& name) : golden(read_golden(golden_folder("bert/" + name) / "expected.json")) {
        ProgressSink quiet;
        auto loaded = load_model(golden_folder("bert/" + name), golden.at("outputs").get<int>(), 0, torch::kCPU, quiet);
        if (!loaded) qFatal("%s", loaded.error().to_string().c_str());
        model = loaded->model;
        features = golden_features(golden.at("sequences"));
    }
    [[nodiscard]] ComponentMasks all() const {
        return ComponentMasks::all_kept(model->config().num_hidden_layers, model->config().num_attention_heads);
    }
    [[nodiscard]] ComponentMasks all_with_blocks(int block_size) const {
        auto masks = all();
        masks.neurons = NeuronMatrix(masks.layers(), model->config().intermediate_size, block_size, 1.0F);
        return masks;
    }
    RawImportance importance(const ComponentMasks& masks, ImportanceOptions options = {}) {
        ImportancePass pass(model, features, options);
        auto raw = pass.run(masks, {}, [](std::int64_t) {});
        if (!raw) qFatal("importance pass failed");
        return *std::move(raw);
    }
};

inline double largest(const std::vector<float>& values) {
    double most = 0;
    for (const float v : values) most = std::max(most, std::abs(static_cast<double>(v)));
    return most;
}

// Infinite where the sizes differ or a value is NaN.
inline double worst_difference(const std::vector<float>& ours, const std::vector<float>& expected) {
    if (ours.size() != expected.size()) return INFINITY;
    double worst = 0;
    for (std::size_t i = 0; i < ours.size(); ++i) {
        const double d = std::abs(static_cast<double>(ours[i]) - static_cast<double>(expected[i]));
        if (std::isnan(d)) return INFINITY;
        worst = std::max(worst, d);
    }
    return worst;
}

// Largest difference relative to the largest expected value.
inline double relative(const std::vector<float>& ours, const std::vector<float>& expected) {
    const double scale = largest(expected);
    return scale > 0 ? worst_difference(ours, expected) / scale : worst_difference(ours, expected);
}

}  // namespace lottery::test
