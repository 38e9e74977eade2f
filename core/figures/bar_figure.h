// SPDX-License-Identifier: GPL-3.0-or-later
//
// Scores side by side: groups (tasks) of bars (full model, importance mask, random masks, majority), with error
// bars and the single runs as dots.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/figures/figure.h"

namespace lottery {

struct BarGroup {
    std::string name;                         // under the group, or above its panel
    std::vector<std::vector<double>> values;  // per series the single runs; empty: no bar; NaN is passed over
    // Of a panel:
    std::string value_label = {};  // of its axis; empty: BarContent's
    std::string note = {};         // beside its name, muted
    // Per series, where its one value is a mean whose runs are not known: their standard deviation, of the population
    // (ddof 0). NaN, or empty: known only from the runs.
    std::vector<double> deviations = {};
};

struct BarContent {
    std::vector<std::string> series;  // in the legend, in the order of the bars
    std::vector<BarGroup> groups;     // each with one list of values per series
    std::string value_label;          // "accuracy"
    std::string title;                // empty: none
    bool show_runs = true;            // a dot per run where there is more than one
    // 0: all groups on one axis. Otherwise small multiples: a panel with its own axis per group, so many in a row.
    int columns = 0;
    std::vector<std::size_t> looks = {};  // number of each series' colour, so that it keeps it; empty: 0, 1, 2, …
};

// Mean as a bar, standard deviation as an error bar: ddof 1 where there are at least two runs, or what is given. The
// axis starts at 0 unless values are negative. Series differ in lightness and hatching, so that they differ in grey
// too. Data: one row per run, then mean, deviation and number of runs per bar.
Figure bar_figure(const BarContent& content, const FigureStyle& style);

// A bar of the figure, for the screen.
struct BarPlace {
    std::size_t group = 0, series = 0;
    Box bar;     // from zero to the mean, mm
    Box column;  // as wide, over the whole height of the axis: where a pointer means this bar
};
// Group by group, from left to right; series without a finite value have no place.
std::vector<BarPlace> bar_places(const BarContent& content, const FigureStyle& style);

struct BarStatistics {
    double mean = 0.0;        // NaN without runs
    double deviation = 0.0;   // ddof 1; NaN for fewer than two runs and none given
    std::int64_t runs = 0;    // finite ones
    bool population = false;  // the deviation was given: ddof 0, of runs that are not known
};
BarStatistics bar_statistics(const BarContent& content, std::size_t group, std::size_t series);

}  // namespace lottery
