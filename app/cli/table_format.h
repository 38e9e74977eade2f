// SPDX-License-Identifier: GPL-3.0-or-later
//
// --format of the commands that print tables.
#pragma once

#include <optional>
#include <string>

#include "app/cli/command.h"
#include "core/analysis/analysis_tables.h"
#include "core/figures/writers.h"

namespace lottery::cli {

enum class TableFormat { Text, Markdown, Latex, Csv, Json };

// --format; `remark` ends its help.
inline void add_table_format_option(CLI::App& command, std::optional<TableFormat>& format, const std::string& remark) {
    add_choice<TableFormat>(command, "--format", format,
                            {{"text", TableFormat::Text},
                             {"markdown", TableFormat::Markdown},
                             {"latex", TableFormat::Latex},
                             {"csv", TableFormat::Csv},
                             {"json", TableFormat::Json}},
                            "text (default), markdown, latex, csv or json; " + remark);
}

// What was asked for: --json means JSON, and another --format beside it is wrong usage. Default: text.
inline TableFormat chosen_format(const std::optional<TableFormat>& format, bool json) {
    const auto chosen = format.value_or(json ? TableFormat::Json : TableFormat::Text);
    if (json && chosen != TableFormat::Json)
        throw CLI::ValidationError("--json", "prints JSON; another --format was asked for");
    return chosen;
}

// An analysis in that form: its tables, or all of its numbers.
template <typename Analysis>
std::string formatted(const Analysis& analysis, TableFormat format) {
    switch (format) {
        case TableFormat::Text:
            return text_of(tables_of(analysis));
        case TableFormat::Markdown:
            return markdown_of(tables_of(analysis));
        case TableFormat::Latex:
            return latex_of(tables_of(analysis));
        case TableFormat::Csv:
            return csv_of(data_of(analysis));
        case TableFormat::Json:
            break;
    }
    return to_json(analysis).dump(2) + "\n";
}

}  // namespace lottery::cli
