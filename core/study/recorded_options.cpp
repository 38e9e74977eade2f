// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/recorded_options.h"

#include <array>

#include "core/base/json_fields.h"
#include "core/pruning/magnitude_record.h"
#include "core/study/provenance.h"
#include "core/study/subnetwork_runs.h"

namespace lottery {

namespace {

constexpr std::array kModes{Mode::Published, Mode::Rigorous};
constexpr std::array kKinds{SearchKind::Heads, SearchKind::Mlps, SearchKind::HeadsMlps, SearchKind::Neurons};
constexpr std::array kSplits{SearchSplit::Dev, SearchSplit::Train};
constexpr std::array kPhases{PhaseImportance::LastPass, PhaseImportance::KeptPass};
constexpr std::array kGradients{GradientTerm::Batch, GradientTerm::Example};
constexpr std::array kBiases{MlpOutputBias::Left, MlpOutputBias::Pruned};
constexpr std::array kPrecisions{Precision::Fp32, Precision::Bf16};
constexpr std::array kControls{ControlKind::Random, ControlKind::Bad, ControlKind::Invert};
constexpr std::array kSizes{RandomSize::Drawn, RandomSize::Exact};
constexpr std::array kFills{BadFill::Good, BadFill::None};

// Read first, since it decides what the other keys are where they are missing.
Result<Mode> recorded_mode(const Json& json, const std::string& place) {
    if (!json.is_object())
        return Error{std::string("a JSON object was expected, found ") + json.type_name(), place, {}};
    const Json only = json.contains("mode") ? Json{{"mode", json.at("mode")}} : Json::object();
    JsonFields f(only, place);
    Mode mode = Mode::Rigorous;
    f.take_name("mode", mode, kModes);
    LOTTERY_CHECK(f.finish());
    return mode;
}

}  // namespace

Result<TrainingOptions> recorded_training_options(const Json& json, const std::string& place) {
    JsonFields f(json, place);
    TrainingOptions o;
    f.take("epochs", o.epochs);
    f.take("batch_size", o.batch_size);
    f.take("learning_rate", o.learning_rate);
    f.take("warmup_share", o.warmup_share);
    f.take("adam_epsilon", o.adam_epsilon);
    f.take("weight_decay", o.weight_decay);
    f.take("max_gradient_norm", o.max_gradient_norm);
    f.take("dropout", o.dropout);
    f.take("max_seq_length", o.max_seq_length);
    f.take("hold_out", o.hold_out);
    f.take("limit_train", o.limit_train);
    f.take("limit_dev", o.limit_dev);
    f.take("save_steps", o.save_steps);
    f.take_name("precision", o.precision, kPrecisions);
    LOTTERY_CHECK(f.finish());
    return o;
}

Result<MaskSearchOptions> recorded_mask_search_options(const Json& json, const std::string& place) {
    LOTTERY_TRY(const Mode mode, recorded_mode(json, place));
    MaskSearchOptions o = MaskSearchOptions::for_mode(mode);
    JsonFields f(json, place);
    f.take_name("mode", o.mode, kModes);
    f.take_name("kind", o.kind, kKinds);
    f.take("threshold", o.threshold);
    f.take("amount", o.amount);
    f.take("batch_size", o.batch_size);
    f.take_name("split", o.split, kSplits);
    f.take("limit_dev", o.limit_dev);
    f.take("max_seq_length", o.max_seq_length);
    f.take_name("criterion", o.criterion, all_criteria());
    f.take_name("gradient", o.gradient, kGradients);
    f.take_name("phase_importance", o.phase_importance, kPhases);
    if (const Json* gates = f.find("gates")) {
        JsonFields g(*gates, f.place_of("gates"));
        g.take("steps", o.gates.steps);
        g.take("batch_size", o.gates.batch_size);
        g.take("learning_rate", o.gates.learning_rate);
        g.take("penalty", o.gates.penalty);
        LOTTERY_CHECK(g.finish());
    }
    f.take("block_size", o.block_size);
    f.take("measure_speed", o.measure_speed);
    LOTTERY_CHECK(f.finish());
    return o;
}

Result<MagnitudeOptions> recorded_magnitude_options(const Json& json, const std::string& place) {
    LOTTERY_TRY(const Mode mode, recorded_mode(json, place));
    MagnitudeOptions o = MagnitudeOptions::for_mode(mode);
    JsonFields f(json, place);
    std::string kind = "magnitude";
    f.take("kind", kind);
    if (kind != "magnitude") f.fail("kind", "\"" + kind + "\" found, \"magnitude\" expected");
    f.take_name("mode", o.mode, kModes);
    f.take("threshold", o.threshold);
    f.take("amount", o.amount);
    f.take("max_steps", o.max_steps);
    f.take_name("mlp_output_bias", o.mlp_output_bias, kBiases);
    f.take("batch_size", o.batch_size);
    f.take_name("split", o.split, kSplits);
    f.take("limit_dev", o.limit_dev);
    f.take("max_seq_length", o.max_seq_length);
    LOTTERY_CHECK(f.finish());
    return o;
}

Result<RecordedControl> recorded_control(const Json& inputs, const std::string& place) {
    LOTTERY_TRY(const Mode mode, recorded_mode(inputs, place));
    RecordedControl control{ControlKind::Random, mode, ControlOptions::for_mode(mode)};
    Json options = Json::object();
    for (const char* key : {"kind", "random_size", "bad_fill"})
        if (inputs.contains(key)) options[key] = inputs.at(key);
    JsonFields f(options, place);
    f.require("kind");
    f.take_name("kind", control.kind, kControls);
    f.take_name("random_size", control.options.random_size, kSizes);
    f.take_name("bad_fill", control.options.bad_fill, kFills);
    LOTTERY_CHECK(f.finish());
    return control;
}

}  // namespace lottery
