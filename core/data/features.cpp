// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/features.h"

#include <algorithm>
#include <cassert>
#include <numeric>

namespace lottery {
namespace {

// How many tokens of each segment stay when `budget` are allowed together: the longer one gives one token at a
// time, and the second when they are equal.
void truncate_pair(std::vector<std::int32_t>& a, std::vector<std::int32_t>& b, std::size_t budget) {
    while (a.size() + b.size() > budget) (a.size() > b.size() ? a : b).pop_back();
}

}  // namespace

Features make_features(const WordPieceTokenizer& tokenizer, const Example& example, bool is_pair, int max_seq_length) {
    assert(max_seq_length >= 3);
    const auto& vocabulary = tokenizer.vocabulary();
    const auto positions = static_cast<std::size_t>(max_seq_length);
    auto a = tokenizer.tokenize(example.text_a);
    std::vector<std::int32_t> b;
    if (is_pair) {
        b = tokenizer.tokenize(example.text_b);
        truncate_pair(a, b, positions - 3);
    } else if (a.size() > positions - 2) {
        a.resize(positions - 2);
    }
    Features f;
    f.label = example.label;
    f.target = example.target;
    f.input_ids.reserve(a.size() + b.size() + 3);
    f.input_ids.push_back(vocabulary.cls_id());
    f.input_ids.insert(f.input_ids.end(), a.begin(), a.end());
    f.input_ids.push_back(vocabulary.sep_id());
    f.token_type_ids.assign(f.input_ids.size(), 0);
    if (is_pair) {
        f.input_ids.insert(f.input_ids.end(), b.begin(), b.end());
        f.input_ids.push_back(vocabulary.sep_id());
        f.token_type_ids.resize(f.input_ids.size(), 1);
    }
    return f;
}

std::vector<Features> make_features(const WordPieceTokenizer& tokenizer, std::span<const Example> examples,
                                    bool is_pair, int max_seq_length) {
    std::vector<Features> features;
    features.reserve(examples.size());
    for (const auto& example : examples) features.push_back(make_features(tokenizer, example, is_pair, max_seq_length));
    return features;
}

PackedBatch pack(std::span<const Features* const> batch) {
    PackedBatch p;
    p.order.resize(batch.size());
    std::iota(p.order.begin(), p.order.end(), 0);
    const auto at = [&](std::int64_t i) -> const Features& { return *batch[static_cast<std::size_t>(i)]; };
    std::stable_sort(p.order.begin(), p.order.end(),
                     [&](std::int64_t i, std::int64_t j) { return at(i).input_ids.size() < at(j).input_ids.size(); });
    std::size_t tokens = 0;
    for (const auto* f : batch) tokens += f->input_ids.size();
    p.input_ids.reserve(tokens);
    p.token_type_ids.reserve(tokens);
    p.position_ids.reserve(tokens);
    p.cu_seqlens.reserve(batch.size() + 1);
    p.labels.reserve(batch.size());
    p.targets.reserve(batch.size());
    p.cu_seqlens.push_back(0);
    for (const auto i : p.order) {
        const auto& f = at(i);
        p.input_ids.insert(p.input_ids.end(), f.input_ids.begin(), f.input_ids.end());
        p.token_type_ids.insert(p.token_type_ids.end(), f.token_type_ids.begin(), f.token_type_ids.end());
        for (std::size_t position = 0; position < f.input_ids.size(); ++position)
            p.position_ids.push_back(static_cast<std::int64_t>(position));
        p.cu_seqlens.push_back(p.tokens());
        p.labels.push_back(f.label);
        p.targets.push_back(f.target);
    }
    return p;
}

}  // namespace lottery
