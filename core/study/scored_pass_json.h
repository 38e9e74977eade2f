// SPDX-License-Identifier: GPL-3.0-or-later
//
// A pass of a mask search, to the last bit, as passes.json holds it (pass_log.h). NaN (not measured, or constant
// predictions) is null.
//
// Thread rule: pure functions.
#pragma once

#include "core/base/json.h"
#include "core/pruning/mask_search.h"

namespace lottery {

Json to_json(const ComponentMasks& masks);
Json to_json(const ScoredPass& pass);
// Throws nlohmann::json::exception where something is missing or of another type.
ScoredPass scored_pass_from_json(const Json& json);

}  // namespace lottery
