// SPDX-License-Identifier: GPL-3.0-or-later
//
// The command for the terminal that does a recorded run again, for kinds of run without a form in the window.
//
// Thread rule: pure functions.
#pragma once

#include <QString>
#include <filesystem>

#include "core/base/json.h"
#include "core/base/result.h"

namespace lottery::gui {

// Of `mask imp`, `reset`, `import` and `evaluate study`; empty for other commands. `folder` is that of the record,
// `out` the new one. Words that the shell would take apart are quoted. Errors: options that are not understood.
Result<QString> recordedCommand(const Json& record, const std::filesystem::path& folder,
                                const std::filesystem::path& out, const std::string& place);

// A word for a POSIX shell, in quotes where it needs them.
QString shellWord(const QString& word);

}  // namespace lottery::gui
