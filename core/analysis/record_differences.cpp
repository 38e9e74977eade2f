// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/record_differences.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/analysis/text_table.h"

namespace lottery {

namespace {

constexpr std::array kGroups{RecordGroup::Inputs, RecordGroup::Program, RecordGroup::Results};

std::string_view first_of(std::string_view key) { return key.substr(0, key.find('/')); }

RecordGroup group_of(std::string_view key) {
    constexpr std::array<std::string_view, 4> kProgram{"format", "program", "device", "initialised"};
    constexpr std::array<std::string_view, 9> kResults{
        "result",    "start",    "end", "seconds", "energy_joules", "energy_source", "peak_memory_bytes",
        "evaluated", "unchanged"};
    const auto first = first_of(key);
    if (std::ranges::find(kProgram, first) != kProgram.end()) return RecordGroup::Program;
    return std::ranges::find(kResults, first) != kResults.end() ? RecordGroup::Results : RecordGroup::Inputs;
}

bool shapes_result(std::string_view key) {
    constexpr std::array<std::string_view, 5> kShaping{"", "command", "inputs", "trained_by", "program"};
    return std::ranges::find(kShaping, first_of(key)) != kShaping.end();
}

const char* heading(RecordGroup group) {
    switch (group) {
        case RecordGroup::Inputs:
            return "Inputs and options";
        case RecordGroup::Program:
            return "Program and device";
        case RecordGroup::Results:
            return "Results and times";
    }
    return "";
}

// Nothing in a cell may end it, or the line.
std::string cell(const std::string& text) {
    std::string safe;
    for (const char c : text) {
        if (c == '|') safe += '\\';
        safe += c == '\n' || c == '\r' ? ' ' : c;
    }
    return safe;
}

}  // namespace

std::span<const RecordGroup> all_record_groups() { return kGroups; }

const char* to_string(RecordGroup group) {
    switch (group) {
        case RecordGroup::Inputs:
            return "inputs";
        case RecordGroup::Program:
            return "program";
        case RecordGroup::Results:
            return "results";
    }
    return "";
}

std::vector<RecordDifference> record_differences(const Json& here, const Json& there, DifferencesShown shown) {
    std::vector<RecordDifference> found;
    for (auto& difference : json_differences(here, there)) {
        const bool shaping = shapes_result(difference.key);
        if (shown == DifferencesShown::Shaping && !shaping) continue;
        const RecordGroup group = group_of(difference.key);
        found.push_back({group, shaping, std::move(difference)});
    }
    std::ranges::stable_sort(found, {}, &RecordDifference::group);
    return found;
}

std::string value_text(const Json& value) {
    if (value.is_discarded()) return "–";
    if (value.is_string()) return value.get<std::string>();
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string record_differences_markdown(const std::vector<RecordDifference>& differences, const std::string& here,
                                        const std::string& there, DifferencesShown shown) {
    std::string text = "here: " + here + "  \nthere: " + there + "\n";
    if (differences.empty())
        return text + (shown == DifferencesShown::Shaping ? "\nNothing that shapes the result differs.\n"
                                                          : "\nThe two records are equal.\n");
    for (const auto group : kGroups) {
        TextCells cells{{"key", "here", "there"}};
        for (const auto& d : differences)
            if (d.group == group)
                cells.push_back({cell(d.difference.key), cell(value_text(d.difference.before)),
                                 cell(value_text(d.difference.after))});
        if (cells.size() > 1) text += std::string("\n### ") + heading(group) + "\n\n" + markdown_text(cells, 3);
    }
    return text;
}

Json record_differences_json(const std::vector<RecordDifference>& differences, const std::string& here,
                             const std::string& there) {
    Json rows = Json::array();
    for (const auto& d : differences) {
        Json row{{"group", to_string(d.group)}, {"key", d.difference.key}, {"shapes_result", d.shapes_result}};
        if (!d.difference.before.is_discarded()) row["here"] = d.difference.before;
        if (!d.difference.after.is_discarded()) row["there"] = d.difference.after;
        rows.push_back(std::move(row));
    }
    return {{"here", here}, {"there", there}, {"differences", rows}};
}

}  // namespace lottery
