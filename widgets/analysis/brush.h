// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tasks and seeds that are looked at in all views of a study.
//
// Thread rule: plain value.
#pragma once

#include <QStringList>

namespace lottery::gui {

struct Brush {
    QStringList tasks;  // "MRPC"; empty: all
    QStringList seeds;  // "1337"; empty: all
    [[nodiscard]] bool isEmpty() const { return tasks.isEmpty() && seeds.isEmpty(); }
    bool operator==(const Brush&) const = default;
};

}  // namespace lottery::gui
