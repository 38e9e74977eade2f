// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/folder_kind.h"

#include <QCoreApplication>
#include <QDir>
#include <QUrl>
#include <system_error>

#include "core/data/task.h"

namespace lottery::gui {

namespace {

namespace fs = std::filesystem;

bool has(const fs::path& folder, const char* name) {
    std::error_code error;
    return fs::exists(folder / name, error);
}

bool isTaskFolder(const fs::path& folder) {
    return has(folder, "dev.tsv") || has(folder, "train.tsv") || has(folder, "dev_matched.tsv");
}

}  // namespace

FolderKind folderKind(const fs::path& folder) {
    std::error_code error;
    if (!fs::is_directory(folder, error)) return FolderKind::Missing;
    if (has(folder, "weight_mask.safetensors")) return FolderKind::WeightMask;
    if (has(folder, "search.json") || has(folder, "head_mask.npy") || has(folder, "mlp_mask.npy"))
        return FolderKind::MaskSearch;
    if (has(folder, "config.json")) return FolderKind::Checkpoint;
    if (isTaskFolder(folder)) return FolderKind::Glue;
    if (has(folder, "study.json") || has(folder, "masks") || has(folder, "models") || has(folder, "evaluate_masked"))
        return FolderKind::Study;
    for (const TaskInfo& task : all_tasks()) {
        if (isTaskFolder(folder / task.name)) return FolderKind::Glue;
    }
    return FolderKind::Unknown;
}

QString folderKindName(FolderKind kind) {
    switch (kind) {
        case FolderKind::Missing:
            return QCoreApplication::translate("FolderKind", "missing");
        case FolderKind::MaskSearch:
            return QCoreApplication::translate("FolderKind", "mask search");
        case FolderKind::WeightMask:
            return QCoreApplication::translate("FolderKind", "weight mask");
        case FolderKind::Checkpoint:
            return QCoreApplication::translate("FolderKind", "checkpoint");
        case FolderKind::Glue:
            return QCoreApplication::translate("FolderKind", "GLUE data");
        case FolderKind::Study:
            return QCoreApplication::translate("FolderKind", "study");
        case FolderKind::Unknown:
            return QCoreApplication::translate("FolderKind", "folder");
    }
    return {};
}

fs::path pathFromText(const QString& text) {
    QString cleaned = text.trimmed();
    if (cleaned.startsWith(QLatin1String("file:"))) {
        const QString local = QUrl(cleaned).toLocalFile();
        if (!local.isEmpty()) cleaned = local;
    }
    if (cleaned == QLatin1String("~")) cleaned = QDir::homePath();
    if (cleaned.startsWith(QLatin1String("~/"))) cleaned = QDir::homePath() + cleaned.mid(1);
    fs::path path(cleaned.toStdString());
    // A trailing slash would give a path without a file name.
    if (!path.has_filename() && path.has_parent_path() && path != path.root_path()) path = path.parent_path();
    return path;
}

QString textFromPath(const fs::path& path) { return QString::fromStdString(path.string()); }

}  // namespace lottery::gui
