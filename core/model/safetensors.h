// SPDX-License-Identifier: GPL-3.0-or-later
//
// The safetensors file format: 8 bytes header length, JSON header, raw little-endian values.
// Source: https://github.com/huggingface/safetensors (format description).
//
// Read and written: F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL.
//
// Thread rule: an open file may be read from several threads. Files must not shrink while they are open.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/model/mapped_file.h"

namespace lottery {

struct SafetensorsEntry {
    std::string name;
    torch::Dtype dtype = torch::kFloat32;  // as stored
    std::vector<std::int64_t> shape;
    std::uint64_t begin = 0;  // first byte in the file
    std::uint64_t end = 0;    // one past the last
};

class SafetensorsFile {
public:
    // Maps the file and checks the whole header before any tensor memory is taken. Errors name the tensor, found
    // and expected: truncated, header longer than the file or 100 MB, not JSON, unknown dtype, size that does not
    // follow from shape and dtype, data that overlap, leave a hole or leave the file, a name twice.
    static Result<SafetensorsFile> open(const std::filesystem::path& path);

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] const std::vector<SafetensorsEntry>& entries() const { return entries_; }  // in order of the data
    [[nodiscard]] const SafetensorsEntry* find(std::string_view name) const;                 // null when absent
    [[nodiscard]] const std::map<std::string, std::string>& metadata() const { return metadata_; }

    // A copy of its own on the CPU: floating values as fp32, whole numbers and booleans as stored.
    [[nodiscard]] Result<torch::Tensor> tensor(std::string_view name) const;

private:
    SafetensorsFile() = default;

    std::filesystem::path path_;
    std::shared_ptr<const MappedFile> mapping_;
    std::vector<SafetensorsEntry> entries_;
    std::map<std::string, std::size_t, std::less<>> by_name_;
    std::map<std::string, std::string> metadata_;
};

// Written atomically, tensor by tensor; any device and layout. Same tensors, same bytes. Errors: a name twice or
// reserved, a dtype that is not among those above, a path that cannot be written.
Status write_safetensors(const std::filesystem::path& path,
                         const std::vector<std::pair<std::string, torch::Tensor>>& tensors,
                         const std::map<std::string, std::string>& metadata = {});

}  // namespace lottery
