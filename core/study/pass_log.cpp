// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/pass_log.h"

#include <cmath>
#include <limits>
#include <utility>

namespace lottery {
namespace fs = std::filesystem;

namespace {

constexpr int kFormat = 1;
constexpr const char* kFile = "passes.json";

// NaN (not measured, or constant predictions) is null in JSON. A float's double has the same value.
Json number(double value) { return std::isnan(value) ? Json(nullptr) : Json(value); }
double number_from(const Json& json) {
    return json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
}

Json to_json(const std::vector<float>& values) {
    Json json = Json::array();
    for (const float value : values) json.push_back(number(value));
    return json;
}
void fill(const Json& json, std::vector<float>& values) {
    values.clear();
    for (const auto& value : json) values.push_back(static_cast<float>(number_from(value)));
}

// Masks and importances have the same parts; `neurons` with its sizes, which a mask alone does not tell.
template <typename Parts>
Json parts_json(const Parts& parts) {
    return {{"layers", parts.heads.layers},           {"head_columns", parts.heads.heads},
            {"heads", to_json(parts.heads.values)},   {"mlps", to_json(parts.mlps)},
            {"neuron_layers", parts.neurons.layers},  {"neuron_blocks", parts.neurons.blocks},
            {"block_size", parts.neurons.block_size}, {"neurons", to_json(parts.neurons.values)}};
}
template <typename Parts>
Parts parts_from(const Json& json) {
    Parts parts;
    json.at("layers").get_to(parts.heads.layers);
    json.at("head_columns").get_to(parts.heads.heads);
    fill(json.at("heads"), parts.heads.values);
    fill(json.at("mlps"), parts.mlps);
    json.at("neuron_layers").get_to(parts.neurons.layers);
    json.at("neuron_blocks").get_to(parts.neurons.blocks);
    json.at("block_size").get_to(parts.neurons.block_size);
    fill(json.at("neurons"), parts.neurons.values);
    return parts;
}

ScoredPass pass_from(const Json& json) {
    ScoredPass pass;
    pass.score = number_from(json.at("score"));
    pass.importance = parts_from<ComponentImportance>(json.at("importance"));
    if (!json.at("kept_share").is_null()) pass.kept_share = json.at("kept_share").get<double>();
    if (!json.at("milliseconds_per_example").is_null())
        pass.milliseconds_per_example = json.at("milliseconds_per_example").get<double>();
    pass.seconds = json.at("seconds").get<double>();
    return pass;
}

Json optional_number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

std::vector<Json> read_passes(const fs::path& file, const Json& inputs) {
    std::error_code ec;
    if (!fs::exists(file, ec)) return {};
    const auto json = read_json(file);
    if (!json || !json->is_object() || json->value("format", Json()) != kFormat ||
        json->value("inputs", Json()) != inputs)
        return {};
    const auto passes = json->find("passes");
    if (passes == json->end() || !passes->is_array()) return {};
    return {passes->begin(), passes->end()};
}

}  // namespace

PassLog::PassLog(const fs::path& folder, const Json& inputs)
    : file_(folder / kFile), inputs_(inputs), found_(read_passes(file_, inputs)) {}

std::size_t PassLog::passes_of(const fs::path& folder, const Json& inputs) {
    return read_passes(folder / kFile, inputs).size();
}

std::optional<ScoredPass> PassLog::replay(const ComponentMasks& masks) {
    if (next_ >= found_.size()) return std::nullopt;
    const Json& entry = found_[next_];
    try {
        if (parts_from<ComponentMasks>(entry.at("masks")) == masks) {
            ScoredPass pass = pass_from(entry);
            passes_.push_back(entry);
            ++next_;
            return pass;
        }
    } catch (const nlohmann::json::exception&) {
        // Damaged: as if it had never been.
    }
    found_.resize(next_);
    return std::nullopt;
}

Status PassLog::add(const ComponentMasks& masks, const ScoredPass& pass) {
    passes_.push_back({{"masks", parts_json(masks)},
                       {"score", number(pass.score)},
                       {"importance", parts_json(pass.importance)},
                       {"kept_share", optional_number(pass.kept_share)},
                       {"milliseconds_per_example", optional_number(pass.milliseconds_per_example)},
                       {"seconds", pass.seconds.value_or(0.0)}});
    return write_json(file_, {{"format", kFormat}, {"inputs", inputs_}, {"passes", passes_}});
}

void PassLog::remove() {
    std::error_code ignored;
    fs::remove(file_, ignored);
}

}  // namespace lottery
