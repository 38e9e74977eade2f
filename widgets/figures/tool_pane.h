// SPDX-License-Identifier: GPL-3.0-or-later
//
// A view below the row of its tools, and headings in bold.
//
// Thread rule: GUI thread.
#pragma once

#include <initializer_list>

class QWidget;

namespace lottery::gui {

// `left` tools, room, `right` tools; below them `content` takes what is left of the height.
QWidget* toolPane(std::initializer_list<QWidget*> left, std::initializer_list<QWidget*> right, QWidget* content,
                  QWidget* parent);

// The font of the widget's parent, in bold.
void makeBold(QWidget* widget);

}  // namespace lottery::gui
