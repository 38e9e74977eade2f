// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a figure builder takes and returns: style in, scene and data out. The same builder draws on the screen
// and in a file; the style decides.
//
// Numbering: layers, heads and search steps. Figures, tooltips and CSV count layers and heads from 1, as papers
// do; search steps count from 0 (the full model). `Component` and the .npy files count from 0.
//
// Thread rule: plain values.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "core/figures/scene.h"
#include "core/pruning/mask_search_options.h"

namespace lottery {

inline constexpr double one_column_mm = 85.0;
inline constexpr double two_columns_mm = 175.0;

// Provenance: key → value, written into the file's metadata.
using FigureMetadata = std::map<std::string, std::string>;

struct FigureColors {
    Color background{255, 255, 255};
    Color text{26, 26, 26};
    Color muted{110, 110, 110};  // ticks, secondary text
    Color grid{226, 226, 226};   // grid lines, separators
    Color band{244, 245, 247};   // shading of every other phase
    Color primary{31, 94, 158};  // accepted, first series
    Color warning{196, 64, 20};  // rejected, newly masked
    Color neutral{150, 150, 150};
};

struct FigureStyle {
    double width_mm = one_column_mm;
    double height_mm = 0.0;  // 0: what suits the figure
    double font_pt = 8.0;    // of labels; ticks are a little smaller, the title a little larger
    double pixel_mm = 0.0;   // edges of cells are put on multiples of this, for sharp screens; 0: anywhere
    FigureColors colors;
};

// A number that is NaN is written as "NaN".
using DataCell = std::variant<std::string, double, float, std::int64_t>;

// The numbers behind a figure. Every row has one cell per column.
struct DataTable {
    std::vector<std::string> columns;
    std::vector<std::vector<DataCell>> rows;
};

struct Figure {
    Scene scene;
    DataTable data;
};

// "layer 3, head 7", "layer 3, MLP" or "layer 3, neuron block 5", counted from 1.
std::string component_name(const Component& component);
// "3.7", "3.MLP" or "3.N5", counted from 1; for tables.
std::string component_id(const Component& component);
// A search phase in words: "full model", "heads + MLPs", "heads", "MLPs", "MLP neurons"; others as they are.
std::string phase_name(const std::string& phase);
// A metric in words: "acc" → "accuracy", "mcc" → "Matthews correlation"; others as they are.
std::string metric_name(const std::string& metric);

}  // namespace lottery
