// SPDX-License-Identifier: GPL-3.0-or-later
//
// What each layer of a pass got, to go on from there: forward_from(l, inputs[l], …) gives what the pass gave.
//
// Thread rule: one thread at a time.
#pragma once

#include <cstddef>
#include <vector>

#include "core/model/bert.h"

namespace lottery {

struct LayerInputs : EncoderTap {
    std::vector<torch::Tensor> inputs;  // [T,H] per layer; none before a pass
    void on_layer_input(int layer, const torch::Tensor& hidden) override {
        const auto place = static_cast<std::size_t>(layer);
        if (inputs.size() <= place) inputs.resize(place + 1);
        inputs[place] = hidden;
    }
};

}  // namespace lottery
