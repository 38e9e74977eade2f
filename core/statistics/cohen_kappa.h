// SPDX-License-Identifier: GPL-3.0-or-later
//
// How far two labellers agree beyond chance.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace lottery {

struct LabelAgreement {
    std::size_t items = 0;   // labelled by both
    double observed = 0.0;   // share of items with the same label
    double by_chance = 0.0;  // expected of labellers who use each label as often as these do
    // (observed − by chance) / (1 − by chance), 1 complete, 0 as by chance (J. Cohen, Educational and Psychological
    // Measurement 20, 1960). Nothing where it is 0/0: both use one and the same label only.
    std::optional<double> kappa;
};

// Labels are any numbers; both lists have the same length and order. Nothing without items.
std::optional<LabelAgreement> label_agreement(std::span<const int> first, std::span<const int> second);

}  // namespace lottery
