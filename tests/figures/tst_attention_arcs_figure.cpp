// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <limits>

#include "tests/figures/attention_checks.h"
#include "tests/figures/scene_checks.h"

using namespace lottery;
using namespace lottery::test;

namespace {

constexpr float undefined = std::numeric_limits<float>::quiet_NaN();

}  // namespace

class TestAttentionArcsFigure : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void arcs_are_as_strong_as_attention();
    void arcs_leave_out_what_is_weak_and_say_so();
    void arcs_of_one_token();
    void arcs_tell_signs();
    void arcs_fit_their_paper_data();
    void arcs_fit_their_paper();
    void arcs_of_nothing();
};

void TestAttentionArcsFigure::arcs_are_as_strong_as_attention() {
    AttentionArcsContent content{tokens(2), tokens(2), {{"layer 1, head 2", {0.25F, 0.5F, 0.0F, 1.0F}}}};
    AttentionArcsOptions options;
    options.least_share = 0.0;
    const Figure figure = attention_arcs_figure(content, options, style_of(85));
    const auto lines = lines_of(figure.scene);
    // Heads and largest value in the legend, then three lines; a zero has none.
    QCOMPARE(lines.size(), std::size_t{5});
    for (std::size_t i = 3; i < lines.size(); ++i) {
        QVERIFY(lines[i].stroke.width > lines[i - 1].stroke.width);
        QVERIFY(lines[i].stroke.color.alpha > lines[i - 1].stroke.color.alpha);
    }
    QCOMPARE(lines[4].stroke.color.alpha, std::uint8_t{255});
    QVERIFY(lines[4].to.x > lines[4].from.x);
    QCOMPARE(lines[4].from.y, lines[4].to.y);  // the second token to itself
    QVERIFY(lines[3].from.y < lines[3].to.y);  // the first to the second
    QCOMPARE(figure.data.rows.size(), std::size_t{4});
    QCOMPARE(text_of(figure.data.rows[1][0]), std::string("layer 1, head 2"));
    QCOMPARE(text_of(figure.data.rows[1][4]), std::string("the"));
    QCOMPARE(std::get<float>(figure.data.rows[1][5]), 0.5F);
}

void TestAttentionArcsFigure::arcs_leave_out_what_is_weak_and_say_so() {
    AttentionArcsContent content{tokens(2), tokens(2), {{"a", {0.05F, 0.5F, undefined, 1.0F}}, {"b", {0.1F, 0, 0, 0}}}};
    AttentionArcsOptions options;
    const auto drawn = [&] {
        const Scene scene = attention_arcs_figure(content, options, style_of(175)).scene;
        const double legend = texts_of(scene).contains("1.0") ? 0 : 1;
        return std::pair{static_cast<int>(lines_of(scene).size()), legend};
    };
    // Two heads, least and largest in the legend; of the lines, 0.05 is below a tenth.
    QCOMPARE(drawn(), (std::pair{4 + 3, 0.0}));
    QVERIFY(texts_of(attention_arcs_figure(content, options, style_of(175)).scene).contains("0.1 (less is left out)"));
    QCOMPARE(attention_arcs_figure(content, options, style_of(175)).data.rows.size(), std::size_t{8});
    options.least_share = 0.0;
    QCOMPARE(drawn(), (std::pair{3 + 4, 0.0}));
    content.heads[1].values.pop_back();  // not of this text
    QCOMPARE(drawn(), (std::pair{3 + 3, 0.0}));
}

void TestAttentionArcsFigure::arcs_of_one_token() {
    AttentionArcsContent content{tokens(3), tokens(3), {{"a", std::vector<float>(9, 0.5F)}}};
    AttentionArcsOptions options;
    options.row = 1;
    const Scene scene = attention_arcs_figure(content, options, style_of(85)).scene;
    const auto lines = lines_of(scene);
    QCOMPARE(lines.size(), std::size_t{3 + 3});
    for (std::size_t i = 4; i < lines.size(); ++i) QCOMPARE(lines[i].from.y, lines[3].from.y);
}

void TestAttentionArcsFigure::arcs_tell_signs() {
    AttentionArcsContent content{tokens(1), tokens(2), {{"a", {-1.0F, 0.5F}}}};
    AttentionArcsOptions options;
    options.scale = AttentionScale::Signed;
    const Scene scene = attention_arcs_figure(content, options, style_of(175)).scene;
    QVERIFY(texts_of(scene).contains("negative"));
    const auto lines = lines_of(scene);
    const SceneLine &weak = lines[lines.size() - 2], &strong = lines.back();
    QVERIFY(weak.stroke.color.red > weak.stroke.color.blue);
    QVERIFY(strong.stroke.color.blue > strong.stroke.color.red);
    QVERIFY(strong.stroke.width > weak.stroke.width);
}

void TestAttentionArcsFigure::arcs_fit_their_paper_data() {
    QTest::addColumn<int>("size");
    QTest::addColumn<double>("width");
    QTest::addColumn<double>("height");
    for (const int size : {1, 9, 50, 128})
        for (const double width : {60.0, 85.0, 175.0})
            QTest::addRow("%d tokens, %g mm", size, width) << size << width << 0.0;
    QTest::newRow("screen") << 30 << 200.0 << 120.0;
    QTest::newRow("one row high") << 30 << 85.0 << 40.0;
}

void TestAttentionArcsFigure::arcs_fit_their_paper() {
    QFETCH(int, size);
    QFETCH(double, width);
    QFETCH(double, height);
    const auto count_of_tokens = static_cast<std::size_t>(size);
    AttentionArcsContent content{tokens(count_of_tokens), tokens(count_of_tokens), {}};
    for (const char* name : {"layer 1, head 1", "layer 11, head 12", "layer 3, head 4"})
        content.heads.push_back({name, numbered_map(count_of_tokens, count_of_tokens).values});
    AttentionArcsOptions options;
    options.title = "Three heads";
    const Scene scene = attention_arcs_figure(content, options, style_of(width, height)).scene;
    QVERIFY(finite(scene));
    QCOMPARE(outside(scene), QString());
    QVERIFY(scene.height_mm <= 230.0);
}

void TestAttentionArcsFigure::arcs_of_nothing() {
    QVERIFY(finite(attention_arcs_figure({}, {}, style_of(85)).scene));
    const AttentionArcsContent zeros{tokens(2), tokens(2), {{"a", {0, 0, 0, 0}}}};
    const Scene scene = attention_arcs_figure(zeros, {}, style_of(85)).scene;
    QVERIFY(finite(scene));
    QCOMPARE(lines_of(scene).size(), std::size_t{1});  // the legend's
}

QTEST_GUILESS_MAIN(TestAttentionArcsFigure)
#include "tst_attention_arcs_figure.moc"
