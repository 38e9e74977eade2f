// SPDX-License-Identifier: GPL-3.0-or-later
//
// Seeded choices that are the same on every platform (the standard library's distributions are not).
//
// Thread rule: one thread at a time per object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

namespace lottery {

// A seed of its own for the `stream`-th use of `seed`, e.g. an epoch or a step (SplitMix64's finaliser).
inline std::uint64_t derive_seed(std::uint64_t seed, std::uint64_t stream) {
    std::uint64_t z = seed + 0x9e3779b97f4a7c15ULL * (stream + 1);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

class Random {
public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}

    // Uniform in [0, bound); bound > 0. Rejection keeps it exact.
    std::uint64_t below(std::uint64_t bound) {
        const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
        std::uint64_t draw = engine_();
        while (draw >= limit) draw = engine_();
        return draw % bound;
    }

    // Uniform in [0, 1), 53 bits.
    double uniform() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }

    template <typename T>
    void shuffle(std::vector<T>& values) {
        for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(i)]);
    }

    // 0 … count−1 in random order.
    std::vector<std::size_t> permutation(std::size_t count) {
        std::vector<std::size_t> order(count);
        std::iota(order.begin(), order.end(), std::size_t{0});
        shuffle(order);
        return order;
    }

private:
    std::mt19937_64 engine_;
};

}  // namespace lottery
