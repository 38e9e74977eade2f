// SPDX-License-Identifier: GPL-3.0-or-later
//
// Why jobs of a study failed when they were last tried: .study/failures.json. Kept until they are done.
//
// Thread rule: one thread at a time per object; two writers of one study must not overlap.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "core/base/result.h"

namespace lottery {

class StudyFailures {
public:
    StudyFailures() = default;
    // A file that is missing or damaged is as none.
    explicit StudyFailures(const std::filesystem::path& study);

    [[nodiscard]] std::optional<std::string> of(const std::string& id) const;
    Status keep(const std::string& id, const Error& error);
    Status forget(const std::string& id);

private:
    Status write() const;
    std::filesystem::path file_;
    std::map<std::string, std::string> messages_;  // by job
};

}  // namespace lottery
