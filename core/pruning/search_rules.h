// SPDX-License-Identifier: GPL-3.0-or-later
//
// What all iterative searches share (method.md §4, edge cases).
//
// Thread rule: pure functions; a sink is called from the caller's thread.
#pragma once

#include <string>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/pruning/mask_search_options.h"

namespace lottery {

// Rigorous mode refuses a full score at or below chance, or NaN; as published the search goes on all the same. A
// threshold score below chance is warned of.
Status check_full_score(Mode mode, const std::string& metric, double full_score, double threshold_score, double chance,
                        ProgressSink& progress);

// `score`; NaN (constant predictions) counts as `worst`, with a warning that names the step.
double score_or_worst(double score, double worst, const std::string& metric, int step, ProgressSink& progress);

}  // namespace lottery
