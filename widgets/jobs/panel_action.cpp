// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/panel_action.h"

#include <QAction>

#include "resources/themed_icon.h"

namespace lottery::gui {

QAction* panelAction(QObject* parent, const QString& icon, const QString& text, const QKeySequence& shortcut,
                     const QString& hint) {
    auto* action = new QAction(themedIcon(icon), text, parent);
    action->setShortcut(shortcut);
    action->setStatusTip(hint);
    action->setToolTip(QStringLiteral("%1 (%2)").arg(hint, shortcut.toString(QKeySequence::NativeText)));
    return action;
}

}  // namespace lottery::gui
