// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a head attends to, as one number per text, and maps averaged over texts. No tensor in this header.
//
// Thread rule: pure functions of plain values; one thread at a time per object.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/attention/attention_maps.h"

namespace lottery {

enum class AttendsTo {
    Cls,           // [CLS]
    Sep,           // [SEP]
    Itself,        // the token itself
    Next,          // the token after it
    Previous,      // the token before it
    OtherSegment,  // across the pair: from one text to the other, [CLS] and [SEP] aside
    OneWord,       // the one word that gets most, [CLS] and [SEP] aside
};
struct AttendsToInfo {
    AttendsTo what;
    std::string_view id;    // "next"
    std::string_view name;  // "the next token"
};
std::span<const AttendsToInfo> all_attends_to();
const AttendsToInfo& info(AttendsTo what);
std::optional<AttendsTo> parse_attends_to(std::string_view id);

// The share of attention that is paid so, mean over the tokens that could pay it, 0…1: what [CLS] pays to itself does
// not count for Cls, nor [SEP]'s for Sep. Rows are divided by their sums, so that norms give shares as well. Nothing
// where no token could: the other segment of a single sentence, a head that is not present.
std::optional<double> attention_share(std::span<const float> map, const TokenRow& tokens, AttendsTo what);

struct FoundText {
    std::int64_t index = 0;  // among the texts that were searched
    double share = 0.0;
    bool operator==(const FoundText&) const = default;
};
// Largest share first, equal ones by index; at most `most`.
std::vector<FoundText> best_texts(std::vector<FoundText> found, std::size_t most);

// Maps of many texts, averaged position by position: a cell is the mean over the texts that are long enough to have
// both tokens. All by one model and of one kind.
class MeanMaps {
public:
    void add(const AttentionMaps& maps);
    [[nodiscard]] std::int64_t texts() const { return texts_; }
    // Of the longest text's size; tokens are named by their position, from 1. Nothing was added: nothing.
    [[nodiscard]] AttentionMaps mean() const;

private:
    AttentionMaps sum_;                          // values unused
    std::vector<double> sums_;                   // [L,N,S,S]
    std::vector<std::int64_t> texts_of_length_;  // by number of tokens
    std::int64_t texts_ = 0;
};

}  // namespace lottery
