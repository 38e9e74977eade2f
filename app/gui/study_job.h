// SPDX-License-Identifier: GPL-3.0-or-later
//
// Working through a study as a job of the window.
//
// Thread rule: see job.h.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/gui/job.h"
#include "core/study/study_run.h"

namespace lottery::gui {

// `only`: ids of jobs, empty: all. `order` may be changed while the job runs. The job fails where one of the study's
// jobs did, after the others. Device and threads are the plan's.
Job makeStudyJob(const std::filesystem::path& study, std::vector<std::string> only,
                 std::shared_ptr<const StudyOrder> order);

// Measures the machine with the study's checkpoint; estimates of the study follow from it.
Job makeEstimateJob(const std::filesystem::path& study);

// Imports published masks and results as a reference study, and shows it.
Job makeImportJob(const std::filesystem::path& published, const std::filesystem::path& out);

}  // namespace lottery::gui
