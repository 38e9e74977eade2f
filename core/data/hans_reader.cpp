// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/hans_reader.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "core/data/tsv_lines.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

constexpr const char* kFileName = "heuristics_evaluation_set.txt";
constexpr const char* kAdvice = "Give HANS' heuristics_evaluation_set.txt, or its folder";

struct Columns {
    int label = -1, premise = -1, hypothesis = -1, heuristic = -1, subcase = -1;
    [[nodiscard]] std::size_t needed() const {
        return static_cast<std::size_t>(std::max({label, premise, hypothesis, heuristic, subcase})) + 1;
    }
};

Result<Columns> columns_of(const TsvLines& lines) {
    const auto& header = lines.fields();
    Columns columns;
    const auto required = [&](std::string_view name, int& column) -> Status {
        column = find_column(header, {name});
        if (column >= 0) return ok();
        return Error{"no column " + quoted_value(name) + ": the header has " + quoted_values(header), lines.place(),
                     kAdvice};
    };
    LOTTERY_CHECK(required("gold_label", columns.label));
    LOTTERY_CHECK(required("sentence1", columns.premise));
    LOTTERY_CHECK(required("sentence2", columns.hypothesis));
    LOTTERY_CHECK(required("heuristic", columns.heuristic));
    columns.subcase = find_column(header, {"subcase"});
    return columns;
}

Result<HansLabel> label_of(std::string_view text, const TsvLines& lines) {
    for (const auto label : {HansLabel::Entailment, HansLabel::NonEntailment})
        if (text == to_string(label)) return label;
    return Error{
        "unknown gold_label " + quoted_value(text) + "; expected entailment or non-entailment", lines.place(), {}};
}

Result<fs::path> find_file(const fs::path& file_or_folder) {
    std::error_code ec;
    if (!fs::exists(file_or_folder, ec)) return Error{"no such file or folder", file_or_folder.string(), kAdvice};
    if (!fs::is_directory(file_or_folder, ec)) return file_or_folder;
    if (!fs::exists(file_or_folder / kFileName, ec))
        return Error{std::string("the folder holds no ") + kFileName, file_or_folder.string(), kAdvice};
    return file_or_folder / kFileName;
}

}  // namespace

const char* to_string(HansLabel label) { return label == HansLabel::Entailment ? "entailment" : "non-entailment"; }

Result<HansFile> read_hans(const fs::path& file_or_folder, std::int64_t limit) {
    HansFile file;
    LOTTERY_TRY(file.path, find_file(file_or_folder));
    LOTTERY_TRY(TsvLines lines, TsvLines::read(file.path));
    LOTTERY_CHECK(lines.next());
    LOTTERY_TRY(const Columns columns, columns_of(lines));
    std::int64_t line = 1;
    while (!lines.at_end() && (limit <= 0 || std::cmp_less(file.examples.size(), limit))) {
        LOTTERY_CHECK(lines.next());
        ++line;
        const auto& fields = lines.fields();
        if (fields.size() < columns.needed())
            return Error{std::to_string(fields.size()) + " column(s) found, at least " +
                             std::to_string(columns.needed()) + " expected",
                         lines.place(), "Columns are separated by tabs; is the file whole?"};
        const auto field = [&](int column) {
            return column < 0 ? std::string() : std::string(fields[static_cast<std::size_t>(column)]);
        };
        HansExample example;
        LOTTERY_TRY(const HansLabel gold, label_of(fields[static_cast<std::size_t>(columns.label)], lines));
        example.pair = {field(columns.premise), field(columns.hypothesis), static_cast<int>(gold), 0.0F};
        example.heuristic = field(columns.heuristic);
        example.subcase = field(columns.subcase);
        example.line = line;
        if (example.heuristic.empty()) return Error{"the heuristic is empty", lines.place(), "Copy the file again"};
        file.examples.push_back(std::move(example));
    }
    if (file.examples.empty()) return Error{"holds a header but no example", file.path.string(), "Copy the file again"};
    return file;
}

}  // namespace lottery
