// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/box_figure.h"

#include <algorithm>
#include <cstdint>

#include "core/figures/axes.h"

namespace lottery {
namespace {

constexpr double kWidestBox = 8.0;  // mm

DataTable table_of(const BoxContent& content) {
    DataTable table;
    table.columns = {"group", "box", "minimum", "25%", "median", "75%", "maximum"};
    for (const auto& group : content.groups)
        for (std::size_t i = 0; i < group.boxes.size(); ++i) {
            const auto& box = group.boxes[i];
            table.rows.push_back(
                {group.name, group.names[i], box.low, box.quarter, box.median, box.three_quarters, box.high});
        }
    return table;
}

void draw_box(Scene& scene, const Axes& axes, double x, double width, const BoxNumbers& box, const FigureStyle& style) {
    const Stroke thin{style.colors.text, 0.22, {}}, thick{style.colors.text, 0.55, {}};
    const auto y = [&](double value) { return axes.at(0.0, value).y; };
    scene.add(SceneLine{{x, y(box.low)}, {x, y(box.high)}, thin});
    for (const double end : {box.low, box.high})
        scene.add(SceneLine{{x - width / 4, y(end)}, {x + width / 4, y(end)}, thin});
    scene.add(SceneRectangle{
        {x - width / 2, y(box.three_quarters), width, std::max(y(box.quarter) - y(box.three_quarters), 0.05)},
        mix(style.colors.primary, style.colors.background, 0.6),
        thin,
        0.0});
    scene.add(SceneLine{{x - width / 2, y(box.median)}, {x + width / 2, y(box.median)}, thick});
}

}  // namespace

Figure box_figure(const BoxContent& content, const FigureStyle& style) {
    Figure figure;
    figure.data = table_of(content);
    Scene& scene = figure.scene;
    scene.width_mm = style.width_mm;
    scene.height_mm = style.height_mm > 0.0 ? style.height_mm : std::min(0.6 * style.width_mm, 75.0);
    scene.background = style.colors.background;
    scene.title = content.title.empty() ? content.value_label : content.title;
    scene.description = "Boxes from quartile to quartile with the median, whiskers to the extremes, of " +
                        std::to_string(content.groups.size()) + " groups.";
    const double em = em_mm(tick_size(style));
    const double top = draw_title(scene, content.title, style) + 0.3 * em;
    std::size_t boxes = 0;
    std::vector<double> values;
    for (const auto& group : content.groups) {
        boxes += group.boxes.size();
        for (const auto& box : group.boxes) values.insert(values.end(), {box.low, box.high});
    }
    if (boxes == 0) return figure;
    const auto [low, high] = padded_range(values, 0.05);
    const Box outer{0.3 * em, top, style.width_mm - 0.9 * em, scene.height_mm - top - 0.4 * em};
    // Room below for the groups' names, which stand where numbers would.
    const AxisTexts texts{" ", content.value_label, {}, nice_ticks(low, high, 6)};
    const Axes axes{plot_area(outer, texts, style), 0.0, 1.0, low, high};
    draw_axes(scene, axes, texts, style);
    // A box's width apart within a group, two between groups.
    const double slots = static_cast<double>(boxes) * 1.5 + static_cast<double>(content.groups.size());
    const double slot = axes.area.width / slots;
    const double width = std::min(slot, kWidestBox);
    double x = axes.area.x + slot / 2;
    for (const auto& group : content.groups) {
        const double begin = x;
        for (const auto& box : group.boxes) {
            draw_box(scene, axes, x + 0.75 * slot, width, box, style);
            x += 1.5 * slot;
        }
        scene.add(SceneText{fitted(group.name, tick_size(style), std::max(x - begin + slot, 1.0)),
                            {(begin + x) / 2, axes.area.bottom() + 0.6 * em},
                            TextAnchor::Middle,
                            TextLevel::Top,
                            tick_size(style),
                            0.0,
                            style.colors.text,
                            false});
        x += slot;
    }
    return figure;
}

}  // namespace lottery
