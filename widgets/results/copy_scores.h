// SPDX-License-Identifier: GPL-3.0-or-later
//
// Scores as text for papers and spreadsheets.
//
// Thread rule: GUI thread.
#pragma once

#include <QString>
#include <array>
#include <vector>

#include "core/analysis/results.h"

class QTableView;

namespace lottery::gui {

enum class TableFormat { Text, Markdown, Latex, Csv };
inline constexpr std::array all_table_formats{TableFormat::Text, TableFormat::Markdown, TableFormat::Latex,
                                              TableFormat::Csv};
// "Text", "Markdown", "LaTeX", "CSV".
QString tableFormatName(TableFormat format);

// Experiments down, tasks across (core/analysis/results_table.h). `tasks` empty: all.
QString scoresAs(TableFormat format, const std::vector<ExperimentResults>& results, const std::vector<TaskId>& tasks);

// The selected rows as they stand in the view, tab-separated, with the header; empty without a selection.
QString selectedRowsAsText(const QTableView& table);

}  // namespace lottery::gui
