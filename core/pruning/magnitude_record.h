// SPDX-License-Identifier: GPL-3.0-or-later
//
// A magnitude search as JSON, and back (docs/formats.md).
//
// Thread rule: pure functions; a folder that is read must not be written at the same time.
#pragma once

#include <filesystem>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/pruning/magnitude_options.h"

namespace lottery {

// What `lottery mask magnitude --json` prints and search.json holds, without task and mode.
Json to_json(const MagnitudeResult& result);
// The search of a run folder, from its search.json; of folders whose record has no survival per step, the kept mask's
// is read from weight_survival.csv beside it, and steps have none. Errors name file and key: missing, of the wrong
// type, unknown, out of range; a search of another kind.
Result<MagnitudeResult> read_magnitude_record(const std::filesystem::path& folder);
// Shares per head [L][N] and MLP [L], and over all.
Json to_json(const WeightSurvival& survival);
Json to_json(const MagnitudeOptions& options);

const char* to_string(MlpOutputBias bias);
const char* to_string(MagnitudeControl control);

}  // namespace lottery
