// SPDX-License-Identifier: GPL-3.0-or-later
//
// Pieces of an HTML page that needs nothing beside itself.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/analysis/text_table.h"

namespace lottery {

// & < > " as entities; for text and for attributes.
std::string html_escape(std::string_view text);

// The first `text_columns` columns to the left, the others to the right.
std::string html_table(const TextCells& cells, std::size_t text_columns = 1);

std::string html_paragraph(std::string_view text);
std::string html_list(const std::vector<std::string>& items);

// A picture within the page. As an image, so that nothing in a file of another origin reaches the page.
std::string html_svg(std::string_view svg, std::string_view description);

// The page around `body`, which is HTML; readable on light and dark screens and on paper.
std::string html_page(std::string_view title, std::string_view body);

}  // namespace lottery
