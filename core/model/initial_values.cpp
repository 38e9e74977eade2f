// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/initial_values.h"

#include <ATen/CPUGeneratorImpl.h>

#include <mutex>

namespace lottery {

InitialDraws default_draws() { return at::detail::getDefaultCPUGenerator(); }

InitialDraws own_draws(std::uint64_t seed) { return at::detail::createCPUGenerator(seed); }

void seed_device(torch::Device device, std::uint64_t seed) {
    auto generator = at::globalContext().defaultGenerator(device);
    const std::lock_guard lock(generator.mutex());
    generator.set_current_seed(seed);
}

// The values drawn here are BERT's only after the model has drawn its own; what counts is how many they are, since what
// a checkpoint lacks must not depend on the version of this program.
DenseImpl::DenseImpl(std::int64_t inputs, std::int64_t outputs, const InitialDraws& draws)
    : weight(register_parameter("weight", torch::empty({outputs, inputs}))),
      bias(register_parameter("bias", torch::empty({outputs}))) {
    if (!draws) return;
    const torch::NoGradGuard no_grad;
    weight.uniform_(-1.0, 1.0, *draws);
    bias.uniform_(-1.0, 1.0, *draws);
}

EmbeddingTableImpl::EmbeddingTableImpl(std::int64_t rows, std::int64_t width, const InitialDraws& draws)
    : weight(register_parameter("weight", torch::empty({rows, width}))) {
    if (!draws) return;
    const torch::NoGradGuard no_grad;
    weight.normal_(0.0, 1.0, *draws);
}

}  // namespace lottery
