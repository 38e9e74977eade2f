// SPDX-License-Identifier: GPL-3.0-or-later
//
// The finished passes of a search that has not ended, in its folder: passes.json. A search chooses its masks from
// nothing but its passes, so that an interrupted one, given their results again, comes to where it was and goes on.
// Numbers are kept to the last bit. A pass is an object: what it was made with, and what it gave.
//
// Thread rule: one thread at a time; two searches must not share a folder.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <vector>

#include "core/base/json.h"
#include "core/base/progress.h"
#include "core/base/result.h"

namespace lottery {

class PassLog {
public:
    // With the passes that an earlier search of the same inputs left in `folder`; those of another one, and a damaged
    // file, count as none.
    PassLog(const std::filesystem::path& folder, const Json& inputs);

    // Says how many passes were found, if any.
    void say_found(ProgressSink& progress) const;
    // The next of them as `from_json` reads it, when it was made with these values; otherwise, and when it is damaged
    // (`from_json` throws nlohmann::json::exception), it and all after it are dropped.
    template <typename FromJson>
    auto replay(const Json& made_with, FromJson&& from_json) -> std::optional<decltype(from_json(made_with))> {
        if (const Json* entry = next(made_with)) {
            try {
                auto pass = from_json(*entry);
                passes_.push_back(*entry);
                ++next_;
                return pass;
            } catch (const nlohmann::json::exception&) {
                // As if it had never been.
            }
        }
        found_.resize(next_);
        return std::nullopt;
    }
    // Adds a pass and writes the file.
    Status add(const Json& made_with, Json result);
    // The search has ended: its records hold everything.
    void remove();

    // Whether `folder` has passes of these inputs: how many.
    static std::size_t passes_of(const std::filesystem::path& folder, const Json& inputs);

private:
    [[nodiscard]] const Json* next(const Json& made_with) const;

    std::filesystem::path file_;
    Json inputs_;
    std::vector<Json> found_;
    std::size_t next_ = 0;
    Json passes_ = Json::array();
};

}  // namespace lottery
