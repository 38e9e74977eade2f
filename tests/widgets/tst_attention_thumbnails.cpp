// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "tests/widgets/attention_fixture.h"
#include "widgets/attention/attention_grid_layout.h"
#include "widgets/attention/attention_image.h"
#include "widgets/attention/attention_thumbnails.h"
#include "widgets/figures/paint_scene.h"

using namespace lottery;
using namespace lottery::gui;

class TestAttentionThumbnails : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void thumbnails_are_made_from_maps();
    void thumbnails_of_differences_and_removed_heads();
    void smaller_maps_keep_the_strongest_cell_data();
    void smaller_maps_keep_the_strongest_cell();
    void colours_of_values();
    void layout_fits_or_scrolls_data();
    void layout_fits_or_scrolls();
    void words_that_fit();
};

void TestAttentionThumbnails::thumbnails_are_made_from_maps() {
    const AttentionMaps maps = fixture::maps(2, 3, 8);
    const AttentionThumbnails whole = makeThumbnails(maps, 32, std::nullopt);
    QCOMPARE(whole.pixels, 8);
    const auto expected = maps.map(1, 2);
    QVERIFY(std::ranges::equal(whole.map(1, 2), expected));
    QCOMPARE(whole.range.first, 0.0);
    QVERIFY(whole.range.second == static_cast<double>(*std::ranges::max_element(maps.values)));
    const AttentionThumbnails small = makeThumbnails(maps, 4, HeadMatrix(2, 3, 0.0F));
    QCOMPARE(small.pixels, 4);
    QVERIFY(small.isMasked(0, 0));
    QVERIFY(std::ranges::equal(small.map(1, 2), thumbnail(maps.map(1, 2), 8, 4)));
    QVERIFY(!makeThumbnails(maps, 4, HeadMatrix(3, 3, 0.0F)).isMasked(0, 0));  // another model's mask
}

void TestAttentionThumbnails::thumbnails_of_differences_and_removed_heads() {
    AttentionMaps maps = fixture::maps(2, 2, 4);
    maps.difference = true;
    maps.present.at(1, 0) = maps.present.at(1, 1) = 0.0F;
    std::fill(maps.values.begin() + 32, maps.values.end(), fixture::undefined);
    maps.values[5] = -2.0F;
    const AttentionThumbnails small = makeThumbnails(maps, 32, std::nullopt);
    QVERIFY(small.range == std::pair(-2.0, 2.0));
    QVERIFY(small.hasLayer(0));
    QVERIFY(!small.hasLayer(1));
}

void TestAttentionThumbnails::smaller_maps_keep_the_strongest_cell_data() {
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("columns");
    QTest::addColumn<QSize>("to");
    QTest::addColumn<QSize>("expected");
    QTest::newRow("half") << 8 << 8 << QSize(4, 4) << QSize(4, 4);
    QTest::newRow("uneven") << 7 << 9 << QSize(4, 3) << QSize(4, 3);
    QTest::newRow("one") << 5 << 5 << QSize(1, 1) << QSize(1, 1);
    QTest::newRow("not enlarged") << 3 << 4 << QSize(10, 10) << QSize(4, 3);
    QTest::newRow("less than one") << 3 << 4 << QSize(0, 0) << QSize(1, 1);
}

void TestAttentionThumbnails::smaller_maps_keep_the_strongest_cell() {
    QFETCH(int, rows);
    QFETCH(int, columns);
    QFETCH(QSize, to);
    QFETCH(QSize, expected);
    // Each cell in turn is the only bright one, and must be found once.
    for (int cell = 0; cell < rows * columns; ++cell) {
        std::vector<float> map(static_cast<std::size_t>(rows * columns), 0.25F);
        map[static_cast<std::size_t>(cell)] = -0.75F;
        const auto small = reduced(map, rows, columns, to.height(), to.width());
        QCOMPARE(static_cast<int>(small.size()), expected.width() * expected.height());
        QCOMPARE(std::ranges::count(small, -0.75F), 1);
        map[static_cast<std::size_t>(cell)] = fixture::undefined;
        const auto hole = reduced(map, rows, columns, 1, 1);
        QCOMPARE(hole[0], 0.25F);
    }
    const std::vector<float> nothing(static_cast<std::size_t>(rows * columns), fixture::undefined);
    QVERIFY(std::isnan(reduced(nothing, rows, columns, 1, 1)[0]));
}

void TestAttentionThumbnails::colours_of_values() {
    const FigureColors colors;
    const ColorTable table({ColorMap::Viridis, 0.0, 2.0}, colors);
    QCOMPARE(table.of(0.0F), toQColor(sample(ColorMap::Viridis, 0.0)).rgb());
    QCOMPARE(table.of(2.0F), toQColor(sample(ColorMap::Viridis, 1.0)).rgb());
    QCOMPARE(table.of(7.0F), toQColor(sample(ColorMap::Viridis, 1.0)).rgb());
    QCOMPARE(table.of(-1.0F), toQColor(sample(ColorMap::Viridis, 0.0)).rgb());
    const QRgb undefined = toQColor(ColorScale{}.of(std::nan(""), colors)).rgb();
    QCOMPARE(table.of(fixture::undefined), undefined);
    QCOMPARE(table.of(std::numeric_limits<float>::infinity()), undefined);
    const QImage image = mapImage(std::vector<float>{0.0F, 2.0F, fixture::undefined, 1.0F, 0.0F, 2.0F}, 2, 3, table);
    QCOMPARE(image.size(), QSize(3, 2));
    QCOMPARE(image.pixel(1, 0), table.of(2.0F));
    QCOMPARE(image.pixel(0, 1), table.of(1.0F));
    QVERIFY(mapImage(std::vector<float>{0.0F}, 2, 3, table).isNull());
}

void TestAttentionThumbnails::layout_fits_or_scrolls_data() {
    QTest::addColumn<int>("layers");
    QTest::addColumn<int>("heads");
    QTest::addColumn<QSizeF>("room");
    QTest::addColumn<bool>("fits");
    QTest::newRow("12x12 large") << 12 << 12 << QSizeF(900, 900) << true;
    QTest::newRow("12x12 wide") << 12 << 12 << QSizeF(1600, 560) << true;
    QTest::newRow("12x12 small") << 12 << 12 << QSizeF(300, 240) << false;
    QTest::newRow("24x16 small") << 24 << 16 << QSizeF(700, 500) << false;
    QTest::newRow("one head") << 1 << 1 << QSizeF(2000, 2000) << true;
}

void TestAttentionThumbnails::layout_fits_or_scrolls() {
    QFETCH(int, layers);
    QFETCH(int, heads);
    QFETCH(QSizeF, room);
    QFETCH(bool, fits);
    const GridLayout layout = layoutGrid(layers, heads, room, 40, 30, 10);
    QCOMPARE(layout.size().width() <= room.width() && layout.size().height() <= room.height(), fits);
    QVERIFY(layout.side >= kSmallestThumbnail && layout.side <= kLargestThumbnail);
    QCOMPARE(layout.side, std::floor(layout.side));
    for (int layer = 0; layer < layers; ++layer) {
        for (int head = 0; head < heads; ++head) {
            QVERIFY(layout.at(layout.thumbnail({layer, head}).center()) == (Component{layer, head}));
            QVERIFY(layout.at(layout.badgeOf({layer, head}).center()) == (Component{layer, head}));
        }
    }
    QVERIFY(!layout.at({5, 100}));
    QVERIFY(!layout.at({layout.size().width() + 5, 100}));
    const GridRange all = visibleLayers(layout, 0, layout.size().height());
    QCOMPARE(all.first, 0);
    QCOMPARE(all.last, layers - 1);
    QVERIFY(visibleHeads(layout, 0, 10).last < visibleHeads(layout, 0, 10).first);
    if (heads > 3) {
        const QRectF third = layout.cell({0, 2});
        QCOMPARE(visibleHeads(layout, third.left() + 1, third.right() - 1).first, 2);
        QCOMPARE(visibleHeads(layout, third.left() + 1, third.right() - 1).last, 2);
    }
}

void TestAttentionThumbnails::words_that_fit() {
    const auto width = [](const QString& text) { return static_cast<double>(text.size()); };
    QCOMPARE(wordsThatFit("diagonal 0.93", 13, width), QString("diagonal 0.93"));
    QCOMPARE(wordsThatFit("diagonal 0.93", 12, width), QString("diagonal"));
    QCOMPARE(wordsThatFit("diagonal 0.93", 7, width), QString());
    QCOMPARE(wordsThatFit("", 7, width), QString());
}

QTEST_MAIN(TestAttentionThumbnails)
#include "tst_attention_thumbnails.moc"
