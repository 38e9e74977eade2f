// SPDX-License-Identifier: GPL-3.0-or-later
//
// Options back from the records that to_json() of provenance.h and magnitude_record.h wrote them to, to do a run again.
// Keys that are missing, as in records of earlier versions, keep the default of the record's mode; unknown keys,
// unknown names and values of another type are errors that name `place` (a file) and the key: an option that is not
// understood must not be left out in silence.
//
// Thread rule: pure functions.
#pragma once

#include <string>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/pruning/magnitude_options.h"
#include "core/pruning/mask_search_options.h"
#include "core/pruning/subnetworks.h"
#include "core/training/training_options.h"

namespace lottery {

Result<TrainingOptions> recorded_training_options(const Json& json, const std::string& place);
Result<MaskSearchOptions> recorded_mask_search_options(const Json& json, const std::string& place);
Result<MagnitudeOptions> recorded_magnitude_options(const Json& json, const std::string& place);

// `inputs` of a record of `subnetwork …` on masks of heads and MLPs: what its options were. Its other keys are not
// looked at.
struct RecordedControl {
    ControlKind kind = ControlKind::Random;
    Mode mode = Mode::Rigorous;
    ControlOptions options;
};
Result<RecordedControl> recorded_control(const Json& inputs, const std::string& place);

}  // namespace lottery
