// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/demo_checkpoint.h"

#include <torch/torch.h>

#include <string>
#include <utility>
#include <vector>

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/random.h"
#include "core/model/checkpoint.h"
#include "core/study/demo_corpus.h"

namespace lottery {
namespace {

BertConfig demo_config(const DemoCheckpointOptions& options, std::size_t vocabulary) {
    BertConfig config;
    config.vocab_size = static_cast<int>(vocabulary);
    config.hidden_size = options.hidden_size;
    config.num_hidden_layers = options.layers;
    config.num_attention_heads = options.heads;
    config.intermediate_size = options.intermediate_size;
    config.max_position_embeddings = options.positions;
    config.type_vocab_size = 2;
    config.num_labels = 2;
    config.other["initializer_range"] = options.initializer_range;
    return config;
}

torch::Tensor drawn(Random& random, const std::vector<std::int64_t>& shape, double deviation) {
    auto tensor = torch::empty(shape, torch::kFloat32);
    auto* values = tensor.data_ptr<float>();
    for (std::int64_t i = 0; i < tensor.numel(); ++i) {
        // Twelve uniform draws have variance 1 and mean 6; unlike logarithms, their sum is the same everywhere.
        double sum = -6.0;
        for (int k = 0; k < 12; ++k) sum += random.uniform();
        values[i] = static_cast<float>(deviation * sum);
    }
    return tensor;
}

}  // namespace

Status write_demo_checkpoint(const std::filesystem::path& folder, const DemoCheckpointOptions& options) {
    const auto vocabulary = demo_vocabulary();
    LOTTERY_TRY(const BertConfig config,
                parse_bert_config(to_json(demo_config(options, vocabulary.size())), "demo model"));
    Random random(options.seed);
    std::vector<std::pair<std::string, torch::Tensor>> tensors;
    for (const auto& spec : bert_tensor_specs(config, config.num_labels)) {
        const bool bias = spec.key.ends_with(".bias");
        const bool norm = spec.key.ends_with("LayerNorm.weight");
        tensors.emplace_back(spec.key, bias   ? torch::zeros(spec.shape)
                                       : norm ? torch::ones(spec.shape)
                                              : drawn(random, spec.shape, options.initializer_range));
    }
    std::string lines;
    for (const auto& piece : vocabulary) lines += piece + '\n';
    LOTTERY_CHECK(write_file_atomically(folder / "vocab.txt", lines));
    LOTTERY_CHECK(
        write_json(folder / "tokenizer_config.json", {{"do_lower_case", true}, {"tokenizer_class", "BertTokenizer"}}));
    return write_checkpoint(folder, config, tensors);
}

}  // namespace lottery
