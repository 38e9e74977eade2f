// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/heatmap.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/figures/axes.h"
#include "core/figures/cells.h"

namespace lottery {

namespace {

float value_of(const ComponentImportance& of, const Component& c) {
    if (c.head >= 0) return of.heads.at(c.layer, c.head);
    const auto layer = static_cast<std::size_t>(c.layer);
    return layer < of.mlps.size() ? of.mlps[layer] : std::numeric_limits<float>::quiet_NaN();
}

bool is_masked(const HeatmapContent& content, const Component& c) {
    if (!content.masks) return false;
    if (c.head >= 0) {
        const HeadMatrix& heads = content.masks->heads;
        return c.layer < heads.layers && c.head < heads.heads && heads.at(c.layer, c.head) == 0.0F;
    }
    const auto layer = static_cast<std::size_t>(c.layer);
    return layer < content.masks->mlps.size() && content.masks->mlps[layer] == 0.0F;
}

std::vector<Component> components_of(const HeatmapContent& content) {
    std::vector<Component> all;
    for (int layer = 0; layer < content.values.heads.layers; ++layer) {
        for (int head = 0; head < content.values.heads.heads; ++head) all.push_back({layer, head});
        if (static_cast<std::size_t>(layer) < content.values.mlps.size()) all.push_back({layer, -1});
    }
    return all;
}

ColorScale color_scale_of(const HeatmapContent& content, const HeatmapOptions& options) {
    if (options.range && options.range->first < options.range->second)
        return {options.map, options.range->first, options.range->second};
    std::vector<double> values;
    for (const Component& c : components_of(content)) values.push_back(value_of(content.values, c));
    return color_scale(options.map, values);
}

// Every number, every second, fifth or tenth: what fits.
int label_stride(double cell_mm, double needed_mm) {
    for (const int stride : {1, 2, 5, 10, 20, 50}) {
        if (cell_mm * stride >= needed_mm) return stride;
    }
    return 100;
}

bool is_labelled(int number, int stride) { return number % stride == 0 || (number == 1 && stride >= 5); }

class HeatmapPainter {
public:
    HeatmapPainter(const HeatmapContent& content, const HeatmapOptions& options, const FigureStyle& style)
        : content_(content),
          options_(options),
          style_(style),
          layout_(layout_heatmap(content, options, style)),
          components_(components_of(content)),
          scale_(color_scale_of(content, options)) {}

    Scene paint() {
        scene_.width_mm = layout_.width_mm;
        scene_.height_mm = layout_.height_mm;
        scene_.background = style_.colors.background;
        draw_title(scene_, options_.title, style_);
        if (components_.empty()) return std::move(scene_);
        draw_numbers();
        draw_cells();
        if (layout_.color_bar.width > 0.0)
            draw_color_bar(scene_, layout_.color_bar, scale_, options_.value_label, style_);
        if (options_.legend) draw_legend();
        return std::move(scene_);
    }

private:
    [[nodiscard]] Color fill_of(const Component& c) const {
        if (options_.fill == HeatmapFill::Masks) {
            return is_masked(content_, c) ? style_.colors.band
                                          : mix(style_.colors.primary, style_.colors.background, 0.15);
        }
        return scale_.of(value_of(content_.values, c), style_.colors);
    }

    void text(const std::string& what, Point where, TextAnchor anchor, TextLevel level, double size, Color color,
              double rotation = 0.0) {
        scene_.add(SceneText{what, where, anchor, level, size, rotation, color, false});
    }

    void draw_numbers() {
        const double small = em_mm(layout_.tick_pt);
        const Box first = layout_.cell({0, 0});
        const Color color = style_.colors.text;
        const double needed = text_width_mm(std::to_string(layout_.heads), layout_.tick_pt) + 0.5 * small;
        const int across = label_stride(first.width + layout_.gap, needed);
        const int down = label_stride(first.height + layout_.gap, 1.05 * small);
        for (int head = 0; head < layout_.heads; ++head) {
            if (is_labelled(head + 1, across)) {
                text(std::to_string(head + 1), {layout_.cell({0, head}).center().x, layout_.tick_y}, TextAnchor::Middle,
                     TextLevel::Top, layout_.tick_pt, color);
            }
        }
        const double row_x = layout_.head_grid.x - 0.5 * small;
        for (int layer = 0; layer < layout_.layers; ++layer) {
            if (is_labelled(layer + 1, down)) {
                text(std::to_string(layer + 1), {row_x, layout_.cell({layer, 0}).center().y}, TextAnchor::End,
                     TextLevel::Middle, layout_.tick_pt, color);
            }
        }
        if (!content_.values.mlps.empty()) {
            text("MLP", {layout_.cell({0, -1}).center().x, layout_.tick_y}, TextAnchor::Middle, TextLevel::Top,
                 layout_.tick_pt, color);
        }
        text(options_.column_label, {layout_.head_grid.center().x, layout_.label_y}, TextAnchor::Middle, TextLevel::Top,
             layout_.label_pt, color);
        const double numbers = text_width_mm(std::to_string(layout_.layers), layout_.tick_pt);
        text("Layer", {row_x - numbers - 0.55 * em_mm(layout_.label_pt), layout_.head_grid.center().y},
             TextAnchor::Middle, TextLevel::Baseline, layout_.label_pt, color, -90.0);
    }

    void draw_cells() {
        const bool annotated = options_.annotate && options_.fill == HeatmapFill::Values;
        std::vector<std::string> texts;
        for (const Component& c : components_) {
            const double value = value_of(content_.values, c);
            if (annotated && std::isfinite(value)) texts.push_back(number_text(value, options_.digits));
            if (annotated && content_.deviation && std::isfinite(value_of(*content_.deviation, c))) {
                texts.push_back("\u00b1" + number_text(value_of(*content_.deviation, c), options_.digits));
            }
        }
        const int lines = content_.deviation ? 2 : 1;
        const CellNumbers annotation =
            fit_cell_numbers(texts, layout_.cell(components_.front()), lines, layout_.tick_pt);
        for (const Component& c : components_) draw_cell(c, annotation);
        // Outlines last, above their neighbours.
        for (const Component& c : content_.newly_masked) outline(c, style_.colors.warning, 0.5);
        if (options_.hovered) outline(*options_.hovered, style_.colors.muted, 0.35);
        if (options_.selected) outline(*options_.selected, style_.colors.text, 0.55);
    }

    void draw_cell(const Component& c, const CellNumbers& annotation) {
        const Box box = layout_.cell(c);
        const Color fill = fill_of(c);
        const Color ink = contrasting(fill);
        scene_.add(SceneRectangle{box, fill, std::nullopt, 0.0});
        std::vector<std::string> lines;
        const double value = value_of(content_.values, c);
        if (annotation.size_pt > 0.0 && std::isfinite(value)) {
            lines.push_back(number_text(value, options_.digits));
            if (content_.deviation && std::isfinite(value_of(*content_.deviation, c))) {
                lines.push_back("\u00b1" + number_text(value_of(*content_.deviation, c), options_.digits));
            }
        }
        if (is_masked(content_, c)) {
            const double inset = 0.08 * std::min(box.width, box.height);
            const Stroke stroke{mix(ink, fill, options_.fill == HeatmapFill::Masks ? 0.45 : 0.15),
                                std::clamp(0.035 * std::min(box.width, box.height), 0.12, 0.35),
                                {}};
            scene_.add(SceneLine{{box.x + inset, box.y + inset}, {box.right() - inset, box.bottom() - inset}, stroke});
            scene_.add(SceneLine{{box.x + inset, box.bottom() - inset}, {box.right() - inset, box.y + inset}, stroke});
        }
        if (is_masked(content_, c)) {  // the numbers stand clear of the cross
            const double em = em_mm(annotation.size_pt);
            double y = box.center().y - (static_cast<double>(lines.size()) - 1.0) * 0.575 * em;
            for (const std::string& line : lines) {
                const double written = text_width_mm(cell_number(line, annotation), annotation.size_pt);
                const double width = std::min(written + 0.25 * em, box.width);
                scene_.add(
                    SceneRectangle{{box.center().x - width / 2, y - 0.5 * em, width, em}, fill, std::nullopt, 0.0});
                y += 1.15 * em;
            }
        }
        draw_cell_numbers(scene_, box, lines, annotation, ink);
    }

    // A line in two tones, so that it shows on every colour and in grey.
    void outline(const Component& c, Color color, double width) {
        if (std::ranges::find(components_, c) == components_.end()) return;
        const Box box = layout_.cell(c);
        const double thin = std::min(width, 0.07 * std::min(box.width, box.height));
        const Box inner{box.x + thin, box.y + thin, box.width - 2 * thin, box.height - 2 * thin};
        scene_.add(SceneRectangle{inner, std::nullopt, Stroke{style_.colors.background, 2 * thin, {}}, 0.0});
        scene_.add(SceneRectangle{{box.x + thin / 4, box.y + thin / 4, box.width - thin / 2, box.height - thin / 2},
                                  std::nullopt,
                                  Stroke{color, 1.5 * thin, {}},
                                  0.0});
    }

    void draw_legend() {
        const double em = em_mm(layout_.tick_pt), side = 1.1 * em;
        const Color paper = mix(style_.colors.background, style_.colors.neutral, 0.25);
        struct Entry {
            std::string name;
            bool filled, crossed, outlined;
        };
        std::vector<Entry> entries;
        if (content_.masks && options_.fill == HeatmapFill::Masks) entries.push_back({"kept", true, false, false});
        if (content_.masks) entries.push_back({"masked", false, true, false});
        if (!content_.newly_masked.empty()) entries.push_back({"newly masked", false, true, true});
        double width = 0.0;
        for (const Entry& entry : entries)
            width += side + 0.5 * em + text_width_mm(entry.name, layout_.tick_pt) + 1.6 * em;
        double x = layout_.head_grid.x +
                   std::max((layout_.mlp_column.right() - layout_.head_grid.x - width + 1.6 * em) / 2, 0.0);
        for (const Entry& entry : entries) {
            const Box box{x, layout_.legend_y, side, side};
            const Color fill = entry.filled ? mix(style_.colors.primary, style_.colors.background, 0.15) : paper;
            scene_.add(SceneRectangle{box, fill, std::nullopt, 0.0});
            if (entry.crossed)
                draw_cross(scene_, box.center(), 0.42 * side, Stroke{mix(style_.colors.text, paper, 0.2), 0.18, {}});
            if (entry.outlined)
                scene_.add(SceneRectangle{box, std::nullopt, Stroke{style_.colors.warning, 0.4, {}}, 0.0});
            text(entry.name, {x + side + 0.5 * em, box.center().y}, TextAnchor::Start, TextLevel::Middle,
                 layout_.tick_pt, style_.colors.text);
            x += side + 0.5 * em + text_width_mm(entry.name, layout_.tick_pt) + 1.6 * em;
        }
    }

    const HeatmapContent& content_;
    const HeatmapOptions& options_;
    const FigureStyle& style_;
    HeatmapLayout layout_;
    std::vector<Component> components_;
    ColorScale scale_;
    Scene scene_;
};

DataTable table_of(const HeatmapContent& content, const HeatmapOptions& options) {
    DataTable table;
    const bool values = options.fill == HeatmapFill::Values;
    table.columns = {"component", "layer", "head"};
    if (values) table.columns.push_back(options.value_label);
    if (values && content.deviation) table.columns.push_back("standard deviation");
    if (content.masks) table.columns.insert(table.columns.end(), {"masked", "newly masked"});
    for (const Component& c : components_of(content)) {
        std::vector<DataCell> row{std::string(c.head < 0 ? "mlp" : "head"), std::int64_t{c.layer + 1}};
        row.push_back(c.head < 0 ? DataCell(std::string()) : DataCell(std::int64_t{c.head + 1}));
        if (values) row.emplace_back(value_of(content.values, c));
        if (values && content.deviation) row.emplace_back(value_of(*content.deviation, c));
        if (content.masks) {
            row.emplace_back(std::int64_t{is_masked(content, c) ? 1 : 0});
            row.emplace_back(std::int64_t{std::ranges::count(content.newly_masked, c) > 0 ? 1 : 0});
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

}  // namespace

Figure heatmap(const HeatmapContent& content, const HeatmapOptions& options, const FigureStyle& style) {
    Figure figure{HeatmapPainter(content, options, style).paint(), table_of(content, options)};
    figure.scene.title = options.title.empty() ? options.value_label : options.title;
    figure.scene.description = (options.fill == HeatmapFill::Masks ? "Mask" : "Heatmap of " + options.value_label) +
                               ", " + std::to_string(content.values.heads.layers) + " layers by " +
                               std::to_string(content.values.heads.heads) + " heads, and the MLP of each layer.";
    return figure;
}

HeatmapContent survival_content(std::span<const ComponentMasks> masks) {
    HeatmapContent content;
    if (masks.empty()) return content;
    const ComponentMasks& first = masks.front();
    content.values = {HeadMatrix(first.heads.layers, first.heads.heads, 0.0F), std::vector<float>(first.mlps.size())};
    if (masks.size() > 1) content.deviation = content.values;
    const auto n = static_cast<double>(masks.size());
    const auto statistics = [&](const auto& values_of, std::vector<float>& mean, std::vector<float>* deviation) {
        for (std::size_t i = 0; i < mean.size(); ++i) {
            double sum = 0.0, squares = 0.0;
            for (const ComponentMasks& mask : masks) sum += values_of(mask)[i];
            for (const ComponentMasks& mask : masks) squares += std::pow(values_of(mask)[i] - sum / n, 2);
            mean[i] = static_cast<float>(sum / n);
            if (deviation) (*deviation)[i] = static_cast<float>(std::sqrt(squares / (n - 1)));
        }
    };
    const auto heads_of = [](const ComponentMasks& mask) -> const std::vector<float>& { return mask.heads.values; };
    const auto mlps_of = [](const ComponentMasks& mask) -> const std::vector<float>& { return mask.mlps; };
    statistics(heads_of, content.values.heads.values, content.deviation ? &content.deviation->heads.values : nullptr);
    statistics(mlps_of, content.values.mlps, content.deviation ? &content.deviation->mlps : nullptr);
    return content;
}

Figure survival_heatmap(std::span<const ComponentMasks> masks, HeatmapOptions options, const FigureStyle& style) {
    if (!options.range) options.range = {0.0, 1.0};
    return heatmap(survival_content(masks), options, style);
}

}  // namespace lottery
