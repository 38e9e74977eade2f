// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "tests/figures/attention_checks.h"
#include "tests/figures/scene_checks.h"

using namespace lottery;
using namespace lottery::test;

namespace {

AttentionGridContent grid_of(int layers, int heads) {
    AttentionGridContent content;
    content.layers = layers;
    content.heads = heads;
    for (int i = 0; i < layers * heads; ++i)
        content.maps.push_back({2, 2, {0.0F, 0.25F, 0.5F, 1.0F}, HeadState::Kept, {0.5 * i}});
    content.numbers = {"entropy, nats"};
    return content;
}

}  // namespace

class TestAttentionGridFigure : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void grid_draws_each_head();
    void grid_marks_masked_and_removed_heads();
    void grid_fits_its_paper_data();
    void grid_fits_its_paper();
    void grid_scale_is_shared_or_own();
    void incomplete_grids_are_empty();
};

void TestAttentionGridFigure::grid_draws_each_head() {
    AttentionGridContent content = grid_of(3, 4);
    content.maps[5].numbers.clear();
    const Figure figure = attention_grid_figure(content, {}, style_of(85));
    const auto images = images_of(figure.scene);
    QCOMPARE(images.size(), std::size_t{12});
    QVERIFY(images[1].box.x > images[0].box.right());   // heads to the right,
    QVERIFY(images[4].box.y > images[0].box.bottom());  // layers downwards
    QVERIFY(images[0].cells.back() == sample(ColorMap::Viridis, 1.0));
    for (const char* number : {"1", "3", "4", "Head", "Layer"}) QVERIFY(texts_of(figure.scene).contains(number));
    QCOMPARE(figure.data.columns, (std::vector<std::string>{"layer", "head", "state", "entropy, nats"}));
    QCOMPARE(figure.data.rows.size(), std::size_t{12});
    QCOMPARE(std::get<std::int64_t>(figure.data.rows[6][0]), std::int64_t{2});
    QCOMPARE(std::get<std::int64_t>(figure.data.rows[6][1]), std::int64_t{3});
    QCOMPARE(std::get<double>(figure.data.rows[6][3]), 3.0);
    QCOMPARE(text_of(figure.data.rows[5][3]), std::string());
}

void TestAttentionGridFigure::grid_marks_masked_and_removed_heads() {
    AttentionGridContent content = grid_of(2, 2);
    QVERIFY(!texts_of(attention_grid_figure(content, {}, style_of(85)).scene).contains("masked"));
    content.maps[1].state = HeadState::Masked;
    content.maps[2].state = HeadState::Removed;
    const FigureStyle style = style_of(85);
    const Figure figure = attention_grid_figure(content, {}, style);
    const auto images = images_of(figure.scene);
    QCOMPARE(images.size(), std::size_t{3});  // a removed head has no map
    QVERIFY(images[1].cells.back() == mix(images[0].cells.back(), style.colors.background, 0.5));
    QVERIFY(texts_of(figure.scene).contains("masked"));
    QVERIFY(texts_of(figure.scene).contains("removed"));
    // Two strokes of a cross: over the head, and in the legend.
    const auto crosses = [&](const SceneLine& l) { return l.stroke.color == style.colors.text; };
    QCOMPARE(count<SceneLine>(figure.scene, crosses), 4);
    QVERIFY(count<SceneLine>(figure.scene, [&](const auto& l) { return l.stroke.color == style.colors.neutral; }) > 4);
    QCOMPARE(text_of(figure.data.rows[0][2]), std::string("kept"));
    QCOMPARE(text_of(figure.data.rows[1][2]), std::string("masked"));
    QCOMPARE(text_of(figure.data.rows[2][2]), std::string("removed"));
}

void TestAttentionGridFigure::grid_fits_its_paper_data() {
    QTest::addColumn<int>("layers");
    QTest::addColumn<int>("heads");
    QTest::addColumn<double>("width");
    QTest::addColumn<double>("height");
    for (const double width : {60.0, 85.0, 175.0}) {
        QTest::addRow("base, %g mm", width) << 12 << 12 << width << 0.0;
        QTest::addRow("large, %g mm", width) << 24 << 16 << width << 0.0;
        QTest::addRow("one head, %g mm", width) << 1 << 1 << width << 0.0;
    }
    QTest::newRow("screen") << 12 << 12 << 200.0 << 110.0;
    QTest::newRow("many heads") << 6 << 64 << 85.0 << 0.0;
}

void TestAttentionGridFigure::grid_fits_its_paper() {
    QFETCH(int, layers);
    QFETCH(int, heads);
    QFETCH(double, width);
    QFETCH(double, height);
    AttentionGridContent content = grid_of(layers, heads);
    content.maps[0].state = HeadState::Masked;
    for (const ThumbnailRange range : {ThumbnailRange::Shared, ThumbnailRange::EachMap}) {
        AttentionGridOptions options;
        options.title = "All heads";
        options.range = range;
        const Scene scene = attention_grid_figure(content, options, style_of(width, height)).scene;
        QVERIFY(finite(scene));
        QCOMPARE(outside(scene), QString());
    }
}

void TestAttentionGridFigure::grid_scale_is_shared_or_own() {
    AttentionGridContent content = grid_of(1, 2);
    content.maps[1].values = {0.0F, 0.1F, 0.0F, 0.2F};
    AttentionGridOptions options;
    const auto shared = images_of(attention_grid_figure(content, options, style_of(85)).scene);
    QVERIFY(shared[1].cells[3] == sample(ColorMap::Viridis, static_cast<double>(0.2F)));
    options.range = ThumbnailRange::EachMap;
    const Scene own = attention_grid_figure(content, options, style_of(85)).scene;
    QVERIFY(images_of(own)[1].cells[3] == sample(ColorMap::Viridis, 1.0));
    QVERIFY(texts_of(own).contains(QString::fromUtf8("each map\u2019s own scale")));
    options.scale = AttentionScale::Signed;
    content.maps[0].values = {-1.0F, 0.0F, 0.5F, 1.0F};
    const Scene both = attention_grid_figure(content, options, style_of(85)).scene;
    QVERIFY(images_of(both)[0].cells[0] == sample(ColorMap::BlueRed, 0.0));
    QVERIFY(images_of(both)[0].cells[1] == sample(ColorMap::BlueRed, 0.5));
}

void TestAttentionGridFigure::incomplete_grids_are_empty() {
    AttentionGridContent content = grid_of(2, 2);
    content.maps.pop_back();
    const Figure missing = attention_grid_figure(content, {}, style_of(85));
    QVERIFY(missing.scene.primitives.empty());
    QVERIFY(missing.data.rows.empty());
    QVERIFY(attention_grid_figure({}, {}, style_of(85)).scene.primitives.empty());
    // A head without a map of its size is left out, the others are drawn.
    content = grid_of(2, 2);
    content.maps[0].values.pop_back();
    QCOMPARE(images_of(attention_grid_figure(content, {}, style_of(85)).scene).size(), std::size_t{3});
}

QTEST_GUILESS_MAIN(TestAttentionGridFigure)
#include "tst_attention_grid_figure.moc"
