// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tensors from values that lie in a file's bytes.
//
// Thread rule: any thread.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lottery {

// The dtypes that checkpoint files may hold here, by the name safetensors gives them.
std::optional<torch::Dtype> dtype_by_name(std::string_view name);
std::optional<std::string_view> dtype_name(torch::Dtype dtype);
std::string known_dtype_names();  // "F64, F32, …"

// "[2, 3]"
std::string shape_text(const std::vector<std::int64_t>& shape);

// Product of the shape; nothing when negative or beyond 2^62.
std::optional<std::int64_t> element_count(const std::vector<std::int64_t>& shape);

// One copy of the values at `bytes`, contiguous on the CPU: floating ones as fp32, others as stored. `bytes` need
// not be aligned; the caller has made sure that it reaches far enough. `strides` in values; empty: C order.
torch::Tensor copy_stored_values(const char* bytes, torch::Dtype dtype, const std::vector<std::int64_t>& shape,
                                 const std::vector<std::int64_t>& strides = {});

}  // namespace lottery
