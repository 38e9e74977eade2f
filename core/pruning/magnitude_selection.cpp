// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pruning/magnitude_selection.h"

#include <bit>
#include <vector>

namespace lottery {
namespace {

constexpr std::uint32_t kMagnitudeBits = 0x7FFFFFFF;  // all but the sign
constexpr unsigned kLowBits = 15;
constexpr std::uint32_t kLowMask = (1U << kLowBits) - 1;

// Magnitudes in order of their keys: without the sign, a float's bits are ordered as its value.
template <MagnitudeEnd end>
std::uint32_t key_of(float weight) {
    const auto magnitude = std::bit_cast<std::uint32_t>(weight) & kMagnitudeBits;
    return end == MagnitudeEnd::Smallest ? magnitude : kMagnitudeBits - magnitude;
}

// The bin in which the `number`-th entry lies; takes those of the bins before it off `number`.
std::uint32_t bin_of(const std::vector<std::int64_t>& bins, std::int64_t& number) {
    std::uint32_t bin = 0;
    while (bins[bin] < number) number -= bins[bin++];
    return bin;
}

template <MagnitudeEnd end>
void prune(std::span<const MaskedWeights> parameters, std::int64_t number) {
    std::vector<std::int64_t> high_bins(1U << (31 - kLowBits));
    std::int64_t alive = 0;
    for (const auto& p : parameters)
        for (std::int64_t i = 0; i < p.count; ++i) {
            const auto kept = static_cast<std::int64_t>(p.kept[i]);
            high_bins[key_of<end>(p.weights[i]) >> kLowBits] += kept;
            alive += kept;
        }
    if (number > alive) number = alive;
    if (number <= 0) return;

    const auto high = bin_of(high_bins, number);
    std::vector<std::int64_t> low_bins(kLowMask + 1);
    for (const auto& p : parameters)
        for (std::int64_t i = 0; i < p.count; ++i) {
            const auto key = key_of<end>(p.weights[i]);
            if (key >> kLowBits == high) low_bins[key & kLowMask] += static_cast<std::int64_t>(p.kept[i]);
        }
    // What is left of `number` now are the first so many of those that equal the border.
    const auto border = (high << kLowBits) | bin_of(low_bins, number);
    for (const auto& p : parameters)
        for (std::int64_t i = 0; i < p.count; ++i) {
            const auto key = key_of<end>(p.weights[i]);
            if (key == border) {
                if (p.kept[i] && number > 0) {
                    p.kept[i] = false;
                    --number;
                }
            } else {
                p.kept[i] = p.kept[i] && key > border;
            }
        }
}

}  // namespace

void prune_by_magnitude(std::span<const MaskedWeights> parameters, std::int64_t number, MagnitudeEnd end) {
    if (end == MagnitudeEnd::Smallest)
        prune<MagnitudeEnd::Smallest>(parameters, number);
    else
        prune<MagnitudeEnd::Largest>(parameters, number);
}

}  // namespace lottery
