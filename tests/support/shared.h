// SPDX-License-Identifier: GPL-3.0-or-later
//
// The folder of real data and published files beside the project; tests that use it are skipped where it is absent.
#pragma once

#include <QtGlobal>
#include <filesystem>

namespace lottery::test {

inline std::filesystem::path shared_folder() {
    const auto given = qEnvironmentVariable("LOTTERY_SHARED");
    if (!given.isEmpty()) return given.toStdString();
    return std::filesystem::path(LOTTERY_SOURCE_DIR) / ".." / "shared";
}

}  // namespace lottery::test
