// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/checkpoint.h"

#include <algorithm>
#include <functional>
#include <set>
#include <string_view>

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/model/safetensors.h"
#include "core/model/stored_tensors.h"
#include "core/model/stored_values.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

constexpr const char* kSafetensorsName = "model.safetensors";
constexpr const char* kIndexName = "model.safetensors.index.json";
constexpr const char* kPickleName = "pytorch_model.bin";
constexpr std::string_view kClassifierWeight = "classifier.weight";
constexpr std::string_view kClassifierBias = "classifier.bias";
constexpr const char* kWayOut = "Choose the config.json that belongs to these weights, or another checkpoint";

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

// The index says which shard holds which key; both must say the same.
Result<StoredTensors> list_shards(const fs::path& index) {
    const auto wrong = [&](const std::string& message) {
        return Error{message, index.string(), "Copy or download the index and all its shards again"};
    };
    LOTTERY_TRY(const Json json, read_json(index));
    if (!json.is_object() || !json.contains("weight_map") || !json["weight_map"].is_object())
        return wrong("key \"weight_map\" is missing or no object, the file of each tensor was expected");
    StoredTensors stored{{}, {}, index, {}};
    std::map<std::string, std::set<std::string>> keys_of_shard;
    for (const auto& [key, shard] : json["weight_map"].items()) {
        // A shard lies beside its index, so that a checkpoint cannot point at files elsewhere.
        if (!shard.is_string() || shard.get<std::string>().empty() ||
            fs::path(shard.get<std::string>()).filename() != shard.get<std::string>())
            return wrong("\"weight_map\": the file of " + in_quotes(key) + " is " +
                         shard.dump(-1, ' ', false, Json::error_handler_t::replace) +
                         ", the name of a file in this folder was expected");
        keys_of_shard[shard.get<std::string>()].insert(key);
    }
    for (auto& [shard, keys] : keys_of_shard) {
        LOTTERY_TRY(auto part, list_safetensors(index.parent_path() / shard));
        for (auto& tensor : part.tensors) {
            if (keys.erase(tensor.key) == 0)
                return wrong("tensor " + in_quotes(tensor.key) + " is in " + shard +
                             ", but \"weight_map\" does not say so");
            stored.tensors.push_back(std::move(tensor));
        }
        if (!keys.empty())
            return wrong("\"weight_map\" says that " + shard + " holds " + in_quotes(*keys.begin()) +
                         ", but it does not");
    }
    return stored;
}

Result<StoredTensors> list_tensors(const fs::path& folder) {
    std::error_code ec;
    if (fs::exists(folder / kSafetensorsName, ec)) return list_safetensors(folder / kSafetensorsName);
    if (fs::exists(folder / kIndexName, ec)) return list_shards(folder / kIndexName);
    if (fs::exists(folder / kPickleName, ec)) return list_pickle(folder / kPickleName);
    std::string found;
    for (const char* other :
         {"pytorch_model.bin.index.json", "tf_model.h5", "flax_model.msgpack", "bert_model.ckpt.index"})
        if (fs::exists(folder / other, ec)) found = std::string(", found ") + other;
    return Error{
        std::string("no weights: expected ") + kSafetensorsName + ", " + kIndexName + " or " + kPickleName + found,
        folder.string(),
        found.empty() ? "Choose a Hugging Face checkpoint folder"
                      : "Convert it with transformers: model.save_pretrained(folder)"};
}

// Which stored tensor is which of the model's.
class Matcher {
public:
    Matcher(StoredTensors stored, Checkpoint& checkpoint) : stored_(std::move(stored)), checkpoint_(checkpoint) {}

    // Everything is checked before the first tensor is loaded.
    Status match(const std::vector<TensorSpec>& specs) {
        for (const auto& spec : specs) specs_[spec.key] = &spec;
        for (const auto& tensor : stored_.tensors) LOTTERY_CHECK(sort_in(tensor));
        checkpoint_.ignored.insert(checkpoint_.ignored.end(), stored_.others.begin(), stored_.others.end());
        LOTTERY_CHECK(leave_out_other_classifier());
        for (const auto& spec : specs) LOTTERY_CHECK(check(spec));
        LOTTERY_CHECK(check_pair("bert.pooler.dense.weight", "bert.pooler.dense.bias"));
        LOTTERY_CHECK(check_pair(kClassifierWeight, kClassifierBias));
        if (beyond_ > 0)
            checkpoint_.notes.push_back("the weights hold layers beyond the " +
                                        std::to_string(checkpoint_.config.num_hidden_layers) +
                                        " of config.json, or parts that it calls pruned; they are left out");
        for (const auto& [key, tensor] : found_) {
            LOTTERY_TRY(checkpoint_.tensors[key], tensor->load());
        }
        return ok();
    }

private:
    Status sort_in(const StoredTensor& tensor) {
        const auto key = canonical_key(tensor.key);
        if (!specs_.contains(key)) {
            checkpoint_.ignored.push_back(tensor.key);
            beyond_ += key.starts_with("bert.encoder.layer.") ? 1 : 0;
            return ok();
        }
        const auto [it, fresh] = found_.emplace(key, &tensor);
        if (!fresh)
            return Error{
                "keys " + in_quotes(it->second->key) + " and " + in_quotes(tensor.key) + " are both " + in_quotes(key),
                tensor.file.string(), "Save the checkpoint again with transformers"};
        return ok();
    }

    // A classifier for other classes is no use to this task; its features are checked all the same.
    Status leave_out_other_classifier() {
        const auto weight = found_.find(kClassifierWeight);
        if (weight == found_.end()) return ok();
        const auto& shape = weight->second->shape;
        const auto wanted = specs_.at(std::string(kClassifierWeight))->shape;
        if (shape.size() != 2 || shape[1] != wanted[1] || shape[0] == wanted[0]) return ok();
        checkpoint_.notes.push_back("the checkpoint's classifier has " + std::to_string(shape[0]) + " outputs, " +
                                    std::to_string(wanted[0]) + " are needed; it is left out");
        found_.erase(weight);
        if (const auto bias = found_.find(kClassifierBias); bias != found_.end()) found_.erase(bias);
        return ok();
    }

    Status check(const TensorSpec& spec) {
        const auto it = found_.find(spec.key);
        if (it == found_.end()) {
            if (spec.required) return absent(spec);
            checkpoint_.missing.push_back(spec.key);
            return ok();
        }
        const auto& tensor = *it->second;
        if (tensor.shape != spec.shape)
            return Error{"tensor " + in_quotes(tensor.key) + " has shape " + shape_text(tensor.shape) + ", expected " +
                             shape_text(spec.shape) + " from config.json",
                         tensor.file.string(), kWayOut};
        if (!c10::isFloatingType(tensor.dtype))
            return Error{"tensor " + in_quotes(tensor.key) + " has dtype " + std::string(*dtype_name(tensor.dtype)) +
                             ", expected F32, F16, BF16 or F64",
                         tensor.file.string(), "Choose a checkpoint that is not quantised"};
        return ok();
    }

    [[nodiscard]] Error absent(const TensorSpec& spec) const {
        const auto first = stored_.tensors.empty() ? std::string("none at all")
                                                   : "tensors such as " + in_quotes(stored_.tensors.front().key);
        return Error{"tensor " + in_quotes(spec.key) + " is missing, expected with shape " + shape_text(spec.shape) +
                         " (with or without \"bert.\"); found " + first,
                     stored_.place.string(), kWayOut};
    }

    Status check_pair(std::string_view weight, std::string_view bias) {
        const bool has_weight = found_.contains(weight);
        if (has_weight == found_.contains(bias)) return ok();
        return Error{"tensor " + in_quotes(has_weight ? bias : weight) + " is missing, but " +
                         in_quotes(has_weight ? weight : bias) + " is there",
                     stored_.place.string(), "Choose another checkpoint, or remove both and let them be initialised"};
    }

    StoredTensors stored_;
    Checkpoint& checkpoint_;
    std::map<std::string, const TensorSpec*, std::less<>> specs_;
    std::map<std::string, const StoredTensor*, std::less<>> found_;  // by canonical key
    int beyond_ = 0;
};

void set_task(BertConfig& config, int label_count) {
    if (config.num_labels != label_count) config.labels.clear();
    config.num_labels = label_count;
    config.problem_type = label_count == 1 ? "regression" : "single_label_classification";
}

}  // namespace

std::vector<TensorSpec> bert_tensor_specs(const BertConfig& config, int label_count) {
    const std::int64_t hidden = config.hidden_size;
    const std::int64_t intermediate = config.intermediate_size;
    std::vector<TensorSpec> specs;
    const auto add_linear = [&](const std::string& name, std::int64_t out, std::int64_t in, bool required = true) {
        specs.push_back({name + ".weight", {out, in}, required});
        specs.push_back({name + ".bias", {out}, required});
    };
    const auto add_norm = [&](const std::string& name) {
        specs.push_back({name + ".LayerNorm.weight", {hidden}, true});
        specs.push_back({name + ".LayerNorm.bias", {hidden}, true});
    };
    const std::string embeddings = "bert.embeddings";
    specs.push_back({embeddings + ".word_embeddings.weight", {config.vocab_size, hidden}, true});
    specs.push_back({embeddings + ".position_embeddings.weight", {config.max_position_embeddings, hidden}, true});
    specs.push_back({embeddings + ".token_type_embeddings.weight", {config.type_vocab_size, hidden}, true});
    add_norm(embeddings);
    const auto components = config.components();
    for (int l = 0; l < config.num_hidden_layers; ++l) {
        const auto layer = "bert.encoder.layer." + std::to_string(l);
        const std::int64_t width = std::int64_t{components.kept_heads_in(l)} * config.head_size();
        if (width > 0) {
            for (const char* name : {"query", "key", "value"})
                add_linear(layer + ".attention.self." + name, width, hidden);
            add_linear(layer + ".attention.output.dense", hidden, width);
        }
        add_norm(layer + ".attention.output");
        if (components.keeps_mlp(l)) {
            add_linear(layer + ".intermediate.dense", intermediate, hidden);
            add_linear(layer + ".output.dense", hidden, intermediate);
        }
        add_norm(layer + ".output");
    }
    add_linear("bert.pooler.dense", hidden, hidden, false);
    add_linear("classifier", label_count, hidden, false);
    return specs;
}

Result<Checkpoint> read_checkpoint(const fs::path& folder, int label_count) {
    std::error_code ec;
    if (!fs::is_directory(folder, ec))
        return Error{fs::exists(folder, ec) ? "is a file, a checkpoint folder was expected" : "no such folder",
                     folder.string(),
                     "Choose a Hugging Face checkpoint folder: config.json, vocab.txt and model.safetensors"};
    Checkpoint checkpoint;
    LOTTERY_TRY(checkpoint.config, read_bert_config(folder));
    LOTTERY_TRY(auto stored, list_tensors(folder));
    LOTTERY_CHECK(Matcher(std::move(stored), checkpoint).match(bert_tensor_specs(checkpoint.config, label_count)));
    set_task(checkpoint.config, label_count);
    return checkpoint;
}

Status write_checkpoint(const fs::path& folder, const BertConfig& config,
                        const std::vector<std::pair<std::string, torch::Tensor>>& tensors,
                        const fs::path& vocabulary_folder) {
    const auto file = folder / kSafetensorsName;
    std::map<std::string_view, const torch::Tensor*> given;
    for (const auto& [key, tensor] : tensors) given[key] = &tensor;
    const auto specs = bert_tensor_specs(config, config.num_labels);
    for (const auto& spec : specs) {
        const auto it = given.find(spec.key);
        const auto found = it == given.end() ? std::string("none") : shape_text(it->second->sizes().vec());
        if (it == given.end() || it->second->sizes().vec() != spec.shape)
            return Error{"tensor " + in_quotes(spec.key) + " to write: expected shape " + shape_text(spec.shape) +
                             ", found " + found,
                         file.string(),
                         {}};
        if (it->second->scalar_type() != torch::kFloat32)
            return Error{"tensor " + in_quotes(spec.key) + " to write has dtype " +
                             std::string(c10::toString(it->second->scalar_type())) + ", expected Float",
                         file.string(),
                         {}};
        given.erase(it);
    }
    if (!given.empty())
        return Error{
            "tensor " + in_quotes(given.begin()->first) + " to write is not one of the model's", file.string(), {}};

    LOTTERY_CHECK(write_safetensors(file, tensors, {{"format", "pt"}}));
    std::error_code ec;
    for (const char* name : {"vocab.txt", "tokenizer_config.json"}) {
        const auto source = vocabulary_folder / name;
        if (vocabulary_folder.empty() || !fs::exists(source, ec) || fs::equivalent(source, folder / name, ec)) continue;
        LOTTERY_TRY(const auto bytes, read_file(source));
        LOTTERY_CHECK(write_file_atomically(folder / name, bytes));
    }
    Json json = to_json(config);
    // What the weights were stored as where they came from.
    for (const char* key : {"dtype", "torch_dtype"})
        if (json.contains(key)) json[key] = "float32";
    return write_json(folder / "config.json", json);
}

}  // namespace lottery
