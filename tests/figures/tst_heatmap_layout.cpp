// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>

#include "core/figures/heatmap.h"

using namespace lottery;

namespace {

HeatmapContent content_of(int layers, int heads, bool mlps = true) {
    HeatmapContent content;
    content.values.heads = HeadMatrix(layers, heads, 0.5F);
    if (mlps) content.values.mlps.assign(static_cast<std::size_t>(layers), 0.5F);
    content.masks = ComponentMasks::all_kept(layers, heads);
    return content;
}

}  // namespace

class TestHeatmapLayout : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cells_and_hits_agree_data();
    void cells_and_hits_agree();
    void outside_hits_nothing();
    void no_mlp_column_without_mlps();
    void pixels_are_whole();
    void empty_content_has_no_cells();
};

void TestHeatmapLayout::cells_and_hits_agree_data() {
    QTest::addColumn<int>("layers");
    QTest::addColumn<int>("heads");
    QTest::addColumn<double>("width");
    QTest::addColumn<double>("height");
    for (const auto& [layers, heads] : {std::pair{1, 1}, {1, 16}, {6, 1}, {4, 4}, {12, 12}, {24, 16}, {48, 25}}) {
        for (const auto& [width, height] :
             {std::pair{85.0, 0.0}, {175.0, 0.0}, {120.0, 90.0}, {300.0, 60.0}, {40.0, 200.0}}) {
            QTest::addRow("%dx%d in %.0fx%.0f", layers, heads, width, height) << layers << heads << width << height;
        }
    }
}

void TestHeatmapLayout::cells_and_hits_agree() {
    QFETCH(int, layers);
    QFETCH(int, heads);
    QFETCH(double, width);
    QFETCH(double, height);
    FigureStyle style;
    style.width_mm = width;
    style.height_mm = height;
    const HeatmapLayout layout = layout_heatmap(content_of(layers, heads), {}, style);
    QVERIFY(layout.height_mm > 0);
    if (height > 0) QCOMPARE(layout.height_mm, height);
    std::vector<Box> cells;
    for (int layer = 0; layer < layers; ++layer) {
        for (int head = -1; head < heads; ++head) {
            const Component component{layer, head};
            const Box cell = layout.cell(component);
            QVERIFY(cell.width > 0 && cell.height > 0);
            QVERIFY(cell.x >= 0 && cell.right() <= width && cell.y >= 0);
            if (height == 0 || height >= 4.0 * layers) QVERIFY(cell.bottom() <= layout.height_mm);
            for (const double share : {0.02, 0.5, 0.98}) {
                const auto hit = component_at(layout, {cell.x + share * cell.width, cell.y + share * cell.height});
                QVERIFY(hit == component);
            }
            for (const Box& other : cells) {
                const bool apart = other.right() <= cell.x + 1e-9 || cell.right() <= other.x + 1e-9 ||
                                   other.bottom() <= cell.y + 1e-9 || cell.bottom() <= other.y + 1e-9;
                if (!apart) QFAIL("two cells overlap");
            }
            cells.push_back(cell);
        }
    }
    QVERIFY(layout.color_bar.right() < width);
    QVERIFY(layout.color_bar.x >= layout.mlp_column.right());
}

void TestHeatmapLayout::outside_hits_nothing() {
    FigureStyle style;
    const HeatmapLayout layout = layout_heatmap(content_of(12, 12), {}, style);
    const Box& grid = layout.head_grid;
    const Point between{(grid.right() + layout.mlp_column.x) / 2, grid.center().y};
    for (const Point p : {Point{0, 0},
                          {grid.x - 0.01, grid.y},
                          {grid.x, grid.y - 0.01},
                          between,
                          {grid.center().x, grid.bottom() + 0.01},
                          {layout.mlp_column.right() + 0.01, grid.y},
                          {std::nan(""), grid.y},
                          {-1e9, 1e9}}) {
        QVERIFY(!component_at(layout, p));
    }
}

void TestHeatmapLayout::no_mlp_column_without_mlps() {
    const HeatmapLayout with = layout_heatmap(content_of(12, 12), {}, {});
    const HeatmapLayout without = layout_heatmap(content_of(12, 12, false), {}, {});
    QCOMPARE(without.mlp_column.width, 0.0);
    QVERIFY(without.head_grid.width > with.head_grid.width);
    QVERIFY(!component_at(without, {without.mlp_column.x, without.mlp_column.y}));
}

void TestHeatmapLayout::pixels_are_whole() {
    FigureStyle style;
    style.width_mm = 153.7;
    style.height_mm = 97.3;
    style.pixel_mm = 25.4 / 96 / 2;
    const HeatmapLayout layout = layout_heatmap(content_of(12, 12), {}, style);
    const auto whole = [&](double mm) {
        const double pixels = mm / style.pixel_mm;
        return std::abs(pixels - std::round(pixels)) < 1e-6;
    };
    for (const Component c : {Component{0, 0}, {5, 7}, {11, 11}, {3, -1}}) {
        const Box cell = layout.cell(c);
        QVERIFY(whole(cell.x) && whole(cell.y) && whole(cell.width) && whole(cell.height));
    }
}

void TestHeatmapLayout::empty_content_has_no_cells() {
    const HeatmapLayout layout = layout_heatmap({}, {}, {});
    QVERIFY(!component_at(layout, {40, 20}));
    QVERIFY(!component_at(layout, {0, 0}));
}

QTEST_GUILESS_MAIN(TestHeatmapLayout)
#include "tst_heatmap_layout.moc"
