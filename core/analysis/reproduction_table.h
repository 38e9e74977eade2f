// SPDX-License-Identifier: GPL-3.0-or-later
//
// Ours against published as text: a row per experiment and task.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <string>
#include <vector>

#include "core/analysis/reproduction.h"
#include "core/analysis/reproduction_items.h"
#include "core/base/json.h"
#include "core/figures/figure.h"

namespace lottery {

struct Scoreboard {
    ComparisonOptions options;
    std::vector<ComparedCell> cells;
    std::vector<ItemState> items;  // empty where the scores do not lie in a study
};

// In the metrics of the paper's tables, three decimals; below them the counts, the test and what the marks mean. Ends
// with a newline.
std::string text_of(const Scoreboard& board);
std::string markdown_of(const Scoreboard& board);
std::string html_of(const Scoreboard& board);
// All metrics, unrounded.
DataTable data_of(const Scoreboard& board);
// {"significance", "counts": {…}, "cells": [{"experiment", "label", "task", "metric", "shown", "ours": {…},
// "published":
//   {…}, "difference", "interval", "t", "degrees_of_freedom", "p_value", "verdict", "grounds"}], "items": [{"id",
//   "title", "kind", "secondary", "compared", "needed", "present", "missing"}]}; undefined numbers are null
Json to_json(const Scoreboard& board);

}  // namespace lottery
