// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/attention_arc_lines.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/figures/series_look.h"

namespace lottery::gui {

namespace {

constexpr double kWidestLines = 520.0;  // pixels

std::size_t size(int number) { return static_cast<std::size_t>(number); }

void sortByShare(std::vector<ArcLine>& lines) { std::ranges::stable_sort(lines, {}, &ArcLine::share); }

}  // namespace

bool ArcContent::isUsable() const {
    const std::size_t cells = tokens.texts.size() * tokens.texts.size();
    return cells > 0 && !heads.empty() && heads.size() <= kMostArcHeads &&
           std::ranges::all_of(heads, [&](const ArcHead& head) { return head.values.size() == cells; });
}

float ArcContent::at(std::size_t head, int query, int key) const {
    return heads[head].values[size(query) * tokens.texts.size() + size(key)];
}

// Up to millions of values are looked at with every change of the threshold: a histogram finds the share that lets
// `most` lines through before any line is made.
ArcLines strongestLines(const ArcContent& content, double threshold, std::size_t most) {
    ArcLines result;
    float largest = 0.0F;
    for (const ArcHead& head : content.heads)
        for (const float value : head.values)
            if (std::isfinite(value)) largest = std::max(largest, std::abs(value));
    result.largest = static_cast<double>(largest);
    if (largest <= 0.0F) return result;

    constexpr int steps = 4096;
    std::array<std::size_t, steps + 1> counts{};
    const float least = std::max(static_cast<float>(threshold), 1e-6F) * largest, factor = steps / largest;
    const auto reaches = [&](float value) { return std::isfinite(value) && std::abs(value) >= least; };
    for (const ArcHead& head : content.heads)
        for (const float value : head.values)
            if (reaches(value)) ++counts[static_cast<std::size_t>(std::abs(value) * factor)];
    std::size_t taken = 0;
    int cut = steps;
    for (int step = steps; step >= 0; --step) {
        result.all += counts[size(step)];
        if (taken < most) {
            taken += counts[size(step)];
            cut = step;
        }
    }
    result.lines.reserve(taken);
    const int tokens = content.tokens.size();
    for (std::size_t head = 0; head < content.heads.size(); ++head) {
        const float* value = content.heads[head].values.data();
        for (int query = 0; query < tokens; ++query) {
            for (int key = 0; key < tokens; ++key, ++value) {
                if (reaches(*value) && static_cast<int>(std::abs(*value) * factor) >= cut)
                    result.lines.push_back({static_cast<int>(head), query, key, *value, std::abs(*value) / largest});
            }
        }
    }
    sortByShare(result.lines);
    if (result.lines.size() > most)
        result.lines.erase(result.lines.begin(), result.lines.end() - static_cast<std::ptrdiff_t>(most));
    return result;
}

ArcLines linesOf(const ArcContent& content, const ArcToken& token, double threshold) {
    ArcLines result;
    for (std::size_t head = 0; head < content.heads.size(); ++head) {
        for (int other = 0; other < content.tokens.size(); ++other) {
            const int query = token.row ? token.token : other, key = token.row ? other : token.token;
            const float weight = content.at(head, query, key);
            if (!std::isfinite(weight) || weight == 0.0F) continue;
            result.largest = std::max(result.largest, std::abs(static_cast<double>(weight)));
            result.lines.push_back({static_cast<int>(head), query, key, weight, 0.0F});
        }
    }
    for (ArcLine& line : result.lines)
        line.share = static_cast<float>(std::abs(static_cast<double>(line.weight)) / result.largest);
    std::erase_if(result.lines, [&](const ArcLine& line) { return static_cast<double>(line.share) < threshold; });
    sortByShare(result.lines);
    result.all = result.lines.size();
    return result;
}

Color arcColor(std::size_t head, const FigureColors& colors) {
    const bool dark = luminance(colors.background) < 0.2;
    // The eighth is the yellow, which white swallows.
    if (head % kMostArcHeads == kMostArcHeads - 1) return dark ? Color{240, 228, 66} : Color{133, 122, 0};
    const Color color = series_look(head).color;
    if (luminance(color) < 0.01) return colors.text;  // black
    return dark ? mix(color, colors.text, 0.25) : color;
}

QRectF ArcLayout::label(const ArcToken& token) const {
    const QRectF& column = token.row ? queries : keys;
    return {column.x(), middle(token.token) - row / 2, column.width(), row};
}

std::optional<ArcToken> ArcLayout::at(const QPointF& point) const {
    if (row <= 0.0 || point.y() < head.bottom()) return std::nullopt;
    const double token = std::floor((point.y() - head.bottom() + offset) / row);
    if (token < 0.0 || token >= tokens) return std::nullopt;
    const bool isQuery = point.x() >= queries.left() && point.x() < from;
    const bool isKey = point.x() > to && point.x() <= keys.right();
    if (!isQuery && !isKey) return std::nullopt;
    return ArcToken{static_cast<int>(token), isQuery};
}

GridRange ArcLayout::visible() const {
    if (tokens < 1 || row <= 0.0 || queries.height() <= 0.0) return {};
    const auto place = [&](double y) { return std::clamp(static_cast<int>(std::floor(y / row)), 0, tokens - 1); };
    return {place(offset), place(offset + queries.height() - 1e-6)};
}

bool ArcLayout::isVisible(const ArcLine& line) const {
    const auto [first, last] = visible();
    return std::min(line.query, line.key) <= last && std::max(line.query, line.key) >= first;
}

ArcLayout layoutArcs(int tokens, const QSizeF& page, double head, double row, double widest, double marks,
                     double offset) {
    ArcLayout layout;
    layout.tokens = tokens;
    layout.row = std::ceil(row);
    layout.head = {0.0, 0.0, page.width(), std::ceil(head)};
    const double height = std::max(page.height() - layout.head.height(), 1.0);
    layout.offset = std::clamp(offset, 0.0, std::max(layout.content() - height, 0.0));
    const double labels = std::floor(std::min(widest, page.width() * 0.28));
    const double lines = std::clamp(page.width() - 2 * (labels + marks), 20.0, kWidestLines);
    const double left = std::floor(std::max((page.width() - lines) / 2 - labels - marks, 0.0));
    const double top = layout.head.bottom();
    layout.queries = {left, top, labels, height};
    layout.query_marks = {layout.queries.right(), top, marks, height};
    layout.from = layout.query_marks.right();
    layout.to = layout.from + lines;
    layout.key_marks = {layout.to, top, marks, height};
    layout.keys = {layout.key_marks.right(), top, labels, height};
    return layout;
}

std::vector<FlowPlace> flowPlaces(std::span<const double> widths, double width, double gap) {
    std::vector<FlowPlace> places;
    FlowPlace next;
    for (const double text : widths) {
        if (next.x > 0.0 && next.x + text > width) next = {0.0, next.line + 1};
        places.push_back(next);
        next.x += text + gap;
    }
    return places;
}

}  // namespace lottery::gui
