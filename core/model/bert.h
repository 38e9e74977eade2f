// SPDX-License-Identifier: GPL-3.0-or-later
//
// BERT for sequence classification on packed batches.
// Submodules are registered under the exact Hugging Face checkpoint keys ("bert.encoder.layer.0.attention.self.query").
//
// Legend: B sequences, T packed tokens, L layers, N heads, H hidden, D = H/N head size, I intermediate, C outputs,
// K blocks of the I neurons.
//
// Thread rule: one thread at a time per model.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/model/attention.h"
#include "core/model/bert_config.h"
#include "core/model/initial_values.h"
#include "core/model/masks.h"
#include "core/model/residual_ablation.h"

namespace lottery {

// One layer's parameters as the forward pass uses them; `heads` may be fewer than the model's when masked heads
// have been sliced out. Views or slices, no copies of what is kept whole. Undefined: what the model no longer has.
struct LayerTensors {
    int heads = 0;                           // n ≤ N
    torch::Tensor query_weight, query_bias;  // [nD,H], [nD]
    torch::Tensor key_weight, key_bias;      // [nD,H], [nD]
    torch::Tensor value_weight, value_bias;  // [nD,H], [nD]
    torch::Tensor attention_weight;          // [H,nD]
    torch::Tensor attention_bias;            // [H]
    torch::Tensor attention_norm_weight, attention_norm_bias;
    torch::Tensor intermediate_weight, intermediate_bias;  // [I,H], [I]
    torch::Tensor output_weight, output_bias;              // [H,I], [H]
    torch::Tensor output_norm_weight, output_norm_bias;
};

// Rows of query, key, value and columns of the output projection of the heads at these places among the layer's own
// (ascending).
LayerTensors slice_heads(const LayerTensors& layer, const std::vector<int>& places, int head_size);

// Rows of the intermediate and columns of the output weights of the given blocks of neurons (ascending).
LayerTensors slice_neurons(const LayerTensors& layer, const std::vector<int>& blocks, int block_size);

// Which parts of the encoder a pass uses.
struct EncoderPlan {
    struct Layer {
        LayerTensors tensors;     // with masked heads and blocks of neurons sliced out
        std::vector<int> heads;   // their original indices
        std::vector<int> blocks;  // likewise; empty when the masks have no blocks
        bool attention = true;    // false: neither heads nor the projection's bias
        bool mlp = true;
        bool attention_residual = true;  // false: the layer's input does not go past attention
        bool mlp_residual = true;        // likewise past the MLP
    };
    std::vector<Layer> layers;
};

// Leaves the residual terms out of a plan. Errors: a layer that the model does not have; one whose attention or MLP is
// gone, since without its residual nothing would be left.
Status leave_out_residuals(EncoderPlan& plan, const ResidualAblation& ablation);

struct Dropouts {
    double hidden = 0.0;
    double attention = 0.0;
    double classifier = 0.0;
};

// Looks into a forward pass, and may change what goes on from there: gates for importance, maps for attention views.
// Each call gets a layer's index and a tensor and returns the tensor to continue with.
class EncoderTap {
public:
    virtual ~EncoderTap() = default;
    virtual void on_layer_input(int /*layer*/, const torch::Tensor& /*hidden [T,H]*/) {}
    virtual torch::Tensor on_context(int /*layer*/, const torch::Tensor& context /*[T,n,D]*/) { return context; }
    // The sums in front of the two LayerNorms, [T,H].
    virtual torch::Tensor on_attention_sum(int /*layer*/, const torch::Tensor& sum) { return sum; }
    virtual torch::Tensor on_intermediate(int /*layer*/, const torch::Tensor& /*attended [T,H]*/,
                                          const torch::Tensor& activation /*[T,i], i ≤ I*/) {
        return activation;
    }
    virtual torch::Tensor on_mlp_output(int /*layer*/, const torch::Tensor& output /*[T,H]*/) { return output; }
    virtual torch::Tensor on_output_sum(int /*layer*/, const torch::Tensor& /*attended [T,H]*/,
                                        const torch::Tensor& sum) {
        return sum;
    }
};

struct BertEmbeddingsImpl : torch::nn::Module {
    BertEmbeddingsImpl(const BertConfig& config, const InitialDraws& draws);
    torch::Tensor forward(const DeviceBatch& batch, double dropout);  // [T,H]
    EmbeddingTable word_embeddings, position_embeddings, token_type_embeddings;
    torch::nn::LayerNorm norm;
};
TORCH_MODULE(BertEmbeddings);

struct BertLayerImpl : torch::nn::Module {
    // With `heads` heads and, unless it has been removed, the MLP.
    BertLayerImpl(const BertConfig& config, int heads, bool mlp, const InitialDraws& draws);
    [[nodiscard]] LayerTensors tensors() const;
    // Takes over the values of a layer of the same shape.
    void copy_from(const LayerTensors& source);

private:
    int heads_;
    Dense query_, key_, value_, attention_dense_, intermediate_dense_, output_dense_;
    torch::nn::LayerNorm attention_norm_, output_norm_;
};
TORCH_MODULE(BertLayer);

class BertForSequenceClassificationImpl : public torch::nn::Module {
public:
    // Weights N(0, 0.02), biases 0, LayerNorm 1/0.
    BertForSequenceClassificationImpl(BertConfig config, int label_count, const InitialDraws& draws = default_draws());

    [[nodiscard]] const BertConfig& config() const { return config_; }
    // What the model has, in the coordinates of the original one.
    [[nodiscard]] const ComponentMasks& components() const { return components_; }
    [[nodiscard]] int label_count() const { return label_count_; }
    [[nodiscard]] torch::Device device() const;
    // Device and dtype of the parameters: fp32 as loaded.
    [[nodiscard]] torch::TensorOptions number_options() const;

    // Everything the model has, or `masks` applied by leaving components out. What the model no longer has is left
    // out whatever a mask says.
    [[nodiscard]] EncoderPlan plan() const;
    [[nodiscard]] EncoderPlan plan(const ComponentMasks& masks, Removal removal) const;

    // Logits [B,C], in packed order.
    torch::Tensor forward(const DeviceBatch& batch, const EncoderPlan& plan, const Dropouts& dropouts = {},
                          EncoderTap* tap = nullptr);
    // The same from the input `hidden` [T,H] of layer `first` on.
    torch::Tensor forward_from(int first, torch::Tensor hidden, const DeviceBatch& batch, const EncoderPlan& plan,
                               const Dropouts& dropouts = {}, EncoderTap* tap = nullptr);
    [[nodiscard]] std::int64_t parameter_count() const;
    // Share of the original model's parameters kept under `masks`, embeddings aside.
    [[nodiscard]] double kept_share(const ComponentMasks& masks) const;
    // Takes over the values of `source`, of which this model is what `masks` keep.
    void copy_from(const BertForSequenceClassificationImpl& source, const ComponentMasks& masks);

private:
    BertConfig config_;
    ComponentMasks components_;
    int label_count_;
    BertEmbeddings embeddings_{nullptr};
    std::vector<BertLayer> layers_;
    Dense pooler_{nullptr}, classifier_{nullptr};
};
TORCH_MODULE(BertForSequenceClassification);

// A physically smaller model without what `masks` leave out (method.md §5): fewer rows of query, key and value,
// fewer columns of the output projection; a layer without heads, or without its MLP, keeps nothing of it but the
// LayerNorm. With the device and dtype of `model` and parameters of its own.
BertForSequenceClassification remove(const BertForSequenceClassification& model, const ComponentMasks& masks);

// Context vectors of the given heads, [T,n,D].
torch::Tensor head_contexts(const torch::Tensor& hidden, const LayerTensors& layer, const SequenceLayout& layout,
                            double dropout);
// Attention probabilities of the given heads per sequence (packed order), each [n,s,s].
std::vector<torch::Tensor> head_probs(const torch::Tensor& hidden, const LayerTensors& layer,
                                      const SequenceLayout& layout);
// Activations of the layer's neurons, [T,i].
torch::Tensor mlp_intermediate(const torch::Tensor& hidden, const LayerTensors& layer, const std::string& activation);
torch::Tensor mlp_output(const torch::Tensor& hidden, const LayerTensors& layer, const std::string& activation);

// Mean loss of a batch: cross-entropy, or mean squared error when the model has one output.
torch::Tensor mean_loss(const torch::Tensor& logits, const DeviceBatch& batch);

struct LoadedModel {
    BertForSequenceClassification model{nullptr};
    std::vector<std::string> initialised;  // keys the checkpoint lacked, now N(0, 0.02) from `seed`
};
// Reads a Hugging Face folder; what is missing (pooler, classifier) is initialised from `seed` and told to `progress`.
Result<LoadedModel> load_model(const std::filesystem::path& checkpoint, int label_count, std::uint64_t seed,
                               torch::Device device, ProgressSink& progress);
// config.json, model.safetensors, and the tokenizer files copied from `tokenizer_from`.
Status save_model(BertForSequenceClassification& model, const std::filesystem::path& folder,
                  const std::filesystem::path& tokenizer_from);

// "auto", "cpu", "cuda", "cuda:1" → a device that exists. Sets torch's thread count when `threads` > 0.
Result<torch::Device> choose_device(const std::string& device, int threads);

}  // namespace lottery
