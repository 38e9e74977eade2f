// SPDX-License-Identifier: GPL-3.0-or-later
//
// From the record of a run (run.json) to the same run once more: as a draft for the dialog, or, of the kinds that have
// no form in the window, as a command for the terminal.
//
// Thread rule: any thread; reads run.json.
#pragma once

#include <QString>
#include <filesystem>
#include <optional>

#include "core/base/result.h"
#include "widgets/runs/run_draft.h"

namespace lottery::gui {

struct RunAgain {
    // Options, seed and inputs of the record; `out` is empty, so that a free folder is proposed.
    std::optional<RunDraft> draft;
    QString command;  // without a draft: "lottery …", its --out a new folder beside the old one
};

// `base`: what the record does not say, the machine's options among it. Paths that were given relative are looked for
// from the run folder upwards. Errors: no record, one that is damaged or not understood (file and key), one of a run
// that others make (a round of `mask imp`, a part of the demo).
Result<RunAgain> runAgain(const std::filesystem::path& folder, const RunDraft& base);

}  // namespace lottery::gui
