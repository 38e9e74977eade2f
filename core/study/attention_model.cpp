// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/attention_model.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include "core/attention/extract.h"
#include "core/data/glue_reader.h"
#include "core/model/common_masks.h"
#include "core/study/job_boundary.h"
#include "core/study/masked_model.h"

namespace lottery {

namespace fs = std::filesystem;

bool AttentionModelRequest::operator==(const AttentionModelRequest& other) const {
    return checkpoint == other.checkpoint && head_mask == other.head_mask && mlp_mask == other.mlp_mask &&
           weight_mask == other.weight_mask && compute.device == other.compute.device &&
           compute.threads == other.compute.threads;
}

namespace {

struct ReadText {
    Features features;
    bool truncated = false;
};

// Tells how many texts are done, and how fast.
class TextCount {
public:
    TextCount(std::size_t total, ProgressSink& progress)
        : total_(static_cast<std::int64_t>(total)), progress_(progress) {}
    void tell(std::size_t done) {
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
        progress_.on_progress({"attention", static_cast<std::int64_t>(done), total_, "text",
                               static_cast<double>(done) / std::max(seconds, 1e-9), "texts"});
    }

private:
    std::int64_t total_;
    ProgressSink& progress_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// As on the screen: counted from 1.
std::string component_id(int layer, int head) { return std::to_string(layer + 1) + "." + std::to_string(head + 1); }

}  // namespace

struct AttentionModel::Parts {
    AttentionModelRequest request;
    torch::Device device{torch::kCPU};
    WordPieceTokenizer tokenizer;
    BertForSequenceClassification model{nullptr};
    ComponentMasks components;
    EncoderPlan plan;

    [[nodiscard]] Status check_head(int layer, int head) const {
        const auto& heads = components.heads;
        if (layer >= 0 && layer < heads.layers && head >= 0 && head < heads.heads && heads.at(layer, head) != 0.0F)
            return ok();
        return Error{"the model has no head " + component_id(layer, head), request.checkpoint.string(),
                     "Choose one that is not masked or removed"};
    }

    [[nodiscard]] Result<ReadText> read(const AttentionText& text, int max_tokens) const {
        const bool is_pair = text.text_pair.has_value();
        const std::size_t of_a = tokenizer.tokenize(text.text).size();
        const std::size_t of_b = is_pair ? tokenizer.tokenize(*text.text_pair).size() : 0;
        for (const auto& [count, place] : {std::pair{of_a, "text"}, std::pair{is_pair ? of_b : 1, "second text"}})
            if (count == 0)
                return Error{"it has no token that the model could read", place,
                             "Type a sentence; blanks and control characters are no tokens"};
        const std::size_t tokens = of_a + of_b + (is_pair ? 3 : 2);
        const auto most = static_cast<std::size_t>(model->config().max_position_embeddings);
        if (max_tokens <= 0 && tokens > most)
            return Error{"it has " + std::to_string(tokens) + " tokens with [CLS] and [SEP], the model has " +
                             std::to_string(most) + " positions",
                         "text", "Shorten it"};
        const auto allowed = max_tokens > 0 ? std::min(static_cast<std::size_t>(max_tokens), most) : most;
        // [CLS], [SEP] and a token of each text.
        if (allowed < (is_pair ? 5 : 3))
            return Error{std::to_string(allowed) + " tokens found, " + (is_pair ? "5" : "3") + " or more expected",
                         "max-seq-length", "[CLS] and [SEP] take some of them"};
        return ReadText{make_features(tokenizer, {text.text, text.text_pair.value_or(""), 0, 0.0F}, is_pair,
                                      static_cast<int>(allowed)),
                        tokens > allowed};
    }
};

AttentionModel::AttentionModel(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
AttentionModel::~AttentionModel() = default;

Outcome<std::shared_ptr<AttentionModel>> AttentionModel::open(const AttentionModelRequest& request,
                                                              std::stop_token stop, ProgressSink&) {
    return at_job_boundary("attention", [&]() -> Outcome<std::shared_ptr<AttentionModel>> {
        LOTTERY_TRY(const torch::Device device, choose_device(request.compute.device, request.compute.threads));
        LOTTERY_TRY(const auto config, read_bert_config(request.checkpoint));
        LOTTERY_TRY(auto tokenizer, WordPieceTokenizer::from_checkpoint(request.checkpoint));
        if (stop.stop_requested()) return Cancelled{};
        // A fresh pooler or classifier, of which loading would tell, has no part in attention.
        ProgressSink quiet;
        LOTTERY_TRY(auto masked, load_masked_model(request.checkpoint, std::max(config.num_labels, 1), device,
                                                   {request.head_mask, request.mlp_mask, request.weight_mask}, quiet));
        auto& model = masked.loaded.model;
        auto components = common_masks(masked.masks, model->components());
        auto plan = model->plan(components, Removal::Physical);
        return std::shared_ptr<AttentionModel>(new AttentionModel(std::make_unique<Parts>(
            Parts{request, device, std::move(tokenizer), model, std::move(components), std::move(plan)})));
    });
}

const AttentionModelRequest& AttentionModel::request() const { return parts_->request; }
const ComponentMasks& AttentionModel::components() const { return parts_->components; }
int AttentionModel::positions() const { return parts_->model->config().max_position_embeddings; }
std::string AttentionModel::device() const { return parts_->device.str(); }

Outcome<AttentionResult> AttentionModel::maps(const AttentionText& text, AttentionKind kind, int max_tokens,
                                              std::stop_token stop) {
    return at_job_boundary("attention", [&]() -> Outcome<AttentionResult> {
        LOTTERY_TRY(const ReadText read, parts_->read(text, max_tokens));
        if (stop.stop_requested()) return Cancelled{};
        const auto& vocabulary = parts_->tokenizer.vocabulary();
        const auto& ids = read.features.input_ids;
        AttentionResult result;
        result.truncated = read.truncated;
        result.unknown_tokens = static_cast<int>(std::count(ids.begin(), ids.end(), vocabulary.unk_id()));
        result.maps = extract_maps(parts_->model, parts_->plan, read.features, vocabulary, kind);
        return result;
    });
}

Outcome<AttentionMaps> AttentionModel::mean_maps(const std::vector<AttentionText>& texts, AttentionKind kind,
                                                 int max_tokens, std::stop_token stop, ProgressSink& progress) {
    return at_job_boundary("attention", [&]() -> Outcome<AttentionMaps> {
        MeanMaps mean;
        TextCount count(texts.size(), progress);
        for (std::size_t i = 0; i < texts.size(); ++i) {
            if (stop.stop_requested()) return Cancelled{};
            count.tell(i);
            if (const auto read = parts_->read(texts[i], max_tokens))
                mean.add(
                    extract_maps(parts_->model, parts_->plan, read->features, parts_->tokenizer.vocabulary(), kind));
        }
        count.tell(texts.size());
        if (mean.texts() == 0) return Error{"none of the texts has a token", "attention", "Give other texts"};
        return mean.mean();
    });
}

Outcome<std::optional<HeadMap>> AttentionModel::map(const AttentionText& text, int layer, int head, AttentionKind kind,
                                                    int least_tokens, int most_tokens) {
    return at_job_boundary("attention", [&]() -> Outcome<std::optional<HeadMap>> {
        LOTTERY_CHECK(parts_->check_head(layer, head));
        const auto read = parts_->read(text, 0);
        if (!read) return std::optional<HeadMap>();
        const auto tokens = std::ssize(read->features.input_ids);
        if (tokens < least_tokens || tokens > most_tokens) return std::optional<HeadMap>();
        HeadMap map;
        map.tokens = token_row(read->features, parts_->tokenizer.vocabulary()).texts;
        map.values = extract_map(parts_->model, parts_->plan, read->features, layer, head, kind);
        return std::optional(std::move(map));
    });
}

Outcome<std::vector<FoundText>> AttentionModel::find(const std::vector<AttentionText>& texts,
                                                     const AttentionSearch& search, std::stop_token stop,
                                                     ProgressSink& progress) {
    return at_job_boundary("attention", [&]() -> Outcome<std::vector<FoundText>> {
        LOTTERY_CHECK(parts_->check_head(search.layer, search.head));
        std::vector<FoundText> found;
        TextCount count(texts.size(), progress);
        for (std::size_t i = 0; i < texts.size(); ++i) {
            if (stop.stop_requested()) return Cancelled{};
            if (i % 16 == 0) count.tell(i);
            const auto read = parts_->read(texts[i], search.max_tokens);
            if (!read) continue;
            const auto map =
                extract_map(parts_->model, parts_->plan, read->features, search.layer, search.head, search.kind);
            const auto share =
                attention_share(map, token_row(read->features, parts_->tokenizer.vocabulary()), search.what);
            if (share) found.push_back({static_cast<std::int64_t>(i), *share});
        }
        count.tell(texts.size());
        return best_texts(std::move(found), search.most);
    });
}

Result<std::vector<AttentionText>> read_task_texts(TaskId task, const fs::path& data, TextSplit split) {
    const TaskInfo& info = task_info(task);
    LOTTERY_TRY(const auto files, find_task_files(info, data));
    LOTTERY_TRY(auto file, read_glue_file(info, split == TextSplit::Train ? files.train : files.dev.front()));
    if (file.examples.empty())
        return Error{"there are no examples", file.path.string(), "Give data whose file has some"};
    std::vector<AttentionText> texts;
    texts.reserve(file.examples.size());
    for (auto& example : file.examples)
        texts.push_back(
            {std::move(example.text_a), info.is_pair() ? std::optional(std::move(example.text_b)) : std::nullopt});
    return texts;
}

}  // namespace lottery
