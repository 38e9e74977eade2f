// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/study_plan.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/base/file.h"
#include "core/study/demo_checkpoint.h"
#include "core/study/demo_corpus.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

using S = StudySetting;

struct SettingInfo {
    StudySetting setting;
    const char* name;
    std::optional<StudySetting> made_from;
    bool has_experiments;
};

constexpr std::array kSettings{
    SettingInfo{S::Heads, "heads", std::nullopt, false},
    SettingInfo{S::Mlps, "mlps", std::nullopt, false},
    SettingInfo{S::HeadsMlps, "heads_mlps", std::nullopt, true},
    SettingInfo{S::HeadsMlpsRandom, "heads_mlps_random", S::HeadsMlps, true},
    SettingInfo{S::HeadsMlpsBad, "heads_mlps_bad_1", S::HeadsMlps, true},
    SettingInfo{S::HeadsMlpsSuper, "heads_mlps_super", S::HeadsMlps, true},
    SettingInfo{S::HeadsMlpsSuperRandom, "heads_mlps_super_random", S::HeadsMlps, true},
    SettingInfo{S::HeadsMlpsSuperBad, "heads_mlps_super_bad", S::HeadsMlps, true},
    SettingInfo{S::Global, "global", std::nullopt, true},
    SettingInfo{S::GlobalRandom, "global_random", S::Global, true},
    SettingInfo{S::GlobalBad, "global_bad", S::Global, true},
};
const SettingInfo& info(StudySetting setting) { return kSettings.at(static_cast<std::size_t>(setting)); }

constexpr auto kAllSettings = [] {
    std::array<StudySetting, kSettings.size()> all{};
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = kSettings[i].setting;
    return all;
}();

constexpr std::array kPresets{StudyPreset::Demo, StudyPreset::Quick, StudyPreset::Paper};

// Of the demo: a tiny model, trained from random weights rather than fine-tuned in the sense of method.md §2.
void set_demo_options(StudyPlan& plan) {
    constexpr int kPositions = DemoCheckpointOptions{}.positions;
    plan.checkpoint = "checkpoint";
    plan.data = "glue";
    plan.training.epochs = 4;
    plan.training.learning_rate = 2e-3;
    plan.training.warmup_share = 0.1;
    plan.training.dropout = 0.0;
    plan.training.max_seq_length = kPositions;
    plan.search.max_seq_length = kPositions;
    plan.magnitude.max_seq_length = kPositions;
}

template <typename T>
Status each_once(const std::vector<T>& values, const char* key, const std::string& place) {
    if (values.empty()) return Error{"is empty", place + ", " + key, "Name at least one"};
    if (std::set<T>(values.begin(), values.end()).size() != values.size())
        return Error{"names one of them twice", place + ", " + key, {}};
    return ok();
}

}  // namespace

std::span<const StudySetting> all_study_settings() { return kAllSettings; }
const char* to_string(StudySetting setting) { return info(setting).name; }
std::optional<StudySetting> made_from(StudySetting setting) { return info(setting).made_from; }
bool has_experiments(StudySetting setting) { return info(setting).has_experiments; }

std::span<const StudyPreset> all_study_presets() { return kPresets; }
const char* to_string(StudyPreset preset) {
    switch (preset) {
        case StudyPreset::Demo:
            return "demo";
        case StudyPreset::Quick:
            return "quick";
        case StudyPreset::Paper:
            return "paper";
    }
    return "";
}

StudyPlan preset_plan(StudyPreset preset, Mode mode) {
    StudyPlan plan;
    plan.preset = to_string(preset);
    plan.mode = mode;
    plan.search = MaskSearchOptions::for_mode(mode);
    plan.magnitude = MagnitudeOptions::for_mode(mode);
    plan.controls = ControlOptions::for_mode(mode);
    if (mode == Mode::Published) plan.hold_out = 0;
    plan.settings = {S::HeadsMlps, S::HeadsMlpsRandom, S::HeadsMlpsBad, S::Global, S::GlobalRandom, S::GlobalBad};
    plan.seeds = {1337, 42, 86};
    switch (preset) {
        case StudyPreset::Demo:
            plan.tasks.assign(kDemoTasks.begin(), kDemoTasks.end());
            set_demo_options(plan);
            break;
        case StudyPreset::Quick:
            // Not CoLA and RTE: so few examples seldom lift them above chance, and there is nothing to prune then.
            plan.tasks = {TaskId::MRPC, TaskId::STSB};
            plan.training.limit_train = 1200;
            plan.training.learning_rate = 5e-5;  // there are few steps
            plan.training.limit_dev = plan.search.limit_dev = plan.magnitude.limit_dev = 400;
            break;
        case StudyPreset::Paper:
            for (const auto& task : all_tasks()) plan.tasks.push_back(task.id);
            plan.seeds = {1337, 42, 86, 71, 166};
            plan.settings.assign(kAllSettings.begin(), kAllSettings.end());
            break;
    }
    return plan;
}

Status check_study_plan(const StudyPlan& plan, const std::string& place) {
    LOTTERY_CHECK(each_once(plan.tasks, "tasks", place));
    LOTTERY_CHECK(each_once(plan.seeds, "seeds", place));
    LOTTERY_CHECK(each_once(plan.settings, "settings", place));
    if (plan.checkpoint.empty()) return Error{"is empty", place + ", checkpoint", "Name a Hugging Face folder"};
    if (plan.data.empty()) return Error{"is empty", place + ", data", "Name a GLUE folder"};
    const auto has = [&](StudySetting s) {
        return std::find(plan.settings.begin(), plan.settings.end(), s) != plan.settings.end();
    };
    for (const auto setting : plan.settings)
        if (const auto source = made_from(setting); source && !has(*source))
            return Error{std::string(to_string(setting)) + " is made from " + to_string(*source) +
                             ", which is not among the settings",
                         place + ", settings", std::string("Add ") + to_string(*source)};
    if (plan.hold_out && *plan.hold_out < 0)
        return Error{std::to_string(*plan.hold_out) + " found, 0 or more expected", place + ", training, hold_out", {}};
    return ok();
}

fs::path in_study(const fs::path& study, const fs::path& path) { return path.is_absolute() ? path : study / path; }

Result<bool> has_study_plan(const fs::path& study) {
    const fs::path file = study / "study.json";
    std::error_code ec;
    if (!fs::exists(file, ec)) return false;
    LOTTERY_TRY(const Json json, read_json(file));
    return json.is_object() && json.value("kind", Json("study")) == "study";
}

Result<StudyPlan> read_study_plan(const fs::path& study) {
    const fs::path file = study / "study.json";
    std::error_code ec;
    if (!fs::exists(file, ec))
        return Error{"no study.json in this folder", study.string(), "Begin one with: lottery study new"};
    LOTTERY_TRY(const Json json, read_json(file));
    return study_plan_from_json(json, file.string());
}

Status write_study(const fs::path& study, const StudyPlan& plan) {
    const fs::path file = study / "study.json";
    LOTTERY_CHECK(check_study_plan(plan, file.string()));
    std::error_code ec;
    if (fs::exists(file, ec))
        return Error{"the folder already holds a study", study.string(),
                     "Choose another folder, or change its study.json"};
    if (fs::exists(study, ec) && !fs::is_directory(study, ec))
        return Error{"is a file, a folder was expected", study.string(), {}};
    if (fs::exists(study, ec) && !fs::is_empty(study, ec))
        return Error{"the folder is not empty", study.string(), "Choose a new folder"};
    if (plan.preset == to_string(StudyPreset::Demo)) {
        LOTTERY_CHECK(write_demo_corpus(study / "glue", {}));
        LOTTERY_CHECK(write_demo_checkpoint(study / "checkpoint", {}));
    }
    // Last: where it is, the study is whole.
    return write_json(file, to_json(plan));
}

}  // namespace lottery
