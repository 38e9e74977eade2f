// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/search_data.h"

#include <algorithm>
#include <utility>

namespace lottery {
namespace {

Result<FeatureFile> train_slice(const SearchSource& source, const WordPieceTokenizer& tokenizer, std::size_t dev_size,
                                ProgressSink& progress) {
    const TaskInfo& task = task_info(source.task);
    std::int64_t limit_train = 0;
    std::uint64_t seed = source.seed;
    std::size_t held_out = 0;
    LOTTERY_TRY(const Json inputs, training_inputs(source.checkpoint));
    try {
        if (!inputs.is_null() && inputs.at("task").get<std::string>() == task.name) {
            held_out = inputs.at("options").at("hold_out").get<std::size_t>();
            limit_train = inputs.at("options").at("limit_train").get<std::int64_t>();
            seed = inputs.at("seed").get<std::uint64_t>();
        }
    } catch (const nlohmann::json::exception&) {
        // Another command's record: it held nothing out.
    }
    LOTTERY_TRY(FeatureFile train,
                read_train_features(task, source.data, tokenizer, {source.max_seq_length, limit_train}, progress));
    std::size_t count = held_out;
    if (held_out == 0) {
        // At most a fifth, so that small training sets are not searched whole.
        count = std::clamp<std::size_t>(dev_size, 1, std::max<std::size_t>(1, train.features.size() / 5));
        progress.on_message(Severity::Warning,
                            "masks are searched on " + std::to_string(count) + " examples of " + train.path.string() +
                                " that this model was fine-tuned on; fine-tune with --hold-out " +
                                std::to_string(dev_size) + " to search on unseen ones, or search with --split dev");
    }
    FeatureFile slice{train.path, {}};
    for (const auto row : held_out_rows(train.features.size(), count, seed))
        slice.features.push_back(std::move(train.features[row]));
    return slice;
}

void keep_first(std::vector<Features>& features, std::int64_t limit) {
    if (limit > 0 && static_cast<std::size_t>(limit) < features.size())
        features.resize(static_cast<std::size_t>(limit));
}

}  // namespace

Result<SearchData> read_search_data(const SearchSource& source, const WordPieceTokenizer& tokenizer,
                                    ProgressSink& progress) {
    LOTTERY_TRY(auto dev_files, read_dev_features(task_info(source.task), source.data, tokenizer,
                                                  {source.max_seq_length, source.limit_dev}, progress));
    SearchData data{{}, std::move(dev_files.front())};
    if (source.split == SearchSplit::Train) {
        LOTTERY_TRY(data.search, train_slice(source, tokenizer, data.dev.features.size(), progress));
        keep_first(data.search.features, source.limit_dev);
    } else {
        data.search = data.dev;
    }
    return data;
}

void record_search_data(Provenance& provenance, const SearchSource& source, const SearchData& data) {
    auto& fields = provenance.fields();
    fields["checkpoint"] = source.checkpoint.string();
    fields["data"] = source.data.string();
    fields["searched_on"] = {{"file", data.search.path.string()}, {"examples", data.search.features.size()}};
}

void warn_if_untrained(const LoadedModel& loaded, TaskId task, ProgressSink& progress) {
    if (!loaded.initialised.empty())
        progress.on_message(Severity::Warning, "the checkpoint has no trained classifier for " +
                                                   std::string(task_info(task).name) +
                                                   "; its masks will say nothing about the task. Fine-tune it first");
}

}  // namespace lottery
