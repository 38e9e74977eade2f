// SPDX-License-Identifier: GPL-3.0-or-later
//
// The option pages of the searches, for heads, MLPs and neurons, and for weights.
//
// Thread rule: GUI thread only.
#pragma once

#include "core/pruning/magnitude_options.h"
#include "core/pruning/mask_search_options.h"
#include "widgets/runs/field_set.h"

namespace lottery::gui {

// "search/…"
void addSearchFields(FieldSet& fields);
void showSearch(FieldSet& fields, const MaskSearchOptions& options);
void readSearch(const FieldSet& fields, MaskSearchOptions& options);
// Hides what the chosen components and criterion have no use for.
void arrangeSearch(FieldSet& fields);
// The mode decides other options until a person chooses otherwise: call when the mode was changed.
void applySearchMode(FieldSet& fields);

// "magnitude/…"
void addMagnitudeFields(FieldSet& fields);
void showMagnitude(FieldSet& fields, const MagnitudeOptions& options);
void readMagnitude(const FieldSet& fields, MagnitudeOptions& options);
void applyMagnitudeMode(FieldSet& fields);

}  // namespace lottery::gui
