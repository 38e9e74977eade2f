// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/pattern_classes.h"

#include <utility>

namespace lottery {
namespace {

constexpr std::pair<std::string_view, PatternClass> kPublishedNames[] = {{"mix", PatternClass::VerticalDiagonal},
                                                                         {"other", PatternClass::Heterogeneous},
                                                                         {"single+vertical", PatternClass::Vertical},
                                                                         {"double+vertical", PatternClass::Vertical},
                                                                         {"multiple+vertical", PatternClass::Vertical}};

std::string plain(std::string_view name) {
    const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!name.empty() && is_space(name.front())) name.remove_prefix(1);
    while (!name.empty() && is_space(name.back())) name.remove_suffix(1);
    std::string text;
    for (const char c : name) {
        const bool joins = c == '_' || c == '-' || c == ' ' || c == '+';
        if (joins && text.ends_with('+')) continue;  // "vertical + diagonal"
        text += joins ? '+' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return text;
}

}  // namespace

const char* to_string(PatternClass pattern) {
    switch (pattern) {
        case PatternClass::Vertical:
            return "vertical";
        case PatternClass::Diagonal:
            return "diagonal";
        case PatternClass::VerticalDiagonal:
            return "vertical+diagonal";
        case PatternClass::Block:
            return "block";
        case PatternClass::Heterogeneous:
            return "heterogeneous";
    }
    return "";
}

Result<PatternClass> parse_pattern(std::string_view name, const std::string& place) {
    const std::string wanted = plain(name);
    for (const auto pattern : all_patterns())
        if (wanted == to_string(pattern)) return pattern;
    for (const auto& [published, pattern] : kPublishedNames)
        if (wanted == published) return pattern;
    return Error{"\"" + std::string(name) + "\" is no class of attention patterns", place,
                 "Known classes: vertical, diagonal, vertical+diagonal, block, heterogeneous; also mix, other, "
                 "single_vertical, double_vertical, multiple_vertical"};
}

}  // namespace lottery
