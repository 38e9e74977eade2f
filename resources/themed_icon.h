// SPDX-License-Identifier: GPL-3.0-or-later
//
// The program's icons. They are drawn in the palette's text colour at the moment of painting, so that they
// follow a change between light and dark, and at any size, so that they are sharp on every display.
//
// Thread rule: GUI thread only.
#pragma once

#include <QIcon>
#include <QString>

namespace lottery::gui {

// The icon resources/icons/<name>.svg; a null icon when there is none of this name.
// `colour`: used instead of the palette's text colour, for icons that mean a state.
QIcon themedIcon(const QString& name, const QColor& colour = QColor());

// The program's own icon, in colour.
QIcon applicationIcon();

}  // namespace lottery::gui
