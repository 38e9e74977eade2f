// SPDX-License-Identifier: GPL-3.0-or-later
//
// A model whose attention is looked at: pre-trained, fine-tuned, pruned or retrained. No tensor in this header.
//
// Legend: L layers, N heads, S tokens.
//
// Thread rule: maps() and find() on one thread at a time; what is const may be called from any thread. Nothing is drawn
// from torch's generators, so that a training beside it gives what it gives alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/attention/attention_maps.h"
#include "core/attention/map_search.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/data/task.h"
#include "core/model/masks.h"
#include "core/study/runs.h"

namespace lottery {

struct AttentionModelRequest {
    std::filesystem::path checkpoint;                  // Hugging Face folder; a classifier is not needed
    std::optional<std::filesystem::path> head_mask;    // [L,N] .npy: what is masked is removed
    std::optional<std::filesystem::path> mlp_mask;     // [L] .npy
    std::optional<std::filesystem::path> weight_mask;  // magnitude mask
    ComputeOptions compute;

    [[nodiscard]] bool operator==(const AttentionModelRequest& other) const;
};

// What is looked at: a sentence, or a pair.
struct AttentionText {
    std::string text;
    std::optional<std::string> text_pair;
    bool operator==(const AttentionText&) const = default;
};

struct AttentionResult {
    AttentionMaps maps;
    int unknown_tokens = 0;  // [UNK]: not in the vocabulary
    bool truncated = false;  // to the tokens allowed, as fine-tuning truncates
};

// One head's map, [S,S].
struct HeadMap {
    std::vector<std::string> tokens;  // [S]
    std::vector<float> values;
};

struct AttentionSearch {
    int layer = 0;
    int head = 0;
    AttendsTo what = AttendsTo::Sep;
    AttentionKind kind = AttentionKind::Raw;
    int max_tokens = 128;  // texts are truncated as in fine-tuning
    std::size_t most = 100;
};

class AttentionModel {
public:
    // Errors: those of the checkpoint and the masks. What the checkpoint lacks of pooler and classifier does not
    // matter.
    static Outcome<std::shared_ptr<AttentionModel>> open(const AttentionModelRequest& request, std::stop_token stop,
                                                         ProgressSink& progress);
    ~AttentionModel();
    AttentionModel(const AttentionModel&) = delete;
    AttentionModel& operator=(const AttentionModel&) = delete;

    [[nodiscard]] const AttentionModelRequest& request() const;
    // What the model has under its masks.
    [[nodiscard]] const ComponentMasks& components() const;
    [[nodiscard]] int positions() const;  // most tokens of a text
    [[nodiscard]] std::string device() const;

    // `max_tokens` > 0 truncates as fine-tuning does (method.md §1); 0: a text with more tokens than the model has
    // positions is an error. Other errors: a text without a token.
    Outcome<AttentionResult> maps(const AttentionText& text, AttentionKind kind, int max_tokens, std::stop_token stop);
    // Averaged position by position over texts; those without a token are left out.
    Outcome<AttentionMaps> mean_maps(const std::vector<AttentionText>& texts, AttentionKind kind, int max_tokens,
                                     std::stop_token stop, ProgressSink& progress);
    // The map of one head that is there; nothing for a text of fewer or more tokens, or of none.
    Outcome<std::optional<HeadMap>> map(const AttentionText& text, int layer, int head, AttentionKind kind,
                                        int least_tokens, int most_tokens);
    // The texts in which a head attends most to `what`; no more of the model is computed than its layers up to the
    // head's. Errors: a head that the model does not have.
    Outcome<std::vector<FoundText>> find(const std::vector<AttentionText>& texts, const AttentionSearch& search,
                                         std::stop_token stop, ProgressSink& progress);

private:
    struct Parts;
    explicit AttentionModel(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

// The texts of a task's first dev file, or of its training file. Errors: those of the GLUE reader.
enum class TextSplit { Dev, Train };
Result<std::vector<AttentionText>> read_task_texts(TaskId task, const std::filesystem::path& data, TextSplit split);

}  // namespace lottery
