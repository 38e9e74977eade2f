// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/analysis/check_menu.h"

#include <QAction>
#include <QMenu>

namespace lottery::gui {

CheckMenu::CheckMenu(const QString& all, QWidget* parent) : QToolButton(parent), all_(all) {
    setPopupMode(QToolButton::InstantPopup);
    setToolButtonStyle(Qt::ToolButtonTextOnly);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setMenu(new QMenu(this));
    updateText();
}

void CheckMenu::setItems(const QStringList& items) {
    const QStringList before = checked();
    menu()->clear();
    for (const QString& item : items) {
        QAction* action = menu()->addAction(item);
        action->setCheckable(true);
        action->setChecked(before.contains(item));
        connect(action, &QAction::toggled, this, [this] {
            updateText();
            Q_EMIT checkedChanged();
        });
    }
    if (!items.isEmpty()) {
        menu()->addSeparator();
        connect(menu()->addAction(tr("Everything")), &QAction::triggered, this, [this] { setChecked({}); });
    }
    updateText();
}

QStringList CheckMenu::checked() const {
    QStringList items;
    for (const QAction* action : menu()->actions())
        if (action->isChecked()) items << action->text();
    return items;
}

void CheckMenu::setChecked(const QStringList& items) {
    if (checked() == items) return;
    for (QAction* action : menu()->actions()) {
        const QSignalBlocker quiet(action);
        if (action->isCheckable()) action->setChecked(items.contains(action->text()));
    }
    updateText();
    Q_EMIT checkedChanged();
}

void CheckMenu::updateText() {
    const QStringList items = checked();
    setText(items.isEmpty() ? all_ : items.join(QStringLiteral(", ")));
    setToolTip(items.isEmpty() ? tr("Check some to leave the others out") : items.join(QStringLiteral(", ")));
}

}  // namespace lottery::gui
