// SPDX-License-Identifier: GPL-3.0-or-later
#include <QHelpEvent>
#include <QScrollBar>
#include <QToolTip>
#include <QtTest>
#include <set>

#include "tests/widgets/attention_fixture.h"
#include "widgets/attention/attention_arc_view.h"
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

QPoint middleOf(const AttentionArcView& view, const ArcToken& token) {
    return view.arcLayout().label(token).center().toPoint();
}

}  // namespace

class TestAttentionArcView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void hover_shows_only_its_lines();
    void clicks_select();
    void keys_select();
    void selection_from_outside_is_silent_and_shown();
    void threshold_leaves_lines_out();
    void long_texts_scroll_and_are_limited();
    void lines_are_drawn_data();
    void lines_are_drawn();
    void negative_lines_are_dashed();
    void marks_show_the_weights();
    void tool_tips();
    void selection_stays_with_the_tokens();
    void one_token();
    void empty_and_inconsistent_content();
    void dark_palette_is_followed();
    void accessible_text();
};

void TestAttentionArcView::hover_shows_only_its_lines() {
    AttentionArcView view;
    view.resize(460, 560);
    view.setContent(contentOf(12));
    view.show();
    QSignalSpy hovered(&view, &AttentionArcView::tokenHovered);
    const auto all = view.lines().lines.size();
    const QImage before = fixture::painted(view);
    fixture::movePointer(view, middleOf(view, {3, true}));
    QVERIFY(hovered.count() == 1 && hovered[0][0] == 3 && hovered[0][1] == true);
    QVERIFY((pairsOf(view.lines()) == std::set<std::pair<int, int>>{{3, 4}, {3, 5}, {3, 11}}));
    QVERIFY(fixture::painted(view) != before);
    fixture::movePointer(view, middleOf(view, {3, false}));
    QVERIFY((pairsOf(view.lines()) == std::set<std::pair<int, int>>{{2, 3}, {1, 3}}));
    fixture::movePointer(view, QPoint(view.width() / 2, 300));
    QVERIFY(hovered.count() == 3 && hovered[2][0] == -1);
    QCOMPARE(view.lines().lines.size(), all);
    fixture::movePointer(view, middleOf(view, {1, true}));
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(view.viewport(), &leave);
    QCOMPARE(view.lines().lines.size(), all);
    QCOMPARE(hovered.count(), 5);
}

void TestAttentionArcView::clicks_select() {
    AttentionArcView view;
    view.resize(460, 560);
    view.setContent(contentOf(12));
    view.show();
    QSignalSpy selected(&view, &AttentionArcView::tokenSelected);
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, middleOf(view, {5, false}));
    QVERIFY(view.selectedToken() == (ArcToken{5, false}));
    QVERIFY(selected.count() == 1 && selected[0][0] == 5 && selected[0][1] == false);
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, middleOf(view, {2, true}));
    QVERIFY(view.selectedToken() == (ArcToken{2, true}));
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, QPoint(view.width() / 2, 300));
    QTest::mouseClick(view.viewport(), Qt::RightButton, {}, middleOf(view, {7, true}));
    QVERIFY(view.selectedToken() == (ArcToken{2, true}));
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, middleOf(view, {2, true}));
    QVERIFY(!view.selectedToken());
    QVERIFY(selected.count() == 3 && selected[2][0] == -1 && selected[2][1] == true);
}

void TestAttentionArcView::keys_select() {
    AttentionArcView view;
    view.resize(460, 300);
    view.setContent(contentOf(100));
    view.show();
    QSignalSpy selected(&view, &AttentionArcView::tokenSelected);
    QTest::keyClick(&view, Qt::Key_Down);
    QVERIFY(view.selectedToken() == (ArcToken{0, true}));
    QTest::keyClick(&view, Qt::Key_Up);  // leads nowhere
    QTest::keyClick(&view, Qt::Key_Down);
    QTest::keyClick(&view, Qt::Key_Right);
    QVERIFY(view.selectedToken() == (ArcToken{1, false}));
    QTest::keyClick(&view, Qt::Key_End);
    QVERIFY(view.selectedToken() == (ArcToken{99, false}));
    QVERIFY(view.arcLayout().visible().last == 99);
    QTest::keyClick(&view, Qt::Key_Left);
    QTest::keyClick(&view, Qt::Key_Home);
    QVERIFY(view.selectedToken() == (ArcToken{0, true}));
    QCOMPARE(view.verticalScrollBar()->value(), 0);
    QCOMPARE(selected.count(), 6);
    QTest::keyClick(&view, Qt::Key_PageDown);
    QVERIFY(view.verticalScrollBar()->value() > 100);
    QTest::keyClick(&view, Qt::Key_PageUp);
    QCOMPARE(view.verticalScrollBar()->value(), 0);
    QTest::keyClick(&view, Qt::Key_Escape);
    QVERIFY(!view.selectedToken());
    QCOMPARE(selected.count(), 7);
    QTest::keyClick(&view, Qt::Key_Escape);
    QTest::keyClick(&view, Qt::Key_X);
    QCOMPARE(selected.count(), 7);
}

void TestAttentionArcView::selection_from_outside_is_silent_and_shown() {
    AttentionArcView view;
    view.resize(460, 300);
    view.setContent(contentOf(100));
    view.show();
    QSignalSpy selected(&view, &AttentionArcView::tokenSelected);
    view.setSelectedToken(80, true);
    QVERIFY(view.arcLayout().visible().first <= 80 && view.arcLayout().visible().last >= 80);
    QVERIFY((pairsOf(view.lines()) == std::set<std::pair<int, int>>{{80, 81}, {80, 82}, {80, 99}}));
    view.setSelectedToken(100, true);
    QVERIFY(!view.selectedToken());
    view.setSelectedToken(-1, true);
    QVERIFY(!view.selectedToken());
    QVERIFY(selected.isEmpty());
}

void TestAttentionArcView::threshold_leaves_lines_out() {
    AttentionArcView view;
    view.setContent(contentOf(10));
    view.setThreshold(0.0);
    QCOMPARE(view.lines().lines.size(), std::size_t{200});
    view.setThreshold(0.1);
    QVERIFY(view.lines().lines.size() < 60);
    view.setThreshold(7.0);
    QCOMPARE(view.threshold(), 1.0);
    QVERIFY(!view.lines().lines.empty());  // the strongest itself
    view.setThreshold(std::nan(""));
    QCOMPARE(view.threshold(), 1.0);
}

void TestAttentionArcView::long_texts_scroll_and_are_limited() {
    AttentionArcView view;
    view.resize(460, 560);
    view.setContent(contentOf(512, 8));
    view.show();
    QVERIFY(view.verticalScrollBar()->maximum() > 5000);
    view.setThreshold(0.0);
    QCOMPARE(view.lines().all, std::size_t{512} * 512 * 8);
    QCOMPARE(view.lines().lines.size(), std::size_t{3000});
    const QImage top = fixture::painted(view);
    view.verticalScrollBar()->setValue(view.verticalScrollBar()->maximum());
    QCOMPARE(view.arcLayout().visible().last, 511);
    QVERIFY(fixture::painted(view) != top);
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, middleOf(view, {511, true}));
    QVERIFY(view.selectedToken() == (ArcToken{511, true}));
}

void TestAttentionArcView::lines_are_drawn_data() {
    QTest::addColumn<double>("ratio");
    for (const double ratio : {1.0, 2.0}) QTest::addRow("%.0f", ratio) << ratio;
}

// One full line from token 2 to token 6, in the colour of its head; nothing beside it.
void TestAttentionArcView::lines_are_drawn() {
    QFETCH(double, ratio);
    AttentionArcView view;
    view.resize(460, 400);
    auto content = contentOf(8, 2);
    for (ArcHead& head : content->heads) std::ranges::fill(head.values, 0.0F);
    content->heads[1].values[2 * 8 + 6] = 0.5F;
    content->tokens.segments.assign(8, 0);
    view.setContent(content);
    const QImage image = fixture::painted(view, ratio);
    const ArcLayout& layout = view.arcLayout();
    const auto at = [&](double share, double down) {
        const QPointF point(std::lerp(layout.from, layout.to, share),
                            std::lerp(layout.middle(2), layout.middle(6), share) + down);
        return image.pixelColor((point * ratio).toPoint());
    };
    const FigureColors colors = figureColors(view.palette());
    const auto isClose = [](const QColor& a, Color b) {  // edges are smoothed
        return std::abs(a.red() - b.red) + std::abs(a.green() - b.green) + std::abs(a.blue() - b.blue) < 60;
    };
    for (const double share : {0.1, 0.5, 0.9}) {
        QVERIFY(isClose(at(share, 0.0), arcColor(1, colors)));
        QCOMPARE(at(share, 6.0), toQColor(colors.background));
        QCOMPARE(at(share, -6.0), toQColor(colors.background));
    }
}

void TestAttentionArcView::negative_lines_are_dashed() {
    AttentionArcView view;
    view.resize(460, 400);
    const auto inked = [&](float weight) {
        auto content = contentOf(8, 1);
        std::ranges::fill(content->heads[0].values, 0.0F);
        content->heads[0].values[3 * 8 + 3] = weight;
        content->tokens.segments.assign(8, 0);
        view.setContent(content);
        const QImage image = fixture::painted(view);
        const ArcLayout& layout = view.arcLayout();
        int pixels = 0;
        for (int x = qRound(layout.from) + 1; x < qRound(layout.to) - 1; ++x)
            pixels += image.pixelColor(x, qRound(layout.middle(3))) != view.palette().color(QPalette::Base);
        return pixels;
    };
    const int solid = inked(0.5F), dashed = inked(-0.5F);
    QVERIFY(dashed > solid / 3 && dashed < solid * 9 / 10);
}

void TestAttentionArcView::marks_show_the_weights() {
    AttentionArcView view;
    view.resize(460, 400);
    view.setContent(contentOf(8, 2));
    view.setSelectedToken(3, true);
    const QImage image = fixture::painted(view);
    const ArcLayout& layout = view.arcLayout();
    const auto inked = [&](int token) {
        int pixels = 0;
        for (int x = qRound(layout.key_marks.left()) + 2; x < qRound(layout.key_marks.right()); ++x)
            pixels += image.pixelColor(x, qRound(layout.middle(token)) - 5) != view.palette().color(QPalette::Base);
        return pixels;
    };
    QVERIFY(inked(4) > 0);         // of the first head
    QVERIFY(inked(7) > inked(4));  // of both
    QCOMPARE(inked(1), 0);
}

void TestAttentionArcView::tool_tips() {
    AttentionArcView view;
    view.resize(460, 400);
    view.setContent(contentOf(8, 1));
    view.show();
    QCOMPARE(view.toolTipOf({1, true}).section('\n', 0, 2),
             QString::fromUtf8("“w1” (token 2), attends most to\n1.1: “w2” 0.613\n1.1: “[SEP]” 0.312"));
    QVERIFY(view.toolTipOf({7, false})
                .startsWith(QString::fromUtf8("“[SEP]” (token 8), is attended to most by\n1.1: “w6” 0.91")));
    const QPoint at = middleOf(view, {1, true});
    QHelpEvent help(QEvent::ToolTip, at, view.viewport()->mapToGlobal(at));
    QApplication::sendEvent(view.viewport(), &help);
    QCOMPARE(QToolTip::text(), view.toolTipOf({1, true}));
    QHelpEvent nothing(QEvent::ToolTip, QPoint(1, 1), view.viewport()->mapToGlobal(QPoint(1, 1)));
    QApplication::sendEvent(view.viewport(), &nothing);
    QTRY_VERIFY(!QToolTip::isVisible());
    auto removed = contentOf(4, 1);
    std::ranges::fill(removed->heads[0].values, fixture::undefined);
    view.setContent(removed);
    QVERIFY(view.toolTipOf({1, true}).endsWith("nothing"));
}

void TestAttentionArcView::selection_stays_with_the_tokens() {
    AttentionArcView view;
    view.resize(460, 300);
    view.setContent(contentOf(60));
    view.show();
    view.setSelectedToken(40, true);
    const int place = view.verticalScrollBar()->value();
    view.setContent(contentOf(60, 5));
    QVERIFY(view.selectedToken() == (ArcToken{40, true}));
    QCOMPARE(view.verticalScrollBar()->value(), place);
    view.setContent(contentOf(20));
    QVERIFY(!view.selectedToken());
    QCOMPARE(view.verticalScrollBar()->value(), 0);
}

void TestAttentionArcView::one_token() {
    AttentionArcView view;
    view.resize(300, 200);
    view.setContent(contentOf(1, 1));
    view.show();
    QCOMPARE(view.lines().lines.size(), std::size_t{1});
    QTest::keyClick(&view, Qt::Key_Down);
    QTest::keyClick(&view, Qt::Key_Down);
    QVERIFY(view.selectedToken() == (ArcToken{0, true}));
    QVERIFY(!fixture::painted(view).isNull());
}

void TestAttentionArcView::empty_and_inconsistent_content() {
    AttentionArcView view;
    view.resize(400, 360);
    view.show();
    QVERIFY(QTest::qWaitForWindowActive(&view));  // the focus frame is drawn from here on
    const QImage message = fixture::painted(view);
    for (const auto key : {Qt::Key_Down, Qt::Key_End, Qt::Key_Escape}) QTest::keyClick(&view, key);
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, {100, 100});
    view.setThreshold(0.3);
    QVERIFY(!view.selectedToken());
    view.setContent(contentOf(5, 9));
    QVERIFY(!view.content());
    QCOMPARE(fixture::painted(view), message);
    view.setPlaceholder("Select a head.");
    QCOMPARE(view.accessibleDescription(), QString("Select a head."));
    QVERIFY(fixture::painted(view) != message);
    view.setContent(contentOf(5));
    view.setSelectedToken(1, true);
    view.clear();
    QVERIFY(!view.selectedToken());
    QVERIFY(view.lines().lines.empty());
}

void TestAttentionArcView::dark_palette_is_followed() {
    AttentionArcView view;
    view.resize(400, 360);
    view.setContent(contentOf(8));
    const QPoint corner(2, view.height() - 3);
    QCOMPARE(fixture::painted(view).pixelColor(corner), view.palette().color(QPalette::Base));
    view.setPalette(fixture::darkPalette());
    QCOMPARE(fixture::painted(view).pixelColor(corner), QColor(32, 33, 36));
}

void TestAttentionArcView::accessible_text() {
    AttentionArcView view;
    QVERIFY(!view.accessibleName().isEmpty());
    QVERIFY(!view.accessibleDescription().isEmpty());
    view.setContent(contentOf(8));
    QVERIFY(view.accessibleDescription().contains("8 tokens, 2 heads"));
    view.setSelectedToken(1, true);
    QVERIFY(view.accessibleDescription().contains(QString::fromUtf8("Selected: “w1” (token 2), attends most to")));
}

QTEST_MAIN(TestAttentionArcView)
#include "tst_attention_arc_view.moc"
