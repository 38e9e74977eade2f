// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pruning/magnitude_record.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/file.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

Json heads_json(const HeadMatrix& heads) {
    Json rows = Json::array();
    for (int l = 0; l < heads.layers; ++l) {
        Json row = Json::array();
        for (int h = 0; h < heads.heads; ++h) row.push_back(heads.at(l, h));
        rows.push_back(std::move(row));
    }
    return rows;
}

// One object of the record; every error says where it stands.
class Fields {
public:
    Fields(const Json& json, std::string place) : json_(json), place_(std::move(place)) {}

    template <typename T>
    Result<T> get(const char* key) const {
        if (!json_.contains(key)) return Error{std::string("the key \"") + key + "\" is missing", place_, kAdvice};
        return value<T>(json_.at(key), key);
    }
    // `null` is none.
    Result<std::optional<double>> optional(const char* key) const {
        if (json_.contains(key) && json_.at(key).is_null()) return std::optional<double>();
        LOTTERY_TRY(const double found, get<double>(key));
        return std::optional(found);
    }
    Result<double> share(const char* key) const {
        LOTTERY_TRY(const double found, get<double>(key));
        if (found >= 0.0 && found <= 1.0) return found;
        return Error{"\"" + std::string(key) + "\" is " + std::to_string(found) + ", a share in 0…1 was expected",
                     place_, kAdvice};
    }
    Result<WeightSurvival> survival(const char* key) const;
    [[nodiscard]] const std::string& place() const { return place_; }

    static constexpr const char* kAdvice = "Run lottery mask magnitude again";

private:
    template <typename T>
    Result<T> value(const Json& found, const char* key) const {
        const bool fits = std::is_same_v<T, bool>          ? found.is_boolean()
                          : std::is_same_v<T, std::string> ? found.is_string()
                          : std::is_floating_point_v<T>    ? found.is_number()
                                                           : found.is_number_integer();
        if (fits) return found.get<T>();
        return Error{"\"" + std::string(key) + "\" is " + found.dump().substr(0, 40) + ", " +
                         (std::is_same_v<T, bool>          ? "true or false"
                          : std::is_same_v<T, std::string> ? "a text"
                          : std::is_floating_point_v<T>    ? "a number"
                                                           : "a whole number") +
                         " was expected",
                     place_, kAdvice};
    }

    const Json& json_;
    std::string place_;
};

Result<WeightSurvival> Fields::survival(const char* key) const {
    WeightSurvival survival;
    if (!json_.contains(key)) return survival;  // an older record
    const Json& found = json_.at(key);
    const auto wrong = [&](const std::string& what) {
        return Error{"\"" + std::string(key) + "\" " + what, place_, kAdvice};
    };
    if (!found.is_object()) return wrong("is no object");
    LOTTERY_CHECK(check_keys(found, {"heads", "mlps"}, place_ + ", " + key));
    if (!found.contains("heads") || !found.contains("mlps")) return wrong("has no \"heads\" or no \"mlps\"");
    const Json &heads = found.at("heads"), &mlps = found.at("mlps");
    if (!heads.is_array() || !mlps.is_array() || heads.empty() || mlps.size() != heads.size() || !heads[0].is_array())
        return wrong("has not one row of heads and one MLP per layer");
    const auto is_share = [](const Json& value) {
        return value.is_number() && value.get<double>() >= 0.0 && value.get<double>() <= 1.0;
    };
    survival.heads = HeadMatrix(static_cast<int>(heads.size()), static_cast<int>(heads[0].size()), 0.0F);
    for (std::size_t l = 0; l < heads.size(); ++l) {
        if (!heads[l].is_array() || heads[l].size() != heads[0].size()) return wrong("has rows of different length");
        for (std::size_t h = 0; h < heads[l].size(); ++h) {
            if (!is_share(heads[l][h])) return wrong("holds something other than shares in 0…1");
            survival.heads.at(static_cast<int>(l), static_cast<int>(h)) = heads[l][h].get<float>();
        }
        if (!is_share(mlps[l])) return wrong("holds something other than shares in 0…1");
        survival.mlps.push_back(mlps[l].get<float>());
    }
    return survival;
}

Result<MagnitudeStep> read_step(const Json& json, const std::string& place, std::size_t index, std::int64_t prunable) {
    if (!json.is_object()) return Error{"an object was expected, found " + std::string(json.type_name()), place, {}};
    LOTTERY_CHECK(check_keys(json,
                             {"index", "phase", "score", "kept_heads", "kept_mlps", "masked", "kept_weights",
                              "kept_weights_share", "accepted", "selection_seconds", "seconds", "survival"},
                             place));
    const Fields fields(json, place);
    MagnitudeStep step;
    LOTTERY_TRY(step.index, fields.get<int>("index"));
    if (step.index != static_cast<int>(index))
        return Error{"\"index\" is " + std::to_string(step.index) + ", " + std::to_string(index) + " was expected",
                     place, Fields::kAdvice};
    LOTTERY_TRY(step.score, fields.get<double>("score"));
    LOTTERY_TRY(step.accepted, fields.get<bool>("accepted"));
    LOTTERY_TRY(step.kept, fields.get<std::int64_t>("kept_weights"));
    LOTTERY_TRY(step.kept_share, fields.share("kept_weights_share"));
    LOTTERY_TRY(step.selection_seconds, fields.get<double>("selection_seconds"));
    LOTTERY_TRY(step.seconds, fields.get<double>("seconds"));
    LOTTERY_TRY(step.survival, fields.survival("survival"));
    if (!step.survival.mlps.empty()) {
        step.survival.kept = step.kept;
        step.survival.prunable = prunable;
    }
    return step;
}

template <typename T>
bool parse(std::string_view text, T& value) {
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

// What weight_survival.csv says of heads and MLPs: rows "head,<layer>,<head>,<share>" and "mlp,<layer>,,<share>",
// counted from 1.
Status read_survival_csv(const fs::path& file, int heads, int layers, WeightSurvival& survival) {
    LOTTERY_TRY(const std::string text, read_file(file));
    survival.heads = HeadMatrix(layers, layers > 0 ? heads / layers : 0, std::nanf(""));
    survival.mlps.assign(static_cast<std::size_t>(layers), std::nanf(""));
    int number = 0, found = 0;
    for (std::string_view rest = text; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (++number == 1) continue;  // the header
        std::vector<std::string_view> cells;
        for (std::size_t from = 0; from <= line.size();) {
            const auto comma = std::min(line.find(',', from), line.size());
            cells.push_back(line.substr(from, comma - from));
            from = comma + 1;
        }
        int layer = 0, head = 0;
        float share = 0.0F;
        const bool is_head = !cells.empty() && cells[0] == "head";
        const bool fits = cells.size() >= 4 && parse(cells[1], layer) && layer >= 1 && layer <= layers &&
                          parse(cells[3], share) &&
                          (!is_head || (parse(cells[2], head) && head >= 1 && head <= survival.heads.heads));
        if (!fits)
            return Error{"is no row of a head or MLP of " + std::to_string(layers) + " layers with its share",
                         file.string() + ":" + std::to_string(number), Fields::kAdvice};
        (is_head ? survival.heads.at(layer - 1, head - 1) : survival.mlps[static_cast<std::size_t>(layer - 1)]) = share;
        ++found;
    }
    if (found != heads + layers)
        return Error{"has " + std::to_string(found) + " rows, " + std::to_string(heads + layers) +
                         " heads and MLPs were expected",
                     file.string(), Fields::kAdvice};
    return ok();
}

}  // namespace

const char* to_string(MlpOutputBias bias) { return bias == MlpOutputBias::Left ? "left" : "pruned"; }
const char* to_string(MagnitudeControl control) { return control == MagnitudeControl::Random ? "random" : "bad"; }

Json to_json(const MagnitudeResult& r) {
    const auto optional = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
    // Single weights are pruned: every head and MLP is still there.
    const int heads = static_cast<int>(r.survival.heads.values.size());
    const int mlps = static_cast<int>(r.survival.mlps.size());
    Json steps = Json::array();
    for (const auto& step : r.steps) {
        steps.push_back({{"index", step.index},
                         {"phase", step.index == 0 ? "full" : "magnitude"},
                         {"score", step.score},
                         {"kept_heads", heads},
                         {"kept_mlps", mlps},
                         {"masked", Json::array()},
                         {"kept_weights", step.kept},
                         {"kept_weights_share", step.kept_share},
                         {"accepted", step.accepted},
                         {"selection_seconds", step.selection_seconds},
                         {"seconds", step.seconds}});
        if (!step.survival.mlps.empty())
            steps.back()["survival"] = {{"heads", heads_json(step.survival.heads)}, {"mlps", step.survival.mlps}};
    }
    return {{"metric", r.metric},
            {"full_score", r.full_score},
            {"threshold", r.threshold_score},
            {"score", r.score},
            {"dev_full_score", optional(r.dev_full_score)},
            {"dev_score", optional(r.dev_score)},
            {"kept_heads", heads},
            {"kept_mlps", mlps},
            {"kept_step", r.kept_step},
            {"kept_weights", r.survival.kept},
            {"prunable_weights", r.survival.prunable},
            {"kept_weights_share", r.survival.kept_share()},
            {"parameters_kept_share", r.parameters_kept_share},
            {"steps", steps},
            {"seconds", r.seconds}};
}

Json to_json(const WeightSurvival& s) {
    return {{"kept_weights", s.kept},
            {"prunable_weights", s.prunable},
            {"kept_weights_share", s.kept_share()},
            {"heads", heads_json(s.heads)},
            {"mlps", s.mlps}};
}

Json to_json(const MagnitudeOptions& o) {
    return {{"kind", "magnitude"},        {"mode", o.mode == Mode::Published ? "published" : "rigorous"},
            {"threshold", o.threshold},   {"amount", o.amount},
            {"max_steps", o.max_steps},   {"mlp_output_bias", to_string(o.mlp_output_bias)},
            {"batch_size", o.batch_size}, {"split", o.split == SearchSplit::Dev ? "dev" : "train"},
            {"limit_dev", o.limit_dev},   {"max_seq_length", o.max_seq_length}};
}

Result<MagnitudeResult> read_magnitude_record(const fs::path& folder) {
    const fs::path file = folder / "search.json";
    LOTTERY_TRY(const Json json, read_json(file));
    const Fields fields(json, file.string());
    if (!json.is_object()) return Error{"an object was expected", file.string(), Fields::kAdvice};
    LOTTERY_TRY(const auto kind, fields.get<std::string>("kind"));
    if (kind != "magnitude")
        return Error{"is a search of the kind \"" + kind + "\", \"magnitude\" was expected", file.string(), {}};
    LOTTERY_CHECK(check_keys(json,
                             {"format",
                              "task",
                              "kind",
                              "mode",
                              "split",
                              "mlp_output_bias",
                              "metric",
                              "full_score",
                              "threshold",
                              "score",
                              "dev_full_score",
                              "dev_score",
                              "kept_heads",
                              "kept_mlps",
                              "kept_step",
                              "kept_weights",
                              "prunable_weights",
                              "kept_weights_share",
                              "parameters_kept_share",
                              "steps",
                              "seconds"},
                             file.string()));
    LOTTERY_TRY(const int format, fields.get<int>("format"));
    if (format != 1)
        return Error{"has the format " + std::to_string(format) + ", 1 was expected", file.string(),
                     "Open it with the program that wrote it"};
    LOTTERY_TRY(const int heads, fields.get<int>("kept_heads"));
    LOTTERY_TRY(const int layers, fields.get<int>("kept_mlps"));
    if (layers < 1 || heads < 1 || heads % layers != 0)
        return Error{"\"kept_heads\" and \"kept_mlps\" are " + std::to_string(heads) + " and " +
                         std::to_string(layers) + ", all heads and MLPs of a model were expected",
                     file.string(), Fields::kAdvice};
    MagnitudeResult result;
    LOTTERY_TRY(result.metric, fields.get<std::string>("metric"));
    LOTTERY_TRY(result.full_score, fields.get<double>("full_score"));
    LOTTERY_TRY(result.threshold_score, fields.get<double>("threshold"));
    LOTTERY_TRY(result.score, fields.get<double>("score"));
    LOTTERY_TRY(result.dev_full_score, fields.optional("dev_full_score"));
    LOTTERY_TRY(result.dev_score, fields.optional("dev_score"));
    LOTTERY_TRY(result.parameters_kept_share, fields.share("parameters_kept_share"));
    LOTTERY_TRY(result.seconds, fields.get<double>("seconds"));
    LOTTERY_TRY(result.kept_step, fields.get<int>("kept_step"));
    LOTTERY_TRY(const auto kept, fields.get<std::int64_t>("kept_weights"));
    LOTTERY_TRY(const auto prunable, fields.get<std::int64_t>("prunable_weights"));
    if (!json.contains("steps") || !json.at("steps").is_array())
        return Error{"the key \"steps\" is missing or no list", file.string(), Fields::kAdvice};
    for (const auto& step : json.at("steps")) {
        const auto index = result.steps.size();
        LOTTERY_TRY(result.steps.emplace_back(),
                    read_step(step, file.string() + ", step " + std::to_string(index), index, prunable));
    }
    if (result.kept_step < 0 || result.kept_step >= static_cast<int>(result.steps.size()))
        return Error{"\"kept_step\" is " + std::to_string(result.kept_step) + ", there are " +
                         std::to_string(result.steps.size()) + " steps",
                     file.string(), Fields::kAdvice};
    result.survival = result.steps[static_cast<std::size_t>(result.kept_step)].survival;
    if (result.survival.mlps.empty())
        LOTTERY_CHECK(read_survival_csv(folder / "weight_survival.csv", heads, layers, result.survival));
    result.survival.kept = kept;
    result.survival.prunable = prunable;
    return result;
}

}  // namespace lottery
