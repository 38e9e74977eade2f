// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a study is to consist of: study.json (core/study/FORMAT.md). Everything else about a study, its jobs and what is
// left of them to do, follows from the plan and from what lies in the study's folder (study_jobs.h, study_state.h).
//
// Thread rule: plain values; two writers of one study.json must not overlap.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/data/task.h"
#include "core/pruning/magnitude_options.h"
#include "core/pruning/mask_search_options.h"
#include "core/pruning/subnetworks.h"
#include "core/study/runs.h"
#include "core/training/training_options.h"

namespace lottery {

// Masks that a study may have, by their folders' names in masks/ (interfaces.md).
enum class StudySetting {
    Heads,
    Mlps,
    HeadsMlps,
    HeadsMlpsRandom,
    HeadsMlpsBad,
    HeadsMlpsSuper,
    HeadsMlpsSuperRandom,
    HeadsMlpsSuperBad,
    Global,
    GlobalRandom,
    GlobalBad,
};
std::span<const StudySetting> all_study_settings();
const char* to_string(StudySetting setting);  // the folder: "heads_mlps_bad_1"
// What a setting is made from: controls and super masks from the found masks.
std::optional<StudySetting> made_from(StudySetting setting);
// Whether subnetworks of this setting are evaluated and retrained: the paper has no experiment for heads or MLPs alone.
bool has_experiments(StudySetting setting);

// Where to begin: the paper's own study, one for an afternoon, one without any data.
enum class StudyPreset { Demo, Quick, Paper };
std::span<const StudyPreset> all_study_presets();
const char* to_string(StudyPreset preset);  // "demo"

struct StudyPlan {
    std::string preset =
        "custom";  // what the plan began as; of Demo write_study makes the inputs, after that it says nothing more
    Mode mode = Mode::Rigorous;        // recorded in every run
    std::filesystem::path checkpoint;  // pre-trained. Relative paths lie in the study's folder
    std::filesystem::path data;        // GLUE
    std::vector<TaskId> tasks;         // each once
    std::vector<std::uint64_t> seeds;  // of fine-tuning and of the draws that go with it, each once
    std::vector<StudySetting> settings;
    bool retrain = true;                  // every subnetwork is also trained from the pre-trained weights
    TrainingOptions training;             // hold_out is not used, but:
    std::optional<std::int64_t> hold_out  // training examples set aside for mask searches;
        = std::nullopt;                   // without a number as many as the task's dev set has
    MaskSearchOptions search;             // its kind is the setting's, its mode the plan's
    MagnitudeOptions magnitude;           // likewise
    ControlOptions controls;
    Removal removal = Removal::Physical;  // in evaluation
    std::uint64_t draw_seed = 1337;       // of super masks, which belong to no single seed
    ComputeOptions compute;               // shapes no result but for the last bits; not part of what is up to date
};

// A plan with a preset's tasks, seeds, settings and options, in a mode. Checkpoint and data are left empty but for
// Demo, whose own lie in the study's folder (write_study makes them).
StudyPlan preset_plan(StudyPreset preset, Mode mode);

Json to_json(const StudyPlan& plan);
// Errors name file and key: unknown keys and names, values of another type, another format's number, tasks or seeds
// named twice, a setting without the one it is made from.
Result<StudyPlan> study_plan_from_json(const Json& json, const std::string& place);
// A plan's path, seen from here: a relative one lies in the study's folder.
std::filesystem::path in_study(const std::filesystem::path& study, const std::filesystem::path& path);
// Whether the folder's study.json is there and is a plan, not the record of a demo or an import. Error: no JSON.
Result<bool> has_study_plan(const std::filesystem::path& study);
// <study>/study.json.
Result<StudyPlan> read_study_plan(const std::filesystem::path& study);

// What can be said against a plan without looking at its files; the first problem, by the plan's key.
Status check_study_plan(const StudyPlan& plan, const std::string& place);

// Begins a study: a new or empty folder gets study.json; of Demo also its data and its untrained checkpoint. Errors: a
// folder that holds anything else, also another study.
Status write_study(const std::filesystem::path& study, const StudyPlan& plan);

}  // namespace lottery
