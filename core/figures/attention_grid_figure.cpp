// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "core/figures/attention_figure.h"
#include "core/figures/attention_scale.h"
#include "core/figures/axes.h"

namespace lottery {

namespace {

constexpr double largest_map_mm = 16.0;   // where the figure's height is free
constexpr double shortest_bar_mm = 24.0;  // so that its label is read

bool is_whole(const AttentionGridContent& content) {
    return content.layers > 0 && content.heads > 0 &&
           content.maps.size() == static_cast<std::size_t>(content.layers) * static_cast<std::size_t>(content.heads);
}

bool is_drawn(const AttentionThumbnail& map) {
    return map.state != HeadState::Removed && map.rows > 0 && map.columns > 0 &&
           map.values.size() == static_cast<std::size_t>(map.rows) * static_cast<std::size_t>(map.columns);
}

bool has_state(const AttentionGridContent& content, HeadState state) {
    return std::ranges::any_of(content.maps, [&](const AttentionThumbnail& map) { return map.state == state; });
}

std::string state_name(HeadState state) {
    switch (state) {
        case HeadState::Kept:
            return "kept";
        case HeadState::Masked:
            return "masked";
        case HeadState::Removed:
            return "removed";
    }
    return {};
}

class GridPainter {
public:
    GridPainter(const AttentionGridContent& content, const AttentionGridOptions& options, const FigureStyle& style,
                Scene& scene)
        : content_(content),
          options_(options),
          style_(style),
          scene_(scene),
          bar_(options.range == ThumbnailRange::Shared) {
        const double em = em_mm(style.font_pt), small = em_mm(tick_size(style)), big = em_mm(title_size(style));
        const double numbers = text_width_mm(std::to_string(content.layers), tick_size(style));
        const double left = 0.4 * em + line_height * em + numbers + 0.7 * small;
        const double right = bar_ ? color_bar_room(style).all() + 0.2 * em : 0.6 * em;
        const double top = options.title.empty() ? 0.6 * em : 0.4 * big + line_height * big + 0.5 * em;
        const bool legend = has_state(content, HeadState::Masked) || has_state(content, HeadState::Removed) || !bar_;
        const double bottom = 0.5 * small + line_height * small + line_height * em + (legend ? 1.7 * em : 0.0);
        pitch_ = std::max(style.width_mm - left - right, 1.0) / content.heads;
        if (style.height_mm > 0.0) {
            pitch_ = std::min(pitch_, std::max(style.height_mm - top - bottom, 1.0) / content.layers);
        } else {
            pitch_ = std::min({pitch_, largest_map_mm, 1.3 * style.width_mm / content.layers});
        }
        const double height = pitch_ * content.layers, width = pitch_ * content.heads;
        scene.height_mm =
            style.height_mm > 0.0 ? style.height_mm : top + std::max(height, bar_ ? shortest_bar_mm : 0.0) + bottom;
        grid_ = {left + std::max(style.width_mm - left - right - width, 0.0) / 2,
                 top + std::max(scene.height_mm - top - bottom - height, 0.0) / 2, width, height};
        number_y_ = grid_.bottom() + 0.4 * small;
        legend_y_ = number_y_ + line_height * small + line_height * em + 0.9 * em;
        if (bar_) {
            const double length = std::max(height, std::min(shortest_bar_mm, scene.height_mm - top - bottom));
            color_bar_ = {grid_.right() + color_bar_room(style).gap, grid_.center().y - length / 2,
                          color_bar_room(style).width, length};
        }
    }

    void paint() {
        draw_title(scene_, options_.title, style_);
        const ColorScale shared = shared_scale();
        for (int layer = 0; layer < content_.layers; ++layer)
            for (int head = 0; head < content_.heads; ++head) draw_map(layer, head, shared);
        draw_numbers();
        if (bar_) draw_color_bar(scene_, color_bar_, shared, options_.value_label, style_);
        draw_legend();
    }

private:
    [[nodiscard]] const AttentionThumbnail& map(int layer, int head) const {
        return content_.maps[static_cast<std::size_t>(layer * content_.heads + head)];
    }
    [[nodiscard]] Box box(int layer, int head) const {
        const double gap = std::min(0.7, 0.1 * pitch_);
        return {grid_.x + pitch_ * head + gap / 2, grid_.y + pitch_ * layer + gap / 2, pitch_ - gap, pitch_ - gap};
    }

    [[nodiscard]] ColorScale shared_scale() const {
        std::vector<float> values;
        for (const AttentionThumbnail& map : content_.maps)
            if (is_drawn(map)) values.insert(values.end(), map.values.begin(), map.values.end());
        return attention_colors(values, options_.scale, options_.map, std::nullopt);
    }

    void draw_map(int layer, int head, const ColorScale& shared) {
        const AttentionThumbnail& drawn = map(layer, head);
        const Box place = box(layer, head);
        if (is_drawn(drawn)) {
            const ColorScale scale =
                bar_ ? shared : attention_colors(drawn.values, options_.scale, options_.map, std::nullopt);
            SceneImage image = attention_image(place, drawn.rows, drawn.columns, drawn.values, scale, style_.colors);
            if (drawn.state == HeadState::Masked)
                for (Color& color : image.cells) color = mix(color, style_.colors.background, 0.5);
            scene_.add(std::move(image));
        }
        draw_state(place, drawn.state);
    }

    void draw_state(const Box& place, HeadState state) {
        if (state == HeadState::Masked) {
            const double width = std::clamp(0.05 * place.width, 0.15, 0.4);
            for (const auto& [color, line] :
                 {std::pair{style_.colors.background, 2.4 * width}, {style_.colors.text, width}})
                draw_cross(scene_, place.center(), 0.46 * place.width, Stroke{color, line, {}});
        }
        if (state == HeadState::Removed)
            draw_hatch(scene_, place, std::clamp(0.22 * place.width, 0.6, 1.6),
                       Stroke{style_.colors.neutral, 0.15, {}});
        if (state != HeadState::Kept)
            scene_.add(SceneRectangle{place, std::nullopt, Stroke{style_.colors.neutral, 0.18, {}}, 0.0});
    }

    void text(const std::string& what, Point where, TextAnchor anchor, TextLevel level, double size, double rotation) {
        scene_.add(SceneText{what, where, anchor, level, size, rotation, style_.colors.text, false});
    }

    // Every number, or every second, fifth, tenth, where they would touch.
    [[nodiscard]] int stride(double needed_mm) const {
        for (const int every : {1, 2, 5, 10, 20, 50})
            if (pitch_ * every >= needed_mm) return every;
        return 100;
    }

    void draw_numbers() {
        const double size = tick_size(style_), small = em_mm(size), em = em_mm(style_.font_pt);
        const double numbers = text_width_mm(std::to_string(content_.layers), size);
        const int across = stride(text_width_mm(std::to_string(content_.heads), size) + 0.4 * small);
        const int down = stride(1.05 * small);
        for (int head = across - 1; head < content_.heads; head += across)
            text(std::to_string(head + 1), {box(0, head).center().x, number_y_}, TextAnchor::Middle, TextLevel::Top,
                 size, 0.0);
        const double x = grid_.x - 0.5 * small;
        for (int layer = down - 1; layer < content_.layers; layer += down)
            text(std::to_string(layer + 1), {x, box(layer, 0).center().y}, TextAnchor::End, TextLevel::Middle, size,
                 0.0);
        text("Head", {grid_.center().x, number_y_ + line_height * small}, TextAnchor::Middle, TextLevel::Top,
             style_.font_pt, 0.0);
        text("Layer", {x - numbers - 0.55 * em, grid_.center().y}, TextAnchor::Middle, TextLevel::Baseline,
             style_.font_pt, -90.0);
    }

    void draw_legend() {
        const double size = tick_size(style_), em = em_mm(size), side = 1.3 * em;
        double x = grid_.x;
        for (const HeadState state : {HeadState::Masked, HeadState::Removed}) {
            if (!has_state(content_, state)) continue;
            draw_state({x, legend_y_ - side / 2, side, side}, state);
            text(state_name(state), {x + side + 0.4 * em, legend_y_}, TextAnchor::Start, TextLevel::Middle, size, 0.0);
            x += side + 0.4 * em + text_width_mm(state_name(state), size) + 1.4 * em;
        }
        const std::string note = fitted("each map\u2019s own scale", size, style_.width_mm - x - 0.3 * em);
        if (!bar_) text(note, {x, legend_y_}, TextAnchor::Start, TextLevel::Middle, size, 0.0);
    }

    const AttentionGridContent& content_;
    const AttentionGridOptions& options_;
    const FigureStyle& style_;
    Scene& scene_;
    bool bar_;
    double pitch_ = 1.0, number_y_ = 0.0, legend_y_ = 0.0;
    Box grid_, color_bar_;
};

DataTable table_of(const AttentionGridContent& content) {
    DataTable table;
    table.columns = {"layer", "head", "state"};
    table.columns.insert(table.columns.end(), content.numbers.begin(), content.numbers.end());
    if (!is_whole(content)) return table;
    for (std::size_t i = 0; i < content.maps.size(); ++i) {
        const auto layer = static_cast<std::int64_t>(i) / content.heads,
                   head = static_cast<std::int64_t>(i) % content.heads;
        const AttentionThumbnail& map = content.maps[i];
        std::vector<DataCell> row{layer + 1, head + 1, state_name(map.state)};
        for (std::size_t n = 0; n < content.numbers.size(); ++n)
            row.push_back(n < map.numbers.size() ? DataCell(map.numbers[n]) : DataCell(std::string()));
        table.rows.push_back(std::move(row));
    }
    return table;
}

}  // namespace

Figure attention_grid_figure(const AttentionGridContent& content, const AttentionGridOptions& options,
                             const FigureStyle& style) {
    Figure figure;
    figure.data = table_of(content);
    Scene& scene = figure.scene;
    scene.width_mm = style.width_mm;
    if (style.height_mm > 0.0) scene.height_mm = style.height_mm;
    scene.background = style.colors.background;
    scene.title = options.title.empty() ? options.value_label : options.title;
    scene.description = "Maps of " + options.value_label + ", " + std::to_string(content.layers) + " layers by " +
                        std::to_string(content.heads) + " heads.";
    if (!is_whole(content)) {
        draw_title(scene, options.title, style);
        return figure;
    }
    GridPainter(content, options, style, scene).paint();
    return figure;
}

}  // namespace lottery
