// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/token_labels.h"

#include <algorithm>

#include "core/figures/axes.h"

namespace lottery {

namespace {

constexpr double smallest_pt = 4.5;
constexpr double apart = 1.08;  // em from line to line

std::string full_label(const std::vector<std::string>& tokens, std::size_t token, const TokenLabels& labels) {
    return labels.stride == 1 ? tokens[token] : std::to_string(token + 1) + " " + tokens[token];
}

}  // namespace

TokenLabels fit_token_labels(const std::vector<std::string>& tokens, double pitch_mm, double largest_pt,
                             double most_mm) {
    TokenLabels labels;
    labels.size_pt = std::min(largest_pt, pitch_mm / (apart * mm_per_point));
    if (labels.size_pt < smallest_pt) {
        labels.size_pt = std::min(largest_pt, smallest_pt);
        const double needed = apart * em_mm(labels.size_pt);
        for (std::size_t decade = 1; labels.stride == 1; decade *= 10)
            for (const std::size_t factor : {2, 5, 10})
                if (labels.stride == 1 &&
                    (pitch_mm * static_cast<double>(factor * decade) >= needed || factor * decade > tokens.size()))
                    labels.stride = factor * decade;
    }
    for (std::size_t i = 0; i < tokens.size(); ++i)
        if (is_written(i, labels))
            labels.room_mm = std::max(labels.room_mm, text_width_mm(full_label(tokens, i, labels), labels.size_pt));
    labels.room_mm = std::min(labels.room_mm, most_mm);
    return labels;
}

bool is_written(std::size_t token, const TokenLabels& labels) {
    return labels.stride == 1 || (token + 1) % labels.stride == 0;
}

std::string token_label(const std::vector<std::string>& tokens, std::size_t token, const TokenLabels& labels) {
    // A whisker more, so that the longest one is not cut by rounding.
    return fitted(full_label(tokens, token, labels), labels.size_pt, labels.room_mm + 1e-6);
}

}  // namespace lottery
