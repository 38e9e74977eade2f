// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>
#include <limits>

#include "core/figures/attention_scale.h"
#include "core/figures/axes.h"
#include "core/figures/token_labels.h"
#include "tests/figures/attention_checks.h"
#include "tests/figures/scene_checks.h"

using namespace lottery;
using namespace lottery::test;

namespace {

constexpr float undefined = std::numeric_limits<float>::quiet_NaN();

}  // namespace

class TestAttentionMapFigure : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void labels_shrink_then_thin_out_data();
    void labels_shrink_then_thin_out();
    void colours_start_at_zero_or_lie_about_it_data();
    void colours_start_at_zero_or_lie_about_it();
    void map_fits_its_paper_data();
    void map_fits_its_paper();
    void map_is_rectangles_or_an_image_data();
    void map_is_rectangles_or_an_image();
    void map_marks_boundaries_and_missing_values();
    void map_writes_numbers_where_they_fit();
    void map_data_is_every_cell();
    void incomplete_maps_are_empty_data();
    void incomplete_maps_are_empty();
};

void TestAttentionMapFigure::labels_shrink_then_thin_out_data() {
    QTest::addColumn<int>("count");
    QTest::addColumn<double>("pitch");
    QTest::addColumn<double>("size");
    QTest::addColumn<int>("stride");
    QTest::newRow("room for all") << 8 << 5.0 << 7.0 << 1;
    QTest::newRow("smaller") << 8 << 2.0 << 2.0 / (1.08 * mm_per_point) << 1;
    QTest::newRow("every second") << 60 << 1.0 << 4.5 << 2;
    QTest::newRow("every fifth") << 100 << 0.5 << 4.5 << 5;
    QTest::newRow("every tenth") << 200 << 0.2 << 4.5 << 10;
    QTest::newRow("every hundredth") << 512 << 0.02 << 4.5 << 100;
    QTest::newRow("none has room") << 12 << 1e-6 << 4.5 << 20;
    QTest::newRow("no tokens") << 0 << 1.0 << 4.5 << 2;
}

void TestAttentionMapFigure::labels_shrink_then_thin_out() {
    QFETCH(int, count);
    QFETCH(double, pitch);
    QFETCH(double, size);
    QFETCH(int, stride);
    const auto words = tokens(static_cast<std::size_t>(count));
    const TokenLabels labels = fit_token_labels(words, pitch, 7.0, 12.0);
    QCOMPARE(labels.size_pt, size);
    if (count > 0) QCOMPARE(static_cast<int>(labels.stride), stride);
    QVERIFY(labels.room_mm <= 12.0);
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (!is_written(i, labels)) continue;
        const QString label = QString::fromStdString(token_label(words, i, labels));
        QVERIFY(text_width_mm(label.toStdString(), labels.size_pt) <= labels.room_mm + 1e-3);
        if (stride > 1) QVERIFY2(label.startsWith(QString::number(i + 1) + " "), qPrintable(label));
    }
}

void TestAttentionMapFigure::colours_start_at_zero_or_lie_about_it_data() {
    QTest::addColumn<QList<float>>("values");
    QTest::addColumn<bool>("is_signed");
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::newRow("probabilities") << QList<float>{0.25F, 0.5F} << false << 0.0 << 0.5;
    QTest::newRow("zeros") << QList<float>{0.0F, 0.0F} << false << 0.0 << 1.0;
    QTest::newRow("nothing finite") << QList<float>{undefined, std::numeric_limits<float>::infinity()} << false << 0.0
                                    << 1.0;
    QTest::newRow("negative, sequential") << QList<float>{-0.25F, 0.5F} << false << -0.25 << 0.5;
    QTest::newRow("difference") << QList<float>{-0.75F, 0.5F, undefined} << true << -0.75 << 0.75;
    QTest::newRow("difference above zero") << QList<float>{0.5F} << true << -0.5 << 0.5;
    QTest::newRow("no difference") << QList<float>{0.0F} << true << -1.0 << 1.0;
}

void TestAttentionMapFigure::colours_start_at_zero_or_lie_about_it() {
    QFETCH(QList<float>, values);
    QFETCH(bool, is_signed);
    QFETCH(double, low);
    QFETCH(double, high);
    const std::vector<float> all(values.begin(), values.end());
    const auto scale = is_signed ? AttentionScale::Signed : AttentionScale::Sequential;
    const ColorScale colors = attention_colors(all, scale, ColorMap::Cividis, std::nullopt);
    QCOMPARE(colors.low, low);
    QCOMPARE(colors.high, high);
    QVERIFY(colors.map == (is_signed ? ColorMap::BlueRed : ColorMap::Cividis));
    const ColorScale given = attention_colors(all, scale, ColorMap::Cividis, std::pair{-2.0, 3.0});
    QCOMPARE(given.low, -2.0);
    QCOMPARE(given.high, 3.0);
    // An empty range is none.
    QCOMPARE(attention_colors(all, scale, ColorMap::Cividis, std::pair{1.0, 1.0}).high, high);
}

void TestAttentionMapFigure::map_fits_its_paper_data() {
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("columns");
    QTest::addColumn<double>("width");
    QTest::addColumn<double>("height");
    for (const int size : {1, 2, 9, 40, 41, 128, 512})
        for (const double width : {60.0, 85.0, 175.0})
            QTest::addRow("%d tokens, %g mm", size, width) << size << size << width << 0.0;
    QTest::newRow("wide") << 3 << 60 << 85.0 << 0.0;
    QTest::newRow("tall") << 60 << 3 << 85.0 << 0.0;
    QTest::newRow("screen") << 24 << 24 << 160.0 << 90.0;
    QTest::newRow("low") << 24 << 24 << 160.0 << 40.0;
}

void TestAttentionMapFigure::map_fits_its_paper() {
    QFETCH(int, rows);
    QFETCH(int, columns);
    QFETCH(double, width);
    QFETCH(double, height);
    const auto content = numbered_map(static_cast<std::size_t>(rows), static_cast<std::size_t>(columns));
    for (const double pixel : {0.0, 25.4 / 96}) {
        FigureStyle style = style_of(width, height);
        style.pixel_mm = pixel;
        AttentionMapOptions options;
        options.title = "Layer 3, head 7 of a model with a long name, trained on MRPC with seed 42";
        const Scene scene = attention_map_figure(content, options, style).scene;
        QVERIFY(finite(scene));
        QCOMPARE(outside(scene), QString());
        QCOMPARE(scene.width_mm, width);
        if (height > 0.0) QCOMPARE(scene.height_mm, height);
        QVERIFY(texts_of(scene).contains("attended token"));
        // Type never gets too small to read.
        QCOMPARE(count<SceneText>(scene, [](const SceneText& t) { return t.size_pt < 4.5; }), 0);
    }
}

void TestAttentionMapFigure::map_is_rectangles_or_an_image_data() {
    QTest::addColumn<int>("size");
    QTest::addColumn<int>("images");
    QTest::newRow("12 tokens") << 12 << 0;
    QTest::newRow("40 tokens") << 40 << 0;
    QTest::newRow("41 tokens") << 41 << 1;
    QTest::newRow("512 tokens") << 512 << 1;
}

void TestAttentionMapFigure::map_is_rectangles_or_an_image() {
    QFETCH(int, size);
    QFETCH(int, images);
    const auto content = numbered_map(static_cast<std::size_t>(size), static_cast<std::size_t>(size));
    AttentionMapOptions options;
    options.color_bar = false;
    const Scene scene = attention_map_figure(content, options, style_of(175)).scene;
    QCOMPARE(static_cast<int>(images_of(scene).size()), images);
    const Color last = sample(ColorMap::Viridis, 1.0), first = sample(ColorMap::Viridis, content.values[0]);
    if (images == 0) {
        QCOMPARE(count<SceneRectangle>(scene, [](const auto& r) { return r.fill.has_value(); }), size * size);
        QVERIFY(count<SceneRectangle>(scene, [&](const auto& r) { return r.fill == last; }) >= 1);
        return;
    }
    const SceneImage image = images_of(scene)[0];
    QCOMPARE(image.columns, size);
    QCOMPARE(image.rows, size);
    QVERIFY(image.cells.front() == first);
    QVERIFY(image.cells.back() == last);
    QVERIFY(image.cells[1] == sample(ColorMap::Viridis, content.values[1]));  // row by row
    QVERIFY(std::abs(image.box.width - image.box.height) < 1e-9);
}

void TestAttentionMapFigure::map_marks_boundaries_and_missing_values() {
    AttentionMapContent content = numbered_map(4, 4);
    content.values[5] = undefined;
    content.boundaries = {0, 2, 4};  // none at the edges
    const FigureStyle style = style_of(85);
    AttentionMapOptions options;
    options.color_bar = false;
    const Scene scene = attention_map_figure(content, options, style).scene;
    const Color grey = mix(style.colors.neutral, style.colors.background, 0.55);
    QCOMPARE(count<SceneRectangle>(scene, [&](const auto& r) { return r.fill == grey; }), 1);
    QCOMPARE(count<SceneLine>(scene, [&](const auto& l) { return l.stroke.color == style.colors.text; }), 2);
}

void TestAttentionMapFigure::map_writes_numbers_where_they_fit() {
    AttentionMapOptions options;
    options.annotate = true;
    const auto numbers = [&](std::size_t size, double width) {
        const Scene scene = attention_map_figure(numbered_map(size, size), options, style_of(width)).scene;
        return static_cast<int>(texts_of(scene).filter(QRegularExpression("^(0|1)?\\.[0-9]{2}$")).size());
    };
    options.color_bar = false;
    QCOMPARE(numbers(4, 85), 16);
    QCOMPARE(numbers(39, 85), 0);
    options.annotate = false;
    QCOMPARE(numbers(4, 85), 0);
}

void TestAttentionMapFigure::map_data_is_every_cell() {
    AttentionMapContent content = numbered_map(2, 3);
    content.values[4] = undefined;
    AttentionMapOptions options;
    options.value_label = "norm";
    const DataTable table = attention_map_figure(content, options, style_of(85)).data;
    QCOMPARE(table.columns, (std::vector<std::string>{"row", "row token", "column", "column token", "norm"}));
    QCOMPARE(table.rows.size(), std::size_t{6});
    QCOMPARE(std::get<std::int64_t>(table.rows[5][0]), std::int64_t{2});
    QCOMPARE(text_of(table.rows[5][1]), std::string("the"));
    QCOMPARE(std::get<std::int64_t>(table.rows[5][2]), std::int64_t{3});
    QCOMPARE(text_of(table.rows[5][3]), std::string("distort"));
    QCOMPARE(std::get<float>(table.rows[5][4]), 1.0F);
    QVERIFY(std::isnan(std::get<float>(table.rows[4][4])));
}

void TestAttentionMapFigure::incomplete_maps_are_empty_data() {
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("columns");
    QTest::addColumn<int>("values");
    QTest::newRow("nothing") << 0 << 0 << 0;
    QTest::newRow("no rows") << 0 << 3 << 0;
    QTest::newRow("too few values") << 3 << 3 << 8;
    QTest::newRow("too many values") << 3 << 3 << 10;
}

void TestAttentionMapFigure::incomplete_maps_are_empty() {
    QFETCH(int, rows);
    QFETCH(int, columns);
    QFETCH(int, values);
    AttentionMapContent content{tokens(static_cast<std::size_t>(rows)),
                                tokens(static_cast<std::size_t>(columns)),
                                std::vector<float>(static_cast<std::size_t>(values), 0.5F),
                                {}};
    AttentionMapOptions options;
    options.title = "Head";
    const Figure figure = attention_map_figure(content, options, style_of(85));
    QCOMPARE(texts_of(figure.scene), QStringList{"Head"});
    QCOMPARE(figure.data.columns.size(), std::size_t{5});
    QVERIFY(figure.data.rows.empty());
}

QTEST_GUILESS_MAIN(TestAttentionMapFigure)
#include "tst_attention_map_figure.moc"
