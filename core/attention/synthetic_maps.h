// SPDX-License-Identifier: GPL-3.0-or-later
//
// Synthetic attention maps of the five classes: drawn by a program, from no model and no text. They stand in where
// there are no labelled maps; what is trained on them says so.
//
// Every row is a mixture of distributions over the columns and sums to 1: columns that all rows attend to ([CLS] first,
// a [SEP] at the end and in the middle, content words), bands along the diagonal (before, on or behind it, narrow to
// broad, faint copies beside them), segments, and a background of single preferences, repeated tokens and noise. The
// class says which of them is strong; the others may be there, but weak:
//   vertical           columns have 38 to 96% of the attention, a band at most 6%
//   diagonal           a band has 35 to 97%, columns at most 12%
//   vertical+diagonal  columns 22 to 65%, a band 22 to 65%
//   block              segments 40 to 96%, columns at most 45%, no band
//   heterogeneous      columns at most 30% and a band at most 8%
//
// The same seed gives the same maps on every platform: draws are Random's, and nothing is computed but sums, products,
// quotients and a square root, which IEEE 754 rounds in one way.
//
// Legend: S tokens, a map is [S,S], row attends to column.
//
// Thread rule: pure functions; one thread at a time per Random.
#pragma once

#include <cstdint>
#include <vector>

#include "core/attention/labelled_maps.h"
#include "core/attention/pattern_classes.h"
#include "core/base/random.h"

namespace lottery {

struct SyntheticMapOptions {
    int smallest = 16;  // S, from 8 on
    int largest = 64;   // S
};

// [S,S]; `size` at least 8.
std::vector<float> synthetic_map(PatternClass pattern, int size, Random& draw);

// `count` maps, named "synthetic_000000" and on, the classes in turn, every size equally likely.
LabelledMaps synthetic_maps(int count, std::uint64_t seed, const SyntheticMapOptions& options = {});

}  // namespace lottery
