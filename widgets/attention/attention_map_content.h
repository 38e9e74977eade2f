// SPDX-License-Identifier: GPL-3.0-or-later
//
// What AttentionMapView shows: one matrix with names on both axes.
//
// Legend: R rows, C columns, L layers, S tokens.
//
// Thread rule: plain values and pure functions.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/attention/attention_maps.h"

namespace lottery::gui {

// One side of the matrix.
struct MapAxis {
    std::vector<std::string> labels;  // [R] or [C]: tokens, or what else the rows stand for
    std::string title;                // "attends (query)"
    bool tokens = true;               // labels are tokens, which can be selected
    std::vector<int> breaks;          // a thin line is drawn before each of these
    [[nodiscard]] int size() const { return static_cast<int>(labels.size()); }
};

struct MapContent {
    MapAxis rows, columns;
    std::vector<float> values;                       // [R,C] in C order; NaN: drawn grey
    std::string value_label = "attention";           // of the legend, with its unit if it has one
    bool difference = false;                         // values are signed: colours diverge about 0
    std::optional<std::pair<double, double>> range;  // of the colours; default: from 0 to the largest, or about 0

    // There is something to show, and the sizes agree.
    [[nodiscard]] bool isUsable() const;
    [[nodiscard]] float at(int row, int column) const;
};

// Where a segment begins that is not the first: one token after the first [SEP] of a pair.
std::vector<int> segmentBreaks(const TokenRow& tokens);

// A map [S,S] of a text: rows attend, columns are attended to.
MapContent mapContent(const TokenRow& tokens, std::vector<float> values);
// [L,S], what through_layers() gives: one row per layer, counted from 1.
MapContent layersContent(const TokenRow& tokens, std::vector<float> values);

// Sums over each row [R] and each column [C]; NaN cells do not count, NaN where there is no other.
struct MapSums {
    std::vector<double> rows, columns;
    double largest_row = 0.0, largest_column = 0.0;  // magnitudes
};
MapSums sumsOf(const MapContent& content);

}  // namespace lottery::gui
