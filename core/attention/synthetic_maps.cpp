// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/synthetic_maps.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdio>

namespace lottery {
namespace {

using Row = std::vector<double>;
using Rows = std::vector<Row>;  // [S,S]

// (1 + x/1024)^1024: grows as e^x does, and is nothing but products, which are the same on every machine.
double growth(double x) {
    double y = std::max(0.0, 1.0 + x / 1024.0);
    for (int i = 0; i < 10; ++i) y *= y;
    return y;
}

class MapDraw {
public:
    MapDraw(PatternClass pattern, int size, Random& draw)
        : pattern_(pattern), size_(static_cast<std::size_t>(size)), draw_(draw) {
        // Half of the texts are pairs; a [SEP] ends each part.
        pair_ = pattern == PatternClass::Block || chance(0.5);
        const double at = between(0.25, 0.75) * static_cast<double>(size_);
        middle_ = std::clamp(static_cast<std::size_t>(at), std::size_t{3}, size_ - 4);
    }

    std::vector<float> map() {
        choose_strengths();
        Rows rows = background();
        const Rows columns = vertical(), bands = diagonal(), blocks = segments();
        for (std::size_t i = 0; i < size_; ++i) {
            // Rows differ; idle ones give all to [CLS] and the like.
            const bool idle = chance(idle_);
            const double vertical = idle ? between(0.85, 0.99) : row_share(vertical_);
            const double diagonal = row_share(diagonal_) * (idle ? 0.02 : 1.0);
            const double block = row_share(block_) * (idle ? 0.02 : 1.0);
            const double sum = vertical + diagonal + block;
            const double scale = sum > 0.99 ? 0.99 / sum : 1.0;
            for (std::size_t j = 0; j < size_; ++j)
                rows[i][j] = scale * (vertical * columns[i][j] + diagonal * bands[i][j] + block * blocks[i][j]) +
                             (1.0 - scale * sum) * rows[i][j];
        }
        if (pattern_ != PatternClass::Vertical && pattern_ != PatternClass::VerticalDiagonal && chance(0.15))
            darken_special_columns(rows);
        std::vector<float> values;
        values.reserve(size_ * size_);
        for (auto& row : rows) {
            divide_by_sum(row);
            for (const double value : row) values.push_back(static_cast<float>(value));
        }
        return values;
    }

private:
    double between(double low, double high) { return low + (high - low) * draw_.uniform(); }
    bool chance(double probability) { return draw_.uniform() < probability; }
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(draw_.below(bound)); }
    // Nearly normal: twelve uniform draws have variance 1.
    double normal() {
        double sum = -6.0;
        for (int i = 0; i < 12; ++i) sum += draw_.uniform();
        return sum;
    }

    static void divide_by_sum(Row& row) {
        double sum = 0.0;
        for (const double value : row) sum += value;
        for (double& value : row) value = sum > 0.0 ? value / sum : 1.0 / static_cast<double>(row.size());
    }

    void choose_strengths() {
        switch (pattern_) {
            case PatternClass::Vertical:
                vertical_ = between(0.38, 0.96);
                diagonal_ = chance(0.3) ? between(0.0, 0.06) : 0.0;
                break;
            case PatternClass::Diagonal:
                diagonal_ = between(0.35, 0.97);
                vertical_ = chance(0.5) ? between(0.0, 0.12) : 0.0;
                break;
            case PatternClass::VerticalDiagonal:
                vertical_ = between(0.22, 0.65);
                diagonal_ = std::max(0.22, std::min(0.65, (1.0 - vertical_) * between(0.45, 0.98)));
                break;
            case PatternClass::Block:
                vertical_ = chance(0.65) ? between(0.0, 0.45) : 0.0;
                block_ = std::max(0.4, (1.0 - vertical_) * between(0.65, 0.97));
                break;
            case PatternClass::Heterogeneous:
                vertical_ = chance(0.6) ? between(0.0, 0.3) : 0.0;
                diagonal_ = chance(0.35) ? between(0.0, 0.08) : 0.0;
                break;
        }
        unevenness_ = between(0.0, 0.3);
        if (vertical_ >= 0.2 && chance(0.35)) idle_ = between(0.05, 0.35);
    }

    double row_share(double mean) { return std::clamp(mean * (1.0 + unevenness_ * normal()), 0.0, 0.99); }

    // Single preferences: softmax of products of random token vectors, some columns a little liked by all, noise.
    Rows background() {
        const std::size_t rank = 2 + below(8);
        const double strength = between(0.02, 1.3), liking = between(0.0, 0.45);
        const double noise = chance(0.5) ? between(0.02, 0.3) : between(0.3, 1.0);
        // Near tokens a little more than far ones, early columns than late ones, or the other way round.
        const double nearness = chance(0.5) ? between(-0.3, 1.0) : 0.0, slope = chance(0.5) ? between(-0.6, 0.6) : 0.0;
        Rows wants(size_, Row(rank)), offers(size_, Row(rank));
        for (auto* side : {&wants, &offers})
            for (auto& token : *side)
                for (double& value : token) value = normal();
        Row liked(size_);
        for (double& value : liked) value = liking * normal();
        const double scale = strength / std::sqrt(static_cast<double>(rank));
        Rows rows(size_, Row(size_));
        for (std::size_t i = 0; i < size_; ++i)
            for (std::size_t j = 0; j < size_; ++j) {
                double product = 0.0;
                for (std::size_t k = 0; k < rank; ++k) product += wants[i][k] * offers[j][k];
                const auto from = static_cast<double>(i) / static_cast<double>(size_);
                const auto to = static_cast<double>(j) / static_cast<double>(size_);
                rows[i][j] =
                    growth(scale * product + liked[j] - nearness * std::abs(to - from) + slope * to + noise * normal());
            }
        for (auto& row : rows) divide_by_sum(row);
        if (chance(pattern_ == PatternClass::Heterogeneous ? 0.5 : 0.2)) add_spots(rows);
        return rows;
    }

    // Tokens that attend to one far token each, or to where they occur again.
    void add_spots(Rows& rows) {
        const double share = between(0.05, 0.7), mass = between(0.2, 0.9);
        const bool mutual = chance(0.5);
        for (std::size_t i = 0; i < size_; ++i) {
            if (!chance(share)) continue;
            const std::size_t j = below(size_);
            const double weight = mass * between(0.5, 1.0);
            for (double& value : rows[i]) value *= 1.0 - weight;
            rows[i][j] += weight;
            if (!mutual) continue;
            for (double& value : rows[j]) value *= 1.0 - weight;
            rows[j][i] += weight;
        }
    }

    Rows vertical() {
        Row weights(size_, 0.0);
        const auto add = [&](std::size_t column, double weight) { weights[column] += weight; };
        const bool special = chance(0.75);
        if (special) {
            const bool cls = chance(0.75);
            if (cls) add(0, 1.0);
            if (!cls || chance(0.35)) {
                add(size_ - 1, between(0.3, 1.2));
                if (pair_) add(middle_, between(0.3, 1.2));
            }
        }
        // Content words, with their neighbours at times; where there is no special token at least one.
        const std::size_t words = special ? (chance(0.35) ? 1 + below(4) : 0) : 1 + below(5);
        for (std::size_t k = 0; k < words; ++k) {
            const std::size_t column = below(size_);
            add(column, between(0.35, 1.2));
            if (column + 1 < size_ && chance(0.25)) add(column + 1, between(0.2, 0.8));
        }
        divide_by_sum(weights);
        const double noise = between(0.0, 0.6);
        Rows rows(size_, weights);
        for (auto& row : rows) {
            for (double& value : row)
                if (value > 0.0) value *= growth(noise * normal());
            divide_by_sum(row);
        }
        return rows;
    }

    Rows diagonal() {
        // Which side, how broad, and how far from the diagonal itself.
        const int side = static_cast<int>(below(4));  // before, on, behind, both sides
        const double offset = side == 1 || chance(0.3) ? 0.0 : chance(0.7) ? 1.0 : 2.0;
        const double broadest = std::max(1.2, static_cast<double>(size_) / 11.0);
        const double width = chance(0.45) ? between(0.05, 0.8) : between(0.8, broadest);
        const bool one_sided = side != 1 && side != 3 && chance(0.6);
        const double noise = between(0.0, 1.0);
        // Learned positions repeat: faint copies of the band beside it.
        const bool copies = chance(0.3);
        const double period = between(4.0, 9.0), copy_strength = between(0.05, 0.3);
        const auto band = [&](double distance) {
            double value = 0.0;
            for (int copy = copies ? -3 : 0; copy <= (copies ? 3 : 0); ++copy) {
                const double d = std::abs(distance - period * copy) / width;
                double strength = 1.0;
                for (int k = 0; k < std::abs(copy); ++k) strength *= copy_strength;
                // Between a bell and a tent.
                value += strength * growth(-0.5 * d * (d < 2.0 ? d : 2.0));
            }
            return value;
        };
        Rows rows(size_, Row(size_));
        for (std::size_t i = 0; i < size_; ++i) {
            for (std::size_t j = 0; j < size_; ++j) {
                const double distance = static_cast<double>(j) - static_cast<double>(i);
                double value = 0.0;
                if (side == 0 || side == 3) value += band(distance + offset);
                if (side == 1) value += band(distance);
                if (side == 2 || side == 3) value += band(distance - offset);
                const bool wrong_side = (side == 0 && distance > 0.0) || (side == 2 && distance < 0.0);
                if (one_sided && wrong_side) value *= 0.1;
                rows[i][j] = value * growth(noise * normal());
            }
            // The first token has none before it, the last none behind: they stay with themselves.
            rows[i][i] += 1e-6;
            divide_by_sum(rows[i]);
        }
        return rows;
    }

    // Attention within the parts of a pair, at times across them, or within three parts.
    Rows segments() {
        std::vector<std::size_t> part(size_);
        const bool three = chance(0.15) && size_ >= 18;
        const std::size_t second = three ? middle_ + (size_ - middle_) / 2 : size_;
        for (std::size_t i = 0; i < size_; ++i) part[i] = i <= middle_ ? 0 : i <= second ? 1 : 2;
        const bool across = !three && chance(0.15);
        const double leak = between(0.0, 0.2), noise = between(0.1, 0.9), liking = between(0.0, 0.6);
        const bool near = chance(0.5);
        const double reach = between(0.2, 0.8) * static_cast<double>(size_);
        Row liked(size_);
        for (double& value : liked) value = growth(liking * normal());
        Rows rows(size_, Row(size_));
        for (std::size_t i = 0; i < size_; ++i) {
            for (std::size_t j = 0; j < size_; ++j) {
                const double d = std::abs(static_cast<double>(i) - static_cast<double>(j)) / reach;
                const bool inside = (part[i] == part[j]) != across;
                rows[i][j] = (inside ? 1.0 : leak) * liked[j] * growth(noise * normal()) *
                             (near && !across ? growth(-2.0 * d * d) : 1.0);
            }
            divide_by_sum(rows[i]);
        }
        return rows;
    }

    // As in maps of norms, where the vectors of [CLS] and [SEP] are short.
    void darken_special_columns(Rows& rows) {
        const double left = between(0.0, 0.15);
        for (auto& row : rows) {
            row.front() *= left;
            row.back() *= left;
            if (pair_) row[middle_] *= left;
        }
    }

    PatternClass pattern_;
    std::size_t size_;
    Random& draw_;
    bool pair_ = false;
    std::size_t middle_ = 0;  // the first part's [SEP]
    double vertical_ = 0.0, diagonal_ = 0.0, block_ = 0.0;
    double unevenness_ = 0.0;  // of rows' shares, their standard deviation over the mean
    double idle_ = 0.0;        // share of idle rows
};

}  // namespace

std::vector<float> synthetic_map(PatternClass pattern, int size, Random& draw) {
    assert(size >= 8);
    return MapDraw(pattern, size, draw).map();
}

LabelledMaps synthetic_maps(int count, std::uint64_t seed, const SyntheticMapOptions& options) {
    assert(options.smallest >= 8 && options.largest >= options.smallest);
    LabelledMaps set;
    set.maps.reserve(static_cast<std::size_t>(std::max(0, count)));
    const auto sizes = static_cast<std::uint64_t>(options.largest - options.smallest + 1);
    for (int i = 0; i < count; ++i) {
        // A stream per map: the first maps do not depend on how many follow.
        Random draw(derive_seed(seed, static_cast<std::uint64_t>(i)));
        char name[32];
        std::snprintf(name, sizeof name, "synthetic_%06d", i);
        const auto pattern = all_patterns()[static_cast<std::size_t>(i) % pattern_count];
        const int size = options.smallest + static_cast<int>(draw.below(sizes));
        set.maps.push_back({name, pattern, size, synthetic_map(pattern, size, draw)});
    }
    return set;
}

}  // namespace lottery
