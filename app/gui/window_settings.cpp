// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/window_settings.h"

#include <QDir>

#include "widgets/runs/folder_kind.h"

namespace lottery::gui {

namespace {

QString settingsFile(const QString& file) {
    if (!file.isEmpty()) return file;
    return QSettings(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("lottery-workbench"),
                     QStringLiteral("lottery-workbench"))
        .fileName();
}

}  // namespace

WindowSettings::WindowSettings(const QString& file) : settings_(settingsFile(file), QSettings::IniFormat) {}

void WindowSettings::setLayout(const QByteArray& geometry, const QByteArray& state) {
    settings_.setValue(QStringLiteral("window/geometry"), geometry);
    settings_.setValue(QStringLiteral("window/state"), state);
}

void WindowSettings::forgetLayout() { settings_.remove(QStringLiteral("window")); }

WindowSettings::Session WindowSettings::session() const {
    return {settings_.value(QStringLiteral("session/folders")).toStringList(),
            settings_.value(QStringLiteral("session/current"), -1).toInt()};
}

void WindowSettings::setSession(const Session& session) {
    settings_.setValue(QStringLiteral("session/folders"), session.folders);
    settings_.setValue(QStringLiteral("session/current"), session.current);
}

Appearance WindowSettings::appearance() const {
    const int value = settings_.value(QStringLiteral("appearance"), 0).toInt();
    return value >= 0 && value <= 2 ? static_cast<Appearance>(value) : Appearance::System;
}

void WindowSettings::setAppearance(Appearance appearance) {
    settings_.setValue(QStringLiteral("appearance"), static_cast<int>(appearance));
}

RunDraft WindowSettings::lastDraft(const RunDraft& fallback) {
    settings_.beginGroup(QStringLiteral("run"));
    RunDraft draft = loadDraft(settings_, fallback);
    settings_.endGroup();
    return draft;
}

void WindowSettings::setLastDraft(const RunDraft& draft) {
    settings_.beginGroup(QStringLiteral("run"));
    saveDraft(settings_, draft);
    settings_.endGroup();
}

std::filesystem::path WindowSettings::baseFolder() const {
    const QString stored = settings_.value(QStringLiteral("folders/base")).toString();
    return pathFromText(stored.isEmpty() ? QDir::homePath() + QStringLiteral("/lottery") : stored);
}

void WindowSettings::setBaseFolder(const std::filesystem::path& folder) {
    settings_.setValue(QStringLiteral("folders/base"), textFromPath(folder));
}

}  // namespace lottery::gui
