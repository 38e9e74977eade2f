// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the tests of attention figures share: tokens, and what stands in a scene.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "core/figures/attention_figure.h"

namespace lottery::test {

inline std::vector<std::string> tokens(std::size_t count) {
    static const std::vector<std::string> words{"[CLS]", "the",    "distort",      "##ing",
                                                "wit",   "##ness", "unbelievable", "."};
    std::vector<std::string> all;
    for (std::size_t i = 0; i < count; ++i) all.push_back(words[i % words.size()]);
    return all;
}

// The value of each cell tells its place.
inline AttentionMapContent numbered_map(std::size_t rows, std::size_t columns) {
    AttentionMapContent content{tokens(rows), tokens(columns), {}, {}};
    for (std::size_t i = 0; i < rows * columns; ++i)
        content.values.push_back(static_cast<float>(i + 1) / static_cast<float>(rows * columns));
    return content;
}

inline FigureStyle style_of(double width, double height = 0.0) {
    FigureStyle style;
    style.width_mm = width;
    style.height_mm = height;
    return style;
}

inline std::vector<SceneImage> images_of(const Scene& scene) {
    std::vector<SceneImage> images;
    for (const auto& primitive : scene.primitives)
        if (const auto* image = std::get_if<SceneImage>(&primitive)) images.push_back(*image);
    return images;
}

inline std::vector<SceneLine> lines_of(const Scene& scene) {
    std::vector<SceneLine> lines;
    for (const auto& primitive : scene.primitives)
        if (const auto* line = std::get_if<SceneLine>(&primitive)) lines.push_back(*line);
    return lines;
}

inline const std::string& text_of(const DataCell& cell) { return std::get<std::string>(cell); }

}  // namespace lottery::test
