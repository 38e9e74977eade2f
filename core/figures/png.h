// SPDX-License-Identifier: GPL-3.0-or-later
//
// Images of figures as PNG, without Qt.
//
// Thread rule: pure function.
#pragma once

#include <string>

#include "core/figures/scene.h"

namespace lottery {

// PNG of 8 bits per channel, sRGB, with alpha where a cell is not opaque; each cell is a square of
// image.pixels_per_cell() pixels. Empty for an image that is not whole. Throws std::bad_alloc when memory runs out.
std::string png_of(const SceneImage& image);

}  // namespace lottery
