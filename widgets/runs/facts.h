// SPDX-License-Identifier: GPL-3.0-or-later
//
// Names and values of something that needs no picture.
//
// Thread rule: plain values.
#pragma once

#include <QList>
#include <QPair>
#include <QString>

namespace lottery::gui {

using Facts = QList<QPair<QString, QString>>;

}  // namespace lottery::gui
