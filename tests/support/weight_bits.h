// SPDX-License-Identifier: GPL-3.0-or-later
//
// Weight masks as the goldens of magnitude pruning write them: all parameters one after the other, one bit per
// weight, lowest bit first, as hexadecimal digits.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/model/weight_masks.h"

namespace lottery::test {

inline std::string weight_bits(const WeightMasks& masks) {
    std::vector<unsigned> bytes;
    std::size_t i = 0;
    for (const auto& mask : masks.masks) {
        const auto flat = mask.kept.contiguous();
        for (std::int64_t w = 0; w < flat.numel(); ++w, ++i) {
            if (i % 8 == 0) bytes.push_back(0);
            bytes.back() |= static_cast<unsigned>(flat.data_ptr<bool>()[w]) << (i % 8);
        }
    }
    std::string text;
    for (const auto byte : bytes) {
        text += "0123456789abcdef"[byte / 16];
        text += "0123456789abcdef"[byte % 16];
    }
    return text;
}

// The bits back again, over the parameters of `like`.
inline WeightMasks masks_from_bits(const WeightMasks& like, const std::string& text) {
    WeightMasks masks = like.clone();
    std::size_t i = 0;
    for (auto& mask : masks.masks)
        for (std::int64_t w = 0; w < mask.kept.numel(); ++w, ++i) {
            const auto byte = static_cast<unsigned>(std::stoi(text.substr(i / 8 * 2, 2), nullptr, 16));
            mask.kept.data_ptr<bool>()[w] = ((byte >> (i % 8)) & 1U) != 0;
        }
    return masks;
}

}  // namespace lottery::test
