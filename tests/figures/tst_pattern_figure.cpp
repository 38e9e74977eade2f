// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>
#include <limits>

#include "core/figures/bar_look.h"
#include "core/figures/pattern_figure.h"
#include "tests/figures/scene_checks.h"

using namespace lottery;
using namespace lottery::test;

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

PatternContent content_of(int tasks, int groups, int panels) {
    PatternContent content;
    content.classes = {"vertical", "diagonal", "vertical+diagonal", "block", "heterogeneous"};
    const std::vector<std::string> names{"all heads, pre-trained", "all heads, fine-tuned",
                                         "super-survivors, pre-trained", "super-survivors, fine-tuned"};
    for (int g = 0; g < groups; ++g) content.groups.push_back(names[static_cast<std::size_t>(g) % names.size()]);
    for (int p = 0; p < panels; ++p) {
        PatternPanel panel{p == 0 ? "raw attention" : "norm-based attention", {}};
        for (int t = 0; t < tasks; ++t)
            panel.tasks.push_back(
                {"Task " + std::to_string(t + 1),
                 std::vector<PatternBar>(static_cast<std::size_t>(groups), {{0.4, 0.1, 0.2, 0.05, 0.25}, 14400})});
        content.panels.push_back(std::move(panel));
    }
    return content;
}

FigureStyle style_of(double width, double height = 0.0) {
    FigureStyle style;
    style.width_mm = width;
    style.height_mm = height;
    return style;
}

// Of the parts of bars, not of the legend, which lies above them.
std::vector<Box> parts_of(const Scene& scene, std::size_t pattern) {
    std::vector<Box> parts;
    for (const auto& primitive : scene.primitives) {
        const auto* r = std::get_if<SceneRectangle>(&primitive);
        if (r && r->fill == bar_look(pattern).fill) parts.push_back(r->box);
    }
    if (!parts.empty()) parts.erase(parts.begin());
    return parts;
}

}  // namespace

class TestPatternFigure : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void parts_stand_on_each_other();
    void letters_stand_for_groups();
    void percentages_are_written_where_they_fit();
    void unknown_shares_are_no_bars();
    void data_is_every_share();
    void classes_differ_in_grey();
    void figure_fits_its_paper_data();
    void figure_fits_its_paper();
    void figure_of_nothing();
};

void TestPatternFigure::parts_stand_on_each_other() {
    PatternContent content = content_of(1, 1, 1);
    content.annotate = false;
    const Scene scene = pattern_figure(content, style_of(85)).scene;
    std::vector<Box> stack;
    for (std::size_t c = 0; c < 5; ++c) {
        const auto parts = parts_of(scene, c);
        QCOMPARE(parts.size(), std::size_t{1});
        stack.push_back(parts[0]);
    }
    const double whole = stack[0].bottom() - stack[4].y;
    const std::vector<double> shares = content.panels[0].tasks[0].bars[0].shares;
    for (std::size_t c = 0; c < 5; ++c) {
        QVERIFY(std::abs(stack[c].height - shares[c] * whole) < 1e-9);
        if (c > 0) QVERIFY(std::abs(stack[c].bottom() - stack[c - 1].y) < 1e-9);
        QCOMPARE(stack[c].x, stack[0].x);
    }
}

void TestPatternFigure::letters_stand_for_groups() {
    const QStringList four = texts_of(pattern_figure(content_of(2, 4, 2), style_of(175)).scene);
    // In the legend, and under the bars of two tasks in two panels.
    for (const char* letter : {"A", "B", "C", "D"}) QCOMPARE(four.count(letter), 5);
    QVERIFY(four.contains("super-survivors, pre-trained"));
    QVERIFY(four.contains("norm-based attention"));
    const QStringList one = texts_of(pattern_figure(content_of(2, 1, 1), style_of(175)).scene);
    QVERIFY(!one.contains("A"));
    QVERIFY(one.contains("Task 2"));
    // Too narrow to be read: the legend alone tells their order.
    QCOMPARE(texts_of(pattern_figure(content_of(40, 4, 1), style_of(85)).scene).count("A"), 1);
    const PatternContent many = content_of(1, 28, 1);
    QVERIFY(texts_of(pattern_figure(many, style_of(175)).scene).contains("AB"));
}

void TestPatternFigure::percentages_are_written_where_they_fit() {
    PatternContent content = content_of(1, 1, 1);
    const auto has = [&](const char* number, double width) {
        return texts_of(pattern_figure(content, style_of(width)).scene).contains(number);
    };
    QVERIFY(has("40", 85) && has("25", 85));
    content.annotate = false;
    QVERIFY(!has("40", 85));
    content = content_of(30, 4, 1);
    QVERIFY(!has("40", 85));  // bars of half a millimetre
}

void TestPatternFigure::unknown_shares_are_no_bars() {
    PatternContent content = content_of(1, 4, 1);
    content.annotate = false;
    auto& bars = content.panels[0].tasks[0].bars;
    bars[0].shares.assign(5, undefined);
    bars[1].shares.clear();
    bars[2].shares = {0.5, undefined, -0.1, 0.0, 0.9};  // no more than the whole is drawn
    const Scene scene = pattern_figure(content, style_of(85)).scene;
    QVERIFY(finite(scene));
    QVERIFY(texts_of(scene).contains(QString::fromUtf8("\u2013")));
    QCOMPARE(parts_of(scene, 0).size(), std::size_t{2});
    QCOMPARE(parts_of(scene, 1).size(), std::size_t{1});
    QCOMPARE(parts_of(scene, 4).size(), std::size_t{2});
    QVERIFY(std::abs(parts_of(scene, 4)[0].height - parts_of(scene, 0)[0].height) < 1e-9);
}

void TestPatternFigure::data_is_every_share() {
    PatternContent content = content_of(2, 2, 2);
    content.panels[1].tasks[1].bars[1].shares[4] = undefined;
    content.panels[0].tasks[0].bars[0].shares.clear();
    const DataTable table = pattern_figure(content, style_of(85)).data;
    QCOMPARE(table.columns, (std::vector<std::string>{"panel", "task", "group", "class", "share of maps", "maps"}));
    QCOMPARE(table.rows.size(), std::size_t{2 * 2 * 2 * 5 - 5});
    const auto& last = table.rows.back();
    QCOMPARE(std::get<std::string>(last[0]), std::string("norm-based attention"));
    QCOMPARE(std::get<std::string>(last[1]), std::string("Task 2"));
    QCOMPARE(std::get<std::string>(last[2]), std::string("all heads, fine-tuned"));
    QCOMPARE(std::get<std::string>(last[3]), std::string("heterogeneous"));
    QVERIFY(std::isnan(std::get<double>(last[4])));
    QCOMPARE(std::get<std::int64_t>(last[5]), std::int64_t{14400});
    QCOMPARE(std::get<double>(table.rows[0][4]), 0.4);
}

void TestPatternFigure::classes_differ_in_grey() {
    // Neighbours in a bar: in lightness, or in hatching.
    for (std::size_t c = 1; c < 5; ++c) {
        const BarLook below = bar_look(c - 1), above = bar_look(c);
        const double a = luminance(below.fill) + 0.05, b = luminance(above.fill) + 0.05;
        QVERIFY(std::max(a, b) / std::min(a, b) > 1.5 || below.hatching != above.hatching);
    }
}

void TestPatternFigure::figure_fits_its_paper_data() {
    QTest::addColumn<int>("tasks");
    QTest::addColumn<int>("groups");
    QTest::addColumn<int>("panels");
    QTest::addColumn<double>("width");
    QTest::addColumn<double>("height");
    for (const double width : {60.0, 85.0, 175.0}) {
        QTest::addRow("nine tasks, %g mm", width) << 9 << 4 << 2 << width << 0.0;
        QTest::addRow("one task, %g mm", width) << 1 << 2 << 1 << width << 0.0;
    }
    QTest::newRow("screen") << 9 << 4 << 2 << 220.0 << 120.0;
    QTest::newRow("low") << 9 << 4 << 2 << 220.0 << 60.0;
}

void TestPatternFigure::figure_fits_its_paper() {
    QFETCH(int, tasks);
    QFETCH(int, groups);
    QFETCH(int, panels);
    QFETCH(double, width);
    QFETCH(double, height);
    PatternContent content = content_of(tasks, groups, panels);
    content.title = "Attention patterns";
    const Scene scene = pattern_figure(content, style_of(width, height)).scene;
    QVERIFY(finite(scene));
    QCOMPARE(outside(scene), QString());
    QCOMPARE(count<SceneText>(scene, [](const SceneText& t) { return t.size_pt < 4.5; }), 0);
}

void TestPatternFigure::figure_of_nothing() {
    const Figure figure = pattern_figure({}, style_of(85));
    QVERIFY(finite(figure.scene));
    QVERIFY(figure.data.rows.empty());
    PatternContent bare = content_of(0, 4, 1);
    QVERIFY(finite(pattern_figure(bare, style_of(85)).scene));
}

QTEST_GUILESS_MAIN(TestPatternFigure)
#include "tst_pattern_figure.moc"
