// SPDX-License-Identifier: GPL-3.0-or-later
//
// The network that tells the pattern of an attention map (method.md §6), and its file.
//
//   conv 1→16 3×3, ReLU, conv 16→16 3×3, ReLU, max-pool 2, conv 16→32 3×3, ReLU, conv 32→32 3×3, ReLU, max-pool 2,
//   conv 32→64 3×3, ReLU, conv 64→64 3×3, conv 64→16 1×1, mean over all places, conv 16→5 1×1
//
// Convolutions have no padding. Parameters are named by their places in such a torch.nn.Sequential ("0.weight", …,
// "15.bias"), so that PyTorch loads the file.
//
// Legend: M maps, S tokens of a map, Z canvas (tokens).
//
// Thread rule: one thread at a time per classifier. Nothing is drawn from torch's generators.
#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <span>
#include <vector>

#include "core/attention/classifier_info.h"
#include "core/attention/pattern_classes.h"
#include "core/attention/pattern_scores.h"
#include "core/base/result.h"
#include "core/model/initial_values.h"

namespace lottery {

struct ConvolutionImpl : torch::nn::Module {
    // Weights Xavier-normal from `draws`, biases 0; without draws uninitialised.
    ConvolutionImpl(std::int64_t inputs, std::int64_t outputs, std::int64_t kernel, const InitialDraws& draws);
    torch::Tensor forward(const torch::Tensor& input) { return torch::conv2d(input, weight, bias); }
    torch::Tensor weight;  // [outputs, inputs, kernel, kernel]
    torch::Tensor bias;    // [outputs]
};
TORCH_MODULE(Convolution);

class PatternNetworkImpl : public torch::nn::Module {
public:
    explicit PatternNetworkImpl(const InitialDraws& draws);
    // Logits [M,5] of canvases [M,1,Z,Z], Z ≥ smallest_canvas.
    torch::Tensor forward(const torch::Tensor& canvases);

private:
    std::vector<Convolution> layers_;
};
TORCH_MODULE(PatternNetwork);

struct PatternClassifier {
    PatternNetwork network{nullptr};
    ClassifierInfo info;
};

// A map to be classified, [S,S]; its values outlive the call.
struct MapView {
    std::span<const float> values;
    int size = 0;  // S
};

// [M,1,Z,Z] on the CPU: each map in the middle of a canvas of zeros, an odd rest behind it; of a larger map what lies
// at its top left. With `divide_rows` rows, as they are after cropping, are divided by their sums; rows of zeros stay.
torch::Tensor canvases_of(std::span<const MapView> maps, int canvas, bool divide_rows);

// Softmax over the classes, in the maps' order; on the device of the classifier's weights.
std::vector<PatternProbabilities> classify(PatternClassifier& classifier, std::span<const MapView> maps);

// One safetensors file, fp32; its metadata hold the classifier's info (core/study/FORMAT.md).
Status write_classifier(const std::filesystem::path& file, const PatternClassifier& classifier);
// Errors: those of safetensors; no classifier of ours, another format version, other classes, metadata that are missing
// or no numbers, a tensor missing, of another shape or dtype, or too many; weights that are not finite.
Result<PatternClassifier> read_classifier(const std::filesystem::path& file, torch::Device device);

}  // namespace lottery
