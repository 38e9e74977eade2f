// SPDX-License-Identifier: GPL-3.0-or-later
//
// What short runs report, in words: how much of a control is good, what was removed.
//
// Thread rule: pure functions.
#pragma once

#include "core/base/json.h"
#include "widgets/runs/facts.h"

namespace lottery::gui {

// Of a run.json by its command: `subnetwork …`, `supermask …`, `remove`. Nothing for other runs, and where the record
// is not as expected.
Facts runFacts(const Json& run);

}  // namespace lottery::gui
