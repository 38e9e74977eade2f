// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tables of words and numbers for a terminal and for Markdown.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lottery {

// Rows of cells, the header first; every row has as many.
using TextCells = std::vector<std::vector<std::string>>;

// A line per row, two spaces between columns, which begin below each other.
std::string aligned_text(const TextCells& cells);

// ±, Greek letters and dashes as LaTeX has them, what it takes for commands escaped.
std::string latex_escaped(std::string_view text);
// A tabular for the package booktabs, the first column to the left, the others to the right.
std::string latex_text(const TextCells& cells);

// The first `text_columns` columns to the left, the others to the right.
std::string markdown_text(const TextCells& cells, std::size_t text_columns = 1);

}  // namespace lottery
