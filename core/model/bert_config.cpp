// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/bert_config.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "core/model/model_cost.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 4> kActivations = {"gelu", "gelu_new", "gelu_pytorch_tanh", "relu"};
constexpr std::int64_t kMaxParameters = std::int64_t{1} << 33;
constexpr int kMaxLabels = 100'000;
constexpr const char* kPrunedHeads = "pruned_heads";
constexpr const char* kPrunedMlps = "lottery_pruned_mlps";
constexpr const char* kWayOut = "Take config.json from where the checkpoint came from";
constexpr const char* kOtherCheckpoint = "Choose a checkpoint of BERT";

// A value as an error shows it.
std::string shown(const Json& value) {
    constexpr std::size_t kLongest = 80;
    std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (text.size() > kLongest) text = text.substr(0, kLongest) + "…";
    return text;
}

struct WholeNumber {
    std::string_view key;
    int BertConfig::*field;
    int max;  // the least is 1
};

constexpr std::array<WholeNumber, 7> kWholeNumbers = {
    {{"vocab_size", &BertConfig::vocab_size, 10'000'000},
     {"hidden_size", &BertConfig::hidden_size, 65'536},
     {"num_hidden_layers", &BertConfig::num_hidden_layers, 1000},
     {"num_attention_heads", &BertConfig::num_attention_heads, 4096},
     {"intermediate_size", &BertConfig::intermediate_size, 1'048'576},
     {"max_position_embeddings", &BertConfig::max_position_embeddings, 1'048'576},
     {"type_vocab_size", &BertConfig::type_vocab_size, 1000}}};

// A real number that may be left out; from `low` to below `high`.
struct RealNumber {
    std::string_view key;
    double BertConfig::*field;
    double low;
    double high;
};

constexpr std::array<RealNumber, 3> kRealNumbers = {
    {{"layer_norm_eps", &BertConfig::layer_norm_eps, 0.0, 1.0},
     {"hidden_dropout_prob", &BertConfig::hidden_dropout_prob, 0.0, 1.0},
     {"attention_probs_dropout_prob", &BertConfig::attention_probs_dropout_prob, 0.0, 1.0}}};

// Reads one config.json key by key; what has been used does not go into `other`.
class ConfigReader {
public:
    ConfigReader(const Json& json, const std::string& place) : json_(json), place_(place) {}

    Result<BertConfig> read() {
        if (!json_.is_object()) return wrong(std::string("a JSON object was expected, found ") + json_.type_name());
        LOTTERY_CHECK(check_kind());
        for (const auto& number : kWholeNumbers) LOTTERY_CHECK(read_whole_number(number));
        for (const auto& number : kRealNumbers) LOTTERY_CHECK(read_real_number(number));
        LOTTERY_CHECK(read_activation());
        LOTTERY_CHECK(read_labels());
        LOTTERY_CHECK(read_pruned());
        LOTTERY_CHECK(check_sizes());
        for (const auto& [key, value] : json_.items())
            if (std::find(used_.begin(), used_.end(), key) == used_.end()) config_.other[key] = value;
        return std::move(config_);
    }

private:
    [[nodiscard]] Error wrong(std::string message, std::string advice = kWayOut) const {
        return Error{std::move(message), place_, std::move(advice)};
    }
    [[nodiscard]] Error unexpected(std::string_view key, const Json& found, const std::string& expected,
                                   std::string advice = kWayOut) const {
        return wrong("\"" + std::string(key) + "\" is " + shown(found) + ", expected " + expected, std::move(advice));
    }

    // Null when absent or null.
    const Json* use(std::string_view key) {
        used_.emplace_back(key);
        return look(key);
    }
    [[nodiscard]] const Json* look(std::string_view key) const {
        const auto it = json_.find(std::string(key));
        return it == json_.end() || it->is_null() ? nullptr : &*it;
    }

    // What makes a model that this program would compute wrongly.
    Status check_kind() {
        if (const auto* type = use("model_type")) {
            if (*type != "bert") return unexpected("model_type", *type, "\"bert\"", kOtherCheckpoint);
        }
        if (const auto* names = use("architectures"); names != nullptr && look("model_type") == nullptr) {
            const bool bert = names->is_array() && !names->empty() && names->front().is_string() &&
                              names->front().get<std::string>().starts_with("Bert");
            if (!bert) return unexpected("architectures", *names, "one that begins with \"Bert\"", kOtherCheckpoint);
        }
        if (const auto* kind = look("position_embedding_type"); kind != nullptr && *kind != "absolute")
            return unexpected("position_embedding_type", *kind, "\"absolute\"", kOtherCheckpoint);
        for (const std::string_view key : {"is_decoder", "add_cross_attention"})
            if (const auto* value = look(key); value != nullptr && *value != false)
                return unexpected(key, *value, "false: only encoders are read", kOtherCheckpoint);
        return ok();
    }

    Status read_whole_number(const WholeNumber& number) {
        const std::string expected = "a whole number from 1 to " + std::to_string(number.max);
        const auto* value = use(number.key);
        if (value == nullptr) return wrong("key \"" + std::string(number.key) + "\" is missing, expected " + expected);
        if (!value->is_number_integer()) return unexpected(number.key, *value, expected);
        const auto n = value->get<std::uint64_t>();
        if (n < 1 || n > static_cast<std::uint64_t>(number.max)) return unexpected(number.key, *value, expected);
        config_.*number.field = static_cast<int>(n);
        return ok();
    }

    Status read_real_number(const RealNumber& number) {
        const auto* value = use(number.key);
        if (value == nullptr) return ok();
        const double x = value->is_number() ? value->get<double>() : -1.0;
        if (!(x >= number.low && x < number.high)) return unexpected(number.key, *value, "a number from 0 to below 1");
        config_.*number.field = x;
        return ok();
    }

    Status read_activation() {
        const auto* value = use("hidden_act");
        if (value == nullptr) return ok();
        if (!value->is_string() ||
            std::find(kActivations.begin(), kActivations.end(), value->get<std::string>()) == kActivations.end()) {
            std::string names;
            for (const auto name : kActivations) names += (names.empty() ? "" : ", ") + std::string(name);
            return unexpected("hidden_act", *value, "one of " + names,
                              "Choose a checkpoint with one of these activations");
        }
        config_.hidden_act = value->get<std::string>();
        return ok();
    }

    Status read_labels() {
        if (const auto* type = use("problem_type")) {
            if (!type->is_string()) return unexpected("problem_type", *type, "a string");
            config_.problem_type = type->get<std::string>();
        }
        const std::string expected = "a whole number from 1 to " + std::to_string(kMaxLabels);
        if (const auto* count = use("num_labels")) {
            if (!count->is_number_integer() || *count < 1 || *count > kMaxLabels)
                return unexpected("num_labels", *count, expected);
            config_.num_labels = count->get<int>();
        }
        use("label2id");  // follows from id2label
        const auto* names = use("id2label");
        if (names == nullptr) return ok();
        const std::string expected_names = "an object with the keys \"0\", \"1\", … and a name for each";
        if (!names->is_object() || names->empty() || names->size() > kMaxLabels)
            return unexpected("id2label", *names, expected_names);
        for (std::size_t i = 0; i < names->size(); ++i) {
            const auto name = names->find(std::to_string(i));
            if (name == names->end() || !name->is_string()) return unexpected("id2label", *names, expected_names);
            config_.labels.push_back(name->get<std::string>());
        }
        config_.num_labels = static_cast<int>(config_.labels.size());
        return ok();
    }

    // Different whole numbers below `end`, ascending; nothing for anything else.
    static std::optional<std::vector<int>> indices(const Json& list, int end) {
        if (!list.is_array() || list.size() > static_cast<std::size_t>(end)) return std::nullopt;
        std::vector<int> values;
        for (const auto& value : list) {
            if (!value.is_number_integer() || value < 0 || value >= end) return std::nullopt;
            values.push_back(value.get<int>());
        }
        std::sort(values.begin(), values.end());
        if (std::adjacent_find(values.begin(), values.end()) != values.end()) return std::nullopt;
        return values;
    }

    // A key such as "11"; nothing for anything else, "011" included.
    std::optional<int> layer_index(const std::string& key) const {
        int layer = -1;
        const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), layer);
        const bool valid = error == std::errc{} && end == key.data() + key.size() && layer >= 0 &&
                           layer < config_.num_hidden_layers && std::to_string(layer) == key;
        return valid ? std::optional<int>(layer) : std::nullopt;
    }

    Status read_pruned() {
        const int layers = config_.num_hidden_layers;
        const int heads = config_.num_attention_heads;
        if (const auto* pruned = use(kPrunedHeads)) {
            const std::string layer_keys = "an object with layers from 0 to " + std::to_string(layers - 1) + " as keys";
            if (!pruned->is_object()) return unexpected(kPrunedHeads, *pruned, layer_keys);
            for (const auto& [key, list] : pruned->items()) {
                const auto layer = layer_index(key);
                if (!layer)
                    return wrong("\"" + std::string(kPrunedHeads) + "\" names layer " + shown(Json(key)) +
                                 ", expected " + layer_keys);
                const auto found = indices(list, heads);
                if (!found)
                    return wrong("\"" + std::string(kPrunedHeads) + "\" of layer " + key + " is " + shown(list) +
                                 ", expected different heads from 0 to " + std::to_string(heads - 1));
                if (!found->empty()) config_.pruned_heads[*layer] = *found;
            }
        }
        if (const auto* pruned = use(kPrunedMlps)) {
            const auto found = indices(*pruned, layers);
            if (!found)
                return unexpected(kPrunedMlps, *pruned, "different layers from 0 to " + std::to_string(layers - 1));
            config_.pruned_mlps = *found;
        }
        return ok();
    }

    Status check_sizes() {
        if (config_.hidden_size % config_.num_attention_heads != 0)
            return wrong("\"hidden_size\" is " + std::to_string(config_.hidden_size) + ", expected a multiple of " +
                         "\"num_attention_heads\", which is " + std::to_string(config_.num_attention_heads));
        if (const auto count = config_.parameter_count(); count > kMaxParameters)
            return wrong("describes a model of " + std::to_string(count) + " parameters, expected at most " +
                         std::to_string(kMaxParameters));
        return ok();
    }

    const Json& json_;
    const std::string& place_;
    BertConfig config_;
    std::vector<std::string> used_;
};

}  // namespace

ComponentMasks BertConfig::components() const {
    auto kept = ComponentMasks::all_kept(num_hidden_layers, num_attention_heads);
    for (const auto& [layer, heads] : pruned_heads)
        for (const int head : heads) kept.heads.at(layer, head) = 0.0F;
    for (const int layer : pruned_mlps) kept.mlps[static_cast<std::size_t>(layer)] = 0.0F;
    return kept;
}

void BertConfig::prune_to(const ComponentMasks& kept) {
    pruned_heads.clear();
    pruned_mlps.clear();
    for (int layer = 0; layer < kept.layers(); ++layer) {
        for (int head = 0; head < kept.heads.heads; ++head)
            if (kept.heads.at(layer, head) == 0.0F) pruned_heads[layer].push_back(head);
        if (kept.mlps[static_cast<std::size_t>(layer)] == 0.0F) pruned_mlps.push_back(layer);
    }
}

std::int64_t BertConfig::parameter_count() const {
    const std::int64_t hidden = hidden_size;
    const std::int64_t embeddings = (std::int64_t{vocab_size} + max_position_embeddings + type_vocab_size + 2) * hidden;
    return embeddings + parameters_without_embeddings(*this, num_labels, components());
}

Result<BertConfig> parse_bert_config(const Json& json, const std::string& place) {
    return ConfigReader(json, place).read();
}

Result<BertConfig> read_bert_config(const fs::path& folder_or_file) {
    std::error_code ec;
    fs::path file = folder_or_file;
    if (fs::is_directory(folder_or_file, ec)) {
        file = folder_or_file / "config.json";
        if (!fs::exists(file, ec))
            return Error{"no config.json in this folder", folder_or_file.string(),
                         "Choose a Hugging Face checkpoint folder: config.json, vocab.txt and model.safetensors"};
    }
    LOTTERY_TRY(const Json json, read_json(file));
    return parse_bert_config(json, file.string());
}

Json to_json(const BertConfig& config) {
    Json json;
    json["architectures"] = Json::array({"BertForSequenceClassification"});
    json["model_type"] = "bert";
    for (const auto& number : kWholeNumbers) json[std::string(number.key)] = config.*number.field;
    for (const auto& number : kRealNumbers) json[std::string(number.key)] = config.*number.field;
    json["hidden_act"] = config.hidden_act;
    const bool named = config.labels.size() == static_cast<std::size_t>(config.num_labels);
    Json id2label = Json::object();
    Json label2id = Json::object();
    for (int i = 0; i < config.num_labels; ++i) {
        const auto id = std::to_string(i);
        const auto name = named ? config.labels[static_cast<std::size_t>(i)] : "LABEL_" + id;
        id2label[id] = name;
        label2id[name] = i;
    }
    json["id2label"] = std::move(id2label);
    json["label2id"] = std::move(label2id);
    if (!config.problem_type.empty()) json["problem_type"] = config.problem_type;
    for (const auto& [layer, heads] : config.pruned_heads) json[kPrunedHeads][std::to_string(layer)] = heads;
    if (!config.pruned_mlps.empty()) json[kPrunedMlps] = config.pruned_mlps;
    for (const auto& [key, value] : config.other.items()) json[key] = value;
    return json;
}

}  // namespace lottery
