// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/study_folder.h"

#include <algorithm>
#include <system_error>
#include <tuple>

namespace lottery::gui {

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> children(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
        found.push_back(it->path());
    std::sort(found.begin(), found.end());
    return found;
}

// "seed_9" before "seed_10".
qint64 seedNumber(const QString& seed) {
    bool ok = false;
    const qint64 number = seed.section(QLatin1Char('_'), -1).toLongLong(&ok);
    return ok ? number : -1;
}

void collect(const fs::path& part, std::initializer_list<FolderKind> kinds, std::vector<StudyRun>& runs) {
    for (const fs::path& setting : children(part)) {
        for (const fs::path& task : children(setting)) {
            for (const fs::path& seed : children(task)) {
                const FolderKind kind = folderKind(seed);
                if (std::ranges::find(kinds, kind) == kinds.end()) continue;
                runs.push_back({kind, textFromPath(setting.filename()), textFromPath(task.filename()),
                                textFromPath(seed.filename()), seed});
            }
        }
    }
}

}  // namespace

StudyFolder readStudyFolder(const fs::path& folder) {
    StudyFolder study;
    collect(folder / "masks", {FolderKind::MaskSearch, FolderKind::WeightMask}, study.runs);
    collect(folder / "models", {FolderKind::Checkpoint}, study.runs);
    std::stable_sort(study.runs.begin(), study.runs.end(), [](const StudyRun& a, const StudyRun& b) {
        return std::tuple(a.kind, a.setting, a.task, seedNumber(a.seed)) <
               std::tuple(b.kind, b.setting, b.task, seedNumber(b.seed));
    });
    for (const fs::path& file : children(folder / "figures")) {
        if (file.extension() == ".svg") study.figures.push_back(file);
    }
    return study;
}

}  // namespace lottery::gui
