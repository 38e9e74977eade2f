// SPDX-License-Identifier: GPL-3.0-or-later
//
// The option pages of the new-run dialog: which fields there are, and how they stand for the core's option structs.
//
// Thread rule: GUI thread only.
#pragma once

#include <QStringList>

#include "widgets/runs/field_set.h"
#include "widgets/runs/run_draft.h"

namespace lottery::gui {

// Checkpoint, data, task, seed, run folder.
void addInputFields(FieldSet& fields);
void showInputs(FieldSet& fields, const RunDraft& draft);
void readInputs(const FieldSet& fields, RunDraft& draft);
// Hides what a kind has no use for.
void arrangeInputs(FieldSet& fields, RunKind kind);

// "training/…"
void addTrainingFields(FieldSet& fields);
void showTraining(FieldSet& fields, const TrainingOptions& options);
void readTraining(const FieldSet& fields, TrainingOptions& options);

// Device and threads. `devices`: names after "auto".
void addMachineFields(FieldSet& fields, const QStringList& devices);
void showMachine(FieldSet& fields, const ComputeOptions& compute, const QStringList& devices);
void readMachine(const FieldSet& fields, ComputeOptions& compute, const QStringList& devices);

}  // namespace lottery::gui
