// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/widgets/attention_fixture.h"
#include "widgets/attention/attention_arc_lines.h"
#include "widgets/attention/attention_line.h"
#include "widgets/figures/paint_scene.h"

using namespace lottery;
using namespace lottery::gui;

namespace {

std::shared_ptr<ArcContent> contentOf(int size, int heads = 2) {
    auto content = std::make_shared<ArcContent>();
    content->tokens = fixture::tokens(size);
    for (int head = 0; head < heads; ++head)
        content->heads.push_back({"1." + std::to_string(head + 1), fixture::map(size, head + 1)});
    return content;
}

std::set<std::pair<int, int>> pairsOf(const ArcLines& lines) {
    std::set<std::pair<int, int>> pairs;
    for (const ArcLine& line : lines.lines) pairs.emplace(line.query, line.key);
    return pairs;
}

}  // namespace

class TestAttentionArcLines : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void contents();
    void strongest_lines_data();
    void strongest_lines();
    void strongest_lines_of_undefined_and_equal_values();
    void lines_of_a_token();
    void colours_differ_data();
    void colours_differ();
    void layout_places_tokens_data();
    void layout_places_tokens();
    void layout_scrolled();
    void legend_flows();
    void smooth_lines_data();
    void smooth_lines();
    void smooth_lines_are_clipped();
};

void TestAttentionArcLines::contents() {
    QVERIFY(contentOf(4)->isUsable());
    QVERIFY(contentOf(4, 8)->isUsable());
    QVERIFY(!contentOf(4, 9)->isUsable());
    QVERIFY(!contentOf(4, 0)->isUsable());
    QVERIFY(!contentOf(0)->isUsable());
    auto wrong = contentOf(4);
    wrong->heads[1].values.pop_back();
    QVERIFY(!wrong->isUsable());
}

void TestAttentionArcLines::strongest_lines_data() {
    QTest::addColumn<double>("threshold");
    QTest::addColumn<int>("most");
    for (const double threshold : {0.0, 0.1, 0.5, 0.9, 1.0})
        for (const int most : {0, 1, 7, 100, 100000}) QTest::addRow("%.1f, %d", threshold, most) << threshold << most;
}

// Against a plain sort of all lines.
void TestAttentionArcLines::strongest_lines() {
    QFETCH(double, threshold);
    QFETCH(int, most);
    const auto content = contentOf(30, 3);
    for (std::size_t head = 0; head < 3; ++head)
        for (std::size_t i = 0; i < content->heads[head].values.size(); i += 3)
            content->heads[head].values[i] *= static_cast<float>(std::sin(static_cast<double>(i)));
    std::vector<float> shares;
    for (const ArcHead& head : content->heads)
        for (const float value : head.values) shares.push_back(std::abs(value));
    std::ranges::sort(shares, std::greater());
    const float largest = shares[0];
    const auto end = std::ranges::find_if(
        shares, [&](float value) { return value < std::max(static_cast<float>(threshold), 1e-6F) * largest; });
    const auto all = static_cast<std::size_t>(end - shares.begin());
    const ArcLines lines = strongestLines(*content, threshold, static_cast<std::size_t>(most));
    QCOMPARE(lines.all, all);
    QCOMPARE(lines.largest, static_cast<double>(largest));
    QCOMPARE(lines.lines.size(), std::min(all, static_cast<std::size_t>(most)));
    for (std::size_t i = 0; i < lines.lines.size(); ++i) {
        const ArcLine& line = lines.lines[lines.lines.size() - 1 - i];
        QCOMPARE(std::abs(line.weight), shares[i]);
        QCOMPARE(line.weight, content->at(static_cast<std::size_t>(line.head), line.query, line.key));
        QCOMPARE(line.share, shares[i] / largest);
    }
}

void TestAttentionArcLines::strongest_lines_of_undefined_and_equal_values() {
    auto content = contentOf(5, 1);
    std::ranges::fill(content->heads[0].values, fixture::undefined);
    QVERIFY(strongestLines(*content, 0.0, 100).lines.empty());
    QVERIFY(linesOf(*content, {0, true}, 0.0).lines.empty());
    std::ranges::fill(content->heads[0].values, 0.0F);
    QVERIFY(strongestLines(*content, 0.0, 100).lines.empty());
    std::ranges::fill(content->heads[0].values, 0.2F);
    content->heads[0].values[3] = fixture::undefined;
    const ArcLines lines = strongestLines(*content, 1.0, 10);
    QCOMPARE(lines.all, std::size_t{24});
    QCOMPARE(lines.lines.size(), std::size_t{10});
}

void TestAttentionArcLines::lines_of_a_token() {
    const auto content = contentOf(10);
    const ArcLines from = linesOf(*content, {3, true}, 0.1);
    QVERIFY((pairsOf(from) == std::set<std::pair<int, int>>{{3, 4}, {3, 5}, {3, 9}}));
    QCOMPARE(from.lines.back().share, 1.0F);
    const ArcLines to = linesOf(*content, {4, false}, 0.1);
    QVERIFY((pairsOf(to) == std::set<std::pair<int, int>>{{3, 4}, {2, 4}}));
    QCOMPARE(linesOf(*content, {3, true}, 0.0).lines.size(), std::size_t{20});
}

void TestAttentionArcLines::colours_differ_data() {
    QTest::addColumn<bool>("dark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

void TestAttentionArcLines::colours_differ() {
    QFETCH(bool, dark);
    const FigureColors colors = figureColors(dark ? fixture::darkPalette() : QPalette());
    std::set<std::string> seen;
    for (std::size_t head = 0; head < kMostArcHeads; ++head) {
        const Color color = arcColor(head, colors);
        seen.insert(to_hex(color));
        const double a = luminance(color), b = luminance(colors.background);
        const double contrast = (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
        QVERIFY2(contrast > 2.0, qPrintable(QString("head %1: %2").arg(head).arg(contrast)));
    }
    QCOMPARE(seen.size(), kMostArcHeads);
}

void TestAttentionArcLines::layout_places_tokens_data() {
    QTest::addColumn<int>("tokens");
    QTest::addColumn<QSizeF>("page");
    for (const int tokens : {1, 20, 512})
        for (const QSizeF page : {QSizeF(220, 160), QSizeF(460, 560), QSizeF(1600, 900)})
            QTest::addRow("%d in %.0f", tokens, page.width()) << tokens << page;
}

void TestAttentionArcLines::layout_places_tokens() {
    QFETCH(int, tokens);
    QFETCH(QSizeF, page);
    const ArcLayout layout = layoutArcs(tokens, page, 40, 15.3, 70, 16, 0);
    QCOMPARE(layout.row, 16.0);
    QVERIFY(layout.queries.left() >= 0 && layout.keys.right() <= page.width());
    QVERIFY(layout.from < layout.to);
    QCOMPARE(layout.visible().first, 0);
    const int last = layout.visible().last;
    QVERIFY(last < tokens && last * layout.row < page.height());
    for (int token = 0; token <= last; ++token) {
        for (const bool row : {true, false})
            QVERIFY(layout.at({layout.label({token, row}).center().x(), layout.middle(token)}) ==
                    (ArcToken{token, row}));
    }
    QVERIFY(!layout.at({(layout.from + layout.to) / 2, layout.middle(0)}));
    QVERIFY(!layout.at({layout.queries.center().x(), 20}));  // the legend
    QVERIFY(!layout.at({layout.queries.center().x(), layout.middle(tokens)}));
}

void TestAttentionArcLines::layout_scrolled() {
    const ArcLayout layout = layoutArcs(512, {460, 560}, 40, 16, 70, 16, 1e9);
    QCOMPARE(layout.offset, 512 * 16.0 - 520.0);
    QCOMPARE(layout.visible().last, 511);
    const int first = layout.visible().first;
    QVERIFY(first > 400);
    QVERIFY(!layout.isVisible({0, 3, first - 1, 1.0F, 1.0F}));
    QVERIFY(layout.isVisible({0, 3, first, 1.0F, 1.0F}));
    QVERIFY(layout.isVisible({0, 511, 0, 1.0F, 1.0F}));
    const ArcLayout middle = layoutArcs(512, {460, 560}, 40, 16, 70, 16, 1600);
    QVERIFY(middle.isVisible({0, 0, 511, 1.0F, 1.0F}));  // passes by
    QVERIFY(!middle.isVisible({0, 400, 511, 1.0F, 1.0F}));
    const ArcLayout none = layoutArcs(0, {460, 560}, 40, 16, 70, 16, 0);
    QVERIFY(none.visible().last < none.visible().first);
    QVERIFY(!none.at({100, 100}));
}

void TestAttentionArcLines::legend_flows() {
    const std::vector<double> widths{50, 50, 50, 200, 10};
    const auto places = flowPlaces(widths, 120, 10);
    QCOMPARE(places.size(), widths.size());
    const std::vector<std::pair<double, int>> expected{{0, 0}, {60, 0}, {0, 1}, {0, 2}, {0, 3}};
    for (std::size_t i = 0; i < places.size(); ++i) QVERIFY(std::pair(places[i].x, places[i].line) == expected[i]);
    QVERIFY(flowPlaces({}, 120, 10).empty());
}

void TestAttentionArcLines::smooth_lines_data() {
    QTest::addColumn<QPointF>("from");
    QTest::addColumn<QPointF>("to");
    QTest::addColumn<double>("width");
    for (const double width : {0.7, 1.0, 2.5, 6.0}) {
        QTest::addRow("level %.1f", width) << QPointF(10, 50.3) << QPointF(90, 50.3) << width;
        QTest::addRow("upright %.1f", width) << QPointF(50.2, 90) << QPointF(50.2, 10) << width;
        QTest::addRow("down %.1f", width) << QPointF(10, 12) << QPointF(90, 88) << width;
        QTest::addRow("up %.1f", width) << QPointF(10, 60) << QPointF(90, 35.5) << width;
        QTest::addRow("steep %.1f", width) << QPointF(60, 90) << QPointF(45, 10) << width;
    }
}

// The ink is that of a strip of this length and width, all of it beside the line.
void TestAttentionArcLines::smooth_lines() {
    QFETCH(QPointF, from);
    QFETCH(QPointF, to);
    QFETCH(double, width);
    QImage image(100, 100, QImage::Format_RGB32);
    image.fill(Qt::white);
    drawSmoothLine(image, image.rect(), {from, to, width, Color{0, 0, 0}});
    const double length = QLineF(from, to).length();
    const QPointF along = (to - from) / length;
    double ink = 0.0;
    for (int y = 0; y < 100; ++y) {
        for (int x = 0; x < 100; ++x) {
            const double here = 1.0 - qRed(image.pixel(x, y)) / 255.0;
            if (here == 0.0) continue;
            ink += here;
            const QPointF off = QPointF(x + 0.5, y + 0.5) - from;
            QVERIFY(std::abs(off.x() * along.y() - off.y() * along.x()) < width / 2 + 1.0);
            const double place = off.x() * along.x() + off.y() * along.y();
            QVERIFY(place > -width / 2 - 1.5 && place < length + width / 2 + 1.5);
        }
    }
    QVERIFY2(std::abs(ink / (length * width) - 1.0) < 0.03, qPrintable(QString::number(ink / (length * width))));
    QImage back(100, 100, QImage::Format_RGB32);
    back.fill(Qt::white);
    drawSmoothLine(back, back.rect(), {to, from, width, Color{0, 0, 0}});
    QCOMPARE(back, image);
}

void TestAttentionArcLines::smooth_lines_are_clipped() {
    QImage image(100, 100, QImage::Format_RGB32);
    image.fill(Qt::white);
    const QRect clip(20, 30, 40, 50);
    for (const QPointF to : {QPointF(1e7, 1e7), QPointF(40, -1e9), QPointF(-500, 55), QPointF(40, 55)})
        drawSmoothLine(image, clip, {{40, 55}, to, 3.0, Color{255, 0, 0, 128}});
    drawSmoothLine(image, QRect(-50, -50, 20, 20), {{0, 0}, {99, 99}, 3.0, Color{}});
    drawSmoothLine(image, clip, {{40, std::nan("")}, {50, 60}, 3.0, Color{}});
    int inked = 0;
    for (int y = 0; y < 100; ++y) {
        for (int x = 0; x < 100; ++x) {
            if (image.pixelColor(x, y) == QColor(Qt::white)) continue;
            QVERIFY(clip.contains(x, y));
            ++inked;
        }
    }
    QVERIFY(inked > 150);
    QCOMPARE(image.pixelColor(40, 35), QColor(255, 126, 126));
}

QTEST_MAIN(TestAttentionArcLines)
#include "tst_attention_arc_lines.moc"
