// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/text_table.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace lottery {
namespace {

// Characters, not bytes.
std::size_t width_of(const std::string& text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// What stands for a character, or for several bytes of one, in LaTeX.
constexpr std::pair<std::string_view, std::string_view> kLatex[] = {{"\u00b1", "$\\pm$"},
                                                                    {"\u2212", "$-$"},
                                                                    {"\u2013", "--"},
                                                                    {"\u03b1", "$\\alpha$"},
                                                                    {"\u03ba", "$\\kappa$"},
                                                                    {"_", "\\_"},
                                                                    {"&", "\\&"},
                                                                    {"%", "\\%"},
                                                                    {"#", "\\#"},
                                                                    {"$", "\\$"},
                                                                    {"{", "\\{"},
                                                                    {"}", "\\}"},
                                                                    {"<", "$<$"},
                                                                    {">", "$>$"}};

}  // namespace

std::string aligned_text(const TextCells& cells) {
    if (cells.empty()) return {};
    std::vector<std::size_t> widths(cells.front().size(), 0);
    for (const auto& row : cells)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
    std::string text;
    for (const auto& row : cells) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i)
            line += (i ? "  " : "") + row[i] + std::string(widths[i] - width_of(row[i]), ' ');
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

std::string latex_escaped(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const auto found = std::find_if(std::begin(kLatex), std::end(kLatex),
                                        [&](const auto& entry) { return text.starts_with(entry.first); });
        if (found == std::end(kLatex)) {
            result += text.front();
            text.remove_prefix(1);
        } else {
            result += found->second;
            text.remove_prefix(found->first.size());
        }
    }
    return result;
}

std::string latex_text(const TextCells& cells) {
    if (cells.empty()) return {};
    std::string text = "\\begin{tabular}{l" + std::string(cells.front().size() - 1, 'r') + "}\n\\toprule\n";
    for (std::size_t r = 0; r < cells.size(); ++r) {
        for (std::size_t i = 0; i < cells[r].size(); ++i) text += (i ? " & " : "") + latex_escaped(cells[r][i]);
        text += r == 0 ? " \\\\\n\\midrule\n" : " \\\\\n";
    }
    return text + "\\bottomrule\n\\end{tabular}\n";
}

std::string markdown_text(const TextCells& cells, std::size_t text_columns) {
    std::string text;
    for (std::size_t r = 0; r < cells.size(); ++r) {
        for (const auto& cell : cells[r]) text += "| " + cell + (cell.empty() ? "" : " ");
        text += "|\n";
        if (r > 0) continue;
        for (std::size_t i = 0; i < cells[r].size(); ++i) text += i < text_columns ? "|---" : "|---:";
        text += "|\n";
    }
    return text;
}

}  // namespace lottery
