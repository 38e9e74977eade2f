// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/task_data.h"

#include <algorithm>

#include "core/base/random.h"

namespace lottery {
namespace {

FeatureFile features_of(const TaskInfo& task, const GlueFile& file, const WordPieceTokenizer& tokenizer,
                        const FeatureOptions& options, ProgressSink& progress) {
    if (file.skipped_rows > 0)
        progress.on_message(Severity::Warning, file.path.string() + ": " + std::to_string(file.skipped_rows) +
                                                   " rows with too few columns were skipped");
    return {file.path, make_features(tokenizer, file.examples, task.is_pair(), options.max_seq_length)};
}

}  // namespace

std::vector<int> FeatureFile::labels() const {
    std::vector<int> values;
    for (const auto& f : features) values.push_back(f.label);
    return values;
}

Result<FeatureFile> read_train_features(const TaskInfo& task, const std::filesystem::path& data,
                                        const WordPieceTokenizer& tokenizer, FeatureOptions options,
                                        ProgressSink& progress) {
    LOTTERY_TRY(const GlueFile file, read_glue_train(task, data, options.limit));
    return features_of(task, file, tokenizer, options, progress);
}

Result<std::vector<FeatureFile>> read_dev_features(const TaskInfo& task, const std::filesystem::path& data,
                                                   const WordPieceTokenizer& tokenizer, FeatureOptions options,
                                                   ProgressSink& progress) {
    LOTTERY_TRY(const auto files, read_glue_dev(task, data, options.limit));
    std::vector<FeatureFile> read;
    for (const auto& file : files) read.push_back(features_of(task, file, tokenizer, options, progress));
    return read;
}

std::vector<std::size_t> held_out_rows(std::size_t rows, std::size_t count, std::uint64_t seed) {
    // A stream far from those of the epochs, which count from 0.
    auto order = Random(derive_seed(seed, 0x486f6c644f7574ULL)).permutation(rows);
    order.resize(std::min(count, rows));
    std::sort(order.begin(), order.end());
    return order;
}

}  // namespace lottery
