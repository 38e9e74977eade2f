// SPDX-License-Identifier: GPL-3.0-or-later
//
// `lottery evaluate --study`: every model and mask of a study folder.
#pragma once

#include "app/cli/command.h"
#include "core/study/study_evaluation.h"

namespace lottery::cli {

// Evaluates and prints the table of results.
int evaluate_study(const StudyEvaluationRequest& request, const CommonOptions& common, std::stop_token stop);

}  // namespace lottery::cli
