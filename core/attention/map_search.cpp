// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/map_search.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

namespace lottery {
namespace {

constexpr std::array kAll = {
    AttendsToInfo{AttendsTo::Cls, "cls", "[CLS]"},
    AttendsToInfo{AttendsTo::Sep, "sep", "[SEP]"},
    AttendsToInfo{AttendsTo::Itself, "itself", "the token itself"},
    AttendsToInfo{AttendsTo::Next, "next", "the next token"},
    AttendsToInfo{AttendsTo::Previous, "previous", "the previous token"},
    AttendsToInfo{AttendsTo::OtherSegment, "other-segment", "across the pair"},
    AttendsToInfo{AttendsTo::OneWord, "one-word", "one word"},
};

// What each token is, and the rows' shares.
class Shares {
public:
    Shares(std::span<const float> map, const TokenRow& tokens)
        : map_(map), size_(static_cast<std::size_t>(tokens.size())), segments_(tokens.segments) {
        for (const auto& text : tokens.texts) {
            cls_.push_back(text == "[CLS]");
            sep_.push_back(text == "[SEP]");
        }
        for (std::size_t i = 0; i < size_; ++i) {
            double sum = 0.0;
            for (std::size_t j = 0; j < size_; ++j) sum += static_cast<double>(map_[i * size_ + j]);
            sums_.push_back(sum);
        }
    }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] double at(std::size_t i, std::size_t j) const {
        return sums_[i] > 0.0 ? static_cast<double>(map_[i * size_ + j]) / sums_[i] : 0.0;
    }
    [[nodiscard]] bool cls(std::size_t i) const { return cls_[i]; }
    [[nodiscard]] bool sep(std::size_t i) const { return sep_[i]; }
    [[nodiscard]] bool word(std::size_t i) const { return !cls_[i] && !sep_[i]; }
    [[nodiscard]] bool same_segment(std::size_t i, std::size_t j) const { return segments_[i] == segments_[j]; }

private:
    std::span<const float> map_;
    std::size_t size_;
    std::vector<int> segments_;
    std::vector<bool> cls_, sep_;
    std::vector<double> sums_;
};

// Mean over rows `pays` of the sum over columns `gets` of the row; nothing without such a pair of tokens.
template <typename Pays, typename Gets>
std::optional<double> mean_share(const Shares& shares, const Pays& pays, const Gets& gets) {
    double sum = 0.0;
    std::size_t rows = 0;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        if (!pays(i)) continue;
        bool could = false;
        for (std::size_t j = 0; j < shares.size(); ++j) {
            if (!gets(i, j)) continue;
            could = true;
            sum += shares.at(i, j);
        }
        rows += could ? 1 : 0;
    }
    return rows == 0 ? std::nullopt : std::optional(sum / static_cast<double>(rows));
}

std::optional<double> most_for_one_word(const Shares& shares) {
    std::optional<double> most;
    for (std::size_t word = 0; word < shares.size(); ++word) {
        if (!shares.word(word)) continue;
        const auto share = mean_share(
            shares, [](std::size_t) { return true; }, [&](std::size_t, std::size_t j) { return j == word; });
        if (!most || *share > *most) most = share;
    }
    return most;
}

}  // namespace

std::span<const AttendsToInfo> all_attends_to() { return kAll; }

const AttendsToInfo& info(AttendsTo what) { return kAll[static_cast<std::size_t>(what)]; }

std::optional<AttendsTo> parse_attends_to(std::string_view id) {
    for (const auto& one : kAll)
        if (one.id == id) return one.what;
    return std::nullopt;
}

std::optional<double> attention_share(std::span<const float> map, const TokenRow& tokens, AttendsTo what) {
    if (map.empty() || std::isnan(map.front())) return std::nullopt;
    const Shares shares(map, tokens);
    const auto all = [](std::size_t) { return true; };
    switch (what) {
        case AttendsTo::Cls:
            return mean_share(
                shares, [&](std::size_t i) { return !shares.cls(i); },
                [&](std::size_t, std::size_t j) { return shares.cls(j); });
        case AttendsTo::Sep:
            return mean_share(
                shares, [&](std::size_t i) { return !shares.sep(i); },
                [&](std::size_t, std::size_t j) { return shares.sep(j); });
        case AttendsTo::Itself:
            return mean_share(shares, all, [](std::size_t i, std::size_t j) { return i == j; });
        case AttendsTo::Next:
            return mean_share(shares, all, [](std::size_t i, std::size_t j) { return j == i + 1; });
        case AttendsTo::Previous:
            return mean_share(shares, all, [](std::size_t i, std::size_t j) { return j + 1 == i; });
        case AttendsTo::OtherSegment:
            return mean_share(
                shares, [&](std::size_t i) { return shares.word(i); },
                [&](std::size_t i, std::size_t j) { return shares.word(j) && !shares.same_segment(i, j); });
        case AttendsTo::OneWord:
            return most_for_one_word(shares);
    }
    return std::nullopt;
}

std::vector<FoundText> best_texts(std::vector<FoundText> found, std::size_t most) {
    std::sort(found.begin(), found.end(), [](const FoundText& a, const FoundText& b) {
        return a.share > b.share || (a.share == b.share && a.index < b.index);
    });
    if (found.size() > most) found.resize(most);
    return found;
}

void MeanMaps::add(const AttentionMaps& maps) {
    const auto size = static_cast<std::size_t>(maps.size());
    const auto known = static_cast<std::size_t>(sum_.size());
    if (texts_ == 0 || size > known) {
        const auto heads = static_cast<std::size_t>(maps.layers) * static_cast<std::size_t>(maps.heads);
        std::vector<double> grown(heads * size * size, 0.0);
        if (texts_ > 0)
            for (std::size_t map = 0; map < heads; ++map)
                for (std::size_t i = 0; i < known; ++i)
                    std::copy_n(&sums_[(map * known + i) * known], known, &grown[(map * size + i) * size]);
        sums_ = std::move(grown);
        sum_ = AttentionMaps{maps.layers, maps.heads, maps.tokens, maps.kind, maps.difference, maps.present, {}};
        texts_of_length_.resize(size + 1, 0);
    }
    const auto wide = static_cast<std::size_t>(sum_.size());
    for (std::size_t map = 0; map < maps.present.values.size(); ++map)
        for (std::size_t i = 0; i < size; ++i)
            for (std::size_t j = 0; j < size; ++j)
                sums_[(map * wide + i) * wide + j] += static_cast<double>(maps.values[(map * size + i) * size + j]);
    ++texts_of_length_[size];
    ++texts_;
}

AttentionMaps MeanMaps::mean() const {
    AttentionMaps mean = sum_;
    if (texts_ == 0) return mean;
    const auto size = static_cast<std::size_t>(mean.size());
    for (std::size_t i = 0; i < size; ++i) {
        mean.tokens.texts[i] = std::to_string(i + 1);
        mean.tokens.segments[i] = 0;
    }
    // Texts with more than `position` tokens.
    std::vector<double> longer(size, 0.0);
    double count = 0.0;
    for (std::size_t position = size; position-- > 0;)
        longer[position] = count += static_cast<double>(texts_of_length_[position + 1]);
    mean.values.resize(sums_.size());
    for (std::size_t cell = 0; cell < sums_.size(); ++cell) {
        const std::size_t i = cell / size % size;
        const std::size_t j = cell % size;
        mean.values[cell] = static_cast<float>(sums_[cell] / longer[std::max(i, j)]);
    }
    return mean;
}

}  // namespace lottery
