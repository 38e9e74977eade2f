// SPDX-License-Identifier: GPL-3.0-or-later
//
// The window's small dialogs. All are shown without stopping the event loop and delete themselves.
//
// Thread rule: GUI thread only.
#pragma once

#include <QList>
#include <functional>

class QAction;
class QDialog;
class QMessageBox;
class QWidget;

namespace lottery::gui {

// Every shortcut of `actions`, grouped by the menus they stand in.
QDialog* showShortcuts(QWidget* parent, const QList<QAction*>& menuBarActions);

// Versions, licences, where the method comes from.
QDialog* showAbout(QWidget* parent);

// Asks before jobs are cancelled for closing; `yes` is called when a person agrees.
QMessageBox* askToCloseWithJobs(QWidget* parent, int running, int queued, const std::function<void()>& yes);

}  // namespace lottery::gui
