// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/png.h"

#include <png.h>

#include <algorithm>
#include <new>
#include <vector>

namespace lottery {

std::string png_of(const SceneImage& image) {
    if (!image.is_whole()) return {};
    const bool opaque = std::ranges::all_of(image.cells, [](Color c) { return c.alpha == 255; });
    const auto columns = static_cast<std::size_t>(image.columns), rows = static_cast<std::size_t>(image.rows),
               side = static_cast<std::size_t>(image.pixels_per_cell()), channels = std::size_t{opaque ? 3U : 4U},
               line = columns * side * channels;
    std::vector<png_byte> pixels;
    pixels.reserve(line * rows * side);
    for (std::size_t row = 0; row < rows; ++row) {
        const std::size_t begin = pixels.size();
        for (std::size_t column = 0; column < columns; ++column) {
            const Color c = image.cells[row * columns + column];
            for (std::size_t i = 0; i < side; ++i) {
                pixels.insert(pixels.end(), {c.red, c.green, c.blue});
                if (!opaque) pixels.push_back(c.alpha);
            }
        }
        pixels.resize(begin + line * side);
        for (std::size_t i = 1; i < side; ++i)
            std::copy_n(pixels.data() + begin, line, pixels.data() + begin + i * line);
    }

    png_image head{};
    head.version = PNG_IMAGE_VERSION;
    head.width = static_cast<png_uint_32>(columns * side);
    head.height = static_cast<png_uint_32>(rows * side);
    head.format = opaque ? PNG_FORMAT_RGB : PNG_FORMAT_RGBA;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(head);
    std::string bytes(size, '\0');
    // Of a whole image libpng refuses nothing; what is left is want of memory.
    if (!png_image_write_to_memory(&head, bytes.data(), &size, 0, pixels.data(), 0, nullptr)) throw std::bad_alloc();
    bytes.resize(size);
    bytes.shrink_to_fit();
    return bytes;
}

}  // namespace lottery
