// SPDX-License-Identifier: GPL-3.0-or-later
//
// An action of a panel's tool bar that the window's menu shows too.
//
// Thread rule: GUI thread only.
#pragma once

#include <QKeySequence>
#include <QString>

class QAction;
class QObject;

namespace lottery::gui {

// `icon` as for themedIcon(). The hint is the status tip, and with the shortcut the tool tip.
QAction* panelAction(QObject* parent, const QString& icon, const QString& text, const QKeySequence& shortcut,
                     const QString& hint);

}  // namespace lottery::gui
