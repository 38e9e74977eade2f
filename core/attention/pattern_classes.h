// SPDX-License-Identifier: GPL-3.0-or-later
//
// What an attention map looks like: the five classes of Kovaleva et al. 2019 (arXiv 1908.08593, §4.1).
//
// Thread rule: immutable tables and pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace lottery {

enum class PatternClass {
    Vertical,          // few tokens, often [CLS] and [SEP], get most of the attention
    Diagonal,          // each token attends to itself or to its neighbours
    VerticalDiagonal,  // both
    Block,             // tokens attend within their segment
    Heterogeneous,     // none of these
};
inline constexpr std::size_t pattern_count = 5;

constexpr std::array<PatternClass, pattern_count> all_patterns() {
    return {PatternClass::Vertical, PatternClass::Diagonal, PatternClass::VerticalDiagonal, PatternClass::Block,
            PatternClass::Heterogeneous};
}
constexpr std::size_t index_of(PatternClass pattern) { return static_cast<std::size_t>(pattern); }

// One number per class, in the order of the classes.
using PatternShares = std::array<double, pattern_count>;

// "vertical", "diagonal", "vertical+diagonal", "block", "heterogeneous": in files and for people.
const char* to_string(PatternClass pattern);

// By name; letter case, spaces around it, and "_", "-" or a space for "+" do not matter. The published raw set's names
// are known: "mix", "other", "single_vertical", "double_vertical", "multiple_vertical". Error: unknown, with the known
// names; `place` is what it names ("labels.txt:3").
Result<PatternClass> parse_pattern(std::string_view name, const std::string& place);

}  // namespace lottery
