// SPDX-License-Identifier: GPL-3.0-or-later
//
// Seeds as a person writes them.
//
// Thread rule: pure function of plain values.
#pragma once

#include <QString>
#include <cstdint>
#include <vector>

namespace lottery::gui {

// "1337, 42" as numbers; what is no number, or named twice, is said.
struct SeedList {
    std::vector<std::uint64_t> seeds;
    QString problem;
};
SeedList parseSeeds(const QString& text);

}  // namespace lottery::gui
