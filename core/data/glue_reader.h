// SPDX-License-Identifier: GPL-3.0-or-later
//
// GLUE files as distributed: tab separated, no quoting, UTF-8 (method.md §1).
// A byte-order mark, CRLF and a missing last newline are accepted.
//
// Errors name file and 1-based line: missing or empty file, missing column (with the header found), unknown
// label (with the known ones), a score outside 0…5 or not a number, broken UTF-8.
//
// Thread rule: any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/data/task.h"

namespace lottery {

struct Example {
    std::string text_a;
    std::string text_b;   // empty for single-sentence tasks
    int label = 0;        // class index; 0 for regression
    float target = 0.0F;  // regression only, 0…5
};

struct GlueFile {
    std::filesystem::path path;
    std::vector<Example> examples;  // file order
    std::int64_t skipped_rows = 0;  // rows left out by rule (QQP)
};

// The folder that holds the task's files: `data` itself or `data/<task name>`. Error: neither has them.
Result<std::filesystem::path> find_task_folder(const TaskInfo& task, const std::filesystem::path& data);

// Where the task's files are to be; whether they are there is another question.
struct TaskFiles {
    std::filesystem::path train;
    std::vector<std::filesystem::path> dev;  // in TaskInfo::dev_files order
};
Result<TaskFiles> find_task_files(const TaskInfo& task, const std::filesystem::path& data);

// One file of the task. `limit` > 0 keeps only the first `limit` examples (rows after them are not read).
Result<GlueFile> read_glue_file(const TaskInfo& task, const std::filesystem::path& file, std::int64_t limit = 0);

// train.tsv of the task, and its dev files in TaskInfo::dev_files order, found through find_task_files.
Result<GlueFile> read_glue_train(const TaskInfo& task, const std::filesystem::path& data, std::int64_t limit = 0);
Result<std::vector<GlueFile>> read_glue_dev(const TaskInfo& task, const std::filesystem::path& data,
                                            std::int64_t limit = 0);

}  // namespace lottery
