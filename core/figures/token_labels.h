// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tokens along the edge of a map or in a column: small enough to stand beside each other, and where even the smallest
// type is too large, only every second, fifth, tenth … of them, then with its number.
//
// Thread rule: pure functions of plain values, but for the scene they draw into.
#pragma once

#include <string>
#include <vector>

#include "core/figures/figure.h"

namespace lottery {

struct TokenLabels {
    double size_pt = 7.0;
    std::size_t stride = 1;  // every so many tokens is written
    double room_mm = 0.0;    // what the longest written one takes; longer ones are cut to fit it
};

// `pitch_mm`: from one token to the next. `most_mm`: the most room that they may take.
TokenLabels fit_token_labels(const std::vector<std::string>& tokens, double pitch_mm, double largest_pt,
                             double most_mm);
// Whether a token is written; counted from 0.
bool is_written(std::size_t token, const TokenLabels& labels);
// As it is written: cut, and with its number, counted from 1, where others are left out.
std::string token_label(const std::vector<std::string>& tokens, std::size_t token, const TokenLabels& labels);

}  // namespace lottery
