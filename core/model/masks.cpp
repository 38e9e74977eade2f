// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/masks.h"

#include <string>

#include "core/base/npy.h"

namespace lottery {
namespace {

std::string shape_text(const std::vector<std::int64_t>& shape) {
    std::string text = "[";
    for (const auto extent : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(extent);
    return text + "]";
}

Status check_mask_values(const std::vector<float>& values, const std::filesystem::path& npy) {
    for (std::size_t i = 0; i < values.size(); ++i)
        if (values[i] != 0.0F && values[i] != 1.0F)
            return Error{
                "element " + std::to_string(i) + " is " + std::to_string(values[i]) + ", a mask holds only 0 and 1",
                npy.string(), "Is this an importance file?"};
    return ok();
}

Result<HeadMatrix> read_matrix(const std::filesystem::path& npy, const char* expected) {
    LOTTERY_TRY(Array array, read_npy(npy));
    if (array.shape.size() != 2 || array.values.empty() || array.shape[0] > 10'000 || array.shape[1] > 10'000)
        return Error{"shape " + shape_text(array.shape) + " found, " + expected + " expected", npy.string(), {}};
    HeadMatrix matrix;
    matrix.layers = static_cast<int>(array.shape[0]);
    matrix.heads = static_cast<int>(array.shape[1]);
    matrix.values = std::move(array.values);
    return matrix;
}

}  // namespace

Status check_within(const ComponentMasks& masks, const ComponentMasks& components, const std::string& place) {
    const char* advice = "Mask what this checkpoint no longer has, or use the checkpoint from before it was removed";
    for (int l = 0; l < masks.layers(); ++l) {
        const auto layer = " of layer " + std::to_string(l);
        for (int h = 0; h < masks.heads.heads; ++h)
            if (masks.heads.at(l, h) != 0.0F && components.heads.at(l, h) == 0.0F)
                return Error{"keeps head " + std::to_string(h) + layer + ", which has been removed from the checkpoint",
                             place, advice};
        if (masks.keeps_mlp(l) && !components.keeps_mlp(l))
            return Error{"keeps the MLP" + layer + ", which has been removed from the checkpoint", place, advice};
    }
    return ok();
}

Result<ComponentMasks> read_component_masks(const std::optional<std::filesystem::path>& head_mask,
                                            const std::optional<std::filesystem::path>& mlp_mask,
                                            const ComponentMasks& components) {
    ComponentMasks masks = components;
    if (head_mask) {
        LOTTERY_TRY(masks.heads, read_head_mask(*head_mask, components.layers(), components.heads.heads));
        LOTTERY_CHECK(check_within(masks, components, head_mask->string()));
    }
    if (mlp_mask) {
        LOTTERY_TRY(masks.mlps, read_mlp_mask(*mlp_mask, components.layers()));
        LOTTERY_CHECK(check_within(masks, components, mlp_mask->string()));
    }
    return masks;
}

Result<HeadMatrix> read_head_matrix(const std::filesystem::path& npy) { return read_matrix(npy, "[layers, heads]"); }

Result<HeadMatrix> read_head_mask(const std::filesystem::path& npy, int layers, int heads) {
    LOTTERY_TRY(HeadMatrix matrix, read_head_matrix(npy));
    if (matrix.layers != layers || matrix.heads != heads)
        return Error{"head mask of " + std::to_string(matrix.layers) + " layers × " + std::to_string(matrix.heads) +
                         " heads found, the model has " + std::to_string(layers) + " × " + std::to_string(heads),
                     npy.string(), "Use a mask made for this model"};
    LOTTERY_CHECK(check_mask_values(matrix.values, npy));
    return matrix;
}

Result<std::vector<float>> read_mlp_vector(const std::filesystem::path& npy) {
    LOTTERY_TRY(Array array, read_npy(npy));
    if (array.shape.size() != 1 || array.values.empty())
        return Error{"shape " + shape_text(array.shape) + " found, [layers] expected", npy.string(), {}};
    return std::move(array.values);
}

Result<std::vector<float>> read_mlp_mask(const std::filesystem::path& npy, int layers) {
    LOTTERY_TRY(std::vector<float> values, read_mlp_vector(npy));
    if (values.size() != static_cast<std::size_t>(layers))
        return Error{
            "MLP mask of " + std::to_string(values.size()) + " layers found, the model has " + std::to_string(layers),
            npy.string(), "Use a mask made for this model"};
    LOTTERY_CHECK(check_mask_values(values, npy));
    return values;
}

Result<NeuronMatrix> read_neuron_matrix(const std::filesystem::path& npy, int block_size) {
    LOTTERY_TRY(HeadMatrix rows, read_matrix(npy, "[layers, blocks of neurons]"));
    NeuronMatrix matrix;
    matrix.layers = rows.layers;
    matrix.blocks = rows.heads;
    matrix.block_size = block_size;
    matrix.values = std::move(rows.values);
    return matrix;
}

Result<NeuronMatrix> read_neuron_mask(const std::filesystem::path& npy, int layers, int neurons, int block_size) {
    LOTTERY_TRY(NeuronMatrix matrix, read_neuron_matrix(npy, block_size));
    const NeuronMatrix expected(layers, neurons, block_size, 1.0F);
    if (matrix.layers != expected.layers || matrix.blocks != expected.blocks)
        return Error{"neuron mask of " + std::to_string(matrix.layers) + " layers × " + std::to_string(matrix.blocks) +
                         " blocks found, the model has " + std::to_string(layers) + " × " +
                         std::to_string(expected.blocks) + " blocks of " + std::to_string(block_size) + " neurons",
                     npy.string(), "Use a mask made for this model, with its block size"};
    LOTTERY_CHECK(check_mask_values(matrix.values, npy));
    return matrix;
}

Status write_head_matrix(const std::filesystem::path& npy, const HeadMatrix& matrix) {
    return write_npy(npy, {{matrix.layers, matrix.heads}, matrix.values});
}

Status write_mlp_vector(const std::filesystem::path& npy, const std::vector<float>& values) {
    return write_npy(npy, {{static_cast<std::int64_t>(values.size())}, values});
}

Status write_neuron_matrix(const std::filesystem::path& npy, const NeuronMatrix& matrix) {
    return write_npy(npy, {{matrix.layers, matrix.blocks}, matrix.values});
}

}  // namespace lottery
