// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/glue_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/base/file.h"
#include "core/data/unicode.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr float kMaxScore = 5.0F;

// What a message shows of a value from a file: short, on one line, in quotes.
std::string quoted(std::string_view value) {
    constexpr std::size_t kShown = 40;
    std::string out = "\"";
    for (std::size_t at = 0; at < value.size() && at < kShown;) {
        const auto c = unicode::decode(value, at);
        unicode::append(out, unicode::is_control(c) ? unicode::kReplacement : c);
    }
    return out + (value.size() > kShown ? "…\"" : "\"");
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

// Lines end with LF or CRLF; the last may lack its end.
class Lines {
public:
    Lines(std::string_view text, std::string file) : rest_(text), file_(std::move(file)) {}

    bool next() {
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
        return true;
    }
    [[nodiscard]] const std::vector<std::string_view>& fields() const { return fields_; }
    [[nodiscard]] std::string_view text() const { return line_; }
    [[nodiscard]] std::string place() const { return file_ + ":" + std::to_string(number_); }
    // Whether nothing but empty lines follows.
    [[nodiscard]] bool at_end() const { return rest_.find_first_not_of("\r\n") == std::string_view::npos; }

private:
    std::string_view rest_;
    std::string_view line_;
    std::vector<std::string_view> fields_;
    std::string file_;
    std::int64_t number_ = 0;
};

Status check_utf8(const Lines& lines) {
    const auto at = unicode::find_ill_formed(lines.text());
    if (at == std::string_view::npos) return ok();
    static constexpr char kHex[] = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(lines.text()[at]);
    return Error{std::string("broken UTF-8: byte 0x") + kHex[byte >> 4] + kHex[byte & 15] + " at position " +
                     std::to_string(at + 1) + " of the line",
                 lines.place(), "Convert the file to UTF-8 or copy it again"};
}

// Where a row's values stand; -1: none.
struct Columns {
    int text_a = -1;
    int text_b = -1;
    int label = -1;
    [[nodiscard]] std::size_t needed() const { return static_cast<std::size_t>(std::max({text_a, text_b, label})) + 1; }
};

int find_by_name(const ColumnSpec& spec, const std::vector<std::string_view>& header) {
    for (const auto name : spec.names)
        for (std::size_t i = 0; i < header.size(); ++i)
            if (equal_ignoring_case(header[i], name)) return static_cast<int>(i);
    return -1;
}

std::string known_labels(const TaskInfo& task) {
    if (task.is_regression()) return "a number from 0 to 5";
    std::string known;
    for (const auto name : task.classes) known += (known.empty() ? "" : ", ") + std::string(name);
    return known;
}

std::optional<int> class_of(const TaskInfo& task, std::string_view label) {
    const auto found = std::find(task.classes.begin(), task.classes.end(), label);
    if (found == task.classes.end()) return std::nullopt;
    return static_cast<int>(found - task.classes.begin());
}

std::optional<float> score_of(std::string_view text) {
    float score = 0.0F;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), score);
    // NaN fails both comparisons.
    if (ec != std::errc{} || end != text.data() + text.size() || !(score >= 0.0F && score <= kMaxScore))
        return std::nullopt;
    return score;
}

bool is_label(const TaskInfo& task, std::string_view text) {
    return task.is_regression() ? score_of(text).has_value() : class_of(task, text).has_value();
}

Result<Columns> columns_from_header(const TaskInfo& task, const Lines& lines) {
    const auto& header = lines.fields();
    const auto count = static_cast<int>(header.size());
    Columns columns;
    bool named = false;
    const auto resolve = [&](const ColumnSpec& spec, const char* what, int& column) -> Status {
        column = -1;
        if (spec.position == -1) return ok();
        column = find_by_name(spec, header);
        named = named || column >= 0;
        if (column < 0) column = spec.position == kLastColumn ? count - 1 : spec.position;
        if (column < count) return ok();
        std::string found;
        for (const auto name : header) found += (found.empty() ? "" : ", ") + quoted(name);
        std::string wanted;
        for (const auto name : spec.names) wanted += (wanted.empty() ? "" : " or ") + quoted(name);
        return Error{std::string("no column for ") + what + ": the header has " + found + "; expected " + wanted +
                         ", or something in column " + std::to_string(column + 1),
                     lines.place(), "Is this a " + std::string(task.name) + " file with tabs between its columns?"};
    };
    LOTTERY_CHECK(resolve(task.text_a, "the first text", columns.text_a));
    LOTTERY_CHECK(resolve(task.text_b, "the second text", columns.text_b));
    LOTTERY_CHECK(resolve(task.label, "the label", columns.label));
    if (!named && is_label(task, header[static_cast<std::size_t>(columns.label)]))
        return Error{"the header is missing: the first line looks like an example", lines.place(),
                     "Put the official header line of " + std::string(task.name) + " first"};
    return columns;
}

Result<Example> example_from(const TaskInfo& task, const Columns& columns, const Lines& lines) {
    const auto& fields = lines.fields();
    Example example;
    const auto label = fields[static_cast<std::size_t>(columns.label)];
    const auto bad_label = [&](const char* what) {
        return Error{std::string(what) + " " + quoted(label) + " in column " + std::to_string(columns.label + 1) +
                         "; expected " + known_labels(task),
                     lines.place(),
                     {}};
    };
    if (task.is_regression()) {
        const auto score = score_of(label);
        if (!score) return bad_label("wrong score");
        example.target = *score;
    } else {
        const auto index = class_of(task, label);
        if (!index) return bad_label("unknown label");
        example.label = *index;
    }
    example.text_a = fields[static_cast<std::size_t>(columns.text_a)];
    if (columns.text_b >= 0) example.text_b = fields[static_cast<std::size_t>(columns.text_b)];
    return example;
}

bool has_task_file(const TaskInfo& task, const fs::path& folder) {
    std::error_code ec;
    if (fs::is_regular_file(folder / "train.tsv", ec)) return true;
    return std::any_of(task.dev_files.begin(), task.dev_files.end(),
                       [&](std::string_view name) { return fs::is_regular_file(folder / name, ec); });
}

}  // namespace

Result<fs::path> find_task_folder(const TaskInfo& task, const fs::path& data) {
    std::error_code ec;
    const std::string name(task.name);
    if (!fs::exists(data, ec))
        return Error{"no such folder", data.string(), "Give the GLUE folder, or the one of " + name};
    if (!fs::is_directory(data, ec))
        return Error{"is a file, a folder was expected", data.string(), "Give the GLUE folder, or the one of " + name};
    if (has_task_file(task, data / name)) return data / name;
    // Copies spell the folders differently: "sst2", "STSB".
    std::vector<fs::path> others;
    for (fs::directory_iterator it(data, ec), end; !ec && it != end; it.increment(ec)) {
        const auto id = parse_task(it->path().filename().string());
        if (id && *id == task.id && has_task_file(task, it->path())) others.push_back(it->path());
    }
    if (!others.empty()) return *std::min_element(others.begin(), others.end());
    std::string files = "train.tsv";
    for (const auto file : task.dev_files) files += " or " + std::string(file);
    if (!has_task_file(task, data))
        return Error{"neither it nor its folder " + name + " holds " + files, data.string(),
                     "Give the GLUE folder, or the one of " + name};
    const auto own = fs::weakly_canonical(data, ec).filename().string();
    if (const auto id = parse_task(own); id && *id != task.id)
        return Error{"is the folder of " + std::string(task_info(*id).name) + ", " + name + " was asked for",
                     data.string(), "Give the GLUE folder, or the one of " + name};
    return data;
}

Result<GlueFile> read_glue_file(const TaskInfo& task, const fs::path& file, std::int64_t limit) {
    LOTTERY_TRY(const std::string bytes, read_file(file));
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"))
        return Error{"is UTF-16, UTF-8 was expected", file.string() + ":1", "Save it as UTF-8"};
    std::string_view text = bytes;
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    Lines lines(text, file.string());
    if (lines.at_end()) return Error{"is empty", file.string() + ":1", "Copy the file again"};

    GlueFile result;
    result.path = file;
    Columns columns{task.text_a.position, task.text_b.position, task.label.position};
    if (task.has_header) {
        lines.next();
        LOTTERY_CHECK(check_utf8(lines));
        LOTTERY_TRY(columns, columns_from_header(task, lines));
    }
    while (!lines.at_end() && (limit <= 0 || std::cmp_less(result.examples.size(), limit))) {
        lines.next();
        LOTTERY_CHECK(check_utf8(lines));
        if (lines.fields().size() < columns.needed()) {
            if (task.skips_short_rows) {
                ++result.skipped_rows;
                continue;
            }
            const auto found =
                lines.text().empty() ? "the line is empty" : std::to_string(lines.fields().size()) + " column(s) found";
            return Error{
                found + ", at least " + std::to_string(columns.needed()) + " expected for " + std::string(task.name),
                lines.place(), "Columns are separated by tabs; is a line broken in two?"};
        }
        LOTTERY_TRY(Example example, example_from(task, columns, lines));
        result.examples.push_back(std::move(example));
    }
    if (result.examples.empty()) {
        std::string message = task.has_header ? "holds a header but no example" : "holds no example";
        if (result.skipped_rows > 0) message += " (" + std::to_string(result.skipped_rows) + " rows skipped)";
        return Error{message, file.string(), "Copy the file again"};
    }
    return result;
}

Result<GlueFile> read_glue_train(const TaskInfo& task, const fs::path& data, std::int64_t limit) {
    LOTTERY_TRY(const fs::path folder, find_task_folder(task, data));
    return read_glue_file(task, folder / "train.tsv", limit);
}

Result<std::vector<GlueFile>> read_glue_dev(const TaskInfo& task, const fs::path& data, std::int64_t limit) {
    LOTTERY_TRY(const fs::path folder, find_task_folder(task, data));
    std::vector<GlueFile> files;
    for (const auto name : task.dev_files) {
        LOTTERY_TRY(GlueFile file, read_glue_file(task, folder / name, limit));
        files.push_back(std::move(file));
    }
    return files;
}

}  // namespace lottery
