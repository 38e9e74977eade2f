// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/task.h"

#include <algorithm>
#include <array>

namespace lottery {
namespace {

// Spellings of the official files first, then those of copies exported from data-set libraries.
const std::array<TaskInfo, 9>& table() {
    static const std::array<TaskInfo, 9> tasks = {{
        {TaskId::CoLA, "CoLA", false, {{}, 3}, {{}, -1}, {{}, 1}, {"0", "1"}, false, {"dev.tsv"}, {"mcc"}, "mcc"},
        {TaskId::SST2,
         "SST-2",
         true,
         {{"sentence"}, 0},
         {{}, -1},
         {{"label"}, 1},
         {"0", "1"},
         false,
         {"dev.tsv"},
         {"acc"},
         "acc"},
        {TaskId::MRPC,
         "MRPC",
         true,
         {{"#1 String", "sentence1"}, 3},
         {{"#2 String", "sentence2"}, 4},
         {{"Quality", "label"}, 0},
         {"0", "1"},
         false,
         {"dev.tsv"},
         {"acc", "f1", "acc_and_f1"},
         "acc"},
        {TaskId::STSB,
         "STS-B",
         true,
         {{"sentence1"}, 7},
         {{"sentence2"}, 8},
         {{"score", "label"}, kLastColumn},
         {},
         false,
         {"dev.tsv"},
         {"pearson", "spearmanr", "corr"},
         "corr"},
        {TaskId::QQP,
         "QQP",
         true,
         {{"question1"}, 3},
         {{"question2"}, 4},
         {{"is_duplicate", "label"}, 5},
         {"0", "1"},
         true,
         {"dev.tsv"},
         {"acc", "f1", "acc_and_f1"},
         "acc"},
        {TaskId::MNLI,
         "MNLI",
         true,
         {{"sentence1", "premise"}, 8},
         {{"sentence2", "hypothesis"}, 9},
         {{"gold_label", "label"}, kLastColumn},
         {"contradiction", "entailment", "neutral"},
         false,
         {"dev_matched.tsv", "dev_mismatched.tsv"},
         {"mnli_acc", "mnli-mm_acc"},
         "mnli_acc"},
        {TaskId::QNLI,
         "QNLI",
         true,
         {{"question"}, 1},
         {{"sentence"}, 2},
         {{"label"}, 3},
         {"entailment", "not_entailment"},
         false,
         {"dev.tsv"},
         {"acc"},
         "acc"},
        {TaskId::RTE,
         "RTE",
         true,
         {{"sentence1"}, 1},
         {{"sentence2"}, 2},
         {{"label"}, 3},
         {"entailment", "not_entailment"},
         false,
         {"dev.tsv"},
         {"acc"},
         "acc"},
        {TaskId::WNLI,
         "WNLI",
         true,
         {{"sentence1"}, 1},
         {{"sentence2"}, 2},
         {{"label"}, 3},
         {"0", "1"},
         false,
         {"dev.tsv"},
         {"acc"},
         "acc"},
    }};
    return tasks;
}

// Letter case and dashes vary between copies: "sst2", "SST-2", "STS_B".
std::string folded(std::string_view name) {
    std::string out;
    for (const char c : name)
        if (c != '-' && c != '_') out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

}  // namespace

std::span<const TaskInfo> all_tasks() { return table(); }

const TaskInfo& task_info(TaskId id) { return table()[static_cast<std::size_t>(id)]; }

Result<TaskId> parse_task(std::string_view name) {
    const auto& tasks = table();
    const auto wanted = folded(name);
    const auto found =
        std::find_if(tasks.begin(), tasks.end(), [&](const TaskInfo& t) { return folded(t.name) == wanted; });
    if (found != tasks.end()) return found->id;
    std::string known;
    for (const auto& task : tasks) known += (known.empty() ? "" : ", ") + std::string(task.name);
    return Error{"unknown task \"" + std::string(name) + "\"", {}, "Known tasks: " + known};
}

}  // namespace lottery
