// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the window remembers from one start to the next.
//
// Thread rule: GUI thread only.
#pragma once

#include <QByteArray>
#include <QSettings>
#include <QStringList>
#include <filesystem>

#include "app/gui/appearance.h"
#include "widgets/runs/folder_kind.h"
#include "widgets/runs/run_draft.h"

namespace lottery::gui {

class WindowSettings {
public:
    // In the user's configuration folder, or in `file` (tests, pictures).
    explicit WindowSettings(const QString& file = {});

    QByteArray geometry() const { return settings_.value(QStringLiteral("window/geometry")).toByteArray(); }
    QByteArray state() const { return settings_.value(QStringLiteral("window/state")).toByteArray(); }
    void setLayout(const QByteArray& geometry, const QByteArray& state);
    void forgetLayout();

    QStringList recent() const { return settings_.value(QStringLiteral("recent")).toStringList(); }
    void setRecent(const QStringList& paths) { settings_.setValue(QStringLiteral("recent"), paths); }

    // Folders of the tabs that were open, and which of them was in front (-1: the start page).
    struct Session {
        QStringList folders;
        int current = -1;
    };
    Session session() const;
    void setSession(const Session& session);
    bool reopensTabs() const { return settings_.value(QStringLiteral("session/reopen"), true).toBool(); }
    void setReopensTabs(bool reopens) { settings_.setValue(QStringLiteral("session/reopen"), reopens); }

    Appearance appearance() const;
    void setAppearance(Appearance appearance);

    // The values last used for a new run.
    RunDraft lastDraft(const RunDraft& fallback);
    void setLastDraft(const RunDraft& draft);

    // New runs are proposed below this folder.
    std::filesystem::path baseFolder() const;
    void setBaseFolder(const std::filesystem::path& folder);
    // What reproduction pages compare with; empty: nothing.
    QString published() const { return settings_.value(QStringLiteral("folders/published")).toString(); }
    // What the study in `folder` is compared with; empty: nothing. The published study beside itself says nothing.
    std::filesystem::path publishedBeside(const QString& folder) const {
        return published() == folder ? std::filesystem::path() : pathFromText(published());
    }
    void setPublished(const QString& folder) { settings_.setValue(QStringLiteral("folders/published"), folder); }
    QString lastOpened() const { return settings_.value(QStringLiteral("folders/opened")).toString(); }
    void setLastOpened(const QString& folder) { settings_.setValue(QStringLiteral("folders/opened"), folder); }

private:
    QSettings settings_;
};

}  // namespace lottery::gui
