// SPDX-License-Identifier: GPL-3.0-or-later
//
// How well classes of maps were told. What is 0/0 is undefined, not 0.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/attention/pattern_classes.h"

namespace lottery {

using PatternProbabilities = std::array<float, pattern_count>;  // sum to 1

// The first of equally probable classes.
PatternClass most_probable(const PatternProbabilities& probabilities);

struct ClassScores {
    std::int64_t maps = 0;       // of this class
    std::int64_t predicted = 0;  // said to be of it
    std::int64_t correct = 0;
    std::optional<double> precision;  // correct / predicted
    std::optional<double> recall;     // correct / maps
    std::optional<double> f1;         // 2 correct / (maps + predicted)
};

struct PatternScores {
    std::int64_t maps = 0;
    std::int64_t correct = 0;
    std::optional<double> accuracy;
    // [class][said to be], counts.
    std::array<std::array<std::int64_t, pattern_count>, pattern_count> confusion{};
    std::array<ClassScores, pattern_count> classes{};
    std::vector<std::size_t> wrong;  // places of the cases that were told wrong, ascending
};

// `truth` and `predicted` have the same length.
PatternScores pattern_scores(std::span<const PatternClass> truth, std::span<const PatternClass> predicted);

}  // namespace lottery
