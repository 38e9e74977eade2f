// SPDX-License-Identifier: GPL-3.0-or-later
//
// Examples as token ids, and batches of them packed without padding.
//
// Shapes: B sequences, T = total tokens of the batch (no padding anywhere).
//
// Thread rule: plain values.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/data/glue_reader.h"
#include "core/data/wordpiece.h"

namespace lottery {

// [CLS] a [SEP] or [CLS] a [SEP] b [SEP]; token_type_ids 0 for the first part and its separators, 1 for `b [SEP]`.
struct Features {
    std::vector<std::int32_t> input_ids;
    std::vector<std::int32_t> token_type_ids;
    int label = 0;
    float target = 0.0F;
};

// The longer segment is truncated first, one token at a time from its end (equal lengths: the second).
Features make_features(const WordPieceTokenizer& tokenizer, const Example& example, bool is_pair, int max_seq_length);
std::vector<Features> make_features(const WordPieceTokenizer& tokenizer, std::span<const Example> examples,
                                    bool is_pair, int max_seq_length);

// Sequences one after another, shortest first (equal lengths in the order given), so that sequences of one
// length are neighbours. Which examples form a batch is the caller's choice and is not changed here.
struct PackedBatch {
    std::vector<std::int64_t> input_ids;       // [T]
    std::vector<std::int64_t> token_type_ids;  // [T]
    std::vector<std::int64_t> position_ids;    // [T] 0… within each sequence
    std::vector<std::int64_t> cu_seqlens;      // [B+1] where each sequence begins, ends with T
    std::vector<std::int64_t> labels;          // [B] class indices
    std::vector<float> targets;                // [B] regression targets
    std::vector<std::int64_t> order;           // [B] packed position → index in the batch as given

    [[nodiscard]] std::int64_t sequences() const { return static_cast<std::int64_t>(order.size()); }
    [[nodiscard]] std::int64_t tokens() const { return static_cast<std::int64_t>(input_ids.size()); }
};

PackedBatch pack(std::span<const Features* const> batch);

}  // namespace lottery
