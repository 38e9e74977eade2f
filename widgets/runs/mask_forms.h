// SPDX-License-Identifier: GPL-3.0-or-later
//
// The option pages about masks that were found: which, what controls are made of them, how they are scored.
//
// Thread rule: GUI thread only.
#pragma once

#include "widgets/runs/field_set.h"
#include "widgets/runs/run_draft.h"

namespace lottery::gui {

// "head-mask", "mlp-mask", "weight-mask", "neuron-mask"
void addMaskFields(FieldSet& fields);
void showMasks(FieldSet& fields, const RunDraft& draft);
// Masks of a kind that the draft's kind has no use for are left out.
void readMasks(const FieldSet& fields, RunDraft& draft);
void arrangeMasks(FieldSet& fields, RunKind kind);

// "control/…"
void addControlFields(FieldSet& fields);
void showControl(FieldSet& fields, const RunDraft& draft);
void readControl(const FieldSet& fields, RunDraft& draft);
// Of weights every control has exactly the good mask's size.
void arrangeControl(FieldSet& fields, bool ofWeights);
void applyControlMode(FieldSet& fields);

// Removal, speed, the predictions file, "evaluate/…", Q8.
void addEvaluateFields(FieldSet& fields);
void showEvaluate(FieldSet& fields, const RunDraft& draft);
void readEvaluate(const FieldSet& fields, RunDraft& draft);
void arrangeEvaluate(FieldSet& fields, RunKind kind);

}  // namespace lottery::gui
