// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which lines AttentionArcView draws, and where. No widget here.
//
// Legend: S tokens.
//
// Thread rule: pure functions of plain values.
#pragma once

#include <QRectF>
#include <QSizeF>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/attention/attention_maps.h"
#include "core/figures/figure.h"
#include "widgets/attention/attention_grid_layout.h"

namespace lottery::gui {

// More heads than colours can tell apart are not shown.
inline constexpr std::size_t kMostArcHeads = 8;

struct ArcHead {
    std::string name;           // "3.7"
    std::vector<float> values;  // [S,S], row attends to column; NaN: no line
};

struct ArcContent {
    TokenRow tokens;
    std::vector<ArcHead> heads;
    std::string value_label = "attention";
    // There is something to show, and the sizes agree.
    [[nodiscard]] bool isUsable() const;
    [[nodiscard]] float at(std::size_t head, int query, int key) const;
};

struct ArcLine {
    int head = 0, query = 0, key = 0;
    float weight = 0.0F;
    float share = 0.0F;  // of the largest magnitude, (0, 1]
};

struct ArcLines {
    std::vector<ArcLine> lines;  // weakest first, so that strong ones are drawn above them
    std::size_t all = 0;         // that reach the threshold
    double largest = 0.0;        // magnitude
};

// A token on the side that attends (row) or on the one that is attended to.
struct ArcToken {
    int token = 0;
    bool row = true;
    bool operator==(const ArcToken&) const = default;
};

// Lines whose magnitude is at least `threshold` [0, 1] of the largest one, at most `most` of them.
ArcLines strongestLines(const ArcContent& content, double threshold, std::size_t most);
// Those of one token; here the largest is the largest of the token's own.
ArcLines linesOf(const ArcContent& content, const ArcToken& token, double threshold);

// Of Okabe and Ito 2008, changed where the background would swallow them.
Color arcColor(std::size_t head, const FigureColors& colors);

// Two columns of tokens, one below another, and the lines between them, in pixels of the viewport.
struct ArcLayout {
    int tokens = 0;
    double row = 0.0;                              // height of a token
    double offset = 0.0;                           // of the content under the lower edge of the head
    QRectF head;                                   // legend; does not scroll
    QRectF queries, keys, query_marks, key_marks;  // labels, and beside them the marks of weights
    double from = 0.0, to = 0.0;                   // x of the lines' ends

    [[nodiscard]] double content() const { return tokens * row; }
    [[nodiscard]] double middle(int token) const { return head.bottom() - offset + (token + 0.5) * row; }
    [[nodiscard]] QRectF label(const ArcToken& token) const;
    [[nodiscard]] std::optional<ArcToken> at(const QPointF& point) const;
    [[nodiscard]] GridRange visible() const;
    // A part of it lies in the viewport.
    [[nodiscard]] bool isVisible(const ArcLine& line) const;
};

// `head`: height of the legend; `widest`: of the labels; `marks`: width of the marks.
ArcLayout layoutArcs(int tokens, const QSizeF& page, double head, double row, double widest, double marks,
                     double offset);

// Texts of these widths one after another in lines of `width`; the left end and the line of each.
struct FlowPlace {
    double x = 0.0;
    int line = 0;
};
std::vector<FlowPlace> flowPlaces(std::span<const double> widths, double width, double gap);

}  // namespace lottery::gui
