// SPDX-License-Identifier: GPL-3.0-or-later
//
// Options read back from JSON, key by key: of plans (study.json) and of records (run.json), which both hold what
// to_json() of provenance.h and magnitude_record.h write. A key that is missing leaves its option as it is.
//
// Thread rule: pure functions.
#pragma once

#include <array>

#include "core/base/json_fields.h"
#include "core/base/result.h"
#include "core/pruning/magnitude_options.h"
#include "core/pruning/mask_search_options.h"
#include "core/pruning/subnetworks.h"
#include "core/study/runs.h"
#include "core/training/training_options.h"

namespace lottery {

// For JsonFields::take_name.
inline constexpr std::array kAllModes{Mode::Published, Mode::Rigorous};
inline constexpr std::array kAllRemovals{Removal::Physical, Removal::Multiply};

// Without hold_out, which a plan says in other words.
void take_training_options(JsonFields& fields, TrainingOptions& options);
// Without kind, mode, block size and measuring, which a plan does not choose. Errors: those of the gates' own keys.
Status take_search_options(JsonFields& fields, MaskSearchOptions& options);
// Without mode.
void take_magnitude_options(JsonFields& fields, MagnitudeOptions& options);
void take_control_options(JsonFields& fields, ControlOptions& options);

}  // namespace lottery
