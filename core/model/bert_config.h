// SPDX-License-Identifier: GPL-3.0-or-later
//
// config.json of a Hugging Face BERT checkpoint. No tensor here.
//
// Whatever the file says that the program does not use is kept in `other` and written back.
//
// Thread rule: plain values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/model/masks.h"

namespace lottery {

struct BertConfig {
    int vocab_size = 0;
    int hidden_size = 0;              // H, a multiple of num_attention_heads
    int num_hidden_layers = 0;        // L
    int num_attention_heads = 0;      // N
    int intermediate_size = 0;        // width of the MLP
    int max_position_embeddings = 0;  // longest sequence in tokens
    int type_vocab_size = 0;          // kinds of segment; sentence pairs need 2
    double layer_norm_eps = 1e-12;
    double hidden_dropout_prob = 0.1;           // [0, 1)
    double attention_probs_dropout_prob = 0.1;  // [0, 1)
    // gelu (exact), gelu_new and gelu_pytorch_tanh (both the tanh form), relu.
    std::string hidden_act = "gelu";
    int num_labels = 2;               // C, outputs of the classifier; 1 for regression
    std::vector<std::string> labels;  // class names in order; empty: LABEL_0, LABEL_1, …
    // "regression", "single_label_classification", or empty (left to num_labels).
    std::string problem_type;
    // What the checkpoint no longer has. `pruned_heads` is Hugging Face's key: layer → head indices, ascending;
    // `pruned_mlps` is ours ("lottery_pruned_mlps"): layers, ascending. The sizes above stay the original ones.
    std::map<int, std::vector<int>> pruned_heads;
    std::vector<int> pruned_mlps;
    Json other = Json::object();  // the file's other keys

    [[nodiscard]] int head_size() const { return hidden_size / num_attention_heads; }
    // 1 for every component that the checkpoint has, in the coordinates of the original model.
    [[nodiscard]] ComponentMasks components() const;
    // Makes `kept`, no more than components(), what the checkpoint has.
    void prune_to(const ComponentMasks& kept);
    // Of the model as it is, with pooler and classifier.
    [[nodiscard]] std::int64_t parameter_count() const;
};

// From a file, or config.json of a folder. Errors name file, key, found and expected: another model_type, an
// activation or a kind of position embedding that is not supported, a decoder, a missing key, a number that is not
// whole or out of range, removed heads or MLPs that the model never had or that are named twice, more than 2^33
// parameters.
Result<BertConfig> read_bert_config(const std::filesystem::path& folder_or_file);
Result<BertConfig> parse_bert_config(const Json& json, const std::string& place);

// As transformers writes it, for BertForSequenceClassification; num_labels goes in as id2label and label2id.
Json to_json(const BertConfig& config);

}  // namespace lottery
