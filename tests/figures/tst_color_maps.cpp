// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>
#include <limits>

#include "core/figures/color.h"

using namespace lottery;

class TestColorMaps : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void matches_published_values_data();
    void matches_published_values();
    void lightness_is_monotone_data();
    void lightness_is_monotone();
    void diverging_map_is_lightest_in_the_middle();
    void out_of_range_is_clamped_and_nan_is_grey();
    void contrast_is_readable();
    void names_are_distinct();
};

// viridis and cividis: entries 0, 26, 76, 128, 178, 230 and 255 of matplotlib 3.10's tables, × 255.
void TestColorMaps::matches_published_values_data() {
    QTest::addColumn<int>("map");
    QTest::addColumn<double>("position");
    QTest::addColumn<QString>("color");
    QTest::addColumn<int>("tolerance");
    const auto row = [](ColorMap map, double position, const char* color, int tolerance) {
        QTest::addRow("%s %.3f", std::string(name_of(map)).c_str(), position)
            << static_cast<int>(map) << position << QString(color) << tolerance;
    };
    row(ColorMap::Viridis, 0.0, "#440154", 0);
    row(ColorMap::Viridis, 26 / 255.0, "#482576", 2);
    row(ColorMap::Viridis, 76 / 255.0, "#355f8d", 2);
    row(ColorMap::Viridis, 128 / 255.0, "#21918c", 2);
    row(ColorMap::Viridis, 178 / 255.0, "#42be71", 2);
    row(ColorMap::Viridis, 230 / 255.0, "#bddf26", 2);
    row(ColorMap::Viridis, 1.0, "#fde725", 0);
    row(ColorMap::Cividis, 0.0, "#00224e", 0);
    row(ColorMap::Cividis, 26 / 255.0, "#0c3470", 2);
    row(ColorMap::Cividis, 76 / 255.0, "#4f576c", 2);
    row(ColorMap::Cividis, 128 / 255.0, "#7d7c78", 2);
    row(ColorMap::Cividis, 178 / 255.0, "#ada272", 2);
    row(ColorMap::Cividis, 230 / 255.0, "#e5cf52", 2);
    row(ColorMap::Cividis, 1.0, "#fee838", 0);
    row(ColorMap::OrangeRed, 0.0, "#fff7ee", 0);
    row(ColorMap::OrangeRed, 1.0, "#6e0004", 0);
    row(ColorMap::Purples, 0.0, "#fcfbfe", 0);
    row(ColorMap::Purples, 1.0, "#3a0476", 0);
    row(ColorMap::BlueRed, 0.0, "#0c346e", 0);
    row(ColorMap::BlueRed, 0.5, "#f6f6f6", 0);
    row(ColorMap::BlueRed, 1.0, "#6a041e", 0);
}

void TestColorMaps::matches_published_values() {
    QFETCH(int, map);
    QFETCH(double, position);
    QFETCH(QString, color);
    QFETCH(int, tolerance);
    const Color found = sample(static_cast<ColorMap>(map), position);
    const auto expected = [&color](int channel) { return color.mid(1 + 2 * channel, 2).toInt(nullptr, 16); };
    QVERIFY2(std::abs(found.red - expected(0)) <= tolerance && std::abs(found.green - expected(1)) <= tolerance &&
                 std::abs(found.blue - expected(2)) <= tolerance,
             qPrintable(QString::fromStdString(to_hex(found)) + " instead of " + color));
}

void TestColorMaps::lightness_is_monotone_data() {
    QTest::addColumn<int>("map");
    QTest::addColumn<bool>("rising");
    QTest::newRow("viridis") << static_cast<int>(ColorMap::Viridis) << true;
    QTest::newRow("cividis") << static_cast<int>(ColorMap::Cividis) << true;
    QTest::newRow("orange-red") << static_cast<int>(ColorMap::OrangeRed) << false;
    QTest::newRow("purples") << static_cast<int>(ColorMap::Purples) << false;
}

// What makes a sequential map legible in grey.
void TestColorMaps::lightness_is_monotone() {
    QFETCH(int, map);
    QFETCH(bool, rising);
    const auto at = [map](int i) { return luminance(sample(static_cast<ColorMap>(map), i / 100.0)); };
    for (int i = 1; i <= 100; ++i) {
        const double change = rising ? at(i) - at(i - 1) : at(i - 1) - at(i);
        QVERIFY2(change > -1e-3, qPrintable(QString("step %1: %2").arg(i).arg(change)));
    }
    QVERIFY(std::abs(at(100) - at(0)) > 0.5);
}

void TestColorMaps::diverging_map_is_lightest_in_the_middle() {
    for (int i = 1; i <= 50; ++i) {
        const auto at = [](int k) { return luminance(sample(ColorMap::BlueRed, k / 100.0)); };
        QVERIFY(at(i) >= at(i - 1));
        QVERIFY(at(100 - i) >= at(100 - i + 1));
        QVERIFY2(std::abs(at(i) - at(100 - i)) < 0.12, qPrintable(QString::number(i)));
    }
}

void TestColorMaps::out_of_range_is_clamped_and_nan_is_grey() {
    for (const ColorMap map : all_color_maps()) {
        QCOMPARE(sample(map, -3.0), sample(map, 0.0));
        QCOMPARE(sample(map, 7.0), sample(map, 1.0));
        QCOMPARE(sample(map, std::numeric_limits<double>::infinity()), sample(map, 1.0));
        QCOMPARE(sample(map, std::nan("")), not_a_number_color);
    }
}

void TestColorMaps::contrast_is_readable() {
    for (const ColorMap map : all_color_maps()) {
        for (int i = 0; i <= 100; ++i) {
            const Color ground = sample(map, i / 100.0);
            const double a = luminance(ground), b = luminance(contrasting(ground));
            const double contrast = (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
            QVERIFY2(contrast >= 4.5, qPrintable(QString::number(contrast)));  // WCAG 2 AA
        }
    }
}

void TestColorMaps::names_are_distinct() {
    QCOMPARE(all_color_maps().size(), std::size_t{5});
    QSet<QString> names;
    for (const ColorMap map : all_color_maps()) names.insert(QString::fromUtf8(name_of(map).data()));
    QCOMPARE(names.size(), 5);
}

QTEST_GUILESS_MAIN(TestColorMaps)
#include "tst_color_maps.moc"
