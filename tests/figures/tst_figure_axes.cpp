// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>
#include <limits>

#include "core/figures/axes.h"

using namespace lottery;

namespace {
constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
}  // namespace

class TestFigureAxes : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void ticks_are_round_data();
    void ticks_are_round();
    void whole_ticks_are_whole();
    void texts_data();
    void texts();
    void ranges();
    void data_maps_to_paper();
    void titles_are_cut_at_whole_characters();
    void hatch_stays_inside();
};

void TestFigureAxes::ticks_are_round_data() {
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::addColumn<int>("at_most");
    QTest::addColumn<QList<double>>("expected");
    QTest::addColumn<int>("decimals");
    QTest::newRow("unit") << 0.0 << 1.0 << 6 << QList<double>{0, 0.2, 0.4, 0.6, 0.8, 1.0} << 1;
    QTest::newRow("scores") << 0.731 << 0.881 << 6 << QList<double>{0.75, 0.8, 0.85} << 2;
    QTest::newRow("through zero") << -0.3 << 0.25 << 4 << QList<double>{-0.2, 0.0, 0.2} << 1;
    QTest::newRow("large") << 0.0 << 50000.0 << 6 << QList<double>{0, 10000, 20000, 30000, 40000, 50000} << 0;
    QTest::newRow("small") << 0.0 << 2e-5 << 5 << QList<double>{0, 5e-6, 1e-5, 1.5e-5, 2e-5} << 6;
    QTest::newRow("negative") << -10.0 << -1.0 << 5 << QList<double>{-10, -8, -6, -4, -2} << 0;
    QTest::newRow("empty") << 1.0 << 1.0 << 5 << QList<double>{} << 0;
    QTest::newRow("reversed") << 2.0 << 1.0 << 5 << QList<double>{} << 0;
    QTest::newRow("not a number") << undefined << 1.0 << 5 << QList<double>{} << 0;
    QTest::newRow("infinite") << 0.0 << infinity << 5 << QList<double>{} << 0;
}

void TestFigureAxes::ticks_are_round() {
    QFETCH(double, low);
    QFETCH(double, high);
    QFETCH(int, at_most);
    QFETCH(QList<double>, expected);
    QFETCH(int, decimals);
    const Ticks ticks = nice_ticks(low, high, at_most);
    QCOMPARE(static_cast<qsizetype>(ticks.values.size()), expected.size());
    QVERIFY(static_cast<int>(ticks.values.size()) <= at_most);
    for (qsizetype i = 0; i < expected.size(); ++i) {
        const double found = ticks.values[static_cast<std::size_t>(i)];
        QVERIFY2(std::abs(found - expected[i]) <= 1e-12 * std::max(1.0, std::abs(expected[i])),
                 qPrintable(QString::number(found)));
    }
    QCOMPARE(ticks.decimals, decimals);
}

void TestFigureAxes::whole_ticks_are_whole() {
    QCOMPARE(whole_ticks(0, 3, 12).values, (std::vector<double>{0, 1, 2, 3}));
    QCOMPARE(whole_ticks(0, 1, 2).values, (std::vector<double>{0, 1}));
    QCOMPARE(whole_ticks(0, 40, 5).values, (std::vector<double>{0, 10, 20, 30, 40}));
}

void TestFigureAxes::texts_data() {
    QTest::addColumn<double>("value");
    QTest::addColumn<int>("digits");
    QTest::addColumn<QString>("expected");
    QTest::newRow("plain") << 0.8125 << 2 << "0.81";
    QTest::newRow("whole") << 12.0 << 0 << "12";
    QTest::newRow("minus sign") << -0.25 << 2 << QString::fromUtf8("\u22120.25");
    QTest::newRow("no negative zero") << -0.0001 << 2 << "0.00";
    QTest::newRow("learning rate") << 2e-5 << 6 << "2e-05";
    QTest::newRow("not a number") << undefined << 2 << "undefined";
    QTest::newRow("infinite") << -infinity << 2 << QString::fromUtf8("\u2212\u221e");
}

void TestFigureAxes::texts() {
    QFETCH(double, value);
    QFETCH(int, digits);
    QFETCH(QString, expected);
    QCOMPARE(QString::fromStdString(number_text(value, digits)), expected);
}

void TestFigureAxes::ranges() {
    using Range = std::pair<double, double>;
    QCOMPARE(padded_range({1.0, undefined, 3.0, infinity}, 0.0), (Range{1.0, 3.0}));
    QCOMPARE(padded_range({0.0, 10.0}, 0.1), (Range{-1.0, 11.0}));
    QCOMPARE(padded_range({}, 0.1), (Range{0.0, 1.0}));
    QCOMPARE(padded_range({undefined}, 0.1), (Range{0.0, 1.0}));
    const Range single = padded_range({0.5, 0.5}, 0.1);
    QVERIFY(single.first < 0.5 && single.second > 0.5);
    const Range zero = padded_range({0.0}, 0.1);
    QVERIFY(zero.first < 0.0 && zero.second > 0.0);
}

void TestFigureAxes::data_maps_to_paper() {
    const Axes axes{{10, 20, 50, 30}, 0.0, 5.0, -1.0, 1.0};
    QCOMPARE(axes.at(0, -1), (Point{10, 50}));
    QCOMPARE(axes.at(5, 1), (Point{60, 20}));
    QCOMPARE(axes.at(2.5, 0), (Point{35, 35}));
}

void TestFigureAxes::titles_are_cut_at_whole_characters() {
    const std::string text = "r\u00e9sum\u00e9 \u03ba\u03b1 of a long title";
    QCOMPARE(fitted(text, 8, 1000), text);
    for (double width = 0.5; width < 60; width += 0.5) {
        const std::string cut = fitted(text, 8, width);
        QVERIFY(text_width_mm(cut, 8) <= width);
        QVERIFY(!QString::fromUtf8(cut.c_str()).contains(QChar::ReplacementCharacter));
    }
    QVERIFY(QString::fromStdString(fitted(text, 8, 15)).endsWith(QChar(0x2026)));
}

void TestFigureAxes::hatch_stays_inside() {
    Scene scene;
    const Box box{3, 4, 10, 6};
    draw_hatch(scene, box, 1.0, {});
    QVERIFY(scene.primitives.size() >= 8);
    for (const auto& primitive : scene.primitives) {
        const auto& line = std::get<SceneLine>(primitive);
        for (const Point p : {line.from, line.to}) {
            QVERIFY(p.x >= box.x - 1e-9 && p.x <= box.right() + 1e-9 && p.y >= box.y - 1e-9 &&
                    p.y <= box.bottom() + 1e-9);
        }
    }
}

QTEST_GUILESS_MAIN(TestFigureAxes)
#include "tst_figure_axes.moc"
