// SPDX-License-Identifier: GPL-3.0-or-later
//
// study.json, key by key; FORMAT.md describes it.
#include <algorithm>

#include "core/base/json_fields.h"
#include "core/pruning/magnitude_record.h"
#include "core/study/option_fields.h"
#include "core/study/provenance.h"
#include "core/study/study_plan.h"

namespace lottery {
namespace {

constexpr int kFormat = 1;

// Each reads one object; what is missing stays as it is.
Status read_training(const Json& json, const std::string& place, StudyPlan& plan) {
    JsonFields f(json, place);
    take_training_options(f, plan.training);
    if (const Json* found = f.find("hold_out")) {
        if (*found == "dev")
            plan.hold_out.reset();
        else if (found->is_number_integer())
            plan.hold_out = found->get<std::int64_t>();
        else
            f.fail("hold_out", found->dump() + " found, a number or \"dev\" expected");
    }
    return f.finish();
}

Status read_search(const Json& json, const std::string& place, MaskSearchOptions& o) {
    JsonFields f(json, place);
    LOTTERY_CHECK(take_search_options(f, o));
    return f.finish();
}

Status read_magnitude(const Json& json, const std::string& place, MagnitudeOptions& o) {
    JsonFields f(json, place);
    take_magnitude_options(f, o);
    return f.finish();
}

Status read_controls(const Json& json, const std::string& place, ControlOptions& o) {
    JsonFields f(json, place);
    take_control_options(f, o);
    return f.finish();
}

Status read_compute(const Json& json, const std::string& place, ComputeOptions& o) {
    JsonFields f(json, place);
    f.take("device", o.device);
    f.take("threads", o.threads);
    return f.finish();
}

Json search_json(const StudyPlan& plan) {
    const auto& o = plan.search;
    Json json{{"threshold", o.threshold},
              {"amount", o.amount},
              {"batch_size", o.batch_size},
              {"split", to_string(o.split)},
              {"limit_dev", o.limit_dev},
              {"max_seq_length", o.max_seq_length},
              {"criterion", to_string(o.criterion)},
              {"gradient", to_string(o.gradient)},
              {"phase_importance", to_string(o.phase_importance)}};
    if (o.criterion == Criterion::Learned) json["gates"] = to_json(o.gates);
    return json;
}

Json magnitude_json(const StudyPlan& plan) {
    const auto& o = plan.magnitude;
    return {{"threshold", o.threshold},   {"amount", o.amount},
            {"max_steps", o.max_steps},   {"mlp_output_bias", to_string(o.mlp_output_bias)},
            {"batch_size", o.batch_size}, {"split", to_string(o.split)},
            {"limit_dev", o.limit_dev},   {"max_seq_length", o.max_seq_length}};
}

}  // namespace

Json to_json(const StudyPlan& plan) {
    Json tasks = Json::array(), settings = Json::array();
    for (const auto task : plan.tasks) tasks.push_back(task_info(task).name);
    for (const auto setting : plan.settings) settings.push_back(to_string(setting));
    Json training = to_json(plan.training);
    training["hold_out"] = plan.hold_out ? Json(*plan.hold_out) : Json("dev");
    return {{"format", kFormat},
            {"kind", "study"},
            {"preset", plan.preset},
            {"mode", to_string(plan.mode)},
            {"checkpoint", plan.checkpoint.string()},
            {"data", plan.data.string()},
            {"tasks", tasks},
            {"seeds", plan.seeds},
            {"settings", settings},
            {"retrain", plan.retrain},
            {"training", training},
            {"search", search_json(plan)},
            {"magnitude", magnitude_json(plan)},
            {"controls",
             {{"random_size", to_string(plan.controls.random_size)}, {"bad_fill", to_string(plan.controls.bad_fill)}}},
            {"removal", to_string(plan.removal)},
            {"draw_seed", plan.draw_seed},
            {"compute", {{"device", plan.compute.device}, {"threads", plan.compute.threads}}}};
}

Result<StudyPlan> study_plan_from_json(const Json& json, const std::string& place) {
    JsonFields f(json, place);
    int format = 0;
    std::string kind = "study";
    f.require("format");
    f.take("format", format);
    f.take("kind", kind);
    if (json.is_object() && json.value("kind", Json()) == "demo")
        return Error{"is of a study that lottery demo made", place, "lottery demo goes on with it"};
    if (json.is_object() && json.value("kind", Json()) == "reference")
        return Error{"is of an imported study, which is only read", place, "Begin one of your own: lottery study new"};
    if (format != kFormat)
        f.fail("format", std::to_string(format) + " found, " + std::to_string(kFormat) +
                             " expected: the study belongs to another version of the program");
    if (kind != "study") f.fail("kind", "\"" + kind + "\" found, \"study\" expected");
    // A mode's defaults hold for what the file does not say.
    Mode mode = Mode::Rigorous;
    f.take_name("mode", mode, kAllModes);
    StudyPlan plan = preset_plan(StudyPreset::Paper, mode);
    plan.preset = "custom";
    f.take("preset", plan.preset);
    std::string checkpoint, data;
    for (const char* key : {"checkpoint", "data", "tasks", "seeds", "settings"}) f.require(key);
    f.take("checkpoint", checkpoint);
    f.take("data", data);
    plan.checkpoint = checkpoint;
    plan.data = data;
    std::vector<std::string> tasks, settings;
    f.take("tasks", tasks);
    f.take("settings", settings);
    f.take("seeds", plan.seeds);
    f.take("retrain", plan.retrain);
    f.take_name("removal", plan.removal, kAllRemovals);
    f.take("draw_seed", plan.draw_seed);
    const auto part = [&](const char* key, auto&& read) -> Status {
        const Json* found = f.find(key);
        return found == nullptr ? ok() : read(*found, f.place_of(key));
    };
    LOTTERY_CHECK(part("training", [&](const Json& j, const std::string& p) { return read_training(j, p, plan); }));
    LOTTERY_CHECK(part("search", [&](const Json& j, const std::string& p) { return read_search(j, p, plan.search); }));
    LOTTERY_CHECK(
        part("magnitude", [&](const Json& j, const std::string& p) { return read_magnitude(j, p, plan.magnitude); }));
    LOTTERY_CHECK(
        part("controls", [&](const Json& j, const std::string& p) { return read_controls(j, p, plan.controls); }));
    LOTTERY_CHECK(
        part("compute", [&](const Json& j, const std::string& p) { return read_compute(j, p, plan.compute); }));
    LOTTERY_CHECK(f.finish());

    plan.tasks.clear();
    for (const auto& name : tasks) {
        const auto task = parse_task(name);
        if (!task) return Error{task.error().message, place + ", tasks", task.error().advice};
        plan.tasks.push_back(*task);
    }
    plan.settings.clear();
    for (const auto& name : settings) {
        const auto all = all_study_settings();
        const auto found = std::find_if(all.begin(), all.end(), [&](StudySetting s) { return name == to_string(s); });
        if (found == all.end()) {
            std::string known;
            for (const auto s : all) known += (known.empty() ? "" : ", ") + std::string(to_string(s));
            return Error{"\"" + name + "\" is no setting", place + ", settings", "Known are " + known};
        }
        plan.settings.push_back(*found);
    }
    LOTTERY_CHECK(check_study_plan(plan, place));
    return plan;
}

}  // namespace lottery
