// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/input_hashes.h"

#include <algorithm>
#include <string>

namespace lottery {
namespace fs = std::filesystem;

Result<Json> file_hashes(const std::vector<fs::path>& files, FileHashes& hashes) {
    Json json = Json::object();
    for (const auto& file : files) {
        LOTTERY_TRY(json[file.filename().string()], hashes.sha256(file));
    }
    return json;
}

Result<Json> checkpoint_hashes(const fs::path& checkpoint, FileHashes& hashes) {
    std::vector<fs::path> files;
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(checkpoint, ec)) {
        const auto name = entry.path().filename().string();
        if (name == "config.json" || name == "vocab.txt" || name == "tokenizer_config.json" ||
            name.starts_with("pytorch_model") ||
            (name.starts_with("model") && (name.ends_with(".safetensors") || name.ends_with(".index.json"))))
            files.push_back(entry.path());
    }
    if (ec) return Error{"cannot be listed: " + ec.message(), checkpoint.string(), {}};
    std::sort(files.begin(), files.end());
    return file_hashes(files, hashes);
}

Result<Json> mask_hashes(const std::optional<fs::path>& head_mask, const std::optional<fs::path>& mlp_mask,
                         FileHashes& hashes) {
    Json json = Json::object();
    if (head_mask) {
        LOTTERY_TRY(json["head_mask"], hashes.sha256(*head_mask));
    }
    if (mlp_mask) {
        LOTTERY_TRY(json["mlp_mask"], hashes.sha256(*mlp_mask));
    }
    return json;
}

}  // namespace lottery
