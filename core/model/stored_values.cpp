// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/stored_values.h"

#include <array>
#include <cstring>
#include <utility>

namespace lottery {

namespace {

constexpr std::array<std::pair<std::string_view, torch::Dtype>, 10> kDtypes = {{{"F64", torch::kFloat64},
                                                                                {"F32", torch::kFloat32},
                                                                                {"F16", torch::kFloat16},
                                                                                {"BF16", torch::kBFloat16},
                                                                                {"I64", torch::kInt64},
                                                                                {"I32", torch::kInt32},
                                                                                {"I16", torch::kInt16},
                                                                                {"I8", torch::kInt8},
                                                                                {"U8", torch::kUInt8},
                                                                                {"BOOL", torch::kBool}}};

}  // namespace

std::optional<torch::Dtype> dtype_by_name(std::string_view name) {
    for (const auto& [known, dtype] : kDtypes)
        if (known == name) return dtype;
    return std::nullopt;
}

std::optional<std::string_view> dtype_name(torch::Dtype dtype) {
    for (const auto& [name, known] : kDtypes)
        if (known == dtype) return name;
    return std::nullopt;
}

std::string known_dtype_names() {
    std::string names;
    for (const auto& [name, dtype] : kDtypes) names += (names.empty() ? "" : ", ") + std::string(name);
    return names;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
    std::string text = "[";
    for (std::size_t i = 0; i < shape.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
    return text + "]";
}

std::optional<std::int64_t> element_count(const std::vector<std::int64_t>& shape) {
    constexpr std::int64_t kMost = std::int64_t{1} << 62;
    std::int64_t count = 1;
    for (const auto size : shape) {
        if (size < 0) return std::nullopt;
        if (size != 0 && count > kMost / size) return std::nullopt;
        count *= size;
    }
    return count;
}

torch::Tensor copy_stored_values(const char* bytes, torch::Dtype dtype, const std::vector<std::int64_t>& shape,
                                 const std::vector<std::int64_t>& strides) {
    const auto to = c10::isFloatingType(dtype) ? torch::kFloat32 : dtype;
    auto values = torch::empty(shape, to);
    if (values.numel() == 0) return values;
    if (strides.empty() && to == dtype) {
        std::memcpy(values.data_ptr(), bytes, values.nbytes());
        return values;
    }
    const auto item = static_cast<std::int64_t>(c10::elementSize(dtype));
    if (reinterpret_cast<std::uintptr_t>(bytes) % static_cast<std::uintptr_t>(item) == 0) {
        // from_blob takes a pointer to non-const; nothing is written through it.
        auto* data = const_cast<char*>(bytes);
        const auto stored =
            strides.empty() ? torch::from_blob(data, shape, dtype) : torch::from_blob(data, shape, strides, dtype);
        return values.copy_(stored);
    }
    std::int64_t last = strides.empty() ? values.numel() - 1 : 0;
    for (std::size_t i = 0; i < strides.size(); ++i) last += (shape[i] - 1) * strides[i];
    const auto aligned = torch::empty({last + 1}, dtype);
    std::memcpy(aligned.data_ptr(), bytes, aligned.nbytes());
    return values.copy_(strides.empty() ? aligned.view(shape) : aligned.as_strided(shape, strides));
}

}  // namespace lottery
