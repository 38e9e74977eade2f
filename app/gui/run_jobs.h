// SPDX-License-Identifier: GPL-3.0-or-later
//
// Jobs made from drafts: what runs in the worker thread when a person presses "Queue run".
//
// Thread rule: made on the GUI thread; the work runs on a worker thread and touches nothing of the window.
#pragma once

#include "app/gui/job.h"
#include "widgets/runs/run_draft.h"

namespace lottery::gui {

Job makeJob(const RunDraft& draft);

// The demo study in `folder`. Its progress is that of the whole study; training and searches are shown as they run,
// and the study's runs and figures at the end.
Job makeDemoJob(const std::filesystem::path& folder, const ComputeOptions& compute);

}  // namespace lottery::gui
