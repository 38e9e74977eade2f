// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/recorded_options.h"

#include <array>

#include "core/study/option_fields.h"
#include "core/study/provenance.h"
#include "core/study/subnetwork_runs.h"

namespace lottery {

namespace {

constexpr std::array kKinds{SearchKind::Heads, SearchKind::Mlps, SearchKind::HeadsMlps, SearchKind::Neurons};
constexpr std::array kControls{ControlKind::Random, ControlKind::Bad, ControlKind::Invert};

// Read first, since it decides what the other keys are where they are missing.
Result<Mode> recorded_mode(const Json& json, const std::string& place) {
    if (!json.is_object())
        return Error{std::string("a JSON object was expected, found ") + json.type_name(), place, {}};
    const Json only = json.contains("mode") ? Json{{"mode", json.at("mode")}} : Json::object();
    JsonFields f(only, place);
    Mode mode = Mode::Rigorous;
    f.take_name("mode", mode, kAllModes);
    LOTTERY_CHECK(f.finish());
    return mode;
}

}  // namespace

Result<TrainingOptions> recorded_training_options(const Json& json, const std::string& place) {
    JsonFields f(json, place);
    TrainingOptions o;
    take_training_options(f, o);
    f.take("hold_out", o.hold_out);
    LOTTERY_CHECK(f.finish());
    return o;
}

Result<MaskSearchOptions> recorded_mask_search_options(const Json& json, const std::string& place) {
    LOTTERY_TRY(const Mode mode, recorded_mode(json, place));
    MaskSearchOptions o = MaskSearchOptions::for_mode(mode);
    JsonFields f(json, place);
    f.take_name("mode", o.mode, kAllModes);
    f.take_name("kind", o.kind, kKinds);
    LOTTERY_CHECK(take_search_options(f, o));
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
    f.take_name("mode", o.mode, kAllModes);
    take_magnitude_options(f, o);
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
    take_control_options(f, control.options);
    LOTTERY_CHECK(f.finish());
    return control;
}

}  // namespace lottery
