// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pruning/search_record.h"

#include <string>

namespace lottery {
namespace fs = std::filesystem;

namespace {

Status write_arrays(const fs::path& folder, const std::string& suffix, const ComponentMasks& masks,
                    const ComponentImportance& importance) {
    LOTTERY_CHECK(write_head_matrix(folder / ("head_mask" + suffix + ".npy"), masks.heads));
    LOTTERY_CHECK(write_mlp_vector(folder / ("mlp_mask" + suffix + ".npy"), masks.mlps));
    LOTTERY_CHECK(write_head_matrix(folder / ("head_importance" + suffix + ".npy"), importance.heads));
    if (masks.neurons.blocks > 0) {
        LOTTERY_CHECK(write_neuron_matrix(folder / ("neuron_mask" + suffix + ".npy"), masks.neurons));
        LOTTERY_CHECK(write_neuron_matrix(folder / ("neuron_importance" + suffix + ".npy"), importance.neurons));
    }
    return write_mlp_vector(folder / ("mlp_importance" + suffix + ".npy"), importance.mlps);
}

std::string step_suffix(int index) { return "_" + std::to_string(index); }

Json optional(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json step_json(const MaskSearchStep& step) {
    Json masked = Json::array();
    for (const auto& c : step.masked) {
        masked.push_back({{"layer", c.layer}, {"head", c.head < 0 ? Json(nullptr) : Json(c.head)}});
        if (c.block >= 0) masked.back()["block"] = c.block;
    }
    Json json{{"index", step.index},
              {"phase", step.phase},
              {"score", step.score},
              {"kept_heads", step.masks.kept_heads()},
              {"kept_mlps", step.masks.kept_mlps()},
              {"kept_share", optional(step.kept_share)},
              {"milliseconds_per_example", optional(step.milliseconds_per_example)},
              {"masked", masked},
              {"accepted", step.accepted},
              {"seconds", step.seconds}};
    if (step.masks.neurons.blocks > 0) json["kept_neuron_blocks"] = step.masks.kept_neuron_blocks();
    return json;
}

std::optional<double> optional_number(const Json& json, const char* key) {
    const auto found = json.find(key);
    if (found == json.end() || found->is_null()) return std::nullopt;
    return found->get<double>();
}

// Throws nlohmann's exceptions; the caller names the file.
MaskSearchStep step_from_json(const Json& json) {
    MaskSearchStep step;
    json.at("index").get_to(step.index);
    json.at("phase").get_to(step.phase);
    json.at("score").get_to(step.score);
    json.at("accepted").get_to(step.accepted);
    json.at("seconds").get_to(step.seconds);
    for (const auto& c : json.at("masked"))
        step.masked.push_back(
            {c.at("layer").get<int>(), c.at("head").is_null() ? -1 : c.at("head").get<int>(), c.value("block", -1)});
    step.kept_share = optional_number(json, "kept_share");
    step.milliseconds_per_example = optional_number(json, "milliseconds_per_example");
    return step;
}

// `block_size` 0: a search that knew no blocks.
Status read_arrays(const fs::path& folder, const std::string& suffix, int block_size, ComponentMasks& masks,
                   ComponentImportance& importance) {
    LOTTERY_TRY(importance.heads, read_head_matrix(folder / ("head_importance" + suffix + ".npy")));
    LOTTERY_TRY(importance.mlps, read_mlp_vector(folder / ("mlp_importance" + suffix + ".npy")));
    LOTTERY_TRY(masks.heads, read_head_mask(folder / ("head_mask" + suffix + ".npy"), importance.heads.layers,
                                            importance.heads.heads));
    LOTTERY_TRY(masks.mlps, read_mlp_mask(folder / ("mlp_mask" + suffix + ".npy"), importance.heads.layers));
    if (block_size <= 0) return ok();
    LOTTERY_TRY(importance.neurons, read_neuron_matrix(folder / ("neuron_importance" + suffix + ".npy"), block_size));
    LOTTERY_TRY(masks.neurons, read_neuron_mask(folder / ("neuron_mask" + suffix + ".npy"), importance.heads.layers,
                                                importance.neurons.blocks * block_size, block_size));
    return ok();
}

}  // namespace

Json to_json(const MaskSearchResult& result) {
    Json steps = Json::array();
    for (const auto& step : result.steps) steps.push_back(step_json(step));
    Json json{{"metric", result.metric},
              {"full_score", result.full_score},
              {"threshold", result.threshold_score},
              {"score", result.score},
              {"dev_full_score", optional(result.dev_full_score)},
              {"dev_score", optional(result.dev_score)},
              {"kept_heads", result.masks.kept_heads()},
              {"kept_mlps", result.masks.kept_mlps()},
              {"kept_weights_share", optional(result.kept_weights_share)},
              {"steps", steps},
              {"seconds", result.seconds}};
    if (const auto& neurons = result.masks.neurons; neurons.blocks > 0) {
        json["block_size"] = neurons.block_size;
        json["kept_neuron_blocks"] = result.masks.kept_neuron_blocks();
        json["neuron_blocks"] = static_cast<int>(neurons.values.size());
    }
    return json;
}

Status write_search_step(const fs::path& folder, const MaskSearchStep& step) {
    return write_arrays(folder, step_suffix(step.index), step.masks, step.importance);
}

Status write_mask_search(const fs::path& folder, const MaskSearchResult& result, const Json& header) {
    LOTTERY_CHECK(write_arrays(folder, "", result.masks, result.importance));
    Json json = header;
    json.update(to_json(result));
    // Last: where search.json is, everything else is.
    return write_json(folder / "search.json", json);
}

Result<MaskSearchResult> read_mask_search(const fs::path& folder) {
    const fs::path file = folder / "search.json";
    LOTTERY_TRY(const Json json, read_json(file));
    MaskSearchResult result;
    int block_size = 0;
    try {
        json.at("metric").get_to(result.metric);
        json.at("full_score").get_to(result.full_score);
        json.at("threshold").get_to(result.threshold_score);
        json.at("score").get_to(result.score);
        json.at("seconds").get_to(result.seconds);
        if (const auto& v = json.at("dev_full_score"); !v.is_null()) result.dev_full_score = v.get<double>();
        if (const auto& v = json.at("dev_score"); !v.is_null()) result.dev_score = v.get<double>();
        block_size = json.value("block_size", 0);
        if (const auto v = json.find("kept_weights_share"); v != json.end() && !v->is_null())
            result.kept_weights_share = v->get<double>();
        for (const auto& step : json.at("steps")) result.steps.push_back(step_from_json(step));
    } catch (const nlohmann::json::exception& e) {
        return Error{std::string("is not a mask search record (") + e.what() + ")", file.string(),
                     "Run lottery mask again"};
    }
    LOTTERY_CHECK(read_arrays(folder, "", block_size, result.masks, result.importance));
    for (auto& step : result.steps)
        LOTTERY_CHECK(read_arrays(folder, step_suffix(step.index), block_size, step.masks, step.importance));
    return result;
}

}  // namespace lottery
