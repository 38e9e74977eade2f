// SPDX-License-Identifier: GPL-3.0-or-later
//
// How studies stand, from the core to the window.
//
// Thread rule: readStudyOverview on any thread; it reads every file that a study's jobs depend on, or what is known of
// it from before.
#pragma once

#include <filesystem>

#include "core/base/result.h"
#include "core/study/study_jobs.h"
#include "core/study/study_run.h"
#include "widgets/study/study_overview.h"

namespace lottery::gui {

// Of a study with a plan its jobs; of any other folder in a study's layout, a reference study among them, the runs that
// are in it. Errors: a plan that is wrong; no study.
Result<StudyOverview> readStudyOverview(const std::filesystem::path& folder);

StudyJobRow studyRow(const StudyJob& job, const JobStatus& status);
StudyJobState studyState(lottery::JobState state);

// The study that a folder is or lies in; empty: none.
std::filesystem::path studyOf(const std::filesystem::path& folder);

}  // namespace lottery::gui
