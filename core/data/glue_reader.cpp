// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/glue_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/data/tsv_lines.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

constexpr float kMaxScore = 5.0F;

// Where a row's values stand; -1: none.
struct Columns {
    int text_a = -1;
    int text_b = -1;
    int label = -1;
    [[nodiscard]] std::size_t needed() const { return static_cast<std::size_t>(std::max({text_a, text_b, label})) + 1; }
};

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

Result<Columns> columns_from_header(const TaskInfo& task, const TsvLines& lines) {
    const auto& header = lines.fields();
    const auto count = static_cast<int>(header.size());
    Columns columns;
    bool named = false;
    const auto resolve = [&](const ColumnSpec& spec, const char* what, int& column) -> Status {
        column = -1;
        if (spec.position == -1) return ok();
        column = find_column(header, spec.names);
        named = named || column >= 0;
        if (column < 0) column = spec.position == kLastColumn ? count - 1 : spec.position;
        if (column < count) return ok();
        std::string wanted;
        for (const auto name : spec.names) wanted += (wanted.empty() ? "" : " or ") + quoted_value(name);
        return Error{std::string("no column for ") + what + ": the header has " + quoted_values(header) +
                         "; expected " + wanted + ", or something in column " + std::to_string(column + 1),
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

Result<Example> example_from(const TaskInfo& task, const Columns& columns, const TsvLines& lines) {
    const auto& fields = lines.fields();
    Example example;
    const auto label = fields[static_cast<std::size_t>(columns.label)];
    const auto bad_label = [&](const char* what) {
        return Error{std::string(what) + " " + quoted_value(label) + " in column " + std::to_string(columns.label + 1) +
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
    LOTTERY_TRY(TsvLines lines, TsvLines::read(file));
    GlueFile result;
    result.path = file;
    Columns columns{task.text_a.position, task.text_b.position, task.label.position};
    if (task.has_header) {
        LOTTERY_CHECK(lines.next());
        LOTTERY_TRY(columns, columns_from_header(task, lines));
    }
    while (!lines.at_end() && (limit <= 0 || std::cmp_less(result.examples.size(), limit))) {
        LOTTERY_CHECK(lines.next());
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

Result<TaskFiles> find_task_files(const TaskInfo& task, const fs::path& data) {
    LOTTERY_TRY(const fs::path folder, find_task_folder(task, data));
    TaskFiles files{folder / "train.tsv", {}};
    for (const auto name : task.dev_files) files.dev.push_back(folder / name);
    return files;
}

Result<GlueFile> read_glue_train(const TaskInfo& task, const fs::path& data, std::int64_t limit) {
    LOTTERY_TRY(const TaskFiles files, find_task_files(task, data));
    return read_glue_file(task, files.train, limit);
}

Result<std::vector<GlueFile>> read_glue_dev(const TaskInfo& task, const fs::path& data, std::int64_t limit) {
    LOTTERY_TRY(const TaskFiles paths, find_task_files(task, data));
    std::vector<GlueFile> files;
    for (const auto& path : paths.dev) {
        LOTTERY_TRY(GlueFile file, read_glue_file(task, path, limit));
        files.push_back(std::move(file));
    }
    return files;
}

}  // namespace lottery
