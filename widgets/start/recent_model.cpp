// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/start/recent_model.h"

#include <QDir>
#include <algorithm>

#include "core/data/task.h"
#include "resources/themed_icon.h"

namespace lottery::gui {

namespace {

QString kindIcon(FolderKind kind) {
    switch (kind) {
        case FolderKind::MaskSearch:
            return QStringLiteral("mask-search");
        case FolderKind::Checkpoint:
            return QStringLiteral("finetune");
        case FolderKind::Study:
            return QStringLiteral("study");
        case FolderKind::Missing:
            return QStringLiteral("warning");
        default:
            return QStringLiteral("folder");
    }
}

QString shortened(const QString& path) {
    const QString home = QDir::homePath();
    return path.startsWith(home + QLatin1Char('/')) ? QLatin1Char('~') + path.mid(home.size()) : path;
}

}  // namespace

QString recentTitle(const QString& path) {
    const QStringList parts = QDir::fromNativeSeparators(path).split(QLatin1Char('/'), Qt::SkipEmptyParts);
    if (parts.isEmpty()) return path;
    if (parts.size() >= 2 && parse_task(parts[parts.size() - 2].toStdString())) {
        QStringList told{parts[parts.size() - 2], parts.last()};
        if (parts.size() >= 3) told << parts[parts.size() - 3];
        return told.join(QStringLiteral(" · "));
    }
    return parts.last();
}

void RecentModel::setPaths(const QStringList& paths) {
    beginResetModel();
    entries_.clear();
    for (const QString& path : paths.mid(0, kCapacity)) entries_.push_back({path, folderKind(pathFromText(path))});
    endResetModel();
    Q_EMIT changed();
}

QStringList RecentModel::paths() const {
    QStringList paths;
    for (const Entry& entry : entries_) paths << entry.path;
    return paths;
}

void RecentModel::add(const QString& path) {
    QStringList paths = this->paths();
    paths.removeAll(path);
    paths.prepend(path);
    setPaths(paths);
}

void RecentModel::remove(const QString& path) {
    QStringList paths = this->paths();
    paths.removeAll(path);
    setPaths(paths);
}

int RecentModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(entries_.size());
}

QVariant RecentModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const Entry& entry = entries_[static_cast<std::size_t>(index.row())];
    switch (role) {
        case Qt::DisplayRole:
            return QStringLiteral("%1\n%2").arg(recentTitle(entry.path), shortened(entry.path));
        case Qt::DecorationRole:
            return themedIcon(kindIcon(entry.kind));
        case Qt::ToolTipRole:
            return QStringLiteral("%1 (%2)").arg(entry.path, folderKindName(entry.kind));
        case PathRole:
            return entry.path;
        case KindRole:
            return static_cast<int>(entry.kind);
        default:
            return {};
    }
}

}  // namespace lottery::gui
