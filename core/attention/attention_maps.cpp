// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/attention_maps.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace lottery {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

std::size_t cells_of(int size) { return static_cast<std::size_t>(size) * static_cast<std::size_t>(size); }

using Place = std::pair<int, int>;  // layer and head

// Sums in double: 144 maps of small numbers are added.
std::vector<float> mean_of(const AttentionMaps& maps, const std::vector<Place>& places) {
    const std::size_t cells = cells_of(maps.size());
    if (places.empty()) return std::vector<float>(cells, kNone);
    std::vector<double> sum(cells, 0.0);
    for (const auto& [layer, head] : places) {
        const auto map = maps.map(layer, head);
        for (std::size_t i = 0; i < cells; ++i) sum[i] += static_cast<double>(map[i]);
    }
    std::vector<float> mean(cells);
    for (std::size_t i = 0; i < cells; ++i) mean[i] = static_cast<float>(sum[i] / static_cast<double>(places.size()));
    return mean;
}

// Those that are present; a negative layer or head stands for all.
std::vector<Place> places_of(const AttentionMaps& maps, int layer, int head) {
    std::vector<Place> places;
    for (int l = 0; l < maps.layers; ++l)
        for (int h = 0; h < maps.heads; ++h)
            if ((layer < 0 || l == layer) && (head < 0 || h == head) && maps.has(l, h)) places.emplace_back(l, h);
    return places;
}

// `of_row` of each row's shares [S] and the row's index, mean over rows.
template <typename OfRow>
HeadMatrix mean_over_rows(const AttentionMaps& maps, const OfRow& of_row) {
    HeadMatrix result(maps.layers, maps.heads, kNone);
    if (maps.difference || maps.size() == 0) return result;
    const auto size = static_cast<std::size_t>(maps.size());
    std::vector<double> shares(size);
    for (const auto& [layer, head] : places_of(maps, -1, -1)) {
        const auto map = maps.map(layer, head);
        double sum_of_rows = 0.0;
        for (std::size_t i = 0; i < size; ++i) {
            double sum = 0.0;
            for (std::size_t j = 0; j < size; ++j) sum += static_cast<double>(map[i * size + j]);
            for (std::size_t j = 0; j < size; ++j)
                shares[j] = sum > 0.0 ? static_cast<double>(map[i * size + j]) / sum : 1.0 / static_cast<double>(size);
            sum_of_rows += of_row(shares, i);
        }
        result.at(layer, head) = static_cast<float>(sum_of_rows / static_cast<double>(size));
    }
    return result;
}

}  // namespace

std::string kind_name(AttentionKind kind) {
    switch (kind) {
        case AttentionKind::Raw:
            return "raw";
        case AttentionKind::Norm:
            return "norm";
        case AttentionKind::NormAsPublished:
            return "norm as published";
    }
    return {};
}

std::span<const float> AttentionMaps::map(int layer, int head) const {
    const std::size_t cells = cells_of(size());
    const auto index =
        static_cast<std::size_t>(layer) * static_cast<std::size_t>(heads) + static_cast<std::size_t>(head);
    return std::span<const float>(values).subspan(index * cells, cells);
}

std::vector<float> mean_over_heads(const AttentionMaps& maps, int layer) {
    return mean_of(maps, places_of(maps, layer, -1));
}

std::vector<float> mean_over_layers(const AttentionMaps& maps, int head) {
    return mean_of(maps, places_of(maps, -1, head));
}

std::vector<float> mean_over_all(const AttentionMaps& maps) { return mean_of(maps, places_of(maps, -1, -1)); }

std::vector<float> through_layers(const AttentionMaps& maps, int token, TokenSide side, int head) {
    const auto size = static_cast<std::size_t>(maps.size());
    const auto at = static_cast<std::size_t>(token);
    std::vector<float> result;
    result.reserve(static_cast<std::size_t>(maps.layers) * size);
    for (int layer = 0; layer < maps.layers; ++layer) {
        const auto places = places_of(maps, layer, head);
        for (std::size_t other = 0; other < size; ++other) {
            const std::size_t cell = side == TokenSide::Pays ? at * size + other : other * size + at;
            double sum = 0.0;
            for (const auto& [l, h] : places) sum += static_cast<double>(maps.map(l, h)[cell]);
            result.push_back(places.empty() ? kNone : static_cast<float>(sum / static_cast<double>(places.size())));
        }
    }
    return result;
}

HeadMatrix mean_entropy(const AttentionMaps& maps) {
    return mean_over_rows(maps, [](const std::vector<double>& shares, std::size_t) {
        double entropy = 0.0;
        for (const double p : shares)
            if (p > 0.0) entropy -= p * std::log(p);
        return entropy;
    });
}

HeadMatrix mean_distance(const AttentionMaps& maps) {
    return mean_over_rows(maps, [](const std::vector<double>& shares, std::size_t i) {
        double distance = 0.0;
        for (std::size_t j = 0; j < shares.size(); ++j)
            distance += shares[j] * static_cast<double>(i > j ? i - j : j - i);
        return distance;
    });
}

std::vector<double> row_sums(std::span<const float> map, int size) {
    const auto n = static_cast<std::size_t>(size);
    std::vector<double> sums(n, 0.0);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) sums[i] += static_cast<double>(map[i * n + j]);
    return sums;
}

std::vector<double> column_sums(std::span<const float> map, int size) {
    const auto n = static_cast<std::size_t>(size);
    std::vector<double> sums(n, 0.0);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) sums[j] += static_cast<double>(map[i * n + j]);
    return sums;
}

Result<AttentionMaps> difference(const AttentionMaps& a, const AttentionMaps& b) {
    const auto shape = [](const AttentionMaps& maps) {
        return std::to_string(maps.layers) + " layers × " + std::to_string(maps.heads) + " heads";
    };
    if (a.layers != b.layers || a.heads != b.heads)
        return Error{"the first model has " + shape(a) + ", the second " + shape(b), "attention maps",
                     "Subtract models of one architecture"};
    if (a.tokens != b.tokens)
        return Error{"the models cut the text into other tokens (" + std::to_string(a.size()) + " and " +
                         std::to_string(b.size()) + " of them)",
                     "attention maps", "Subtract models with the same vocabulary"};
    AttentionMaps result = a;
    result.difference = true;
    for (std::size_t i = 0; i < result.present.values.size(); ++i)
        if (b.present.values[i] == 0.0F) result.present.values[i] = 0.0F;
    // NaN of a head that is not there stays NaN.
    for (std::size_t i = 0; i < result.values.size(); ++i) result.values[i] -= b.values[i];
    return result;
}

std::vector<float> thumbnail(std::span<const float> map, int size, int pixels) {
    if (size <= pixels) return {map.begin(), map.end()};
    const auto n = static_cast<std::size_t>(size);
    const auto p = static_cast<std::size_t>(pixels);
    std::vector<float> small(p * p, 0.0F);
    // Block k holds the cells from k·n/p on; no cell is left out.
    for (std::size_t i = 0; i < n; ++i) {
        float* row = &small[(i * p / n) * p];
        for (std::size_t j = 0; j < n; ++j) {
            const float value = map[i * n + j];
            float& most = row[j * p / n];
            if (!(std::abs(value) <= std::abs(most))) most = value;
        }
    }
    return small;
}

}  // namespace lottery
