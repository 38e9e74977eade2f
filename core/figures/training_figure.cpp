// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/training_figure.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "core/figures/axes.h"

namespace lottery {

namespace {

// Dev metrics in a fixed order of looks: lightness, dash and marker all differ.
struct Look {
    Color color;
    std::vector<double> dashes;
};

Look look_of(std::size_t index, const FigureColors& colors) {
    static const std::vector<Color> more{{0, 128, 96}, {150, 90, 160}, {130, 110, 20}, {90, 90, 90}};
    static const std::vector<std::vector<double>> dashes{{}, {1.6, 0.8}, {0.5, 0.6}, {2.2, 0.6, 0.5, 0.6}};
    const Color color = index == 0 ? colors.primary : index == 1 ? colors.warning : more[(index - 2) % more.size()];
    return {color, dashes[index % dashes.size()]};
}

struct Panel {
    Box outer;
    Axes axes;
};

Panel make_panel(const Box& outer, std::pair<double, double> x, std::pair<double, double> y, AxisTexts& texts,
                 const FigureStyle& style) {
    const double em = em_mm(tick_size(style));
    texts.x = whole_ticks(x.first, x.second, std::clamp(static_cast<int>(outer.width / (6.0 * em)), 2, 8));
    texts.y = nice_ticks(y.first, y.second, std::clamp(static_cast<int>(outer.height / (2.6 * em)), 2, 6));
    return {outer, {plot_area(outer, texts, style), x.first, x.second, y.first, y.second}};
}

void draw_line(Scene& scene, const Axes& axes, const std::vector<Point>& data, const Stroke& stroke) {
    ScenePolyline line{{}, stroke};
    for (const Point& p : data) line.points.push_back(axes.at(p.x, p.y));
    if (line.points.size() > 1) scene.add(line);
    if (line.points.size() == 1) scene.add(SceneCircle{line.points.front(), 0.5, stroke.color, std::nullopt});
}

void draw_loss(Scene& scene, const Axes& axes, const TrainingCurve& curve, const FigureStyle& style) {
    std::vector<Point> raw, smooth;
    ExponentialMean mean(smoothing_decay(curve.steps.empty() ? 0 : curve.steps.back().steps));
    for (const TrainingStep& step : curve.steps) {
        const double smoothed = mean.add(step.loss);
        const auto x = static_cast<double>(step.step);
        if (std::isfinite(step.loss)) raw.push_back({x, step.loss});
        if (std::isfinite(smoothed)) smooth.push_back({x, smoothed});
    }
    const auto buckets = static_cast<std::size_t>(axes.area.width / 0.15);
    const FigureColors& colors = style.colors;
    draw_line(scene, axes, decimate(raw, buckets), {mix(colors.primary, colors.background, 0.65), 0.15, {}});
    draw_line(scene, axes, decimate(smooth, buckets), {colors.primary, 0.4, {}});
}

// Samples and names in one row above the panel.
void draw_legend(Scene& scene, const std::vector<std::pair<std::string, Stroke>>& entries, double x, double y,
                 const FigureStyle& style) {
    const double size = tick_size(style), em = em_mm(size);
    for (const auto& [name, stroke] : entries) {
        scene.add(SceneLine{{x, y}, {x + 4.5, y}, stroke});
        scene.add(SceneText{
            name, {x + 4.5 + 0.4 * em, y}, TextAnchor::Start, TextLevel::Middle, size, 0.0, style.colors.text, false});
        x += 4.5 + 0.4 * em + text_width_mm(name, size) + 1.3 * em;
    }
}

std::vector<std::string> metric_names(std::span<const DevEvaluation> evaluations) {
    std::set<std::string> names;
    for (const DevEvaluation& evaluation : evaluations) {
        for (const auto& [name, value] : evaluation.metrics) names.insert(name);
    }
    return {names.begin(), names.end()};
}

DataTable table_of(const TrainingCurve& curve) {
    DataTable table;
    const std::vector<std::string> metrics = metric_names(curve.evaluations);
    table.columns = {"kind", "step", "epoch", "loss", "learning rate"};
    for (const std::string& name : metrics) table.columns.push_back("dev " + name);
    for (const TrainingStep& step : curve.steps) {
        std::vector<DataCell> row{std::string("train"), std::int64_t{step.step}, step.epoch, step.loss,
                                  step.learning_rate};
        row.resize(table.columns.size(), std::string());
        table.rows.push_back(std::move(row));
    }
    for (const DevEvaluation& evaluation : curve.evaluations) {
        std::vector<DataCell> row{std::string("dev"), std::int64_t{evaluation.step}, evaluation.epoch, evaluation.loss,
                                  std::string()};
        for (const std::string& name : metrics) {
            const auto found = evaluation.metrics.find(name);
            row.push_back(found == evaluation.metrics.end() ? DataCell(std::string()) : DataCell(found->second));
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

}  // namespace

double ExponentialMean::add(double value) {
    if (std::isfinite(value)) {
        sum_ = decay_ * sum_ + (1.0 - decay_) * value;
        weight_ = decay_ * weight_ + (1.0 - decay_);
    }
    return weight_ > 0.0 ? sum_ / weight_ : std::numeric_limits<double>::quiet_NaN();
}

double smoothing_decay(std::int64_t steps) {
    return 1.0 - 1.0 / std::clamp(static_cast<double>(steps) / 50.0, 5.0, 200.0);
}

std::vector<Point> decimate(std::span<const Point> points, std::size_t buckets) {
    if (buckets == 0 || points.size() <= 2 * buckets) return {points.begin(), points.end()};
    std::vector<Point> kept;
    kept.reserve(2 * buckets);
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
        const auto first = points.begin() + static_cast<std::ptrdiff_t>(points.size() * bucket / buckets);
        const auto last = points.begin() + static_cast<std::ptrdiff_t>(points.size() * (bucket + 1) / buckets);
        const auto [low, high] = std::minmax_element(first, last, [](Point a, Point b) { return a.y < b.y; });
        kept.push_back(*std::min(low, high));
        if (low != high) kept.push_back(*std::max(low, high));
    }
    return kept;
}

Figure training_figure(const TrainingCurve& curve, const FigureStyle& style) {
    Figure figure;
    figure.data = table_of(curve);
    Scene& scene = figure.scene;
    const bool both = !curve.steps.empty() && !curve.evaluations.empty();
    scene.width_mm = style.width_mm;
    scene.height_mm =
        style.height_mm > 0.0 ? style.height_mm : std::min((both ? 1.0 : 0.62) * style.width_mm, both ? 120.0 : 80.0);
    scene.background = style.colors.background;
    scene.title = curve.title.empty() ? "Fine-tuning" : curve.title;
    scene.description = "Training loss over " + std::to_string(curve.steps.size()) + " steps and " +
                        std::to_string(curve.evaluations.size()) + " dev evaluations.";

    const double em = em_mm(tick_size(style));
    const double top = draw_title(scene, curve.title, style) + 0.3 * em;
    const double legend = 1.6 * em, foot = 0.4 * em;
    const double free = scene.height_mm - top - foot;
    std::vector<double> losses, scores;
    double last_step = 1.0;
    for (const TrainingStep& step : curve.steps) {
        losses.push_back(step.loss);
        last_step = std::max(last_step, static_cast<double>(step.step));
    }
    for (const DevEvaluation& evaluation : curve.evaluations) {
        for (const auto& [name, value] : evaluation.metrics) scores.push_back(value);
        last_step = std::max(last_step, static_cast<double>(evaluation.step));
    }
    const std::pair<double, double> x{0.0, last_step};
    double y = top;
    const double width = style.width_mm - 1.2 * em;
    const auto outer_of = [&](double share) {
        const Box outer{0.3 * em, y + legend, width, free * share - legend};
        y += free * share;
        return outer;
    };

    // Two panels share the left edge of their data.
    AxisTexts loss_texts{both ? "" : "Training step", "Loss", {}, {}},
        score_texts{"Training step", "Dev score", {}, {}};
    Panel loss, score;
    if (!curve.steps.empty() || !both)
        loss = make_panel(outer_of(both ? 0.5 : 1.0), x, padded_range(losses, 0.05), loss_texts, style);
    const bool only_scores = curve.steps.empty() && !curve.evaluations.empty();
    if (only_scores) y = top;
    if (both || only_scores)
        score = make_panel(outer_of(both ? 0.5 : 1.0), x, padded_range(scores, 0.08), score_texts, style);
    if (both) {
        const double left = std::max(loss.axes.area.x, score.axes.area.x);
        for (Panel* panel : {&loss, &score}) {
            panel->axes.area.width -= left - panel->axes.area.x;
            panel->axes.area.x = left;
        }
    }
    const FigureColors& colors = style.colors;
    if (!only_scores) {
        draw_axes(scene, loss.axes, loss_texts, style);
        draw_loss(scene, loss.axes, curve, style);
        draw_legend(scene,
                    {{"batch loss", {mix(colors.primary, colors.background, 0.65), 0.25, {}}},
                     {"moving mean", {colors.primary, 0.5, {}}}},
                    loss.axes.area.x, loss.outer.y - legend + 0.6 * em, style);
    }
    if (both || only_scores) {
        draw_axes(scene, score.axes, score_texts, style);
        std::vector<std::pair<std::string, Stroke>> entries;
        for (const std::string& name : metric_names(curve.evaluations)) {
            const Look look = look_of(entries.size(), colors);
            std::vector<Point> data;
            for (const DevEvaluation& evaluation : curve.evaluations) {
                const auto found = evaluation.metrics.find(name);
                if (found != evaluation.metrics.end() && std::isfinite(found->second)) {
                    data.push_back({static_cast<double>(evaluation.step), found->second});
                }
            }
            draw_line(scene, score.axes, data, {look.color, 0.35, look.dashes});
            for (const Point& p : data) scene.add(SceneCircle{score.axes.at(p.x, p.y), 0.7, look.color, std::nullopt});
            entries.emplace_back(metric_name(name), Stroke{look.color, 0.4, look.dashes});
        }
        draw_legend(scene, entries, score.axes.area.x, score.outer.y - legend + 0.6 * em, style);
    }
    return figure;
}

}  // namespace lottery
