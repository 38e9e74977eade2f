// SPDX-License-Identifier: GPL-3.0-or-later
//
// Analyses as tables for people: as text, Markdown, LaTeX (booktabs); and with all digits for CSV.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <string>
#include <vector>

#include "core/analysis/importance_analysis.h"
#include "core/analysis/mask_analysis.h"
#include "core/analysis/text_table.h"
#include "core/figures/figure.h"

namespace lottery {

struct AnalysisTable {
    TextCells cells;   // the header first
    std::string note;  // below it; may be empty
};
using AnalysisTables = std::vector<AnalysisTable>;

AnalysisTables tables_of(const Survival& survival);
AnalysisTables tables_of(const Overlap& overlap);
AnalysisTables tables_of(const Sizes& sizes);
AnalysisTables tables_of(const Agreement& agreement);
AnalysisTables tables_of(const ImportanceAnalysis& analysis);

// Each ends with a newline.
std::string text_of(const AnalysisTables& tables);
std::string markdown_of(const AnalysisTables& tables);
std::string latex_of(const AnalysisTables& tables);  // a tabular each; notes as comments

// One row per number of the analysis. Undefined ones are empty.
DataTable data_of(const Survival& survival);    // layer, head ("MLP"), mean, standard deviation, 95% low, high
DataTable data_of(const Overlap& overlap);      // task, task, mean, standard deviation, 95% low, high
DataTable data_of(const Sizes& sizes);          // task, seed, kept, share
DataTable data_of(const Agreement& agreement);  // of tasks, of pairs of seeds, of pairs of tasks
// task, seed, step, count, mean, standard deviation, quartiles, overlap with the full model
DataTable data_of(const ImportanceAnalysis& analysis);

}  // namespace lottery
