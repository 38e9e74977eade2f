// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the attention views share: the message of an empty one, the frame of the keyboard focus, small type, and how a
// changed description reaches assistive technology.
//
// Thread rule: GUI thread.
#pragma once

#include <QAbstractScrollArea>
#include <QFont>
#include <QPainter>
#include <QString>

namespace lottery::gui {

// Fills the view with its message.
void paintMessage(QPainter& painter, const QAbstractScrollArea& view, const QString& text);
// Around the viewport, while the view has the keyboard focus.
void paintFocus(QPainter& painter, const QAbstractScrollArea& view);
// Of ticks and token labels: a little smaller than the view's own.
QFont smallFont(const QFont& font);
// Nothing happens when it says the same as before.
void describeView(QAbstractScrollArea& view, const QString& text);
// No frame of its own, mouse tracking, focus by click and Tab.
void prepareView(QAbstractScrollArea& view);

}  // namespace lottery::gui
