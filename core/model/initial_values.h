// SPDX-License-Identifier: GPL-3.0-or-later
//
// The parts of a model that begin with random numbers, with a say in where these come from. torch.nn's own draw from
// torch's default generator whenever they are made, also where a checkpoint overwrites the values at once: that takes
// longer than reading it, and changes the numbers that a training beside it gets.
//
// Thread rule: a generator belongs to one thread at a time; torch's default ones to the run that trains.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <optional>

namespace lottery {

// Nothing: parameters hold whatever lies in memory, and are to be written before they are read.
using InitialDraws = std::optional<at::Generator>;

// Torch's default one, which torch::manual_seed seeds.
InitialDraws default_draws();
// One of its own; draws what the default one draws after torch::manual_seed(seed).
InitialDraws own_draws(std::uint64_t seed);
// Seeds the default generator of one device, which dropout draws from, and no other device's.
void seed_device(torch::Device device, std::uint64_t seed);

// As torch::nn::Linear and torch::nn::Embedding, parameter names and number of draws included.
struct DenseImpl : torch::nn::Module {
    DenseImpl(std::int64_t inputs, std::int64_t outputs, const InitialDraws& draws);
    torch::Tensor forward(const torch::Tensor& input) { return torch::linear(input, weight, bias); }
    torch::Tensor weight;  // [outputs, inputs]
    torch::Tensor bias;    // [outputs]
};
TORCH_MODULE(Dense);

struct EmbeddingTableImpl : torch::nn::Module {
    EmbeddingTableImpl(std::int64_t rows, std::int64_t width, const InitialDraws& draws);
    torch::Tensor forward(const torch::Tensor& indices) { return torch::embedding(weight, indices); }
    torch::Tensor weight;  // [rows, width]
};
TORCH_MODULE(EmbeddingTable);

}  // namespace lottery
