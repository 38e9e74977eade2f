// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which jobs of a study make what a figure or table of the paper still needs.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/analysis/reproduction_items.h"
#include "core/study/study_jobs.h"
#include "core/study/study_run.h"

namespace lottery {

struct ItemWork {
    std::vector<std::size_t> jobs;        // ascending; what these need themselves is not among them
    std::vector<MissingPlace> unplanned;  // made by no job of the study: its plan has not the setting, task or seed
    std::optional<double> seconds;        // of the jobs and all that they need and is not done; none where not known
};

ItemWork work_for(const ItemState& item, const StudyReport& study);

}  // namespace lottery
