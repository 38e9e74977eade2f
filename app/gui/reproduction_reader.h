// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the reproduction page shows of a study, read from its folder.
//
// Thread rule: any thread.
#pragma once

#include <filesystem>

#include "core/base/result.h"
#include "widgets/reproduction/reproduction_overview.h"

namespace lottery::gui {

// `published`: an import, or the folder as it was published; empty: nothing is compared. A comparison that cannot be
// made is no error, `problem` says why. Of a study with a plan the checklist is of its tasks and seeds, otherwise of
// the paper's.
Result<ReproductionOverview> readReproduction(const std::filesystem::path& study,
                                              const std::filesystem::path& published);

}  // namespace lottery::gui
