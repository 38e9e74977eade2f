// SPDX-License-Identifier: GPL-3.0-or-later
//
// Subnetworks to hold a found mask against (method.md §5, Q5 and Q6), and what the masks of several seeds have in
// common. Heads and MLPs are drawn separately; masks without MLPs (an empty `mlps`) work likewise.
//
// Thread rule: pure functions of plain values; a Random belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/random.h"
#include "core/base/result.h"
#include "core/pruning/mask_search_options.h"

namespace lottery {

enum class ControlKind {
    Random,  // drawn without looking at what is good
    Bad,     // of the good mask's size, from its complement, sampled down where that is larger
    Invert   // the plain complement, of whatever size
};

// Q5: how large a random mask is.
enum class RandomSize {
    Drawn,  // each head is kept with probability (kept share of heads), each MLP likewise: sizes vary (as published)
    Exact,  // as many heads and MLPs as the good mask has, every choice equally likely
};

// Q6: what becomes of a bad mask where the complement is smaller than the good mask.
enum class BadFill {
    Good,  // topped up at random from the good mask (as published); no mask of that size has less of the good one
    None,  // it stays the complement: nothing good in it, but smaller
};

struct ControlOptions {
    RandomSize random_size = RandomSize::Exact;  // of ControlKind::Random
    BadFill bad_fill = BadFill::Good;            // of ControlKind::Bad

    // The defaults of a mode. Both fill: a smaller control would be no control of size.
    static ControlOptions for_mode(Mode mode) {
        ControlOptions options;
        options.random_size = mode == Mode::Published ? RandomSize::Drawn : RandomSize::Exact;
        return options;
    }
    bool operator==(const ControlOptions&) const = default;
};

// As on the command line: "drawn", "exact"; "good", "none".
const char* to_string(RandomSize size);
const char* to_string(BadFill fill);

// Random numbers are used by Random, and by Bad where there is a choice.
ComponentMasks control_masks(const ComponentMasks& good, ControlKind kind, const ControlOptions& options,
                             Random& random);

// How much of a mask is good, of one kind of component.
struct ComponentOverlap {
    int good = 0;    // kept by the good mask
    int kept = 0;    // kept by the other one
    int shared = 0;  // kept by both
    int all = 0;     // of the model
    // Of the kept ones, those that are good; 0 where nothing is kept.
    [[nodiscard]] double share() const { return kept == 0 ? 0.0 : static_cast<double>(shared) / kept; }
};

struct MaskOverlap {
    ComponentOverlap heads;
    ComponentOverlap mlps;
};

// The masks must be of one model.
MaskOverlap overlap_with_good(const ComponentMasks& masks, const ComponentMasks& good);

// Over the seeds of one task.
struct SuperMasks {
    ComponentMasks good;  // kept by every seed
    ComponentMasks bad;   // kept by no seed, sampled down or filled up to good's size: first from what is
                          // neither kept by all nor by none, then from good. One draw for all seeds
    std::vector<ComponentMasks> random;  // one draw per seed of good's size, outside good and bad, filled up from these
                                         // two where too little lies outside
};

// Errors: no masks; masks of different shapes, the place counting from 0 in `seeds`.
Result<SuperMasks> super_masks(const std::vector<ComponentMasks>& seeds, Random& random);

}  // namespace lottery
