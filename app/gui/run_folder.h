// SPDX-License-Identifier: GPL-3.0-or-later
//
// A run read back from its folder: a mask search with all its steps, the masks alone of a published study, a weight
// mask, the history of a fine-tuning, a smaller checkpoint; or the list of what is in a study, with its scores.
//
// Thread rule: readRunFolder on any thread; the value belongs to whoever has it.
#pragma once

#include <QString>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/analysis/results.h"
#include "core/base/result.h"
#include "core/pruning/magnitude_options.h"
#include "core/pruning/mask_search_options.h"
#include "core/training/training_options.h"
#include "widgets/runs/facts.h"
#include "widgets/runs/study_folder.h"

namespace lottery::gui {

struct RunFolder {
    std::filesystem::path folder;
    QString title;
    QString summary;                                // one line: scores, sizes
    std::map<std::string, std::string> provenance;  // run.json, flat
    std::optional<MaskSearchResult> search;
    std::optional<MagnitudeResult> magnitude;  // a weight mask; one step where there is no record of its search
    std::optional<StudyFolder> study;
    std::vector<ExperimentResults> results;  // of a study
    Facts facts;                             // of a control, a removal
    std::vector<TrainingStep> trainingSteps;
    std::vector<DevEvaluation> evaluations;

    bool hasTraining() const { return !evaluations.empty() || !trainingSteps.empty(); }
};

Result<RunFolder> readRunFolder(const std::filesystem::path& folder);

// run.json of a folder as names and values, nested names joined by a dot; empty when there is none that can be read.
std::map<std::string, std::string> readProvenance(const std::filesystem::path& folder);

}  // namespace lottery::gui
