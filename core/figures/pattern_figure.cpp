// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/pattern_figure.h"

#include <algorithm>
#include <cmath>

#include "core/figures/axes.h"
#include "core/figures/bar_look.h"
#include "core/figures/legend.h"

namespace lottery {

namespace {

constexpr double natural_panel_mm = 42.0;
constexpr double smallest_pt = 4.5;

// A, B, …, Z, AA, AB, …
std::string letter_of(std::size_t group) {
    std::string text(1, static_cast<char>('A' + group % 26));
    return group < 26 ? text : letter_of(group / 26 - 1) + text;
}

class PatternPainter {
public:
    PatternPainter(const PatternContent& content, const FigureStyle& style, Scene& scene)
        : content_(content), style_(style), scene_(scene), small_(em_mm(tick_size(style))) {}

    void paint() {
        const double em = em_mm(style_.font_pt);
        const double top = draw_legends(draw_title(scene_, content_.title, style_) + 0.3 * em) + 0.4 * em;
        const auto panels = static_cast<double>(std::max<std::size_t>(content_.panels.size(), 1));
        scene_.height_mm = style_.height_mm > 0.0
                               ? style_.height_mm
                               : top + natural_panel_mm * static_cast<double>(content_.panels.size()) + 0.3 * em;
        const double height = std::max(scene_.height_mm - top - 0.3 * em, 1.0) / panels;
        for (std::size_t i = 0; i < content_.panels.size(); ++i)
            draw_panel(content_.panels[i],
                       {0.3 * em, top + height * static_cast<double>(i), style_.width_mm - 0.9 * em, height});
    }

private:
    double draw_legends(double top) {
        const double right = style_.width_mm - 0.6 * small_, side = 1.1 * small_;
        Legend classes(scene_, style_, {0.8 * small_, top + 0.7 * small_}, right);
        for (std::size_t i = 0; i < content_.classes.size(); ++i) {
            const Point at = classes.entry(content_.classes[i], 1.5 * side);
            draw_bar_fill(scene_, {at.x - 0.75 * side, at.y - side / 2, 1.5 * side, side}, bar_look(i), style_);
        }
        double end = content_.classes.empty() ? top : classes.last_row() + 0.8 * small_;
        if (content_.groups.size() > 1) {
            Legend groups(scene_, style_, {0.8 * small_, end + 0.7 * small_}, right);
            for (std::size_t i = 0; i < content_.groups.size(); ++i) {
                const double width = text_width_mm(letter_of(i), tick_size(style_)) * 1.1;
                const Point at = groups.entry(content_.groups[i], width);
                scene_.add(SceneText{letter_of(i), at, TextAnchor::Middle, TextLevel::Middle, tick_size(style_), 0.0,
                                     style_.colors.text, true});
            }
            end = groups.last_row() + 0.8 * small_;
        }
        return end;
    }

    void draw_panel(const PatternPanel& panel, const Box& outer) {
        const double em = em_mm(style_.font_pt);
        const double header = panel.name.empty() ? 0.2 * em : 1.7 * em;
        const double letters = content_.groups.size() > 1 ? 1.2 * small_ : 0.0;
        const AxisTexts texts{"", content_.value_label, {}, nice_ticks(0.0, 1.0, outer.height < 30.0 ? 3 : 6)};
        Axes axes{plot_area({outer.x, outer.y + header, outer.width, outer.height - header - letters}, texts, style_),
                  0.0, std::max(static_cast<double>(panel.tasks.size()), 1.0), 0.0, 1.0};
        AxisTexts drawn = texts;
        drawn.y_label = fitted(texts.y_label, style_.font_pt, axes.area.height);
        draw_axes(scene_, axes, drawn, style_);
        if (!panel.name.empty())
            scene_.add(SceneText{fitted(panel.name, style_.font_pt * 1.08, axes.area.width),
                                 {axes.area.x, axes.area.y - 0.65 * em},
                                 TextAnchor::Start,
                                 TextLevel::Baseline,
                                 style_.font_pt,
                                 0.0,
                                 style_.colors.text,
                                 true});
        for (std::size_t t = 0; t < panel.tasks.size(); ++t) draw_task(panel.tasks[t], t, axes, letters);
    }

    void draw_task(const PatternTask& task, std::size_t place, const Axes& axes, double letters) {
        const double slot = axes.area.width / axes.x_high;
        const auto bars = static_cast<double>(std::max<std::size_t>(content_.groups.size(), 1));
        const double width = std::min(0.82 * slot / bars, 9.0);
        const double middle = axes.at(static_cast<double>(place) + 0.5, 0.0).x;
        const double below = axes.area.bottom() + 0.45 * small_;
        double letter_pt = tick_size(style_);
        for (std::size_t g = 0; g < content_.groups.size(); ++g)
            letter_pt = std::min(letter_pt, 0.95 * width / text_width_mm(letter_of(g), 1.0));
        for (std::size_t g = 0; g < content_.groups.size(); ++g) {
            const double x = middle + (static_cast<double>(g) - bars / 2) * width;
            if (g < task.bars.size()) draw_bar(task.bars[g], {x + 0.05 * width, 0.0, 0.9 * width, 0.0}, axes);
            if (letters > 0.0 && letter_pt >= smallest_pt)
                text(letter_of(g), {x + width / 2, below}, TextLevel::Top, letter_pt, style_.colors.muted);
        }
        text(fitted(task.name, tick_size(style_), slot - 0.3 * small_), {middle, below + letters}, TextLevel::Top,
             tick_size(style_), style_.colors.text);
    }

    // `column`: x and width of the bar.
    void draw_bar(const PatternBar& bar, const Box& column, const Axes& axes) {
        if (bar.shares.empty()) return;
        double sum = 0.0;
        bool known = false;
        for (std::size_t c = 0; c < std::min(bar.shares.size(), content_.classes.size()); ++c) {
            const double share = bar.shares[c];
            if (!std::isfinite(share)) continue;
            known = true;
            const double foot = axes.at(0.0, std::min(sum, 1.0)).y;
            sum += std::max(share, 0.0);
            const double tip = axes.at(0.0, std::min(sum, 1.0)).y;
            const Box part{column.x, tip, column.width, foot - tip};
            if (part.height <= 0.0) continue;
            draw_bar_fill(scene_, part, bar_look(c), style_);
            if (content_.annotate) draw_percentage(part, share, bar_look(c).fill);
        }
        if (!known)
            text("\u2013", {column.center().x, axes.at(0.0, 0.0).y - 0.7 * small_}, TextLevel::Middle,
                 tick_size(style_), style_.colors.muted);
    }

    void draw_percentage(const Box& part, double share, Color fill) {
        const std::string number = number_text(100.0 * share, 0);
        const double size = std::min(
            {tick_size(style_), 0.86 * part.width / text_width_mm("00", 1.0), 0.8 * part.height / mm_per_point});
        if (size < smallest_pt || text_width_mm(number, size) > part.width) return;
        // Clear of the hatching.
        const double width = std::min(text_width_mm(number, size) + 0.2 * em_mm(size), part.width),
                     height = 0.9 * em_mm(size);
        const Point at = part.center();
        scene_.add(SceneRectangle{{at.x - width / 2, at.y - height / 2, width, height}, fill, std::nullopt, 0.0});
        text(number, at, TextLevel::Middle, size, contrasting(fill));
    }

    void text(const std::string& what, Point where, TextLevel level, double size, Color color) {
        scene_.add(SceneText{what, where, TextAnchor::Middle, level, size, 0.0, color, false});
    }

    const PatternContent& content_;
    const FigureStyle& style_;
    Scene& scene_;
    double small_;
};

DataTable table_of(const PatternContent& content) {
    DataTable table;
    table.columns = {"panel", "task", "group", "class", content.value_label, "maps"};
    for (const PatternPanel& panel : content.panels)
        for (const PatternTask& task : panel.tasks)
            for (std::size_t g = 0; g < std::min(task.bars.size(), content.groups.size()); ++g) {
                const PatternBar& bar = task.bars[g];
                for (std::size_t c = 0; c < std::min(bar.shares.size(), content.classes.size()); ++c)
                    table.rows.push_back(
                        {panel.name, task.name, content.groups[g], content.classes[c], bar.shares[c], bar.maps});
            }
    return table;
}

}  // namespace

Figure pattern_figure(const PatternContent& content, const FigureStyle& style) {
    Figure figure;
    figure.data = table_of(content);
    Scene& scene = figure.scene;
    scene.width_mm = style.width_mm;
    scene.background = style.colors.background;
    scene.title = content.title.empty() ? "Attention patterns: " + content.value_label : content.title;
    scene.description = "Stacked bars of the shares of " + std::to_string(content.classes.size()) +
                        " classes of attention patterns, in " + std::to_string(content.panels.size()) + " panels.";
    PatternPainter(content, style, scene).paint();
    return figure;
}

}  // namespace lottery
