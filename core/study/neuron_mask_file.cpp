// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/neuron_mask_file.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "core/base/json.h"

namespace lottery {

namespace {

Result<int> size_of_blocks(const std::filesystem::path& file, std::optional<int> given, const BertConfig& config) {
    if (given) return *given;
    const auto record = file.parent_path() / "search.json";
    if (std::filesystem::exists(record)) {
        LOTTERY_TRY(const Json json, read_json(record));
        if (const auto size = json.find("block_size"); size != json.end() && size->is_number_integer() && *size > 0)
            return size->get<int>();
    }
    LOTTERY_TRY(const auto matrix, read_neuron_matrix(file, 0));
    if (config.intermediate_size % matrix.blocks == 0) return config.intermediate_size / matrix.blocks;
    return Error{std::to_string(matrix.blocks) + " blocks found, which do not divide the model's " +
                     std::to_string(config.intermediate_size) + " neurons evenly",
                 file.string(), "Say with --block-size how many neurons a block has"};
}

// [I], true: kept
torch::Tensor kept_neurons(const NeuronMatrix& neurons, int layer, int all) {
    auto kept = torch::ones({all}, torch::kBool);
    for (int block = 0; block < neurons.blocks; ++block)
        if (neurons.at(layer, block) == 0.0F) {
            const int begin = block * neurons.block_size;
            kept.slice(0, begin, std::min(all, begin + neurons.block_size)).fill_(false);
        }
    return kept;
}

}  // namespace

Result<NeuronMatrix> read_neurons(const std::filesystem::path& file, std::optional<int> block_size,
                                  const BertConfig& config) {
    LOTTERY_TRY(const int size, size_of_blocks(file, block_size, config));
    return read_neuron_mask(file, config.num_hidden_layers, config.intermediate_size, size);
}

WeightMasks weights_of_neurons(const NeuronMatrix& neurons, const BertConfig& config) {
    WeightMasks masks;
    for (const auto& spec : prunable_parameters(config, MlpOutputBias::Left)) {
        constexpr std::string_view kLayer = "bert.encoder.layer.";
        const std::string_view rest = std::string_view(spec.key).substr(kLayer.size());
        const auto part = rest.substr(rest.find('.') + 1);
        if (part.starts_with("attention.")) continue;
        const auto kept = kept_neurons(neurons, std::stoi(std::string(rest)), config.intermediate_size);
        // [I,H] and [I] of the intermediate, [H,I] of the output.
        const bool intermediate = part.starts_with("intermediate.");
        const auto spread = spec.shape.size() == 1 ? kept : intermediate ? kept.unsqueeze(1) : kept.unsqueeze(0);
        masks.masks.push_back({spec.key, spread.expand(spec.shape).contiguous()});
    }
    return masks;
}

}  // namespace lottery
