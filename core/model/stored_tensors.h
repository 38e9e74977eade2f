// SPDX-License-Identifier: GPL-3.0-or-later
//
// What tensors a file holds, whatever its format, before any of them is loaded.
//
// Thread rule: a list may be read from several threads. Files must not shrink while it is in use.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace lottery {

struct StoredTensor {
    std::string key;  // as in the file
    std::filesystem::path file;
    torch::Dtype dtype = torch::kFloat32;  // as stored
    std::vector<std::int64_t> shape;
    // A copy of its own on the CPU: floating values as fp32, others as stored.
    std::function<Result<torch::Tensor>()> load;
};

struct StoredTensors {
    std::vector<StoredTensor> tensors;
    std::vector<std::string> others;              // keys whose value is no tensor
    std::filesystem::path place;                  // the file that lists them, for errors
    std::map<std::string, std::string> metadata;  // of safetensors
};

// Errors: those of SafetensorsFile::open and PickleCheckpoint::open.
Result<StoredTensors> list_safetensors(const std::filesystem::path& path);
Result<StoredTensors> list_pickle(const std::filesystem::path& path);

// The file's key as the model's: "bert." in front, LayerNorm's gamma and beta as weight and bias.
std::string canonical_key(const std::string& key);

}  // namespace lottery
