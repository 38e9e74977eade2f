// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>

#include "tests/widgets/attention_fixture.h"
#include "widgets/attention/attention_map_content.h"
#include "widgets/attention/attention_map_layout.h"

using namespace lottery;
using namespace lottery::gui;

class TestAttentionMapLayout : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void contents();
    void sums();
    void layout_shows_all_at_first_data();
    void layout_shows_all_at_first();
    void layout_zoomed_is_bounded();
    void labels_that_fit_data();
    void labels_that_fit();
    void labels_shrink();
};

void TestAttentionMapLayout::contents() {
    const MapContent map = mapContent(fixture::tokens(8), fixture::map(8, 1));
    QVERIFY(map.isUsable());
    QVERIFY(map.rows.breaks == std::vector<int>{4});
    QVERIFY(map.columns.tokens);
    const MapContent layers = layersContent(fixture::tokens(8), std::vector<float>(24, 0.5F));
    QVERIFY(layers.isUsable());
    QCOMPARE(layers.rows.size(), 3);
    QCOMPARE(layers.rows.labels[2], std::string("layer 3"));
    QVERIFY(!layers.rows.tokens);
    QVERIFY(!mapContent(fixture::tokens(8), fixture::map(7, 1)).isUsable());
    QVERIFY(!layersContent(fixture::tokens(8), std::vector<float>(23, 0.5F)).isUsable());
    QVERIFY(!mapContent({}, {}).isUsable());
    QVERIFY(segmentBreaks(fixture::tokens(1)).empty());
    QVERIFY(segmentBreaks({}).empty());
}

void TestAttentionMapLayout::sums() {
    MapContent map;
    map.rows.labels = {"a", "b"};
    map.columns.labels = {"x", "y", "z"};
    map.values = {1.0F, 2.0F, fixture::undefined, -8.0F, 0.5F, fixture::undefined};
    const MapSums sums = sumsOf(map);
    QCOMPARE(sums.rows[0], 3.0);
    QCOMPARE(sums.rows[1], -7.5);
    QCOMPARE(sums.columns[0], -7.0);
    QCOMPARE(sums.columns[1], 2.5);
    QVERIFY(std::isnan(sums.columns[2]));
    QCOMPARE(sums.largest_row, 7.5);
    QCOMPARE(sums.largest_column, 7.0);
}

void TestAttentionMapLayout::layout_shows_all_at_first_data() {
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("columns");
    QTest::addColumn<QSizeF>("room");
    for (const auto& [rows, columns] : {std::pair{1, 1}, {7, 7}, {44, 44}, {512, 512}, {6, 512}, {12, 20}, {512, 3}})
        for (const QSizeF room : {QSizeF(240, 200), QSizeF(800, 600), QSizeF(1500, 400)})
            QTest::addRow("%dx%d in %.0f", rows, columns, room.width()) << rows << columns << room;
}

void TestAttentionMapLayout::layout_shows_all_at_first() {
    QFETCH(int, rows);
    QFETCH(int, columns);
    QFETCH(QSizeF, room);
    const MapLayout layout = layoutMap(rows, columns, room, room, {16, true, 60, 50, 30, 60}, 1.0, {99, 99});
    QCOMPARE(layout.offset, QPointF(0, 0));
    QVERIFY(std::abs(layout.plot.width() - layout.content().width()) < 1e-6);
    QVERIFY(std::abs(layout.plot.height() - layout.content().height()) < 1e-6);
    const QRectF page(QPointF(0, 0), room);
    for (const QRectF& part : {layout.plot, layout.row_labels, layout.column_labels, layout.row_sums,
                               layout.column_sums, layout.row_title, layout.column_title})
        QVERIFY(page.contains(part));
    QVERIFY(layout.legend.right() <= room.width() && layout.legend.bottom() <= room.height());
    if (rows == columns) QCOMPARE(layout.cell_width, layout.cell_height);
    QCOMPARE(layout.visibleRows().first, 0);
    QCOMPARE(layout.visibleRows().last, rows - 1);
    QCOMPARE(layout.visibleColumns().last, columns - 1);
    for (int row = 0; row < rows; row += std::max(rows / 5, 1)) {
        for (int column = 0; column < columns; column += std::max(columns / 5, 1)) {
            const QPointF middle = layout.cell(row, column).center();
            QVERIFY(layout.cellAt(middle) == (MapCell{row, column}));
            QVERIFY(layout.rowLabelAt({layout.row_labels.center().x(), middle.y()}) == row);
            QVERIFY(layout.columnLabelAt({middle.x(), layout.column_labels.center().y()}) == column);
            QVERIFY(!layout.rowLabelAt(middle));
        }
    }
    QVERIFY(!layout.cellAt({1, 1}));
    const MapLayout empty = layoutMap(0, 0, room, room, {}, 1.0, {});
    QVERIFY(!empty.cellAt({100, 100}));
    QVERIFY(empty.visibleRows().last < empty.visibleRows().first);
}

void TestAttentionMapLayout::layout_zoomed_is_bounded() {
    const QSizeF room(500, 500), page(486, 486);
    const MapBands bands{16, true, 60, 50, 30, 60};
    const MapLayout whole = layoutMap(100, 100, room, room, bands, 1.0, {});
    const MapLayout zoomed = layoutMap(100, 100, room, page, bands, 4.0, {1e9, -5});
    QCOMPARE(zoomed.cell_width, 4 * whole.cell_width);
    QCOMPARE(zoomed.offset.x(), zoomed.content().width() - zoomed.plot.width());
    QCOMPARE(zoomed.offset.y(), 0.0);
    QCOMPARE(zoomed.visibleColumns().last, 99);
    QCOMPARE(zoomed.visibleRows().first, 0);
    QVERIFY(zoomed.visibleRows().last < 50);
    QVERIFY(largestZoom(zoomed, 4.0) > 4.0);
    QCOMPARE(largestZoom(zoomed, 4.0), largestZoom(whole, 1.0));
    QCOMPARE(largestZoom(layoutMap(1, 1, room, room, bands, 1.0, {}), 1.0), 1.0);
}

void TestAttentionMapLayout::labels_that_fit_data() {
    QTest::addColumn<GridRange>("visible");
    QTest::addColumn<double>("step");
    QTest::addColumn<double>("need");
    QTest::addColumn<std::vector<int>>("always");
    QTest::addColumn<std::vector<int>>("expected");
    using Places = std::vector<int>;
    QTest::newRow("all") << GridRange{0, 3} << 20.0 << 12.0 << Places{} << Places{0, 1, 2, 3};
    QTest::newRow("just") << GridRange{0, 3} << 12.0 << 12.0 << Places{} << Places{0, 1, 2, 3};
    QTest::newRow("every second") << GridRange{0, 5} << 8.0 << 12.0 << Places{} << Places{0, 2, 4};
    QTest::newRow("steady while panned") << GridRange{3, 8} << 8.0 << 12.0 << Places{} << Places{4, 6, 8};
    QTest::newRow("one in place of two") << GridRange{0, 5} << 8.0 << 12.0 << Places{3} << Places{0, 3};
    QTest::newRow("hovered before selected") << GridRange{0, 5} << 4.0 << 12.0 << Places{4, 3} << Places{0, 4};
    QTest::newRow("outside") << GridRange{0, 3} << 20.0 << 12.0 << Places{9} << Places{0, 1, 2, 3};
    QTest::newRow("nothing visible") << GridRange{} << 20.0 << 12.0 << Places{} << Places{};
    QTest::newRow("no cells") << GridRange{0, 3} << 0.0 << 12.0 << Places{} << Places{};
}

void TestAttentionMapLayout::labels_that_fit() {
    QFETCH(GridRange, visible);
    QFETCH(double, step);
    QFETCH(double, need);
    QFETCH(std::vector<int>, always);
    QFETCH(std::vector<int>, expected);
    const auto labels = labelsThatFit(visible, step, need, always);
    QVERIFY2(labels == expected, labels.empty() ? "none" : qPrintable(QString::number(labels.back())));
}

void TestAttentionMapLayout::labels_shrink() {
    QCOMPARE(labelPoints(30.0, 9.0, 15.0), 9.0);
    QCOMPARE(labelPoints(12.5, 9.0, 15.0), 7.5);
    QCOMPARE(labelPoints(2.0, 9.0, 15.0), 6.5);
    QCOMPARE(labelPoints(2.0, 5.0, 15.0), 5.0);
    QCOMPARE(labelPoints(2.0, 9.0, 0.0), 9.0);
}

QTEST_MAIN(TestAttentionMapLayout)
#include "tst_attention_map_layout.moc"
