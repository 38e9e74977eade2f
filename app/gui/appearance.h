// SPDX-License-Identifier: GPL-3.0-or-later
//
// Light, dark, or whatever the system's palette is.
//
// Thread rule: GUI thread only.
#pragma once

#include <QString>

namespace lottery::gui {

enum class Appearance { System, Light, Dark };

// Sets the application's palette; widgets repaint by themselves. The system's palette is the one that the
// application had at the first call.
void applyAppearance(Appearance appearance);

QString appearanceName(Appearance appearance);

}  // namespace lottery::gui
