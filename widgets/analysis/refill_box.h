// SPDX-License-Identifier: GPL-3.0-or-later
//
// A chooser whose entries come anew.
//
// Thread rule: GUI thread.
#pragma once

#include <QComboBox>
#include <QList>
#include <QSignalBlocker>
#include <QString>
#include <QVariant>
#include <utility>

namespace lottery::gui {

// Emits nothing. What was chosen stays chosen where it is still among `items`; false: it is not, the first one is.
inline bool refillBox(QComboBox* box, const QList<std::pair<QString, QVariant>>& items) {
    const QVariant before = box->currentData();
    const QSignalBlocker quiet(box);
    box->clear();
    for (const auto& [name, data] : items) box->addItem(name, data);
    const int at = before.isValid() ? box->findData(before) : -1;
    if (at >= 0) box->setCurrentIndex(at);
    return at >= 0;
}

}  // namespace lottery::gui
