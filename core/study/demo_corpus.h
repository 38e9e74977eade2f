// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tasks written by a grammar, in GLUE's own files, for the demo study. What they ask is regular enough for a tiny
// model to learn from nothing, and none of it can be read off single words:
//
//   SST-2   Is the opinion of the main clause good? Negation turns it round, and a subordinate clause has an
//           opinion of its own: "although the critics seemed cold , the film was not dull ."
//   RTE     Does the number in the premise's main clause bear out "at least" or "at most" a number?
//           "clara has nine books while boris has two keys ." / "clara has at least four books ."
//   STS-B   How far apart are two descriptions of one place on a scale of six steps of heat, 5 being the same step?
//           "while the coast is icy , the valley is hot ." / "the valley is mild ." scores 4.
//
// The same options give the same bytes on every platform. No example occurs twice, so none of train is in dev; classes
// are equally frequent, and so are the six scores.
//
// Thread rule: pure functions; two writers of one folder must not overlap.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/data/task.h"

namespace lottery {

inline constexpr std::array<TaskId, 3> kDemoTasks = {TaskId::SST2, TaskId::RTE, TaskId::STSB};

struct DemoCorpusOptions {
    std::uint64_t seed = 1;
    int train_rows = 4400;  // per task, 2…6000
    int dev_rows = 400;     // per task, 2…6000
};

// What the grammar's sentences are made of: special tokens, then words and the pieces "##…" in alphabetical order.
std::vector<std::string> demo_vocabulary();

// <folder>/<TASK>/train.tsv and dev.tsv of every demo task. Errors: options out of range; files that cannot be written.
Status write_demo_corpus(const std::filesystem::path& folder, const DemoCorpusOptions& options);

}  // namespace lottery
