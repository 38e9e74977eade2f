// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pruning/subnetworks.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace lottery {
namespace {

using Values = std::vector<float>;

std::size_t count_kept(const Values& values) {
    return static_cast<std::size_t>(std::count(values.begin(), values.end(), 1.0F));
}

Values inverted(const Values& values) {
    Values result(values.size());
    std::transform(values.begin(), values.end(), result.begin(), [](float v) { return v == 1.0F ? 0.0F : 1.0F; });
    return result;
}

// Kept by `a` and not by `b`.
Values without(const Values& a, const Values& b) {
    Values result(a.size(), 0.0F);
    for (std::size_t i = 0; i < a.size(); ++i) result[i] = a[i] == 1.0F && b[i] != 1.0F ? 1.0F : 0.0F;
    return result;
}

// `size` components: from the first source as far as it goes, then from the next; drawn where a source has more than
// are wanted. What an earlier source gave is not counted again.
Values drawn(std::size_t size, const std::vector<Values>& sources, Random& random) {
    Values result(sources.front().size(), 0.0F);
    std::size_t wanted = size;
    for (const auto& source : sources) {
        std::vector<std::size_t> candidates;
        for (std::size_t i = 0; i < source.size(); ++i)
            if (source[i] == 1.0F && result[i] == 0.0F) candidates.push_back(i);
        if (candidates.size() > wanted) {
            random.shuffle(candidates);
            candidates.resize(wanted);
        }
        for (const auto i : candidates) result[i] = 1.0F;
        wanted -= candidates.size();
    }
    return result;
}

Values control_of(const Values& good, ControlKind kind, const ControlOptions& options, Random& random) {
    const std::size_t kept = count_kept(good);
    switch (kind) {
        case ControlKind::Invert:
            return inverted(good);
        case ControlKind::Bad:
            if (options.bad_fill == BadFill::None) return drawn(kept, {inverted(good)}, random);
            return drawn(kept, {inverted(good), good}, random);
        case ControlKind::Random:
            break;
    }
    if (options.random_size == RandomSize::Exact) return drawn(kept, {Values(good.size(), 1.0F)}, random);
    Values result(good.size());
    const double share = static_cast<double>(kept) / static_cast<double>(std::max<std::size_t>(good.size(), 1));
    for (auto& value : result) value = random.uniform() < share ? 1.0F : 0.0F;
    return result;
}

ComponentOverlap overlap_of(const Values& values, const Values& good) {
    ComponentOverlap overlap;
    overlap.all = static_cast<int>(good.size());
    overlap.good = static_cast<int>(count_kept(good));
    overlap.kept = static_cast<int>(count_kept(values));
    overlap.shared = overlap.kept - static_cast<int>(count_kept(without(values, good)));
    return overlap;
}

struct SuperValues {
    Values good, bad;
    std::vector<Values> random;
};

SuperValues super_of(const std::vector<const Values*>& seeds, Random& random) {
    SuperValues result;
    result.good = *seeds.front();
    Values none = inverted(*seeds.front());
    for (const auto* seed : seeds) {
        const Values dropped = inverted(*seed);
        result.good = without(result.good, dropped);
        none = without(none, *seed);
    }
    const std::size_t size = count_kept(result.good);
    const Values neither = without(inverted(result.good), none);
    result.bad = drawn(size, {none, neither, result.good}, random);
    const Values outside = without(inverted(result.good), result.bad);
    for (std::size_t i = 0; i < seeds.size(); ++i)
        result.random.push_back(drawn(size, {outside, inverted(outside)}, random));
    return result;
}

std::string shape_text(const ComponentMasks& masks) {
    return std::to_string(masks.heads.layers) + " × " + std::to_string(masks.heads.heads) + " heads and " +
           std::to_string(masks.mlps.size()) + " MLPs";
}

bool same_shape(const ComponentMasks& a, const ComponentMasks& b) {
    return a.heads.layers == b.heads.layers && a.heads.heads == b.heads.heads && a.mlps.size() == b.mlps.size();
}

ComponentMasks masks_like(const ComponentMasks& shape, Values heads, Values mlps) {
    ComponentMasks masks = shape;
    masks.heads.values = std::move(heads);
    masks.mlps = std::move(mlps);
    return masks;
}

}  // namespace

const char* to_string(RandomSize size) { return size == RandomSize::Drawn ? "drawn" : "exact"; }
const char* to_string(BadFill fill) { return fill == BadFill::Good ? "good" : "none"; }

ComponentMasks control_masks(const ComponentMasks& good, ControlKind kind, const ControlOptions& options,
                             Random& random) {
    // Heads first: in a call's arguments the order of the two draws would be the compiler's.
    auto heads = control_of(good.heads.values, kind, options, random);
    auto mlps = control_of(good.mlps, kind, options, random);
    return masks_like(good, std::move(heads), std::move(mlps));
}

MaskOverlap overlap_with_good(const ComponentMasks& masks, const ComponentMasks& good) {
    return {overlap_of(masks.heads.values, good.heads.values), overlap_of(masks.mlps, good.mlps)};
}

Result<SuperMasks> super_masks(const std::vector<ComponentMasks>& seeds, Random& random) {
    if (seeds.empty()) return Error{"no masks are given to find what they have in common", "super masks", {}};
    const auto& first = seeds.front();
    std::vector<const Values*> head_values, mlp_values;
    for (std::size_t i = 0; i < seeds.size(); ++i) {
        if (!same_shape(seeds[i], first))
            return Error{"has " + shape_text(seeds[i]) + ", the first one has " + shape_text(first),
                         "mask " + std::to_string(i), "Masks over seeds must be of one model"};
        head_values.push_back(&seeds[i].heads.values);
        mlp_values.push_back(&seeds[i].mlps);
    }
    auto heads = super_of(head_values, random);
    auto mlps = super_of(mlp_values, random);
    SuperMasks result{masks_like(first, std::move(heads.good), std::move(mlps.good)),
                      masks_like(first, std::move(heads.bad), std::move(mlps.bad)),
                      {}};
    for (std::size_t i = 0; i < seeds.size(); ++i)
        result.random.push_back(masks_like(first, std::move(heads.random[i]), std::move(mlps.random[i])));
    return result;
}

}  // namespace lottery
