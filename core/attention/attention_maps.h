// SPDX-License-Identifier: GPL-3.0-or-later
//
// Attention maps of one text by one model, and numbers about them. No tensor in this header.
//
// Legend: L layers, N heads per layer, S tokens of the text, [CLS] and [SEP] included. In a map the row is the token
// that attends (query), the column the one that is attended to (key).
//
// Thread rule: plain values and pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/masks.h"

namespace lottery {

enum class AttentionKind {
    Raw,   // attention probabilities
    Norm,  // ‖α_ij f_h(x_j)‖, f_h(x) = (x W_V^h + b_V^h) W_O^h (Kobayashi et al. 2020, arXiv 2004.10102)
    // Q9: the output projection reshaped without transposing it, so that norms mix heads' rows.
    NormAsPublished,
};
// "raw", "norm", "norm as published"; for people.
std::string kind_name(AttentionKind kind);

// The tokens that a map's rows and columns stand for.
struct TokenRow {
    std::vector<std::string> texts;  // [S] as in the vocabulary: "[CLS]", "the", "##ing"
    std::vector<int> segments;       // [S] token_type_ids, 0 or 1
    bool operator==(const TokenRow&) const = default;
    [[nodiscard]] int size() const { return static_cast<int>(texts.size()); }
};

struct AttentionMaps {
    int layers = 0;
    int heads = 0;
    TokenRow tokens;
    AttentionKind kind = AttentionKind::Raw;
    bool difference = false;    // of two models or kinds: values are signed
    HeadMatrix present;         // 1: the model has this head; a layer without heads skips attention
    std::vector<float> values;  // [L,N,S,S], NaN in maps of heads that are not present

    [[nodiscard]] int size() const { return tokens.size(); }
    [[nodiscard]] bool has(int layer, int head) const { return present.at(layer, head) != 0.0F; }
    // [S,S] in C order.
    [[nodiscard]] std::span<const float> map(int layer, int head) const;
};

// Means of maps, [S,S]; over the heads that are present. NaN everywhere where there is none.
std::vector<float> mean_over_heads(const AttentionMaps& maps, int layer);
std::vector<float> mean_over_layers(const AttentionMaps& maps, int head);
std::vector<float> mean_over_all(const AttentionMaps& maps);

// One token's attention through all layers: what it pays to each token (its row), or gets from each (its column), in
// the map of one head or in the mean over heads (head −1).
enum class TokenSide { Pays, Gets };
// [L,S]; NaN rows for layers without such heads.
std::vector<float> through_layers(const AttentionMaps& maps, int token, TokenSide side, int head);

// −Σ p ln p of a row, nats, mean over rows (Clark et al. 2019, arXiv 1906.04341, §3.3). Rows of norms are divided by
// their sums first; a row of zeros counts as even. NaN for heads that are not present, and for differences.
HeadMatrix mean_entropy(const AttentionMaps& maps);
// |i − j| weighted by the row's shares, tokens, mean over rows (Vig and Belinkov 2019, arXiv 1906.04284, §4.3). NaN as
// above.
HeadMatrix mean_distance(const AttentionMaps& maps);

// Of row i over all columns, and of column j over all rows, [S] each.
std::vector<double> row_sums(std::span<const float> map, int size);
std::vector<double> column_sums(std::span<const float> map, int size);

// a − b, head by head; heads that either lacks are not present. Errors: other tokens, layers or heads.
Result<AttentionMaps> difference(const AttentionMaps& a, const AttentionMaps& b);

// A map made smaller for a thumbnail: the value of largest magnitude of each block of cells, so that a thin line or a
// single bright cell stays visible. [pixels,pixels]; a map that is smaller is returned as it is, [S,S].
std::vector<float> thumbnail(std::span<const float> map, int size, int pixels);

}  // namespace lottery
