// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/search_figure.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <tuple>
#include <utility>

#include "core/figures/axes.h"
#include "core/figures/legend.h"

namespace lottery {

namespace {

struct PhaseRun {
    std::string phase;
    int first = 0, last = 0;
};

std::vector<PhaseRun> phases_of(std::span<const SearchPoint> steps) {
    std::vector<PhaseRun> runs;
    for (const SearchPoint& step : steps) {
        if (runs.empty() || runs.back().phase != step.phase) runs.push_back({step.phase, step.index, step.index});
        runs.back().last = step.index;
    }
    return runs;
}

void draw_phases(Scene& scene, const Axes& axes, const std::vector<PhaseRun>& phases, const FigureStyle& style) {
    const double size = tick_size(style), em = em_mm(size);
    for (std::size_t i = 0; i < phases.size(); ++i) {
        const double left = std::max(axes.at(phases[i].first - 0.5, 0).x, axes.area.x);
        const double right = std::min(axes.at(phases[i].last + 0.5, 0).x, axes.area.right());
        if (i % 2 == 1) {
            scene.add(SceneRectangle{
                {left, axes.area.y, right - left, axes.area.height}, style.colors.band, std::nullopt, 0.0});
        }
        std::string name = phase_name(phases[i].phase);
        if (text_width_mm(name, size) > right - left - 0.3 * em && phases[i].phase == "full") name = "full";
        if (text_width_mm(name, size) > right - left - 0.3 * em) continue;
        scene.add(SceneText{name,
                            {(left + right) / 2, axes.area.y + 0.5 * em},
                            TextAnchor::Middle,
                            TextLevel::Top,
                            size,
                            0.0,
                            style.colors.muted,
                            false});
    }
}

DataTable table_of(std::span<const MaskSearchStep> steps) {
    DataTable table;
    table.columns = {"step", "phase", "score", "accepted", "kept heads", "kept MLPs", "seconds", "newly masked"};
    for (const MaskSearchStep& step : steps) {
        std::string masked;
        for (const Component& c : step.masked) masked += (masked.empty() ? "" : " ") + component_id(c);
        table.rows.push_back({std::int64_t{step.index}, step.phase, step.score, std::int64_t{step.accepted ? 1 : 0},
                              std::int64_t{step.masks.kept_heads()}, std::int64_t{step.masks.kept_mlps()}, step.seconds,
                              masked});
    }
    return table;
}

DataTable table_of(std::span<const MagnitudeStep> steps, int kept_step) {
    DataTable table;
    table.columns = {"step", "score", "accepted", "kept", "kept weights", "kept share", "seconds"};
    for (const MagnitudeStep& step : steps)
        table.rows.push_back({std::int64_t{step.index}, step.score, std::int64_t{step.accepted ? 1 : 0},
                              std::int64_t{step.index == kept_step ? 1 : 0}, step.kept, step.kept_share, step.seconds});
    return table;
}

struct Curve {
    std::vector<SearchPoint> points;
    std::string metric, title;
    double threshold_score = std::numeric_limits<double>::quiet_NaN();
    int kept_step = -1;
    SearchAxis axis = SearchAxis::Steps;

    // Shares are percent, negative, so that less stands to the right.
    [[nodiscard]] double x_of(const SearchPoint& point) const {
        return axis == SearchAxis::Steps ? point.index : -100.0 * point.kept_share.value_or(1.0);
    }
};

// Round shares from the largest to the smallest; the numbers are written by hand since the axis runs backwards.
void draw_share_ticks(Scene& scene, const Axes& axes, const FigureStyle& style, int at_most) {
    const double size = tick_size(style), em = em_mm(size);
    const Ticks ticks = nice_ticks(-axes.x_high, -axes.x_low, at_most);
    for (const double percent : ticks.values) {
        const double x = axes.at(-percent, axes.y_low).x, bottom = axes.area.bottom();
        scene.add(SceneLine{{x, bottom}, {x, bottom + 0.8}, Stroke{style.colors.muted, 0.18, {}}});
        scene.add(SceneText{tick_text(percent, ticks.decimals) + "%",
                            {x, bottom + 0.8 + 0.3 * em},
                            TextAnchor::Middle,
                            TextLevel::Top,
                            size,
                            0.0,
                            style.colors.text,
                            false});
    }
}

Scene draw(const Curve& curve, const FigureStyle& style) {
    Scene scene;
    scene.width_mm = style.width_mm;
    scene.height_mm = style.height_mm > 0.0 ? style.height_mm : std::min(0.66 * style.width_mm, 80.0);
    scene.background = style.colors.background;
    const bool over_steps = curve.axis == SearchAxis::Steps;
    const std::string metric = curve.metric.empty() ? "score" : metric_name(curve.metric);
    scene.title = curve.title.empty() ? "Mask search" : curve.title;
    scene.description =
        "Score (" + metric + ") over " +
        (over_steps ? std::to_string(curve.points.size()) + " mask search steps."
                    : "the share of weights kept, of " + std::to_string(curve.points.size()) + " steps.");

    const double size = tick_size(style), em = em_mm(size);
    const double top = draw_title(scene, curve.title, style) + 0.4 * em;
    const double legend_height = 1.5 * em;

    std::vector<double> scores{curve.threshold_score}, places;
    int last = 1;
    for (const SearchPoint& point : curve.points) {
        scores.push_back(point.score);
        places.push_back(curve.x_of(point));
        last = std::max(last, point.index);
    }
    auto [low, high] = padded_range(scores, 0.08);
    high += 0.14 * (high - low);  // phase names stand above the points

    Axes axes;
    std::tie(axes.x_low, axes.x_high) =
        over_steps ? std::pair(-0.5, last + 0.5) : padded_range(places.empty() ? std::vector{-100.0} : places, 0.06);
    axes.y_low = low;
    axes.y_high = high;
    AxisTexts texts{over_steps ? "Search step" : "Weights kept", metric, {}, nice_ticks(low, high, 6)};
    const Box outer{0.3 * em, top + legend_height, style.width_mm - 0.9 * em,
                    scene.height_mm - top - legend_height - 0.4 * em};
    const int tick_count = std::clamp(static_cast<int>(outer.width / (4.0 * em)), 2, 12);
    if (over_steps) texts.x = whole_ticks(0, last, tick_count);
    axes.area = plot_area(outer, texts, style);

    if (over_steps) draw_phases(scene, axes, phases_of(curve.points), style);
    draw_axes(scene, axes, texts, style);
    if (!over_steps) draw_share_ticks(scene, axes, style, std::min(tick_count, 8));

    const FigureColors& colors = style.colors;
    const Stroke threshold_stroke{colors.text, 0.25, {1.2, 0.8}};
    const bool has_threshold = std::isfinite(curve.threshold_score);
    if (has_threshold) {
        const double y = axes.at(0, curve.threshold_score).y;
        scene.add(SceneLine{{axes.area.x, y}, {axes.area.right(), y}, threshold_stroke});
    }

    const double radius = std::clamp(axes.area.width / (last + 1) * 0.3, 0.45, 0.9);
    const Stroke rejected_stroke{colors.warning, 0.35, {}}, kept_stroke{colors.text, 0.3, {}};
    ScenePolyline path{{}, Stroke{mix(colors.primary, colors.background, 0.45), 0.3, {}}};
    const auto finish_path = [&] {
        if (path.points.size() > 1) scene.add(path);
        path.points.clear();
    };
    for (const SearchPoint& point : curve.points) {
        if (std::isfinite(point.score)) {
            path.points.push_back(axes.at(curve.x_of(point), point.score));
        } else {
            finish_path();
        }
    }
    finish_path();
    for (const SearchPoint& point : curve.points) {
        const Point at = axes.at(curve.x_of(point), std::isfinite(point.score) ? point.score : low);
        if (std::isfinite(point.score) && point.accepted) {
            scene.add(SceneCircle{at, radius, colors.primary, Stroke{colors.background, 0.15, {}}});
        } else {
            draw_cross(scene, at, radius, rejected_stroke);
        }
        if (point.index == curve.kept_step) scene.add(SceneCircle{at, radius + 0.7, std::nullopt, kept_stroke});
    }

    Legend legend(scene, style, {axes.area.x, top + 0.5 * em});
    scene.add(SceneCircle{legend.entry("accepted", 1.8), 0.8, colors.primary, std::nullopt});
    draw_cross(scene, legend.entry("rejected", 1.8), 0.7, rejected_stroke);
    if (curve.kept_step >= 0) scene.add(SceneCircle{legend.entry("kept", 2.4), 1.1, std::nullopt, kept_stroke});
    if (has_threshold) {
        const Point at = legend.entry("threshold " + number_text(curve.threshold_score, 3), 5.0);
        scene.add(SceneLine{{at.x - 2.5, at.y}, {at.x + 2.5, at.y}, threshold_stroke});
    }
    return scene;
}

}  // namespace

std::vector<SearchPoint> points_of(std::span<const MaskSearchStep> steps) {
    std::vector<SearchPoint> points;
    for (const MaskSearchStep& step : steps)
        points.push_back({step.index, step.score, step.accepted, step.phase, step.kept_share});
    return points;
}

std::vector<SearchPoint> points_of(std::span<const MagnitudeStep> steps) {
    std::vector<SearchPoint> points;
    for (const MagnitudeStep& step : steps)
        points.push_back(
            {step.index, step.score, step.accepted, step.index == 0 ? "full" : "magnitude", step.kept_share});
    return points;
}

Figure search_figure(const SearchCurve& curve, const FigureStyle& style) {
    return {draw({points_of(curve.steps), curve.metric, curve.title, curve.threshold_score}, style),
            table_of(curve.steps)};
}

Figure magnitude_figure(const MagnitudeCurve& curve, const FigureStyle& style) {
    return {
        draw({points_of(curve.steps), curve.metric, curve.title, curve.threshold_score, curve.kept_step, curve.axis},
             style),
        table_of(curve.steps, curve.kept_step)};
}

Figure search_figure(const MaskSearchResult& result, const std::string& title, const FigureStyle& style) {
    return search_figure(SearchCurve{result.steps, result.metric, result.threshold_score, title}, style);
}

std::optional<int> masked_since(std::span<const MaskSearchStep> steps, const Component& component) {
    std::optional<int> since;
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
        const ComponentMasks& masks = step->masks;
        const auto layer = static_cast<std::size_t>(component.layer);
        if (component.layer >= masks.heads.layers || component.head >= masks.heads.heads || layer >= masks.mlps.size())
            break;
        const bool masked =
            (component.head < 0 ? masks.mlps[layer] : masks.heads.at(component.layer, component.head)) == 0.0F;
        if (!masked) break;
        since = step->index;
    }
    return since;
}

ComponentImportance survived_until(std::span<const MaskSearchStep> steps) {
    if (steps.empty()) return {};
    constexpr float none = std::numeric_limits<float>::quiet_NaN();
    const HeadMatrix& shape = steps.front().masks.heads;
    ComponentImportance until{HeadMatrix(shape.layers, shape.heads, none),
                              std::vector<float>(steps.front().masks.mlps.size(), none)};
    for (const MaskSearchStep& step : steps) {
        if (!step.accepted || step.masks.heads.values.size() != until.heads.values.size()) continue;
        const auto number = static_cast<float>(step.index);
        for (std::size_t i = 0; i < until.heads.values.size(); ++i) {
            if (step.masks.heads.values[i] != 0.0F) until.heads.values[i] = number;
        }
        for (std::size_t i = 0; i < std::min(until.mlps.size(), step.masks.mlps.size()); ++i) {
            if (step.masks.mlps[i] != 0.0F) until.mlps[i] = number;
        }
    }
    return until;
}

}  // namespace lottery
