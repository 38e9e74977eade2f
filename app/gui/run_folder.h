// SPDX-License-Identifier: GPL-3.0-or-later
//
// A run read back from its folder: a mask search with all its steps, the masks alone of a published study, the
// history of a fine-tuning; or the list of what is in a study.
//
// Thread rule: readRunFolder on any thread; the value belongs to whoever has it.
#pragma once

#include <QString>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/pruning/mask_search_options.h"
#include "core/training/training_options.h"
#include "widgets/runs/study_folder.h"

namespace lottery::gui {

struct RunFolder {
    std::filesystem::path folder;
    QString title;
    QString summary;                                // one line: scores, sizes
    std::map<std::string, std::string> provenance;  // run.json, flat
    std::optional<MaskSearchResult> search;
    std::optional<StudyFolder> study;
    std::vector<TrainingStep> trainingSteps;
    std::vector<DevEvaluation> evaluations;

    bool hasTraining() const { return !evaluations.empty() || !trainingSteps.empty(); }
};

Result<RunFolder> readRunFolder(const std::filesystem::path& folder);

// run.json of a folder as names and values, nested names joined by a dot; empty when there is none that can be read.
std::map<std::string, std::string> readProvenance(const std::filesystem::path& folder);

}  // namespace lottery::gui
