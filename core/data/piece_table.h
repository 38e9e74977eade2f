// SPDX-License-Identifier: GPL-3.0-or-later
//
// The longest vocabulary piece a word begins with: WordPiece's only question, asked for every word.
// One flat hash table; the hashes of all prefixes are computed in one pass and probed longest first.
//
// Thread rule: immutable after construction; `Scratch` belongs to one call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lottery {

class PieceTable {
public:
    // Reused between calls to save allocations; its content means nothing.
    using Scratch = std::vector<std::uint64_t>;

    struct Match {
        std::int32_t id = -1;    // -1: no piece fits
        std::size_t length = 0;  // bytes of the word it covers
    };

    // `tokens` in order of their ids; tokens with "##" in front continue a word.
    explicit PieceTable(const std::vector<std::string>& tokens);

    // Longest piece `rest` begins with; `continues`: among the "##" pieces. `rest` is well-formed UTF-8.
    [[nodiscard]] Match longest_match(std::string_view rest, bool continues, Scratch& scratch) const;

private:
    struct Slot {
        std::uint32_t tag = 0;
        std::int32_t id = -1;
    };
    [[nodiscard]] std::string_view piece(std::int32_t id) const;
    [[nodiscard]] std::int32_t find(std::uint64_t hash, std::string_view piece, bool continues) const;

    std::vector<Slot> slots_;
    int shift_ = 0;                      // hash → slot
    std::string bytes_;                  // all pieces, "##" left out
    std::vector<std::uint32_t> begins_;  // [tokens + 1]
    std::size_t longest_[2] = {0, 0};    // bytes; by `continues`
};

}  // namespace lottery
