// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the window asks the core about drafts: problems, defaults, devices.
//
// Thread rule: GUI thread. Reads a few small files, so that it may be asked at every key.
#pragma once

#include <QString>
#include <QStringList>

#include "widgets/runs/new_run_dialog.h"
#include "widgets/runs/run_draft.h"

namespace lottery::gui {

// Everything that keeps a draft from running, fields named as in DraftProblems.
DraftProblems draftProblems(const RunDraft& draft);

// Devices of this machine that LibTorch can use: "cpu", then "cuda:0", …
QStringList computeDevices();
// The one of them that "auto" and "cuda" stand for; the name itself otherwise.
QString resolvedDevice(const ComputeOptions& compute);

// True when the run folder holds what an interrupted or finished fine-tuning left, so that a run can go on with it.
bool canResume(const RunDraft& draft);

NewRunServices newRunServices();

}  // namespace lottery::gui
