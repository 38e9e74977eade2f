// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/cohen_kappa.h"

#include <cassert>
#include <cstdint>
#include <map>
#include <utility>

namespace lottery {

std::optional<LabelAgreement> label_agreement(std::span<const int> first, std::span<const int> second) {
    assert(first.size() == second.size());
    if (first.empty()) return std::nullopt;
    std::map<int, std::pair<std::int64_t, std::int64_t>> uses;
    std::int64_t same = 0;
    for (std::size_t i = 0; i < first.size(); ++i) {
        ++uses[first[i]].first;
        ++uses[second[i]].second;
        same += first[i] == second[i] ? 1 : 0;
    }
    std::int64_t pairs = 0;
    for (const auto& [label, counts] : uses) pairs += counts.first * counts.second;
    const auto items = static_cast<std::int64_t>(first.size());
    LabelAgreement agreement;
    agreement.items = first.size();
    agreement.observed = static_cast<double>(same) / static_cast<double>(items);
    agreement.by_chance = static_cast<double>(pairs) / static_cast<double>(items * items);
    // Whole numbers, so that 0 is exact: (same/n − pairs/n²) / (1 − pairs/n²).
    if (pairs != items * items)
        agreement.kappa = static_cast<double>(same * items - pairs) / static_cast<double>(items * items - pairs);
    return agreement;
}

}  // namespace lottery
