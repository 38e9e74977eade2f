// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/tsv_lines.h"

#include <algorithm>
#include <utility>

#include "core/base/file.h"
#include "core/data/unicode.h"

namespace lottery {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

TsvLines::TsvLines(std::unique_ptr<const std::string> bytes, std::string file)
    : bytes_(std::move(bytes)), rest_(*bytes_), file_(std::move(file)) {
    if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
}

Result<TsvLines> TsvLines::read(const std::filesystem::path& file) {
    LOTTERY_TRY(std::string bytes, read_file(file));
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"))
        return Error{"is UTF-16, UTF-8 was expected", file.string() + ":1", "Save it as UTF-8"};
    TsvLines lines(std::make_unique<const std::string>(std::move(bytes)), file.string());
    if (lines.at_end()) return Error{"is empty", file.string() + ":1", "Copy the file again"};
    return lines;
}

Result<bool> TsvLines::next() {
    if (rest_.empty()) return false;
    const auto end = rest_.find('\n');
    line_ = rest_.substr(0, end);
    if (line_.ends_with('\r')) line_.remove_suffix(1);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    ++number_;
    fields_.clear();
    for (auto tail = line_;;) {
        const auto tab = tail.find('\t');
        fields_.push_back(tail.substr(0, tab));
        if (tab == std::string_view::npos) break;
        tail.remove_prefix(tab + 1);
    }
    const auto at = unicode::find_ill_formed(line_);
    if (at == std::string_view::npos) return true;
    static constexpr char kHex[] = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(line_[at]);
    return Error{std::string("broken UTF-8: byte 0x") + kHex[byte >> 4] + kHex[byte & 15] + " at position " +
                     std::to_string(at + 1) + " of the line",
                 place(), "Convert the file to UTF-8 or copy it again"};
}

int find_column(const std::vector<std::string_view>& header, const std::vector<std::string_view>& names) {
    for (const auto name : names)
        for (std::size_t i = 0; i < header.size(); ++i)
            if (equal_ignoring_case(header[i], name)) return static_cast<int>(i);
    return -1;
}

std::string quoted_value(std::string_view value) {
    constexpr std::size_t kShown = 40;
    std::string out = "\"";
    for (std::size_t at = 0; at < value.size() && at < kShown;) {
        const auto c = unicode::decode(value, at);
        unicode::append(out, unicode::is_control(c) ? unicode::kReplacement : c);
    }
    return out + (value.size() > kShown ? "…\"" : "\"");
}

std::string quoted_values(const std::vector<std::string_view>& values) {
    std::string out;
    for (const auto value : values) out += (out.empty() ? "" : ", ") + quoted_value(value);
    return out;
}

}  // namespace lottery
