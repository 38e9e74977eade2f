// SPDX-License-Identifier: GPL-3.0-or-later
#include <QHelpEvent>
#include <QScrollBar>
#include <QToolTip>
#include <QtTest>

#include "tests/widgets/attention_fixture.h"
#include "widgets/attention/attention_grid_view.h"
#include "widgets/attention/attention_image.h"
#include "widgets/figures/paint_scene.h"

using namespace lottery;
using namespace lottery::gui;

namespace {

std::shared_ptr<AttentionThumbnails> thumbnailsOf(int layers, int heads, int size = 8, int pixels = 32) {
    return std::make_shared<AttentionThumbnails>(
        makeThumbnails(fixture::maps(layers, heads, size), pixels, std::nullopt));
}

}  // namespace

class TestAttentionGridView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void every_head_can_be_clicked_data();
    void every_head_can_be_clicked();
    void keys_move_and_activate();
    void double_click_activates();
    void selection_from_outside_is_silent_and_shown();
    void hover_is_told_and_outlined();
    void tool_tip_says_state_badge_and_details();
    void colours_are_those_of_the_map_data();
    void colours_are_those_of_the_map();
    void masked_heads_are_crossed();
    void removed_heads_and_layers_differ();
    void badges_are_drawn_below();
    void colour_map_is_changed();
    void range_is_shared_or_of_each_map();
    void empty_content();
    void dark_palette_is_followed();
    void accessible_text_names_the_selection();
};

void TestAttentionGridView::every_head_can_be_clicked_data() {
    QTest::addColumn<int>("layers");
    QTest::addColumn<int>("heads");
    QTest::addColumn<QSize>("size");
    for (const auto& [layers, heads] : {std::pair{1, 1}, {6, 12}, {12, 12}, {24, 16}}) {
        for (const QSize size : {QSize(260, 220), QSize(900, 500), QSize(300, 900)})
            QTest::addRow("%dx%d in %dx%d", layers, heads, size.width(), size.height()) << layers << heads << size;
    }
}

void TestAttentionGridView::every_head_can_be_clicked() {
    QFETCH(int, layers);
    QFETCH(int, heads);
    QFETCH(QSize, size);
    AttentionGridView view;
    view.resize(size);
    view.setThumbnails(thumbnailsOf(layers, heads));
    view.show();
    QSignalSpy chosen(&view, &AttentionGridView::componentSelected);
    for (int layer = 0; layer < layers; layer += std::max(layers / 3, 1)) {
        for (int head = 0; head < heads; head += std::max(heads / 3, 1)) {
            const Component wanted{layer, head};
            view.setSelected(wanted);  // scrolls to it
            view.setSelected(std::nullopt);
            const QRectF cell = view.cellRect(wanted);
            QVERIFY2(QRectF(view.viewport()->rect()).contains(cell), "not scrolled into view");
            QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, cell.center().toPoint());
            QVERIFY(view.selected() == wanted);
            QCOMPARE(chosen.takeLast()[0].value<Component>(), wanted);
        }
    }
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, QPoint(1, 1));
    QTest::mouseClick(view.viewport(), Qt::RightButton, {}, view.viewport()->rect().center());
    QVERIFY(chosen.isEmpty());
}

void TestAttentionGridView::keys_move_and_activate() {
    AttentionGridView view;
    view.setThumbnails(thumbnailsOf(3, 4));
    view.show();
    QSignalSpy chosen(&view, &AttentionGridView::componentSelected);
    QSignalSpy activated(&view, &AttentionGridView::headActivated);
    QTest::keyClick(&view, Qt::Key_Return);
    QVERIFY(activated.isEmpty());  // nothing is selected
    QTest::keyClick(&view, Qt::Key_Down);
    QVERIFY(view.selected() == (Component{0, 0}));
    QTest::keyClick(&view, Qt::Key_Down);
    QTest::keyClick(&view, Qt::Key_End);
    QVERIFY(view.selected() == (Component{1, 3}));
    QCOMPARE(chosen.count(), 3);
    QTest::keyClick(&view, Qt::Key_Right);  // leads nowhere
    QCOMPARE(chosen.count(), 3);
    QTest::keyClick(&view, Qt::Key_Return);
    QTest::keyClick(&view, Qt::Key_Space);
    QCOMPARE(activated.count(), 2);
    QCOMPARE(activated[0][0].value<Component>(), (Component{1, 3}));
}

void TestAttentionGridView::double_click_activates() {
    AttentionGridView view;
    view.setThumbnails(thumbnailsOf(3, 4));
    view.show();
    QSignalSpy activated(&view, &AttentionGridView::headActivated);
    QTest::mouseDClick(view.viewport(), Qt::LeftButton, {}, view.cellRect({2, 1}).center().toPoint());
    QCOMPARE(activated.count(), 1);
    QCOMPARE(activated[0][0].value<Component>(), (Component{2, 1}));
    QTest::mouseDClick(view.viewport(), Qt::LeftButton, {}, QPoint(1, 1));
    QCOMPARE(activated.count(), 1);
}

void TestAttentionGridView::selection_from_outside_is_silent_and_shown() {
    AttentionGridView view;
    view.resize(260, 220);
    view.setThumbnails(thumbnailsOf(12, 12));
    view.show();
    QSignalSpy chosen(&view, &AttentionGridView::componentSelected);
    view.setSelected(Component{11, 11});
    QVERIFY(view.verticalScrollBar()->value() > 0);
    QVERIFY(QRectF(view.viewport()->rect()).contains(view.cellRect({11, 11})));
    view.setThumbnails(thumbnailsOf(12, 12));
    QVERIFY(view.selected() == (Component{11, 11}));  // kept from text to text
    view.setThumbnails(thumbnailsOf(2, 2));
    QVERIFY(!view.selected());
    for (const Component outside : {Component{2, 0}, {0, -1}, {-1, 0}, {0, 2}}) {
        view.setSelected(outside);
        QVERIFY(!view.selected());
    }
    QVERIFY(chosen.isEmpty());
}

void TestAttentionGridView::hover_is_told_and_outlined() {
    AttentionGridView view;
    view.setThumbnails(thumbnailsOf(3, 4));
    view.resize(500, 400);
    view.show();
    QVERIFY(QTest::qWaitForWindowActive(&view));
    QSignalSpy hovered(&view, &AttentionGridView::headHovered);
    const QImage before = view.grab().toImage();
    fixture::movePointer(view, view.cellRect({1, 1}).center().toPoint());
    QCOMPARE(hovered.count(), 1);
    QVERIFY(hovered[0][0].value<std::optional<Component>>() == (Component{1, 1}));
    QVERIFY(view.grab().toImage() != before);
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(view.viewport(), &leave);
    QCOMPARE(hovered.count(), 2);
    QVERIFY(!hovered[1][0].value<std::optional<Component>>());
    QCOMPARE(view.grab().toImage(), before);
}

void TestAttentionGridView::tool_tip_says_state_badge_and_details() {
    AttentionGridView view;
    auto small = thumbnailsOf(3, 2);
    small->mask = HeadMatrix(3, 2, 1.0F);
    small->mask.at(1, 1) = 0.0F;
    small->present.at(0, 1) = small->present.at(2, 0) = small->present.at(2, 1) = 0.0F;
    view.setThumbnails(small);
    view.setBadges({{"vertical 0.93", {}}, {"", {}}, {"", {}}, {"diagonal 0.51", Color{0, 0, 0}}, {"", {}}, {"", {}}});
    view.setDetails([](const Component& c) { return c == Component{1, 1} ? QString("entropy 0.20") : QString(); });
    view.resize(500, 400);
    view.show();
    QCOMPARE(view.toolTipOf({0, 0}), QString("Layer 1, head 1\nvertical 0.93"));
    QCOMPARE(view.toolTipOf({0, 1}), QString("Layer 1, head 2\nnot in this model"));
    QCOMPARE(view.toolTipOf({2, 1}), QString("Layer 3, head 2\nno heads left in this layer"));
    QCOMPARE(view.toolTipOf({3, 0}), QString());
    const QPoint at = view.cellRect({1, 1}).center().toPoint();
    QHelpEvent help(QEvent::ToolTip, at, view.viewport()->mapToGlobal(at));
    QApplication::sendEvent(view.viewport(), &help);
    QCOMPARE(QToolTip::text(), QString("Layer 2, head 2\nmasked\ndiagonal 0.51\nentropy 0.20"));
    QHelpEvent nothing(QEvent::ToolTip, QPoint(1, 1), view.viewport()->mapToGlobal(QPoint(1, 1)));
    QApplication::sendEvent(view.viewport(), &nothing);
    QTRY_VERIFY(!QToolTip::isVisible());
}

void TestAttentionGridView::colours_are_those_of_the_map_data() {
    QTest::addColumn<double>("ratio");
    QTest::addColumn<int>("size");
    for (const double ratio : {1.0, 2.0, 3.0})
        for (const int size : {1, 5, 16}) QTest::addRow("%.0f, %d tokens", ratio, size) << ratio << size;
}

// The middle of every cell of a map has its colour, on every screen.
void TestAttentionGridView::colours_are_those_of_the_map() {
    QFETCH(double, ratio);
    QFETCH(int, size);
    AttentionGridView view;
    view.resize(411, 333);
    const auto small = thumbnailsOf(2, 3, size);
    view.setThumbnails(small);
    const QImage image = fixture::painted(view, ratio);
    const ColorTable table({ColorMap::Viridis, small->range.first, small->range.second}, figureColors(view.palette()));
    for (const Component c : {Component{0, 0}, {1, 2}}) {
        QRectF box = view.cellRect(c);
        box.setHeight(box.width());
        const double step = box.width() / size;
        for (int row = 0; row < size; ++row) {
            for (int column = 0; column < size; ++column) {
                const QPointF middle = box.topLeft() + QPointF(column + 0.5, row + 0.5) * step;
                const auto value = small->map(c.layer, c.head)[static_cast<std::size_t>(row * size + column)];
                QCOMPARE(image.pixel((middle * ratio).toPoint()), table.of(value));
            }
        }
    }
}

void TestAttentionGridView::masked_heads_are_crossed() {
    AttentionGridView view;
    view.resize(400, 300);
    auto small = thumbnailsOf(1, 2, 1);
    small->mask = HeadMatrix(1, 2, 1.0F);
    small->mask.at(0, 1) = 0.0F;
    view.setThumbnails(small);
    const QImage image = fixture::painted(view);
    const QRectF kept = view.cellRect({0, 0}), masked = view.cellRect({0, 1});
    const auto at = [&](const QRectF& box, double x, double y) {
        return image.pixelColor((box.topLeft() + QPointF(x * box.width(), y * box.height())).toPoint());
    };
    QCOMPARE(at(kept, 0.5, 0.5), at(kept, 0.5, 0.25));
    QVERIFY(at(masked, 0.5, 0.25) != at(kept, 0.5, 0.25));   // dimmed
    QVERIFY(at(masked, 0.5, 0.5) != at(masked, 0.5, 0.25));  // the cross
    QVERIFY(at(masked, 0.25, 0.75) != at(masked, 0.5, 0.25));
}

void TestAttentionGridView::removed_heads_and_layers_differ() {
    AttentionGridView view;
    view.resize(400, 300);
    auto small = thumbnailsOf(3, 3);
    for (const int head : {0, 1, 2}) small->present.at(1, head) = 0.0F;
    small->present.at(0, 1) = 0.0F;
    view.setThumbnails(small);
    view.show();
    const QImage image = fixture::painted(view);
    const QColor ground = view.palette().color(QPalette::Base);
    QCOMPARE(image.pixelColor(view.cellRect({0, 1}).center().toPoint()), ground);
    QVERIFY(image.pixelColor(view.cellRect({0, 0}).center().toPoint()) != ground);
    // The words in the middle of the layer that has none.
    const QRect words = QRectF(view.cellRect({1, 0}).united(view.cellRect({1, 2}))).toRect().adjusted(3, 3, -3, -3);
    int inked = 0;
    for (int y = words.top(); y <= words.bottom(); ++y)
        for (int x = words.left(); x <= words.right(); ++x) inked += image.pixelColor(x, y) != ground;
    QVERIFY(inked > 50);
    // Linked views may still select what is not there.
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, view.cellRect({1, 2}).center().toPoint());
    QVERIFY(view.selected() == (Component{1, 2}));
}

void TestAttentionGridView::badges_are_drawn_below() {
    AttentionGridView view;
    view.resize(700, 400);
    view.setThumbnails(thumbnailsOf(2, 3));
    const double before = view.cellRect({0, 0}).height();
    const double width = view.cellRect({0, 0}).width();
    QCOMPARE(before, width);
    std::vector<HeadBadge> badges(6);
    badges[1] = {"vertical 0.93", Color{10, 20, 30}};
    view.setBadges(badges);
    const QRectF cell = view.cellRect({0, 1});
    QVERIFY(cell.height() > cell.width());
    const QImage image = fixture::painted(view);
    QCOMPARE(image.pixelColor(QPoint(qRound(cell.left()) + 1, qRound(cell.bottom()) - 2)), QColor(10, 20, 30));
    view.setBadges(std::vector<HeadBadge>(5));  // of another model
    QCOMPARE(view.cellRect({0, 1}).height(), before);
}

void TestAttentionGridView::colour_map_is_changed() {
    AttentionGridView view;
    view.resize(300, 300);
    auto small = thumbnailsOf(1, 1, 1);
    view.setThumbnails(small);
    const QPoint middle = view.cellRect({0, 0}).center().toPoint();
    QCOMPARE(fixture::painted(view).pixelColor(middle), toQColor(sample(ColorMap::Viridis, 1.0)));
    view.setColorMap(ColorMap::Cividis);
    QCOMPARE(fixture::painted(view).pixelColor(middle), toQColor(sample(ColorMap::Cividis, 1.0)));
    auto signedMap = std::make_shared<AttentionThumbnails>(*small);
    signedMap->difference = true;
    signedMap->range = {-1.0, 1.0};
    signedMap->values = {-1.0F};
    view.setThumbnails(signedMap);
    QCOMPARE(view.colorMap(), ColorMap::BlueRed);
    QCOMPARE(fixture::painted(view).pixelColor(middle), toQColor(sample(ColorMap::BlueRed, 0.0)));
    signedMap = std::make_shared<AttentionThumbnails>(*signedMap);
    signedMap->values = {fixture::undefined};
    view.setThumbnails(signedMap);
    QCOMPARE(fixture::painted(view).pixelColor(middle),
             toQColor(ColorScale{}.of(std::nan(""), figureColors(view.palette()))));
}

void TestAttentionGridView::range_is_shared_or_of_each_map() {
    AttentionGridView view;
    view.resize(400, 300);
    auto small = thumbnailsOf(1, 2, 1);
    small->values = {0.2F, 0.8F};
    small->range = {0.0, 0.8};
    view.setThumbnails(small);
    const QPoint weak = view.cellRect({0, 0}).center().toPoint(), strong = view.cellRect({0, 1}).center().toPoint();
    const QColor largest = toQColor(sample(ColorMap::Viridis, 1.0));
    QVERIFY(fixture::painted(view).pixelColor(weak) != largest);
    QCOMPARE(fixture::painted(view).pixelColor(strong), largest);
    view.setRange(ThumbnailRange::EachMap);
    QCOMPARE(fixture::painted(view).pixelColor(weak), largest);
    QCOMPARE(fixture::painted(view).pixelColor(strong), largest);
    QCOMPARE(view.colorScale({0, 0}).high, static_cast<double>(0.2F));
    view.setRange(ThumbnailRange::Shared);
    QCOMPARE(view.colorScale({0, 0}).high, 0.8);
}

void TestAttentionGridView::empty_content() {
    AttentionGridView view;
    view.resize(300, 240);
    view.show();
    const QImage message = fixture::painted(view);
    QVERIFY(!view.componentAt({100, 100}));
    QVERIFY(view.cellRect({0, 0}).isEmpty());
    QTest::keyClick(&view, Qt::Key_Right);
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, QPoint(100, 100));
    QVERIFY(!view.selected());
    view.setPlaceholder("Choose a model.");
    QVERIFY(fixture::painted(view) != message);
    QCOMPARE(view.accessibleDescription(), QString("Choose a model."));
    view.setThumbnails(std::make_shared<AttentionThumbnails>());
    QVERIFY(!view.thumbnails());
    view.setThumbnails(thumbnailsOf(2, 2));
    view.clear();
    QVERIFY(!view.thumbnails());
}

void TestAttentionGridView::dark_palette_is_followed() {
    AttentionGridView view;
    auto small = thumbnailsOf(3, 4);
    small->mask = HeadMatrix(3, 4, 0.0F);
    view.setThumbnails(small);
    view.resize(400, 320);
    QCOMPARE(fixture::painted(view).pixelColor(3, 3), view.palette().color(QPalette::Base));
    const QPoint dimmed = view.cellRect({1, 1}).center().toPoint() + QPoint(0, -10);
    const QColor light = fixture::painted(view).pixelColor(dimmed);
    view.setPalette(fixture::darkPalette());
    QCOMPARE(fixture::painted(view).pixelColor(3, 3), QColor(32, 33, 36));
    QVERIFY(fixture::painted(view).pixelColor(dimmed).lightness() < light.lightness());
}

void TestAttentionGridView::accessible_text_names_the_selection() {
    AttentionGridView view;
    QVERIFY(!view.accessibleName().isEmpty());
    QVERIFY(!view.accessibleDescription().isEmpty());
    view.setThumbnails(thumbnailsOf(3, 4));
    QVERIFY(view.accessibleDescription().contains("3 layers of 4 heads"));
    view.setSelected(Component{2, 1});
    QVERIFY(view.accessibleDescription().contains("Layer 3, head 2"));
}

QTEST_MAIN(TestAttentionGridView)
#include "tst_attention_grid_view.moc"
