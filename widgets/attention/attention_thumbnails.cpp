// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/attention_thumbnails.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/figures/attention_scale.h"

namespace lottery::gui {

bool AttentionThumbnails::hasLayer(int layer) const {
    for (int head = 0; head < heads; ++head)
        if (has(layer, head)) return true;
    return false;
}

std::span<const float> AttentionThumbnails::map(int layer, int head) const {
    const auto size = static_cast<std::size_t>(pixels) * static_cast<std::size_t>(pixels);
    const auto index =
        static_cast<std::size_t>(layer) * static_cast<std::size_t>(heads) + static_cast<std::size_t>(head);
    return std::span(values).subspan(index * size, size);
}

AttentionThumbnails makeThumbnails(const AttentionMaps& maps, int pixels, const std::optional<HeadMatrix>& mask) {
    AttentionThumbnails small;
    small.layers = maps.layers;
    small.heads = maps.heads;
    small.pixels = std::min(std::max(pixels, 1), maps.size());
    small.present = maps.present;
    small.difference = maps.difference;
    if (mask && mask->layers == maps.layers && mask->heads == maps.heads) small.mask = *mask;
    const auto size = static_cast<std::size_t>(small.pixels) * static_cast<std::size_t>(small.pixels);
    small.values.assign(static_cast<std::size_t>(maps.layers) * static_cast<std::size_t>(maps.heads) * size,
                        std::nanf(""));
    auto to = small.values.begin();
    for (int layer = 0; layer < maps.layers; ++layer) {
        for (int head = 0; head < maps.heads; ++head) {
            if (maps.has(layer, head))
                std::ranges::copy(thumbnail(maps.map(layer, head), maps.size(), small.pixels), to);
            to += static_cast<std::ptrdiff_t>(size);
        }
    }
    const auto scale = attention_colors(
        small.values, small.difference ? AttentionScale::Signed : AttentionScale::Sequential, ColorMap::Viridis, {});
    small.range = {scale.low, scale.high};
    return small;
}

}  // namespace lottery::gui
