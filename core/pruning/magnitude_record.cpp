// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pruning/magnitude_record.h"

namespace lottery {

const char* to_string(MlpOutputBias bias) { return bias == MlpOutputBias::Left ? "left" : "pruned"; }
const char* to_string(MagnitudeControl control) { return control == MagnitudeControl::Random ? "random" : "bad"; }

Json to_json(const MagnitudeResult& r) {
    const auto optional = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
    // Single weights are pruned: every head and MLP is still there.
    const int heads = static_cast<int>(r.survival.heads.values.size());
    const int mlps = static_cast<int>(r.survival.mlps.size());
    Json steps = Json::array();
    for (const auto& step : r.steps)
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
    Json heads = Json::array();
    for (int l = 0; l < s.heads.layers; ++l) {
        Json row = Json::array();
        for (int h = 0; h < s.heads.heads; ++h) row.push_back(s.heads.at(l, h));
        heads.push_back(std::move(row));
    }
    return {{"kept_weights", s.kept},
            {"prunable_weights", s.prunable},
            {"kept_weights_share", s.kept_share()},
            {"heads", heads},
            {"mlps", s.mlps}};
}

Json to_json(const MagnitudeOptions& o) {
    return {{"kind", "magnitude"},        {"mode", o.mode == Mode::Published ? "published" : "rigorous"},
            {"threshold", o.threshold},   {"amount", o.amount},
            {"max_steps", o.max_steps},   {"mlp_output_bias", to_string(o.mlp_output_bias)},
            {"batch_size", o.batch_size}, {"split", o.split == SearchSplit::Dev ? "dev" : "train"},
            {"limit_dev", o.limit_dev},   {"max_seq_length", o.max_seq_length}};
}

}  // namespace lottery
