// SPDX-License-Identifier: GPL-3.0-or-later
//
// Colours of attention maps: from values to a scale, and to an image of cells.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <optional>
#include <span>
#include <utility>

#include "core/figures/attention_figure.h"
#include "core/figures/cells.h"

namespace lottery {

// Of the finite values, unless `range` gives it (AttentionScale says how); of zeros alone up to 1.
ColorScale attention_colors(std::span<const float> values, AttentionScale scale, ColorMap map,
                            std::optional<std::pair<double, double>> range);

// `values`: [rows,columns].
SceneImage attention_image(const Box& box, int rows, int columns, std::span<const float> values,
                           const ColorScale& scale, const FigureColors& colors);

}  // namespace lottery
