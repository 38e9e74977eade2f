// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figures/bar_figure.h"

#include <QtTest>
#include <cmath>
#include <limits>

#include "core/figures/writers.h"
#include "tests/figures/scene_checks.h"

using namespace lottery;
using namespace lottery::test;

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

}  // namespace

class TestBarFigure : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void bars_are_means_with_deviations();
    void given_deviations_are_drawn();
    void bars_of_negative_scores_hang_down();
    void bars_in_panels_data();
    void bars_in_panels();
};

void TestBarFigure::bars_are_means_with_deviations() {
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

void TestBarFigure::given_deviations_are_drawn() {
    BarContent content;
    content.series = {"full model", "random masks", "bad masks"};
    content.groups = {{"RTE", {{0.6}, {0.5}, {0.4, 0.6}}}};
    const auto lines = [](const Scene& scene) { return count<SceneLine>(scene, [](const auto&) { return true; }); };
    const int without = lines(bar_figure(content, {}).scene);
    content.groups[0].deviations = {0.02, undefined, 0.3};
    const Figure figure = bar_figure(content, {});
    QCOMPARE(lines(figure.scene), without + 6);  // stem and two caps, each light and dark
    const auto given = bar_statistics(content, 0, 0);
    QVERIFY(given.population);
    QCOMPARE(given.deviation, 0.02);
    // Runs that are known decide.
    QVERIFY(!bar_statistics(content, 0, 2).population);
    QVERIFY(std::abs(bar_statistics(content, 0, 2).deviation - std::sqrt(0.02)) < 1e-12);
    QVERIFY(QString::fromStdString(csv_of(figure.data)).contains("RTE,full model,mean,0.6,0.02,1"));
}

void TestBarFigure::bars_of_negative_scores_hang_down() {
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

void TestBarFigure::bars_in_panels_data() {
    QTest::addColumn<int>("groups");
    QTest::addColumn<int>("columns");
    QTest::addColumn<double>("height");
    for (const int groups : {1, 2, 4, 9})
        for (const double height : {0.0, 50.0, 120.0})
            QTest::addRow("%d, %g mm", groups, height) << groups << 3 << height;
    QTest::newRow("none") << 0 << 3 << 0.0;
}

void TestBarFigure::bars_in_panels() {
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

QTEST_APPLESS_MAIN(TestBarFigure)
#include "tst_bar_figure.moc"
