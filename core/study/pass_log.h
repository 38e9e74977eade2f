// SPDX-License-Identifier: GPL-3.0-or-later
//
// The finished passes of a mask search that has not ended, in its folder: passes.json. A search chooses its masks from
// nothing but its passes, so that an interrupted one, given their results again, comes to where it was and goes on.
// Numbers are kept to the last bit.
//
// Thread rule: one thread at a time; two searches must not share a folder.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/pruning/mask_search.h"

namespace lottery {

class PassLog {
public:
    // With the passes that an earlier search of the same inputs left in `folder`; those of another one, and a damaged
    // file, count as none.
    PassLog(const std::filesystem::path& folder, const Json& inputs);

    // How many passes were found.
    [[nodiscard]] std::size_t found() const { return found_.size(); }
    // The next of them, when it was made with these masks; otherwise it and all after it are dropped.
    std::optional<ScoredPass> replay(const ComponentMasks& masks);
    // Adds a pass and writes the file.
    Status add(const ComponentMasks& masks, const ScoredPass& pass);
    // The search has ended: its records hold everything.
    void remove();

    // Whether `folder` has passes of these inputs: how many.
    static std::size_t passes_of(const std::filesystem::path& folder, const Json& inputs);

private:
    std::filesystem::path file_;
    Json inputs_;
    std::vector<Json> found_;
    std::size_t next_ = 0;
    Json passes_ = Json::array();
};

}  // namespace lottery
