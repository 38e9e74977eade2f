// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/figures/bar_figure.h"
#include "core/figures/search_figure.h"
#include "core/figures/training_figure.h"
#include "core/figures/writers.h"

using namespace lottery;

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

QStringList texts_of(const Scene& scene) {
    QStringList texts;
    for (const auto& primitive : scene.primitives) {
        if (const auto* text = std::get_if<SceneText>(&primitive)) texts << QString::fromStdString(text->text);
    }
    return texts;
}

template <typename Primitive, typename Condition>
int count(const Scene& scene, Condition condition) {
    return static_cast<int>(std::ranges::count_if(scene.primitives, [&](const ScenePrimitive& primitive) {
        const auto* found = std::get_if<Primitive>(&primitive);
        return found && condition(*found);
    }));
}

int fills(const Scene& scene, Color color) {
    return count<SceneRectangle>(scene, [color](const SceneRectangle& r) { return r.fill == color; });
}

bool finite(const Scene& scene) {
    const auto good = [](Point p) { return std::isfinite(p.x) && std::isfinite(p.y); };
    return std::ranges::all_of(scene.primitives, [&](const ScenePrimitive& primitive) {
        if (const auto* r = std::get_if<SceneRectangle>(&primitive)) {
            return good({r->box.x, r->box.y}) && r->box.width >= 0 && r->box.height >= 0;
        }
        if (const auto* l = std::get_if<SceneLine>(&primitive)) return good(l->from) && good(l->to);
        if (const auto* p = std::get_if<ScenePolyline>(&primitive)) return std::ranges::all_of(p->points, good);
        if (const auto* c = std::get_if<SceneCircle>(&primitive)) return good(c->center);
        if (const auto* t = std::get_if<SceneText>(&primitive)) return good(t->position);
        return true;
    });
}

// Texts that leave the paper are clipped in every format.
QString outside(const Scene& scene) {
    for (const auto& primitive : scene.primitives) {
        const auto* text = std::get_if<SceneText>(&primitive);
        if (!text) continue;
        const double width = text_width_mm(text->text, text->size_pt),
                     height = text->size_pt * mm_per_point * capital_height;
        const double along = text->anchor == TextAnchor::Start    ? 0
                             : text->anchor == TextAnchor::Middle ? -width / 2
                                                                  : -width;
        const double across = baseline_offset_mm(*text) - height;
        const bool upright = text->rotation == 0.0;
        // Rotated by -90 degrees: along runs upwards, across runs to the right.
        const double left = upright ? text->position.x + along : text->position.x + across;
        const double right = left + (upright ? width : height);
        const double top = upright ? text->position.y + across : text->position.y - along - width;
        const double bottom = top + (upright ? height : width);
        if (left < -0.01 || top < -0.01 || right > scene.width_mm + 0.01 || bottom > scene.height_mm + 0.01) {
            return QString::fromStdString(text->text);
        }
    }
    return {};
}

MaskSearchStep step(int index, const char* phase, double score, bool accepted, ComponentMasks masks) {
    MaskSearchStep s;
    s.index = index;
    s.phase = phase;
    s.score = score;
    s.accepted = accepted;
    s.masks = std::move(masks);
    return s;
}

ComponentMasks without(ComponentMasks masks, std::initializer_list<Component> components) {
    for (const Component& c : components) {
        (c.head < 0 ? masks.mlps[static_cast<std::size_t>(c.layer)] : masks.heads.at(c.layer, c.head)) = 0.0F;
    }
    return masks;
}

// Two layers of three heads: a failed step of the first phase, then a head and an MLP one by one.
std::vector<MaskSearchStep> short_search() {
    const ComponentMasks full = ComponentMasks::all_kept(2, 3);
    const ComponentMasks first = without(full, {{0, 0}, {1, -1}});
    std::vector<MaskSearchStep> steps{step(0, "full", 0.9, true, full), step(1, "heads_mlps", 0.88, true, first),
                                      step(2, "heads_mlps", 0.5, false, without(first, {{1, 2}, {0, -1}})),
                                      step(3, "heads", 0.85, true, without(first, {{1, 2}})),
                                      step(4, "mlps", undefined, false, without(first, {{1, 2}, {0, -1}}))};
    steps[1].masked = {{0, 0}, {1, -1}};
    return steps;
}

}  // namespace

class TestFigures : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void heatmap_draws_cells_crosses_and_outlines();
    void heatmap_marks_missing_values();
    void heatmap_data_equals_content();
    void heatmap_fits_its_paper_data();
    void heatmap_fits_its_paper();
    void mask_heatmap_has_no_values();
    void survival_is_mean_and_deviation();
    void search_figure_shows_steps();
    void search_figure_of_nothing();
    void masked_since_looks_back();
    void survived_until_counts_accepted_steps();
    void exponential_mean_data();
    void exponential_mean();
    void decimation_keeps_spikes();
    void training_figure_shows_loss_and_metrics();
    void training_figure_of_a_long_run_is_small();
    void bars_are_means_with_deviations();
    void bars_of_negative_scores_hang_down();
    void magnitude_search_falls_from_left_to_right();
    void bars_in_panels_data();
    void bars_in_panels();
    void names_count_from_one();
};

void TestFigures::heatmap_draws_cells_crosses_and_outlines() {
    HeatmapContent content;
    content.values.heads = HeadMatrix(2, 3, 0.0F);
    content.values.heads.at(0, 1) = 1.0F;
    content.values.mlps = {0.25F, 0.75F};
    content.masks = without(ComponentMasks::all_kept(2, 3), {{0, 0}, {1, -1}});
    content.newly_masked = {{1, -1}};
    HeatmapOptions options;
    options.title = "RTE, seed 42";
    const FigureStyle style;
    const Scene scene = heatmap(content, options, style).scene;
    QVERIFY(finite(scene));
    const QStringList texts = texts_of(scene);
    for (const char* text : {"RTE, seed 42", "Layer", "Head", "MLP", "importance", "0.00", "1.00", "0.25", "0.75",
                             "masked", "newly masked"}) {
        QVERIFY2(texts.contains(text), text);
    }
    QVERIFY(fills(scene, sample(ColorMap::Viridis, 1.0)) >= 1);
    const auto outlined = [&](const SceneRectangle& r) { return r.stroke && r.stroke->color == style.colors.warning; };
    QCOMPARE(count<SceneRectangle>(scene, outlined), 2);  // the cell and its sample in the legend
    // Each masked cell has two diagonals.
    const HeatmapLayout layout = layout_heatmap(content, options, style);
    for (const auto& [component, diagonals] :
         {std::pair{Component{0, 0}, 2}, {Component{1, -1}, 2}, {Component{0, 1}, 0}}) {
        const Box cell = layout.cell(component);
        const auto crosses = [&](const SceneLine& l) {
            return cell.contains(l.from) && cell.contains(l.to) && l.from.x != l.to.x && l.from.y != l.to.y;
        };
        QCOMPARE(count<SceneLine>(scene, crosses), diagonals);
    }
    HeatmapOptions clean = options;
    clean.annotate = false;
    QVERIFY(!texts_of(heatmap(content, clean, style).scene).contains("0.25"));
}

void TestFigures::heatmap_marks_missing_values() {
    HeatmapContent content;
    content.values.heads = HeadMatrix(2, 2, std::numeric_limits<float>::quiet_NaN());
    content.values.mlps = {0.5F, std::numeric_limits<float>::quiet_NaN()};
    const FigureStyle style;
    const Figure figure = heatmap(content, {}, style);
    QVERIFY(finite(figure.scene));
    QCOMPARE(fills(figure.scene, mix(style.colors.neutral, style.colors.background, 0.55)), 5);
    QVERIFY(!texts_of(figure.scene).join(' ').contains("nan", Qt::CaseInsensitive));
    QCOMPARE(QString::fromStdString(csv_of(figure.data)).count("NaN"), 5);
}

void TestFigures::heatmap_data_equals_content() {
    HeatmapContent content;
    content.values.heads = HeadMatrix(1, 2, 0.0F);
    content.values.heads.at(0, 1) = 0.1F;
    content.values.mlps = {0.7F};
    content.masks = without(ComponentMasks::all_kept(1, 2), {{0, 1}});
    content.newly_masked = {{0, 1}};
    QCOMPARE(
        QString::fromStdString(csv_of(heatmap(content, {}, {}).data)),
        QString(
            "component,layer,head,importance,masked,newly masked\nhead,1,1,0,0,0\nhead,1,2,0.1,1,1\nmlp,1,,0.7,0,0\n"));
}

void TestFigures::heatmap_fits_its_paper_data() {
    QTest::addColumn<int>("layers");
    QTest::addColumn<int>("heads");
    QTest::addColumn<double>("width");
    QTest::addColumn<double>("font");
    for (const auto& [layers, heads] : {std::pair{1, 1}, {1, 12}, {6, 12}, {12, 12}, {24, 16}, {3, 1}}) {
        for (const double width : {85.0, 175.0}) {
            for (const double font : {7.0, 9.0})
                QTest::addRow("%dx%d %.0f mm %.0f pt", layers, heads, width, font) << layers << heads << width << font;
        }
    }
}

void TestFigures::heatmap_fits_its_paper() {
    QFETCH(int, layers);
    QFETCH(int, heads);
    QFETCH(double, width);
    QFETCH(double, font);
    HeatmapContent content;
    content.values.heads = HeadMatrix(layers, heads, 0.5F);
    content.values.heads.values.back() = 0.123F;
    content.values.mlps.assign(static_cast<std::size_t>(layers), 1.0F);
    content.masks = ComponentMasks::all_kept(layers, heads);
    content.newly_masked = {{0, 0}};
    HeatmapOptions options;
    options.title = "A title much longer than a single column of a paper can hold in any reasonable type size at all";
    FigureStyle style;
    style.width_mm = width;
    style.font_pt = font;
    const Scene scene = heatmap(content, options, style).scene;
    QCOMPARE(outside(scene), QString());
    QVERIFY(scene.height_mm < 240);
}

void TestFigures::mask_heatmap_has_no_values() {
    HeatmapContent content;
    content.values.heads = HeadMatrix(2, 2, 0.5F);
    content.values.mlps = {0.5F, 0.5F};
    content.masks = without(ComponentMasks::all_kept(2, 2), {{0, 0}});
    HeatmapOptions options;
    options.fill = HeatmapFill::Masks;
    const Figure figure = heatmap(content, options, {});
    QVERIFY(!texts_of(figure.scene).contains("0.50"));
    QVERIFY(texts_of(figure.scene).contains("kept"));
    QCOMPARE(figure.data.columns, (std::vector<std::string>{"component", "layer", "head", "masked", "newly masked"}));
}

void TestFigures::survival_is_mean_and_deviation() {
    const ComponentMasks full = ComponentMasks::all_kept(1, 2);
    const std::vector<ComponentMasks> masks{full, without(full, {{0, 0}}), without(full, {{0, 0}, {0, -1}})};
    const HeatmapContent content = survival_content(masks);
    QCOMPARE(content.values.heads.values, (std::vector<float>{static_cast<float>(1.0 / 3), 1.0F}));
    QCOMPARE(content.values.mlps, std::vector<float>{static_cast<float>(2.0 / 3)});
    // numpy: np.std([1, 0, 0], ddof=1) = 0.57735…
    QCOMPARE(content.deviation->heads.at(0, 0), static_cast<float>(0.5773502691896258));
    QCOMPARE(content.deviation->heads.at(0, 1), 0.0F);
    QVERIFY(!survival_content(std::vector{full}).deviation);
    QVERIFY(survival_content({}).values.heads.values.empty());
    HeatmapOptions options;
    options.value_label = "share of seeds";
    FigureStyle style;
    style.width_mm = two_columns_mm;
    const Figure figure = survival_heatmap(masks, options, style);
    QVERIFY(texts_of(figure.scene).contains("0.33"));
    QVERIFY(texts_of(figure.scene).contains(QString::fromUtf8("\u00b10.58")));
    QVERIFY(texts_of(figure.scene).contains("share of seeds"));
}

void TestFigures::search_figure_shows_steps() {
    MaskSearchResult result;
    result.metric = "accuracy";
    result.threshold_score = 0.81;
    result.steps = short_search();
    const FigureStyle style;
    const Figure figure = search_figure(result, "MRPC", style);
    QVERIFY(finite(figure.scene));
    QCOMPARE(outside(figure.scene), QString());
    const QStringList texts = texts_of(figure.scene);
    for (const char* text :
         {"MRPC", "accuracy", "Search step", "accepted", "rejected", "threshold 0.810", "heads + MLPs", "full model"}) {
        QVERIFY2(texts.contains(text), text);
    }
    const auto accepted = [&](const SceneCircle& c) { return c.fill == style.colors.primary; };
    QCOMPARE(count<SceneCircle>(figure.scene, accepted), 3 + 1);  // and the legend
    const auto rejected = [&](const SceneLine& l) { return l.stroke.color == style.colors.warning; };
    QCOMPARE(count<SceneLine>(figure.scene, rejected), 2 * (2 + 1));
    QCOMPARE(QString::fromStdString(csv_of(figure.data)).split('\n')[2],
             QString("1,heads_mlps,0.88,1,5,1,0,1.1 2.MLP"));
    QVERIFY(QString::fromStdString(csv_of(figure.data)).split('\n')[5].startsWith("4,mlps,NaN,0,"));
}

void TestFigures::search_figure_of_nothing() {
    const Figure empty = search_figure(SearchCurve{}, {});
    QVERIFY(finite(empty.scene));
    QVERIFY(empty.data.rows.empty());
    QVERIFY(!texts_of(empty.scene).join(' ').contains("threshold"));
    const std::vector<MaskSearchStep> one{step(0, "full", 0.9, true, ComponentMasks::all_kept(1, 1))};
    QVERIFY(finite(search_figure(SearchCurve{one, "", undefined, ""}, {}).scene));
}

void TestFigures::masked_since_looks_back() {
    const auto steps = short_search();
    const std::span all(steps);
    QCOMPARE(masked_since(all, {0, 0}), std::optional(1));
    QCOMPARE(masked_since(all, {1, -1}), std::optional(1));
    QCOMPARE(masked_since(all, {0, 1}), std::optional<int>());
    // Masked in step 2, which failed; taken again in step 3.
    QCOMPARE(masked_since(all.first(3), {1, 2}), std::optional(2));
    // Masked in step 2, kept in step 3, masked in step 4.
    QCOMPARE(masked_since(all, {0, -1}), std::optional(4));
    QCOMPARE(masked_since(all.first(4), {0, -1}), std::optional<int>());
    QCOMPARE(masked_since({}, {0, 0}), std::optional<int>());
    QCOMPARE(masked_since(all, {7, 0}), std::optional<int>());  // not of this model
    QCOMPARE(masked_since(all, {0, 7}), std::optional<int>());
}

void TestFigures::survived_until_counts_accepted_steps() {
    const auto steps = short_search();
    const ComponentImportance until = survived_until(steps);
    QCOMPARE(until.heads.values, (std::vector<float>{0, 3, 3, 3, 3, 1}));
    QCOMPARE(until.mlps, (std::vector<float>{3, 0}));
    QVERIFY(survived_until({}).mlps.empty());
    auto refused = std::vector{steps[2]};
    QVERIFY(std::isnan(survived_until(refused).mlps[0]));
}

void TestFigures::exponential_mean_data() {
    QTest::addColumn<double>("decay");
    QTest::addColumn<QList<double>>("values");
    QTest::addColumn<double>("expected");
    QTest::newRow("first value") << 0.9 << QList<double>{4} << 4.0;
    QTest::newRow("constant") << 0.9 << QList<double>{2, 2, 2, 2} << 2.0;
    QTest::newRow("two") << 0.5 << QList<double>{1, 4} << 3.0;  // (0.5·1 + 1·4) / 1.5
    QTest::newRow("no memory") << 0.0 << QList<double>{1, 4, 9} << 9.0;
    QTest::newRow("gap") << 0.5 << QList<double>{1, undefined, 4} << 3.0;
}

void TestFigures::exponential_mean() {
    QFETCH(double, decay);
    QFETCH(QList<double>, values);
    QFETCH(double, expected);
    ExponentialMean mean(decay);
    double last = undefined;
    for (const double value : values) last = mean.add(value);
    QCOMPARE(last, expected);
    QVERIFY(std::isnan(ExponentialMean(0.5).add(undefined)));
}

void TestFigures::decimation_keeps_spikes() {
    std::vector<Point> points;
    for (int i = 0; i < 10000; ++i) points.push_back({static_cast<double>(i), std::sin(i * 0.01)});
    points[4321].y = 50;
    points[7777].y = -50;
    const auto kept = decimate(points, 100);
    QVERIFY(kept.size() <= 200);
    QVERIFY(std::ranges::count(kept, points[4321]) == 1);
    QVERIFY(std::ranges::count(kept, points[7777]) == 1);
    QVERIFY(std::ranges::is_sorted(kept, {}, &Point::x));
    QCOMPARE(decimate(std::span(points).first(150), 100).size(), std::size_t{150});
    QVERIFY(decimate({}, 100).empty());
}

void TestFigures::training_figure_shows_loss_and_metrics() {
    std::vector<TrainingStep> steps;
    for (int i = 1; i <= 100; ++i) steps.push_back({i, 100, i / 50.0, 1.0 / i, 2e-5 * (1 - i / 100.0)});
    steps[10].loss = undefined;
    const std::vector<DevEvaluation> evaluations{{0, 0, {{"acc", 0.5}, {"f1", undefined}}, 0.7},
                                                 {100, 2, {{"acc", 0.8}, {"f1", 0.7}}, 0.4}};
    const Figure figure = training_figure({steps, evaluations, "MRPC"}, {});
    QVERIFY(finite(figure.scene));
    QCOMPARE(outside(figure.scene), QString());
    const QStringList texts = texts_of(figure.scene);
    for (const char* text :
         {"MRPC", "Loss", "Dev score", "Training step", "accuracy", "F1", "batch loss", "moving mean"})
        QVERIFY2(texts.contains(text), text);
    QCOMPARE(figure.data.columns,
             (std::vector<std::string>{"kind", "step", "epoch", "loss", "learning rate", "dev acc", "dev f1"}));
    QCOMPARE(figure.data.rows.size(), std::size_t{102});
    const QStringList lines = QString::fromStdString(csv_of(figure.data)).split('\n');
    QCOMPARE(lines[101], QString("dev,0,0,0.7,,0.5,NaN"));
    QVERIFY(lines[2].startsWith("train,2,0.04,0.5,"));
    for (const auto& row : figure.data.rows) QCOMPARE(row.size(), figure.data.columns.size());
    // One kind alone, and nothing at all.
    const Scene alone = training_figure({{}, evaluations, ""}, {}).scene;
    QVERIFY(finite(alone) && !texts_of(alone).contains("Loss") && texts_of(alone).contains("Dev score"));
    const Scene loss = training_figure({steps, {}, ""}, {}).scene;
    QVERIFY(finite(loss) && texts_of(loss).contains("Loss") && !texts_of(loss).contains("Dev score"));
    QVERIFY(finite(training_figure({}, {}).scene));
}

void TestFigures::training_figure_of_a_long_run_is_small() {
    std::vector<TrainingStep> steps;
    for (int i = 1; i <= 50000; ++i) steps.push_back({i, 50000, i / 20000.0, std::abs(std::sin(i)), 1e-5});
    const Figure figure = training_figure({steps, {}, ""}, {});
    std::size_t points = 0;
    for (const auto& primitive : figure.scene.primitives) {
        if (const auto* line = std::get_if<ScenePolyline>(&primitive)) points += line->points.size();
    }
    QVERIFY(points > 500 && points < 5000);
    QCOMPARE(figure.data.rows.size(), std::size_t{50000});
}

void TestFigures::bars_are_means_with_deviations() {
    BarContent content;
    content.series = {"full model", "random masks"};
    content.groups = {{"sentiment", {{0.9, 0.8, 1.0}, {0.5}}}, {"pairs", {{undefined}, {}}}};
    content.value_label = "accuracy";
    content.title = "Scores";
    const Figure figure = bar_figure(content, {});
    QVERIFY(finite(figure.scene));
    QCOMPARE(outside(figure.scene), QString());
    const QStringList texts = texts_of(figure.scene);
    for (const char* text : {"Scores", "accuracy", "full model", "random masks", "sentiment", "pairs"})
        QVERIFY2(texts.contains(text), text);
    const QString csv = QString::fromStdString(csv_of(figure.data));
    const QStringList mean = csv.split('\n')[4].split(',');
    QCOMPARE(mean.mid(0, 3), (QStringList{"sentiment", "full model", "mean"}));
    QVERIFY(std::abs(mean[3].toDouble() - 0.9) < 1e-12 && std::abs(mean[4].toDouble() - 0.1) < 1e-12);
    QCOMPARE(mean[5], QString("3"));
    QVERIFY(csv.contains("sentiment,random masks,mean,0.5,NaN,1"));
    QVERIFY(csv.contains("pairs,full model,mean,NaN,NaN,0"));
    QVERIFY(!csv.contains("pairs,random masks"));
    const auto dots = [](const SceneCircle&) { return true; };
    QCOMPARE(count<SceneCircle>(figure.scene, dots), 3);
    QVERIFY(finite(bar_figure({}, {}).scene));
}

void TestFigures::bars_of_negative_scores_hang_down() {
    BarContent content;
    content.series = {"a", "b"};
    content.groups = {{"g", {{0.5}, {-0.25}}}};
    const Scene scene = bar_figure(content, {}).scene;
    std::vector<Box> bars;  // the fills after the two samples of the legend
    for (const auto& primitive : scene.primitives) {
        const auto* r = std::get_if<SceneRectangle>(&primitive);
        if (r && r->fill) bars.push_back(r->box);
    }
    QCOMPARE(bars.size(), std::size_t{4});
    QVERIFY(std::abs(bars[2].bottom() - bars[3].y) < 1e-9);  // both stand on zero
    QVERIFY(std::abs(bars[2].height - 2 * bars[3].height) < 1e-9);
}

void TestFigures::magnitude_search_falls_from_left_to_right() {
    std::vector<MagnitudeStep> steps(3);
    for (int i = 0; i < 3; ++i) {
        auto& step = steps[static_cast<std::size_t>(i)];
        step.index = i;
        step.score = 0.9 - 0.1 * i;
        step.accepted = i < 2;
        step.kept_share = 1.0 - 0.3 * i;
        step.kept = 1000 - 300 * i;
    }
    MagnitudeCurve curve{steps, "acc", 0.75, 1, SearchAxis::KeptShare, "MRPC"};
    const Figure figure = magnitude_figure(curve, {});
    QVERIFY(finite(figure.scene));
    QCOMPARE(outside(figure.scene), QString());
    const QStringList texts = texts_of(figure.scene);
    for (const char* text : {"Weights kept", "100%", "accuracy", "kept", "threshold 0.750"})
        QVERIFY2(texts.contains(text), text);
    QVERIFY(!texts.contains("magnitude"));  // phases have no place there
    std::vector<Point> path;
    std::vector<SceneCircle> rings;
    for (const auto& primitive : figure.scene.primitives) {
        if (const auto* line = std::get_if<ScenePolyline>(&primitive)) path = line->points;
        if (const auto* circle = std::get_if<SceneCircle>(&primitive); circle && !circle->fill)
            rings.push_back(*circle);
    }
    QCOMPARE(path.size(), std::size_t{3});
    QVERIFY(path[0].x < path[1].x && path[1].x < path[2].x);
    QVERIFY(std::abs((path[1].x - path[0].x) - (path[2].x - path[1].x)) < 1e-9);
    QCOMPARE(rings.size(), std::size_t{2});  // the kept step, and the legend's
    QVERIFY(rings[0].center == path[1]);
    QVERIFY(QString::fromStdString(csv_of(figure.data)).contains("\n1,0.8,1,1,700,0.7,"));
    curve.axis = SearchAxis::Steps;
    curve.kept_step = -1;
    const QStringList over_steps = texts_of(magnitude_figure(curve, {}).scene);
    QVERIFY(over_steps.contains("Search step") && over_steps.contains("magnitude") && !over_steps.contains("kept"));
    QVERIFY(finite(magnitude_figure({}, {}).scene));
}

void TestFigures::bars_in_panels_data() {
    QTest::addColumn<int>("groups");
    QTest::addColumn<int>("columns");
    QTest::addColumn<double>("height");
    for (const int groups : {1, 2, 4, 9})
        for (const double height : {0.0, 50.0, 120.0})
            QTest::addRow("%d, %g mm", groups, height) << groups << 3 << height;
    QTest::newRow("none") << 0 << 3 << 0.0;
}

void TestFigures::bars_in_panels() {
    QFETCH(int, groups);
    QFETCH(double, height);
    BarContent content;
    content.series = {"full model", "good, pruned", "absent"};
    content.title = "Scores";
    content.value_label = "score";
    QFETCH(int, columns);
    content.columns = columns;
    for (int g = 0; g < groups; ++g) {
        content.groups.push_back({"task " + std::to_string(g), {{0.5 + 0.05 * g, 0.6}, {g % 2 ? -0.2 : 0.3}, {}}});
        content.groups.back().value_label = g == 0 ? "" : "Matthews correlation";
        content.groups.back().note = "56% kept";
    }
    FigureStyle style;
    style.width_mm = two_columns_mm;
    style.height_mm = height;
    const Figure figure = bar_figure(content, style);
    QVERIFY(finite(figure.scene));
    QCOMPARE(outside(figure.scene), QString());
    const std::vector<BarPlace> places = bar_places(content, style);
    QCOMPARE(places.size(), static_cast<std::size_t>(2 * groups));  // the absent one has no place
    for (std::size_t i = 0; i < places.size(); ++i) {
        QVERIFY(places[i].column.contains({places[i].bar.center().x, places[i].column.y}));
        for (std::size_t k = 0; k < i; ++k) {
            const Box &a = places[i].column, &b = places[k].column;
            QVERIFY(a.x >= b.right() - 1e-9 || b.x >= a.right() - 1e-9 || a.y >= b.bottom() || b.y >= a.bottom());
        }
    }
    const QStringList texts = texts_of(figure.scene);
    for (int g = 0; g < groups; ++g) QVERIFY(texts.contains(QString("task %1").arg(g)));
    if (groups > 0) QVERIFY(texts.contains("56% kept"));
    if (groups == 4) {  // the fourth begins a new row, under the first
        QVERIFY(places[6].column.y > places[0].column.bottom());
        QCOMPARE(places[6].column.x, places[0].column.x);
    }
}

void TestFigures::names_count_from_one() {
    QCOMPARE(component_name({2, 6}), std::string("layer 3, head 7"));
    QCOMPARE(component_name({2, -1}), std::string("layer 3, MLP"));
    QCOMPARE(component_id({2, 6}), std::string("3.7"));
    QCOMPARE(phase_name("heads_mlps"), std::string("heads + MLPs"));
    QCOMPARE(phase_name("something new"), std::string("something new"));
    QCOMPARE(metric_name("mcc"), std::string("Matthews correlation"));
    QCOMPARE(metric_name("something new"), std::string("something new"));
}

QTEST_GUILESS_MAIN(TestFigures)
#include "tst_figures.moc"
