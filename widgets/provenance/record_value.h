// SPDX-License-Identifier: GPL-3.0-or-later
//
// A value of a record (run.json) as a person reads it: times in local time, durations and sizes with units, checksums
// short.
//
// Thread rule: pure functions.
#pragma once

#include <QString>

#include "core/base/json.h"

namespace lottery::gui {

// 64 hexadecimal digits.
bool isChecksum(const Json& value);

// `key`: the last part of the value's path, which tells its unit. "–" where there is no value (discarded).
QString shownValue(const QString& key, const Json& value);
// As it stands in the file, without the quotes of texts; what is copied.
QString exactValue(const Json& value);
// For a tool tip: what the shown value leaves out; empty when it leaves out nothing.
QString valueHint(const QString& key, const Json& value);

}  // namespace lottery::gui
