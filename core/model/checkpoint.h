// SPDX-License-Identifier: GPL-3.0-or-later
//
// Hugging Face checkpoint folders of BERT for sequence classification.
//
// Read: config.json with model.safetensors, or model.safetensors.index.json and its shards, or a zip-format
// pytorch_model.bin; the first of these that is there. Written: model.safetensors, config.json and the vocabulary.
// Every key goes by its canonical name, "bert.encoder.layer.0.attention.self.query.weight" or "classifier.bias",
// also when the file leaves out "bert." or says gamma and beta for LayerNorm's weight and bias.
//
// Thread rule: any thread; two writers of one folder must not overlap.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/model/bert_config.h"

namespace lottery {

struct TensorSpec {
    std::string key;
    std::vector<std::int64_t> shape;
    bool required = true;  // false for pooler and classifier
};

// Every parameter of the model, in the order of its computation. Removed heads make query, key, value and the
// projection narrower; a layer that lost all its heads, or its MLP, keeps nothing of that but the LayerNorm.
std::vector<TensorSpec> bert_tensor_specs(const BertConfig& config, int label_count);

struct Checkpoint {
    BertConfig config;                             // num_labels is the label_count asked for
    std::map<std::string, torch::Tensor> tensors;  // fp32 on the CPU, by canonical key
    std::vector<std::string> missing;              // canonical keys of an absent pooler or classifier
    std::vector<std::string> ignored;              // the file's keys that are not of this model
    std::vector<std::string> notes;                // for the user: what was left out, and why
};

// Shapes and dtypes are checked against config.json before any tensor memory is taken. A classifier of another
// label count counts as missing, and a note says so. Pickled files are read as data: nothing in them is executed.
// Errors name file, key, found, expected and a way out.
Result<Checkpoint> read_checkpoint(const std::filesystem::path& folder, int label_count);

// Makes `folder` a checkpoint that transformers' BertForSequenceClassification loads, unless a layer has lost all its
// heads or its MLP, which transformers does not know. `tensors`, fp32, by canonical
// key must be those of bert_tensor_specs(config, config.num_labels), pooler and classifier included. vocab.txt and
// tokenizer_config.json are copied from `vocabulary_folder` where they are there (an empty path: none).
// Each file is written atomically, config.json last.
Status write_checkpoint(const std::filesystem::path& folder, const BertConfig& config,
                        const std::vector<std::pair<std::string, torch::Tensor>>& tensors,
                        const std::filesystem::path& vocabulary_folder = {});

}  // namespace lottery
