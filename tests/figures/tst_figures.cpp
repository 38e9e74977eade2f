// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/figures/search_figure.h"
#include "core/figures/training_figure.h"
#include "core/figures/writers.h"
#include "tests/figures/scene_checks.h"

using namespace lottery;
using namespace lottery::test;

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

int fills(const Scene& scene, Color color) {
    return count<SceneRectangle>(scene, [color](const SceneRectangle& r) { return r.fill == color; });
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
    void magnitude_search_falls_from_left_to_right();
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
