// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/attention_map_content.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace lottery::gui {

bool MapContent::isUsable() const {
    return rows.size() > 0 && columns.size() > 0 && values.size() == rows.labels.size() * columns.labels.size();
}

float MapContent::at(int row, int column) const {
    return values[static_cast<std::size_t>(row) * columns.labels.size() + static_cast<std::size_t>(column)];
}

std::vector<int> segmentBreaks(const TokenRow& tokens) {
    std::vector<int> breaks;
    for (std::size_t i = 1; i < tokens.segments.size(); ++i)
        if (tokens.segments[i] != tokens.segments[i - 1]) breaks.push_back(static_cast<int>(i));
    return breaks;
}

MapContent mapContent(const TokenRow& tokens, std::vector<float> values) {
    MapContent content;
    content.rows = {tokens.texts, "attends (query)", true, segmentBreaks(tokens)};
    content.columns = {tokens.texts, "attended to (key)", true, segmentBreaks(tokens)};
    content.values = std::move(values);
    return content;
}

MapContent layersContent(const TokenRow& tokens, std::vector<float> values) {
    MapContent content;
    const std::size_t layers = tokens.texts.empty() ? 0 : values.size() / tokens.texts.size();
    for (std::size_t layer = 1; layer <= layers; ++layer)
        content.rows.labels.push_back("layer " + std::to_string(layer));
    content.rows.tokens = false;
    content.columns = {tokens.texts, "token", true, segmentBreaks(tokens)};
    content.values = std::move(values);
    return content;
}

MapSums sumsOf(const MapContent& content) {
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    MapSums sums{std::vector<double>(content.rows.labels.size(), none),
                 std::vector<double>(content.columns.labels.size(), none)};
    const auto add = [](double& sum, float value) { sum = (std::isnan(sum) ? 0.0 : sum) + static_cast<double>(value); };
    for (std::size_t row = 0; row < sums.rows.size(); ++row) {
        for (std::size_t column = 0; column < sums.columns.size(); ++column) {
            const float value = content.values[row * sums.columns.size() + column];
            if (std::isnan(value)) continue;
            add(sums.rows[row], value);
            add(sums.columns[column], value);
        }
    }
    const auto largest = [](const std::vector<double>& side) {
        double most = 0.0;
        for (const double sum : side)
            if (std::isfinite(sum)) most = std::max(most, std::abs(sum));
        return most;
    };
    sums.largest_row = largest(sums.rows);
    sums.largest_column = largest(sums.columns);
    return sums;
}

}  // namespace lottery::gui
