// SPDX-License-Identifier: GPL-3.0-or-later
//
// NumPy's .npy format, for masks and importances.
// Read: versions 1.0 to 3.0, little-endian f4, f8, i1…i8, u1…u8, b1, C or Fortran order.
// Written: version 1.0, <f4, C order.
//
// Thread rule: any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/base/result.h"

namespace lottery {

// A dense array in C order, whatever order the file had.
struct Array {
    std::vector<std::int64_t> shape;
    std::vector<float> values;  // product(shape) numbers
};

Result<Array> read_npy(const std::filesystem::path& path);
Status write_npy(const std::filesystem::path& path, const Array& array);

}  // namespace lottery
