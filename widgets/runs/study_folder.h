// SPDX-License-Identifier: GPL-3.0-or-later
//
// What lies in a study folder (the published layout): its runs and its figures.
//
// Thread rule: any thread; the values belong to whoever has them.
#pragma once

#include <QString>
#include <filesystem>
#include <vector>

#include "widgets/runs/folder_kind.h"

namespace lottery::gui {

struct StudyRun {
    FolderKind kind = FolderKind::MaskSearch;  // MaskSearch, WeightMask or Checkpoint
    QString setting;                           // "finetuned", "heads_mlps", …
    QString task;
    QString seed;
    std::filesystem::path folder;
};

struct StudyFolder {
    std::vector<StudyRun> runs;                  // masks first, by setting, task and seed
    std::vector<std::filesystem::path> figures;  // *.svg, by name
};

// Looks into masks/<setting>/<task>/<seed>, models/<setting>/<task>/<seed> and figures/. Folders that cannot be read
// hold nothing.
StudyFolder readStudyFolder(const std::filesystem::path& folder);

}  // namespace lottery::gui
