// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/pattern_classifier.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

namespace lottery {
namespace {

struct LayerShape {
    const char* name;  // its place in the torch.nn.Sequential
    std::int64_t inputs, outputs, kernel;
    bool relu;  // behind it
    bool pool;  // max-pool behind that
};

constexpr std::int64_t kClasses = static_cast<std::int64_t>(pattern_count);
constexpr LayerShape kLayers[] = {{"0", 1, 16, 3, true, false},    {"2", 16, 16, 3, true, true},
                                  {"5", 16, 32, 3, true, false},   {"7", 32, 32, 3, true, true},
                                  {"10", 32, 64, 3, true, false},  {"12", 64, 64, 3, false, false},
                                  {"13", 64, 16, 1, false, false}, {"15", 16, kClasses, 1, false, false}};

// Memory of the first layers: 16 channels of 128 × 128 floats for so many maps are 67 MB.
constexpr std::size_t kMapsAtOnce = 64;

}  // namespace

ConvolutionImpl::ConvolutionImpl(std::int64_t inputs, std::int64_t outputs, std::int64_t kernel,
                                 const InitialDraws& draws)
    : weight(register_parameter("weight", torch::empty({outputs, inputs, kernel, kernel}))),
      bias(register_parameter("bias", torch::empty({outputs}))) {
    if (!draws) return;
    const torch::NoGradGuard no_grad;
    // Glorot and Bengio 2010: variance 2 / (fan in + fan out).
    const auto fans = static_cast<double>((inputs + outputs) * kernel * kernel);
    weight.normal_(0.0, std::sqrt(2.0 / fans), *draws);
    bias.zero_();
}

PatternNetworkImpl::PatternNetworkImpl(const InitialDraws& draws) {
    for (const auto& layer : kLayers)
        layers_.push_back(register_module(layer.name, Convolution(layer.inputs, layer.outputs, layer.kernel, draws)));
}

torch::Tensor PatternNetworkImpl::forward(const torch::Tensor& canvases) {
    auto x = canvases;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        // The mean stands in front of the last convolution.
        if (i + 1 == layers_.size()) x = x.mean({2, 3}, /*keepdim=*/true);
        x = layers_[i]->forward(x);
        if (kLayers[i].relu) x = torch::relu(x);
        if (kLayers[i].pool) x = torch::max_pool2d(x, 2);
    }
    return x.flatten(1);
}

torch::Tensor canvases_of(std::span<const MapView> maps, int canvas, bool divide_rows) {
    auto canvases = torch::zeros({static_cast<std::int64_t>(maps.size()), 1, canvas, canvas}, torch::kFloat32);
    auto* values = canvases.data_ptr<float>();
    const auto width = static_cast<std::size_t>(canvas);
    for (std::size_t m = 0; m < maps.size(); ++m) {
        const auto size = static_cast<std::size_t>(maps[m].size);
        const std::size_t shown = std::min(size, width);
        const std::size_t first = (width - shown) / 2;
        for (std::size_t i = 0; i < shown; ++i) {
            const float* row = maps[m].values.data() + i * size;
            float* target = values + (m * width + first + i) * width + first;
            std::copy(row, row + shown, target);
            if (!divide_rows) continue;
            double sum = 0.0;
            for (std::size_t j = 0; j < shown; ++j) sum += target[j];
            if (sum > 0.0)
                for (std::size_t j = 0; j < shown; ++j) target[j] = static_cast<float>(target[j] / sum);
        }
    }
    return canvases;
}

std::vector<PatternProbabilities> classify(PatternClassifier& classifier, std::span<const MapView> maps) {
    const torch::InferenceMode inference;
    const auto device = classifier.network->parameters().front().device();
    std::vector<PatternProbabilities> found(maps.size());
    for (std::size_t begin = 0; begin < maps.size(); begin += kMapsAtOnce) {
        const auto some = maps.subspan(begin, std::min(kMapsAtOnce, maps.size() - begin));
        const auto canvases = canvases_of(some, classifier.info.canvas(), classifier.info.divides_rows()).to(device);
        const auto probabilities =
            torch::softmax(classifier.network->forward(canvases), 1).to(torch::kCPU).contiguous();
        std::memcpy(found[begin].data(), probabilities.data_ptr<float>(), some.size() * sizeof(PatternProbabilities));
    }
    return found;
}

}  // namespace lottery
