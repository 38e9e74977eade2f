// SPDX-License-Identifier: GPL-3.0-or-later
//
// Folders that were opened or written lately, newest first.
//
// Thread rule: GUI thread only.
#pragma once

#include <QAbstractListModel>
#include <QStringList>
#include <vector>

#include "widgets/runs/folder_kind.h"

namespace lottery::gui {

class RecentModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { PathRole = Qt::UserRole + 1, KindRole };
    static constexpr int kCapacity = 20;

    explicit RecentModel(QObject* parent = nullptr) : QAbstractListModel(parent) {}

    // Newest first; folders that have gone are shown as missing.
    void setPaths(const QStringList& paths);
    QStringList paths() const;
    // Puts a folder on top, once.
    void add(const QString& path);
    void remove(const QString& path);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

Q_SIGNALS:
    void changed();

private:
    struct Entry {
        QString path;
        FolderKind kind;
    };
    std::vector<Entry> entries_;
};

// The telling part of a run folder's path: "MRPC · seed_1337 · heads_mlps" for masks/heads_mlps/MRPC/seed_1337,
// otherwise the folder's name.
QString recentTitle(const QString& path);

}  // namespace lottery::gui
