// SPDX-License-Identifier: GPL-3.0-or-later
//
// The nine GLUE tasks: names, classes, metrics and where their columns stand (method.md §1).
//
// Thread rule: immutable tables.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace lottery {

enum class TaskId { CoLA, SST2, MRPC, STSB, QQP, MNLI, QNLI, RTE, WNLI };

// Where a value stands in a row: by header name first, by 0-based position otherwise.
struct ColumnSpec {
    std::vector<std::string_view> names;  // spellings seen in copies of GLUE; empty for files without a header
    int position = -1;                    // -1: the task has no such column; kLastColumn: the last one
};
inline constexpr int kLastColumn = -2;

struct TaskInfo {
    TaskId id;
    std::string_view name;  // as published and as folder name: "CoLA", "SST-2", "STS-B", …
    bool has_header;
    ColumnSpec text_a;
    ColumnSpec text_b;  // position -1 for single-sentence tasks
    ColumnSpec label;
    std::vector<std::string_view> classes;       // spelling in the file, in class order; empty for regression
    bool skips_short_rows;                       // QQP: rows with too few columns are skipped and counted
    std::vector<std::string_view> dev_files;     // "dev.tsv"; MNLI: matched, then mismatched
    std::vector<std::string_view> metric_names;  // as in the published results: "acc", "f1", "mcc", "corr", …
    std::string_view search_metric;              // the one a mask search watches

    [[nodiscard]] bool is_regression() const { return classes.empty(); }
    [[nodiscard]] bool is_pair() const { return text_b.position != -1; }
    // Outputs of the classifier: the number of classes, 1 for regression.
    [[nodiscard]] int label_count() const { return is_regression() ? 1 : static_cast<int>(classes.size()); }
};

std::span<const TaskInfo> all_tasks();
const TaskInfo& task_info(TaskId id);
// By name, letter case and '-' ignored ("sst2", "STS-B"). Error: unknown, with the known names.
Result<TaskId> parse_task(std::string_view name);

}  // namespace lottery
