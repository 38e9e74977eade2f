// SPDX-License-Identifier: GPL-3.0-or-later
//
// A magnitude search as JSON (docs/formats.md).
//
// Thread rule: pure functions.
#pragma once

#include "core/base/json.h"
#include "core/pruning/magnitude_options.h"

namespace lottery {

// What `lottery mask magnitude --json` prints and search.json holds, without task and mode.
Json to_json(const MagnitudeResult& result);
// Shares per head [L][N] and MLP [L], and over all.
Json to_json(const WeightSurvival& survival);
Json to_json(const MagnitudeOptions& options);

const char* to_string(MlpOutputBias bias);
const char* to_string(MagnitudeControl control);

}  // namespace lottery
