// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/scored_pass_json.h"

#include <cmath>
#include <limits>

namespace lottery {

namespace {

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

Json optional_number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

}  // namespace

Json to_json(const ComponentMasks& masks) { return parts_json(masks); }

Json to_json(const ScoredPass& pass) {
    return {{"score", number(pass.score)},
            {"importance", parts_json(pass.importance)},
            {"kept_share", optional_number(pass.kept_share)},
            {"milliseconds_per_example", optional_number(pass.milliseconds_per_example)},
            {"seconds", pass.seconds.value_or(0.0)}};
}

ScoredPass scored_pass_from_json(const Json& json) {
    ScoredPass pass;
    pass.score = number_from(json.at("score"));
    pass.importance = parts_from<ComponentImportance>(json.at("importance"));
    if (!json.at("kept_share").is_null()) pass.kept_share = json.at("kept_share").get<double>();
    if (!json.at("milliseconds_per_example").is_null())
        pass.milliseconds_per_example = json.at("milliseconds_per_example").get<double>();
    pass.seconds = json.at("seconds").get<double>();
    return pass;
}

}  // namespace lottery
