// SPDX-License-Identifier: GPL-3.0-or-later
//
// Attention on paper: one head's map, thumbnails of all heads, and lines between tokens.
//
// Legend: R rows, the tokens that attend (query); C columns, those that are attended to (key); L layers, N heads.
// Maps are in C order. NaN, where a head has no value, is drawn grey.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/figures/figure.h"

namespace lottery {

// Of the colours. Sequential: from 0, or from the smallest value where that is negative, to the largest. Signed: a
// diverging map with its middle at 0, for differences.
enum class AttentionScale { Sequential, Signed };

struct AttentionMapContent {
    std::vector<std::string> rows;        // [R] tokens
    std::vector<std::string> columns;     // [C] tokens
    std::vector<float> values;            // [R,C]
    std::vector<std::size_t> boundaries;  // a line before these rows and columns: where the second segment begins
};

struct AttentionMapOptions {
    AttentionScale scale = AttentionScale::Sequential;
    ColorMap map = ColorMap::Viridis;                // of Sequential; Signed is blue to red
    std::optional<std::pair<double, double>> range;  // of the colours; default: see AttentionScale
    bool annotate = false;                           // numbers in the cells, where they fit
    int digits = 2;                                  // of these numbers
    bool color_bar = true;
    std::string title;  // empty: none
    std::string row_label = "attending token";
    std::string column_label = "attended token";
    std::string value_label = "attention probability";
};

// Up to 40 tokens cells are rectangles with gaps, more are one image. Labels shrink, then thin out. Content whose
// number of values is not R times C, or that is empty, gives an empty figure. Data: one row per cell: row (from 1), row
// token, column, column token, value.
Figure attention_map_figure(const AttentionMapContent& content, const AttentionMapOptions& options,
                            const FigureStyle& style);

enum class HeadState { Kept, Masked, Removed };

struct AttentionThumbnail {
    int rows = 0, columns = 0;  // of `values`, in any size; 0: nothing to draw
    std::vector<float> values;  // [rows,columns]
    HeadState state = HeadState::Kept;
    std::vector<double> numbers;  // one per name in AttentionGridContent::numbers; missing ones are left empty
};

struct AttentionGridContent {
    int layers = 0, heads = 0;
    std::vector<AttentionThumbnail> maps;  // [L,N]
    std::vector<std::string> numbers;      // columns of the data: "entropy, nats"
};

// Shared: one scale for all maps, with a colour bar. EachMap: every map up to its own largest magnitude, which shows
// patterns of weak heads too, and no colour bar.
enum class ThumbnailRange { Shared, EachMap };

struct AttentionGridOptions {
    AttentionScale scale = AttentionScale::Sequential;
    ThumbnailRange range = ThumbnailRange::Shared;
    ColorMap map = ColorMap::Viridis;  // of Sequential
    std::string title;                 // empty: none
    std::string value_label = "attention probability";
};

// Layers from top to bottom, heads from left to right, numbered from 1. Masked heads are pale and crossed out, removed
// ones empty and hatched. An empty figure where `maps` is not [L,N]. Data: one row per head: layer, head, state,
// numbers.
Figure attention_grid_figure(const AttentionGridContent& content, const AttentionGridOptions& options,
                             const FigureStyle& style);

struct AttentionArcs {
    std::string name;           // in the legend: "layer 3, head 7"
    std::vector<float> values;  // [R,C]
};

struct AttentionArcsContent {
    std::vector<std::string> rows;     // [R] on the left
    std::vector<std::string> columns;  // [C] on the right
    std::vector<AttentionArcs> heads;
};

struct AttentionArcsOptions {
    AttentionScale scale = AttentionScale::Sequential;  // Signed: colours tell the sign, dashes the head
    // Lines of less than this share of the largest magnitude are not drawn, which the figure says; 0: all.
    double least_share = 0.1;
    std::optional<std::size_t> row;  // only what this token attends to
    std::string title;               // empty: none
    std::string row_label = "attending";
    std::string column_label = "attended";
    std::string value_label = "attention probability";
};

// Lines from each token to those it attends to, as wide and as dark as the attention is strong. Heads whose number of
// values is not R times C have no lines. Data: every value, drawn or not: head, row (from 1), row token, column, column
// token, value.
Figure attention_arcs_figure(const AttentionArcsContent& content, const AttentionArcsOptions& options,
                             const FigureStyle& style);

}  // namespace lottery
