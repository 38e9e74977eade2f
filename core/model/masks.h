// SPDX-License-Identifier: GPL-3.0-or-later
//
// Head, MLP and neuron masks and importances as plain values: what crosses the borders to files, terminal and window.
//
// Legend: L layers, N heads per layer, I neurons of an MLP (its intermediate size), K blocks of them.
//
// Thread rule: plain values.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace lottery {

// One number per head, [L, N] in C order.
struct HeadMatrix {
    int layers = 0;
    int heads = 0;
    std::vector<float> values;

    HeadMatrix() = default;
    HeadMatrix(int layers_, int heads_, float fill)
        : layers(layers_),
          heads(heads_),
          values(static_cast<std::size_t>(layers_) * static_cast<std::size_t>(heads_), fill) {}
    [[nodiscard]] float& at(int layer, int head) { return values[index(layer, head)]; }
    [[nodiscard]] float at(int layer, int head) const { return values[index(layer, head)]; }
    bool operator==(const HeadMatrix&) const = default;

private:
    [[nodiscard]] std::size_t index(int layer, int head) const {
        return static_cast<std::size_t>(layer) * static_cast<std::size_t>(heads) + static_cast<std::size_t>(head);
    }
};

// One number per block of MLP neurons, [L, K] in C order. Block k of a layer are its neurons from k·block_size on; the
// last block may hold fewer. Nothing (K = 0) where neurons are not looked at.
struct NeuronMatrix {
    int layers = 0;
    int blocks = 0;
    int block_size = 0;  // neurons
    std::vector<float> values;

    NeuronMatrix() = default;
    NeuronMatrix(int layers_, int neurons, int block_size_, float fill)
        : layers(layers_),
          blocks((neurons + block_size_ - 1) / block_size_),
          block_size(block_size_),
          values(static_cast<std::size_t>(layers_) * static_cast<std::size_t>(blocks), fill) {}
    [[nodiscard]] float& at(int layer, int block) { return values[index(layer, block)]; }
    [[nodiscard]] float at(int layer, int block) const { return values[index(layer, block)]; }
    bool operator==(const NeuronMatrix&) const = default;

private:
    [[nodiscard]] std::size_t index(int layer, int block) const {
        return static_cast<std::size_t>(layer) * static_cast<std::size_t>(blocks) + static_cast<std::size_t>(block);
    }
};

// 1 = kept, 0 = masked. Always in the coordinates of the original model: what a checkpoint no longer has is masked.
struct ComponentMasks {
    HeadMatrix heads;           // [L, N]
    std::vector<float> mlps;    // [L]
    NeuronMatrix neurons = {};  // [L, K]; K = 0: all kept

    static ComponentMasks all_kept(int layers, int heads) {
        return {HeadMatrix(layers, heads, 1.0F), std::vector<float>(static_cast<std::size_t>(layers), 1.0F)};
    }
    [[nodiscard]] int layers() const { return heads.layers; }
    [[nodiscard]] int kept_heads() const {
        return static_cast<int>(std::count(heads.values.begin(), heads.values.end(), 1.0F));
    }
    [[nodiscard]] int kept_heads_in(int layer) const {
        const auto row = heads.values.begin() + static_cast<std::ptrdiff_t>(layer) * heads.heads;
        return static_cast<int>(std::count_if(row, row + heads.heads, [](float value) { return value != 0.0F; }));
    }
    [[nodiscard]] bool keeps_mlp(int layer) const { return mlps[static_cast<std::size_t>(layer)] != 0.0F; }
    [[nodiscard]] int kept_mlps() const { return static_cast<int>(std::count(mlps.begin(), mlps.end(), 1.0F)); }
    // Of the `all` neurons of a layer's MLP.
    [[nodiscard]] int kept_neurons_in(int layer, int all) const {
        if (!keeps_mlp(layer)) return 0;
        int kept = all;
        for (int b = 0; b < neurons.blocks; ++b)
            if (neurons.at(layer, b) == 0.0F) kept -= std::min(neurons.block_size, all - b * neurons.block_size);
        return kept;
    }
    [[nodiscard]] int kept_neuron_blocks() const {
        return static_cast<int>(std::count(neurons.values.begin(), neurons.values.end(), 1.0F));
    }
    bool operator==(const ComponentMasks&) const = default;
};

// Importance of every component; NaN where it was not measured.
struct ComponentImportance {
    HeadMatrix heads;           // [L, N]
    std::vector<float> mlps;    // [L]
    NeuronMatrix neurons = {};  // [L, K], as in the masks
};

// Q7: masking to zero keeps the output projection's bias of a layer whose heads are all masked, removal drops it.
// (A masked MLP's bias goes in both, since the mask multiplies the dense layer's output. Neurons are masked in front of
// that layer: its bias stays until removal takes the last of a layer's neurons.)
enum class Removal { Multiply, Physical };

// Where `masks` keep a head or an MLP that `components` no longer has, an error that names it and `place`.
Status check_within(const ComponentMasks& masks, const ComponentMasks& components, const std::string& place);

// The masks of two files for a model that has `components`; without a file everything it has is kept. Errors: those
// below, and a mask that keeps what the model no longer has.
Result<ComponentMasks> read_component_masks(const std::optional<std::filesystem::path>& head_mask,
                                            const std::optional<std::filesystem::path>& mlp_mask,
                                            const ComponentMasks& components);

// head_mask.npy [L,N], mlp_mask.npy [L], neuron_mask.npy [L,K]. Errors: wrong number of dimensions, another model's
// size, a value other than 0 and 1 — each naming the file.
Result<HeadMatrix> read_head_matrix(const std::filesystem::path& npy);
Result<HeadMatrix> read_head_mask(const std::filesystem::path& npy, int layers, int heads);
Result<std::vector<float>> read_mlp_vector(const std::filesystem::path& npy);
Result<std::vector<float>> read_mlp_mask(const std::filesystem::path& npy, int layers);
Result<NeuronMatrix> read_neuron_matrix(const std::filesystem::path& npy, int block_size);
Result<NeuronMatrix> read_neuron_mask(const std::filesystem::path& npy, int layers, int neurons, int block_size);
Status write_head_matrix(const std::filesystem::path& npy, const HeadMatrix& matrix);
Status write_mlp_vector(const std::filesystem::path& npy, const std::vector<float>& values);
Status write_neuron_matrix(const std::filesystem::path& npy, const NeuronMatrix& matrix);

}  // namespace lottery
