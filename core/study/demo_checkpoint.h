// SPDX-License-Identifier: GPL-3.0-or-later
//
// The model that the demo study starts from: a tiny BERT whose weights are drawn at random, as a Hugging Face folder.
//
// Thread rule: any thread; two writers of one folder must not overlap.
#pragma once

#include <cstdint>
#include <filesystem>

#include "core/base/result.h"

namespace lottery {

struct DemoCheckpointOptions {
    std::uint64_t seed = 1;  // of the weights
    int layers = 4;
    int heads = 4;
    int hidden_size = 64;  // a multiple of `heads`
    int intermediate_size = 128;
    int positions = 32;  // longest sequence in tokens; the demo's have at most 26
    // Standard deviation of weights. Larger than BERT's 0.02, as sums over 64 inputs are smaller than over 768.
    double initializer_range = 0.1;
};

// config.json, vocab.txt (demo_vocabulary), tokenizer_config.json and model.safetensors. Weights are sums of twelve
// uniform draws, close to a normal distribution and the same bytes on every platform; biases 0, LayerNorm 1 and 0.
// The classifier has two outputs; a task of another number gets a fresh one when it is fine-tuned.
Status write_demo_checkpoint(const std::filesystem::path& folder, const DemoCheckpointOptions& options);

}  // namespace lottery
