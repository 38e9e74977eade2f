// SPDX-License-Identifier: GPL-3.0-or-later
//
// Masks and importances of a study as the request for a figure or a table chooses them: of one setting, of some tasks
// and seeds.
//
// Thread rule: any thread; nothing is written.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "core/analysis/importance_analysis.h"
#include "core/analysis/mask_analysis.h"
#include "core/analysis/study_figure.h"
#include "core/base/result.h"

namespace lottery {

// The one that is asked for, or else the one that is meant.
std::string setting_of(const StudyFigureRequest& request);

// Of the setting in `folder`. Errors: those of read_mask_set; nothing of the seeds that are asked for.
Result<MaskSet> chosen_masks(const StudyFigureRequest& request, const std::filesystem::path& folder,
                             MaskedComponents components);
// Nothing where the setting has no masks of MLPs, as of heads alone.
Result<std::optional<MaskSet>> chosen_mlp_masks(const StudyFigureRequest& request, const std::filesystem::path& folder);

// Errors: those of read_importance_set; nothing of the seeds that are asked for.
Result<ImportanceAnalysis> chosen_importances(const StudyFigureRequest& request);

}  // namespace lottery
