// SPDX-License-Identifier: GPL-3.0-or-later
//
// Small maps of all layers and heads, as a worker hands them to the window.
//
// Legend: L layers, N heads per layer, P cells on a side of a small map.
//
// Thread rule: plain values and pure functions.
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/attention/attention_maps.h"

namespace lottery::gui {

struct AttentionThumbnails {
    int layers = 0;
    int heads = 0;
    int pixels = 0;                             // P
    std::vector<float> values;                  // [L,N,P,P]; of heads that are not present: anything
    HeadMatrix present;                         // [L,N], 1: the model has this head
    HeadMatrix mask;                            // [L,N], 0: masked, which is marked; without values: nothing is masked
    bool difference = false;                    // values are signed
    std::pair<double, double> range{0.0, 1.0};  // of the colours

    [[nodiscard]] bool has(int layer, int head) const { return present.at(layer, head) != 0.0F; }
    [[nodiscard]] bool isMasked(int layer, int head) const {
        return !mask.values.empty() && mask.at(layer, head) == 0.0F;
    }
    [[nodiscard]] bool hasLayer(int layer) const;
    // [P,P] in C order.
    [[nodiscard]] std::span<const float> map(int layer, int head) const;
};

// Of all maps, at most `pixels` cells on a side; the range is that of the finite values, from 0 on, or about 0 for
// differences. A mask of another size is left out. For a worker: takes as long as reading the maps.
AttentionThumbnails makeThumbnails(const AttentionMaps& maps, int pixels, const std::optional<HeadMatrix>& mask);

}  // namespace lottery::gui
