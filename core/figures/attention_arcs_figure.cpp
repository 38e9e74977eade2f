// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "core/figures/attention_figure.h"
#include "core/figures/axes.h"
#include "core/figures/legend.h"
#include "core/figures/series_look.h"
#include "core/figures/token_labels.h"

namespace lottery {

namespace {

constexpr double sample_mm = 6.0;  // of a line in the legend
constexpr double thinnest_mm = 0.08, thickest_mm = 0.75;
constexpr double tallest_mm = 230.0;  // a page

bool is_whole(const AttentionArcsContent& content, const AttentionArcs& head) {
    return head.values.size() == content.rows.size() * content.columns.size();
}

struct Arc {
    std::size_t head, row, column;
    float value;
};

class ArcsPainter {
public:
    ArcsPainter(const AttentionArcsContent& content, const AttentionArcsOptions& options, const FigureStyle& style,
                Scene& scene)
        : content_(content), options_(options), style_(style), scene_(scene) {
        for (const AttentionArcs& head : content.heads)
            if (is_whole(content, head))
                for (const float value : head.values)
                    if (std::isfinite(value)) largest_ = std::max(largest_, std::abs(static_cast<double>(value)));
    }

    void paint() {
        const double em = em_mm(style_.font_pt), small = em_mm(tick_size(style_));
        const double top = draw_legend(draw_title(scene_, options_.title, style_) + 0.3 * em) + 1.6 * em;
        const auto most =
            static_cast<double>(std::max({content_.rows.size(), content_.columns.size(), std::size_t{1}}));
        const double wanted = 1.45 * small * most;
        scene_.height_mm = style_.height_mm > 0.0 ? style_.height_mm : std::min(top + wanted + 0.6 * em, tallest_mm);
        const double height = std::max(scene_.height_mm - top - 0.6 * em, 1.0),
                     pitch = std::min(height / most, 2.4 * small);
        const double room = 0.32 * style_.width_mm;
        rows_ = fit_token_labels(content_.rows, pitch, tick_size(style_), room);
        columns_ = fit_token_labels(content_.columns, pitch, tick_size(style_), room);
        rows_.room_mm = std::max(rows_.room_mm, std::min(text_width_mm(options_.row_label, tick_size(style_)), room));
        columns_.room_mm =
            std::max(columns_.room_mm, std::min(text_width_mm(options_.column_label, tick_size(style_)), room));
        // Lines much longer than this only grow flatter.
        const double between = std::min(style_.width_mm - rows_.room_mm - columns_.room_mm - 2.4 * em, 75.0);
        const double all = between + rows_.room_mm + columns_.room_mm;
        left_ = (style_.width_mm - all) / 2 + rows_.room_mm;
        right_ = left_ + between;
        top_ = top;
        pitch_ = pitch;
        draw_lines();
        draw_tokens(small, em);
    }

private:
    [[nodiscard]] double y(std::size_t token) const { return top_ + pitch_ * (static_cast<double>(token) + 0.5); }

    [[nodiscard]] Color color_of(std::size_t head, double value) const {
        if (options_.scale == AttentionScale::Signed) return sample(ColorMap::BlueRed, value < 0.0 ? 0.18 : 0.82);
        const Color color = series_look(head).color;
        // Weak lines of dark colours do not show on dark paper.
        if (luminance(style_.colors.background) > 0.2) return color;
        return luminance(color) < 0.02 ? style_.colors.text : mix(color, {255, 255, 255}, 0.35);
    }

    [[nodiscard]] Stroke stroke_of(std::size_t head, double value) const {
        const double share = std::min(std::abs(value) / largest_, 1.0);
        Color color = color_of(head, value);
        color.alpha = static_cast<std::uint8_t>(std::lround(70.0 + 185.0 * share));
        return {color, std::lerp(thinnest_mm, thickest_mm, share), series_look(head).dashes};
    }

    void draw_lines() {
        std::vector<Arc> arcs;
        for (std::size_t h = 0; h < content_.heads.size(); ++h) {
            const std::vector<float>& values = content_.heads[h].values;
            if (!is_whole(content_, content_.heads[h])) continue;
            for (std::size_t row = 0; row < content_.rows.size(); ++row) {
                if (options_.row && *options_.row != row) continue;
                for (std::size_t column = 0; column < content_.columns.size(); ++column) {
                    const float value = values[row * content_.columns.size() + column];
                    if (std::isfinite(value) && value != 0.0F && std::abs(value) >= options_.least_share * largest_)
                        arcs.push_back({h, row, column, value});
                }
            }
        }
        // Strong ones above weak ones.
        std::ranges::stable_sort(arcs, {}, [](const Arc& arc) { return std::abs(arc.value); });
        for (const Arc& arc : arcs)
            scene_.add(
                SceneLine{{left_ + 0.8, y(arc.row)}, {right_ - 0.8, y(arc.column)}, stroke_of(arc.head, arc.value)});
    }

    void draw_tokens(double small, double em) {
        const auto text = [&](const std::string& what, Point where, TextAnchor anchor, double size, Color color,
                              bool bold) {
            scene_.add(SceneText{what, where, anchor, TextLevel::Middle, size, 0.0, color, bold});
        };
        for (std::size_t i = 0; i < content_.rows.size(); ++i)
            if (is_written(i, rows_))
                text(token_label(content_.rows, i, rows_), {left_, y(i)}, TextAnchor::End, rows_.size_pt,
                     options_.row && *options_.row != i ? style_.colors.muted : style_.colors.text, false);
        for (std::size_t i = 0; i < content_.columns.size(); ++i)
            if (is_written(i, columns_))
                text(token_label(content_.columns, i, columns_), {right_, y(i)}, TextAnchor::Start, columns_.size_pt,
                     style_.colors.text, false);
        // Over the ends of the lines; a heading wider than its column reaches outwards as far as the paper does.
        const double head_y = top_ - 0.75 * small, size = tick_size(style_);
        text(fitted(options_.row_label, size, left_ - 0.3 * em), {left_, head_y}, TextAnchor::End, size,
             style_.colors.muted, false);
        text(fitted(options_.column_label, size, style_.width_mm - right_ - 0.3 * em), {right_, head_y},
             TextAnchor::Start, size, style_.colors.muted, false);
    }

    // Heads, signs, and how strong a line is; returns where it ends.
    double draw_legend(double top) {
        const double em = em_mm(tick_size(style_));
        Legend legend(scene_, style_, {0.6 * em, top + 0.7 * em}, style_.width_mm - 0.6 * em);
        const auto line = [&](Point at, const Stroke& stroke) {
            scene_.add(SceneLine{{at.x - sample_mm / 2, at.y}, {at.x + sample_mm / 2, at.y}, stroke});
        };
        const bool is_signed = options_.scale == AttentionScale::Signed;
        for (std::size_t h = 0; h < content_.heads.size(); ++h) {
            Stroke stroke = stroke_of(h, 0.7 * largest_);
            if (is_signed) stroke.color = style_.colors.text;
            line(legend.entry(content_.heads[h].name, sample_mm), stroke);
        }
        if (is_signed)
            for (const auto& [name, sign] : {std::pair{"positive", 1.0}, {"negative", -1.0}})
                line(legend.entry(name, sample_mm), Stroke{color_of(0, sign), thickest_mm, {}});
        if (!has_lines()) return legend.last_row() + 0.9 * em;
        const int digits = std::clamp(static_cast<int>(std::ceil(1.0 - std::log10(largest_))), 0, 5);
        const std::string least = number_text(options_.least_share * largest_, digits);
        std::vector<std::pair<std::string, double>> weights{{number_text(largest_, digits), 1.0}};
        if (options_.least_share > 0.0 && options_.least_share < 1.0)
            weights.insert(weights.begin(), {least + " (less is left out)", options_.least_share});
        for (const auto& [name, share] : weights) {
            Stroke stroke = stroke_of(0, share * largest_);
            const std::uint8_t alpha = stroke.color.alpha;
            stroke.color = style_.colors.text;
            stroke.color.alpha = alpha;
            stroke.dashes.clear();
            line(legend.entry(name, sample_mm), stroke);
        }
        return legend.last_row() + 0.9 * em;
    }

    [[nodiscard]] bool has_lines() const { return largest_ > 0.0; }

    const AttentionArcsContent& content_;
    const AttentionArcsOptions& options_;
    const FigureStyle& style_;
    Scene& scene_;
    double largest_ = 0.0;  // magnitude
    double left_ = 0.0, right_ = 0.0, top_ = 0.0, pitch_ = 0.0;
    TokenLabels rows_, columns_;
};

DataTable table_of(const AttentionArcsContent& content, const AttentionArcsOptions& options) {
    DataTable table;
    table.columns = {"head", "row", "row token", "column", "column token", options.value_label};
    for (const AttentionArcs& head : content.heads) {
        if (!is_whole(content, head)) continue;
        for (std::size_t row = 0; row < content.rows.size(); ++row)
            for (std::size_t column = 0; column < content.columns.size(); ++column)
                table.rows.push_back({head.name, static_cast<std::int64_t>(row + 1), content.rows[row],
                                      static_cast<std::int64_t>(column + 1), content.columns[column],
                                      head.values[row * content.columns.size() + column]});
    }
    return table;
}

}  // namespace

Figure attention_arcs_figure(const AttentionArcsContent& content, const AttentionArcsOptions& options,
                             const FigureStyle& style) {
    Figure figure;
    figure.data = table_of(content, options);
    Scene& scene = figure.scene;
    scene.width_mm = style.width_mm;
    scene.background = style.colors.background;
    scene.title = options.title.empty() ? options.value_label : options.title;
    scene.description = "Lines of " + options.value_label + " between " + std::to_string(content.rows.size()) +
                        " tokens for " + std::to_string(content.heads.size()) + " heads.";
    ArcsPainter(content, options, style, scene).paint();
    return figure;
}

}  // namespace lottery
