// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/folder_opener.h"

#include "widgets/runs/folder_kind.h"

namespace lottery::gui {

void FolderOpener::open(const std::filesystem::path& folder) {
    reader_.ask<RunFolder>(
        textFromPath(folder), [folder] { return readRunFolder(folder); },
        [this, folder](const Result<RunFolder>& run) {
            if (run)
                Q_EMIT opened(*run);
            else
                Q_EMIT failed(textFromPath(folder), run.error());
        });
}

}  // namespace lottery::gui
