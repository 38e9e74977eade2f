// SPDX-License-Identifier: GPL-3.0-or-later
//
// A task's examples as features, read and tokenized for one checkpoint.
//
// Thread rule: plain values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/data/features.h"

namespace lottery {

struct FeatureFile {
    std::filesystem::path path;
    std::vector<Features> features;

    [[nodiscard]] std::vector<int> labels() const;
};

struct FeatureOptions {
    int max_seq_length = 128;
    std::int64_t limit = 0;  // first so many examples; 0: all
};

// Rows skipped by rule are told to `progress`.
Result<FeatureFile> read_train_features(const TaskInfo& task, const std::filesystem::path& data,
                                        const WordPieceTokenizer& tokenizer, FeatureOptions options,
                                        ProgressSink& progress);
// In TaskInfo::dev_files order.
Result<std::vector<FeatureFile>> read_dev_features(const TaskInfo& task, const std::filesystem::path& data,
                                                   const WordPieceTokenizer& tokenizer, FeatureOptions options,
                                                   ProgressSink& progress);

// Which of `rows` training examples are set aside: `count` of them, drawn by `seed`, ascending.
std::vector<std::size_t> held_out_rows(std::size_t rows, std::size_t count, std::uint64_t seed);

}  // namespace lottery
