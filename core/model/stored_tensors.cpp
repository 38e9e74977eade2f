// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/stored_tensors.h"

#include <memory>
#include <string_view>
#include <utility>

#include "core/model/pickle_checkpoint.h"
#include "core/model/safetensors.h"

namespace lottery {
namespace fs = std::filesystem;

Result<StoredTensors> list_safetensors(const fs::path& path) {
    LOTTERY_TRY(auto opened, SafetensorsFile::open(path));
    const auto file = std::make_shared<const SafetensorsFile>(std::move(opened));
    StoredTensors stored{{}, {}, path, file->metadata()};
    for (const auto& entry : file->entries())
        stored.tensors.push_back(
            {entry.name, path, entry.dtype, entry.shape, [file, name = entry.name] { return file->tensor(name); }});
    return stored;
}

Result<StoredTensors> list_pickle(const fs::path& path) {
    LOTTERY_TRY(auto opened, PickleCheckpoint::open(path));
    const auto file = std::make_shared<const PickleCheckpoint>(std::move(opened));
    StoredTensors stored{{}, file->others(), path, {}};
    for (const auto& tensor : file->tensors())
        stored.tensors.push_back({tensor.key, path, tensor.dtype, tensor.shape,
                                  [file, &tensor] { return Result<torch::Tensor>(file->load(tensor)); }});
    return stored;
}

std::string canonical_key(const std::string& key) {
    std::string name = key;
    for (const auto& [old, now] : {std::pair<std::string_view, std::string_view>{"LayerNorm.gamma", "LayerNorm.weight"},
                                   {"LayerNorm.beta", "LayerNorm.bias"}})
        if (name.ends_with(old)) name.replace(name.size() - old.size(), old.size(), now);
    for (const std::string_view prefix : {"embeddings.", "encoder.", "pooler."})
        if (name.starts_with(prefix)) return "bert." + name;
    return name;
}

}  // namespace lottery
