// SPDX-License-Identifier: GPL-3.0-or-later
//
// Commands that a person may paste into a terminal.
//
// Thread rule: pure function.
#pragma once

#include <string>
#include <string_view>

namespace lottery {

// A word for a POSIX shell, in quotes where it needs them.
inline std::string shell_word(std::string_view word) {
    constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-";
    if (!word.empty() && word.find_first_not_of(kPlain) == std::string_view::npos) return std::string(word);
    std::string quoted(1, '\'');
    for (const char c : word) {
        if (c == '\'')
            quoted.append("'\\''");
        else
            quoted += c;
    }
    quoted += '\'';
    return quoted;
}

}  // namespace lottery
