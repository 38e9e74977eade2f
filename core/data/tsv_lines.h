// SPDX-License-Identifier: GPL-3.0-or-later
//
// Lines of a tab-separated UTF-8 file without quoting, each with its place for messages ("dev.tsv:17").
// A byte-order mark, CRLF and a missing last newline are accepted.
//
// Thread rule: one thread at a time per object.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace lottery {

class TsvLines {
public:
    // Errors: missing or unreadable, UTF-16, empty.
    static Result<TsvLines> read(const std::filesystem::path& file);

    // Moves on to the next line; false where there is none. Error: broken UTF-8.
    Result<bool> next();
    [[nodiscard]] const std::vector<std::string_view>& fields() const { return fields_; }
    [[nodiscard]] std::string_view text() const { return line_; }
    // "file:17", counted from 1.
    [[nodiscard]] std::string place() const { return file_ + ":" + std::to_string(number_); }
    // Whether nothing but empty lines follows.
    [[nodiscard]] bool at_end() const { return rest_.find_first_not_of("\r\n") == std::string_view::npos; }

private:
    TsvLines(std::unique_ptr<const std::string> bytes, std::string file);

    std::unique_ptr<const std::string> bytes_;  // what the views look into
    std::string_view rest_;
    std::string_view line_;
    std::vector<std::string_view> fields_;
    std::string file_;
    std::int64_t number_ = 0;
};

// The first column of one of these names, letter case ignored; -1: none.
int find_column(const std::vector<std::string_view>& header, const std::vector<std::string_view>& names);

// What a message shows of a value from a file: short, on one line, in quotes.
std::string quoted_value(std::string_view value);
// All of them, separated by commas.
std::string quoted_values(const std::vector<std::string_view>& values);

}  // namespace lottery
