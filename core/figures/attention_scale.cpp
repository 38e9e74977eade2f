// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/attention_scale.h"

#include <algorithm>
#include <cmath>

namespace lottery {

ColorScale attention_colors(std::span<const float> values, AttentionScale scale, ColorMap map,
                            std::optional<std::pair<double, double>> range) {
    const bool is_signed = scale == AttentionScale::Signed;
    const ColorMap used = is_signed ? ColorMap::BlueRed : map;
    if (range && range->first < range->second) return {used, range->first, range->second};
    double low = 0.0, high = 0.0;
    for (const float value : values) {
        if (!std::isfinite(value)) continue;
        low = std::min(low, static_cast<double>(value));
        high = std::max(high, static_cast<double>(value));
    }
    if (low == high) high = 1.0;
    if (is_signed) {
        high = std::max(high, -low);
        low = -high;
    }
    return {used, low, high};
}

SceneImage attention_image(const Box& box, int rows, int columns, std::span<const float> values,
                           const ColorScale& scale, const FigureColors& colors) {
    SceneImage image{box, columns, rows, {}};
    image.cells.reserve(values.size());
    for (const float value : values) image.cells.push_back(scale.of(value, colors));
    return image;
}

}  // namespace lottery
