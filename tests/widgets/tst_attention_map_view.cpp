// SPDX-License-Identifier: GPL-3.0-or-later
#include <QHelpEvent>
#include <QScrollBar>
#include <QToolTip>
#include <QWheelEvent>
#include <QtTest>

#include "tests/widgets/attention_fixture.h"
#include "widgets/attention/attention_image.h"
#include "widgets/attention/attention_map_view.h"
#include "widgets/figures/paint_scene.h"

using namespace lottery;
using namespace lottery::gui;

namespace {

std::shared_ptr<MapContent> contentOf(int size, int head = 1) {
    return std::make_shared<MapContent>(mapContent(fixture::tokens(size), fixture::map(size, head)));
}

void turnWheel(AttentionMapView& view, const QPointF& at, int turns) {
    QWheelEvent wheel(at, view.viewport()->mapToGlobal(at), {}, {0, 120 * turns}, Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QApplication::sendEvent(view.viewport(), &wheel);
}

// Colours of the cells' middles are those of their values.
bool isPainted(AttentionMapView& view, const QImage& image, double ratio) {
    const MapLayout& layout = view.mapLayout();
    const ColorTable table(view.colorScale(), figureColors(view.palette()));
    const GridRange rows = layout.visibleRows(), columns = layout.visibleColumns();
    for (int row = rows.first + 1; row < rows.last; row += std::max((rows.last - rows.first) / 9, 1)) {
        for (int column = columns.first + 1; column < columns.last;
             column += std::max((columns.last - columns.first) / 9, 1)) {
            const QRectF cell = layout.cell(row, column);
            // Beside the number that may be written in the middle.
            const QPointF at = cell.width() > 20 ? cell.topLeft() + QPointF(3, 3) : cell.center();
            if (image.pixel((at * ratio).toPoint()) != table.of(view.content()->at(row, column))) {
                qWarning("cell %d, %d", row, column);
                return false;
            }
        }
    }
    return true;
}

}  // namespace

class TestAttentionMapView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cells_have_their_colours_data();
    void cells_have_their_colours();
    void bright_cell_is_seen_in_a_small_view();
    void wheel_zooms_about_the_pointer();
    void keys_zoom_and_pan();
    void dragging_pans();
    void hover_is_told_and_marked();
    void crosshair_by_keys();
    void labels_select_tokens();
    void selection_by_keys();
    void selection_from_outside_is_silent_and_shown();
    void zoom_and_selection_stay_with_the_size();
    void tool_tips();
    void one_token_and_undefined_values();
    void layers_have_no_tokens_in_rows();
    void sums_can_be_left_out();
    void segment_boundary_is_drawn();
    void colour_map_and_range();
    void empty_and_inconsistent_content();
    void dark_palette_is_followed();
    void focus_is_seen();
    void accessible_text();
};

void TestAttentionMapView::cells_have_their_colours_data() {
    QTest::addColumn<int>("size");
    QTest::addColumn<double>("ratio");
    QTest::addColumn<double>("zoom");
    for (const int size : {8, 44, 128, 512})
        for (const double ratio : {1.0, 2.0})
            for (const double zoom : {1.0, 3.7, 1000.0})
                if (size < 512 || zoom > 1.0)
                    QTest::addRow("%d x%.0f zoom %.1f", size, ratio, zoom) << size << ratio << zoom;
}

void TestAttentionMapView::cells_have_their_colours() {
    QFETCH(int, size);
    QFETCH(double, ratio);
    QFETCH(double, zoom);
    AttentionMapView view;
    view.resize(640, 560);
    view.setContent(contentOf(size));
    view.show();
    view.zoomTo(zoom);
    auto plain = *view.content();
    plain.rows.breaks.clear();
    plain.columns.breaks.clear();
    view.setContent(std::make_shared<MapContent>(plain));
    view.clearFocus();
    QVERIFY(isPainted(view, fixture::painted(view, ratio), ratio));
    view.verticalScrollBar()->setValue(view.verticalScrollBar()->maximum());
    view.horizontalScrollBar()->setValue(view.horizontalScrollBar()->maximum());
    QVERIFY(isPainted(view, fixture::painted(view, ratio), ratio));
}

// 512 tokens on fewer pixels: no cell may fall between them.
void TestAttentionMapView::bright_cell_is_seen_in_a_small_view() {
    AttentionMapView view;
    view.resize(360, 330);
    for (const int cell : {0, 3 * 512 + 7, 255 * 512 + 256, 511 * 512 + 511, 300 * 512 + 1}) {
        auto content = contentOf(512);
        content->rows.breaks.clear();
        content->columns.breaks.clear();
        std::ranges::fill(content->values, 0.0F);
        content->values[static_cast<std::size_t>(cell)] = 1.0F;
        view.setContent(content);
        const QImage image = fixture::painted(view);
        const QRgb bright = toQColor(sample(ColorMap::Viridis, 1.0)).rgb();
        int found = 0;
        const QRect plot = view.mapLayout().plot.toAlignedRect();
        for (int y = plot.top(); y <= plot.bottom(); ++y)
            for (int x = plot.left(); x <= plot.right(); ++x) found += image.pixel(x, y) == bright;
        QVERIFY2(found > 0, qPrintable(QString::number(cell)));
    }
}

void TestAttentionMapView::wheel_zooms_about_the_pointer() {
    AttentionMapView view;
    view.resize(640, 560);
    view.setContent(contentOf(128));
    view.show();
    const MapCell wanted{90, 37};
    const QPointF at = view.mapLayout().cell(wanted.row, wanted.column).center();
    for (int i = 0; i < 5; ++i) turnWheel(view, at, 1);
    QVERIFY(view.zoom() > 2.0);
    QVERIFY(view.hoveredCell() == wanted);
    turnWheel(view, at, 100);
    QVERIFY(view.hoveredCell() == wanted);
    QVERIFY(view.mapLayout().cell_width <= 72.001);
    turnWheel(view, at, -100);
    QCOMPARE(view.zoom(), 1.0);
    QCOMPARE(view.mapLayout().offset, QPointF(0, 0));
}

void TestAttentionMapView::keys_zoom_and_pan() {
    AttentionMapView view;
    view.resize(640, 560);
    view.setContent(contentOf(128));
    view.show();
    QTest::keyClick(&view, Qt::Key_Right);
    QCOMPARE(view.mapLayout().offset, QPointF(0, 0));  // all is seen
    for (int i = 0; i < 6; ++i) QTest::keyClick(&view, Qt::Key_Plus);
    QVERIFY(view.zoom() > 3.0);
    const QPointF before = view.mapLayout().offset;
    QTest::keyClick(&view, Qt::Key_Right);
    QVERIFY(view.mapLayout().offset.x() > before.x());
    QTest::keyClick(&view, Qt::Key_Left);
    QTest::keyClick(&view, Qt::Key_Down);
    QCOMPARE(view.mapLayout().offset.x(), before.x());
    QVERIFY(view.mapLayout().offset.y() > before.y());
    QTest::keyClick(&view, Qt::Key_Up);
    QCOMPARE(view.mapLayout().offset, before);
    const double zoomed = view.zoom();
    QTest::keyClick(&view, Qt::Key_Minus);
    QVERIFY(view.zoom() < zoomed);
    QTest::keyClick(&view, Qt::Key_0);
    QCOMPARE(view.zoom(), 1.0);
    QTest::keyClick(&view, Qt::Key_Minus);
    QCOMPARE(view.zoom(), 1.0);
}

void TestAttentionMapView::dragging_pans() {
    AttentionMapView view;
    view.resize(640, 560);
    view.setContent(contentOf(128));
    view.show();
    view.zoomTo(4.0);
    const QPointF before = view.mapLayout().offset;
    const QPoint from = view.mapLayout().plot.center().toPoint();
    const auto cell = view.mapLayout().cellAt(from);
    QTest::mousePress(view.viewport(), Qt::LeftButton, {}, from);
    fixture::movePointer(view, from + QPoint(-40, 25));
    QTest::mouseRelease(view.viewport(), Qt::LeftButton, {}, from + QPoint(-40, 25));
    QCOMPARE(view.mapLayout().offset, before + QPointF(40, -25));
    QVERIFY(view.hoveredCell() == cell);  // moved along
    fixture::movePointer(view, from);
    QCOMPARE(view.mapLayout().offset, before + QPointF(40, -25));  // let go
}

void TestAttentionMapView::hover_is_told_and_marked() {
    AttentionMapView view;
    view.resize(640, 560);
    view.setContent(contentOf(20));
    view.show();
    QVERIFY(QTest::qWaitForWindowActive(&view));
    QSignalSpy hovered(&view, &AttentionMapView::hovered);
    const QImage before = fixture::painted(view);
    fixture::movePointer(view, view.mapLayout().cell(4, 5).center().toPoint());
    QCOMPARE(hovered.count(), 1);
    QCOMPARE(hovered[0][0].toInt(), 4);
    QCOMPARE(hovered[0][1].toInt(), 5);
    QCOMPARE(hovered[0][2].toDouble(), static_cast<double>(view.content()->at(4, 5)));
    const QImage during = fixture::painted(view);
    const auto differs = [&](const QRectF& part) { return before.copy(part.toRect()) != during.copy(part.toRect()); };
    QVERIFY(differs(view.mapLayout().row_labels));
    QVERIFY(differs(view.mapLayout().column_labels));
    QVERIFY(differs(view.mapLayout().plot));
    view.setContent(contentOf(20, 3));  // the same place of another map
    QCOMPARE(hovered.count(), 2);
    QCOMPARE(hovered[1][2].toDouble(), static_cast<double>(view.content()->at(4, 5)));
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(view.viewport(), &leave);
    QCOMPARE(hovered.count(), 3);
    QCOMPARE(hovered[2][0].toInt(), -1);
    QVERIFY(std::isnan(hovered[2][2].toDouble()));
}

void TestAttentionMapView::crosshair_by_keys() {
    AttentionMapView view;
    view.resize(640, 560);
    view.setContent(contentOf(128));
    view.show();
    view.zoomTo(8.0);
    view.verticalScrollBar()->setValue(0);
    view.horizontalScrollBar()->setValue(0);
    QTest::keyClick(&view, Qt::Key_Right, Qt::ControlModifier);
    QVERIFY(view.hoveredCell() == (MapCell{0, 0}));
    for (int i = 0; i < 60; ++i) QTest::keyClick(&view, Qt::Key_Down, Qt::ControlModifier);
    QTest::keyClick(&view, Qt::Key_Right, Qt::ControlModifier);
    QVERIFY(view.hoveredCell() == (MapCell{60, 1}));
    QVERIFY(view.mapLayout().plot.contains(view.mapLayout().cell(60, 1).center()));
    for (int i = 0; i < 3; ++i) QTest::keyClick(&view, Qt::Key_Left, Qt::ControlModifier);
    QVERIFY(view.hoveredCell() == (MapCell{60, 0}));
}

void TestAttentionMapView::labels_select_tokens() {
    AttentionMapView view;
    view.resize(640, 560);
    view.setContent(contentOf(20));
    view.show();
    QSignalSpy selected(&view, &AttentionMapView::tokenSelected);
    const MapLayout& layout = view.mapLayout();
    const QPoint row(qRound(layout.row_labels.center().x()), qRound(layout.cell(7, 0).center().y()));
    const QPoint column(qRound(layout.cell(0, 3).center().x()), qRound(layout.column_labels.center().y()));
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, row);
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, column);
    QVERIFY(view.selectedToken(true) == 7);
    QVERIFY(view.selectedToken(false) == 3);
    QVERIFY(selected.count() == 2 && selected[0][0] == 7 && selected[0][1] == true);
    QVERIFY(selected[1][0] == 3 && selected[1][1] == false);
    QTest::mouseClick(view.viewport(), Qt::RightButton, {}, row);
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, layout.plot.center().toPoint());
    QCOMPARE(selected.count(), 2);
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, row);  // given up
    QVERIFY(!view.selectedToken(true));
    QVERIFY(selected.count() == 3 && selected[2][0] == -1 && selected[2][1] == true);
}

void TestAttentionMapView::selection_by_keys() {
    AttentionMapView view;
    view.setContent(contentOf(5));
    view.show();
    QSignalSpy selected(&view, &AttentionMapView::tokenSelected);
    QTest::keyClick(&view, Qt::Key_Down, Qt::ShiftModifier);
    QTest::keyClick(&view, Qt::Key_Down, Qt::ShiftModifier);
    QTest::keyClick(&view, Qt::Key_Right, Qt::ShiftModifier);
    QVERIFY(view.selectedToken(true) == 1);
    QVERIFY(view.selectedToken(false) == 0);
    for (int i = 0; i < 9; ++i) QTest::keyClick(&view, Qt::Key_Down, Qt::ShiftModifier);
    QVERIFY(view.selectedToken(true) == 4);
    QCOMPARE(selected.count(), 6);
    QTest::keyClick(&view, Qt::Key_Escape);
    QVERIFY(!view.selectedToken(true) && !view.selectedToken(false));
    QCOMPARE(selected.count(), 8);
    QTest::keyClick(&view, Qt::Key_Escape);
    QCOMPARE(selected.count(), 8);
}

void TestAttentionMapView::selection_from_outside_is_silent_and_shown() {
    AttentionMapView view;
    view.resize(640, 560);
    view.setContent(contentOf(128));
    view.show();
    view.zoomTo(6.0);
    view.verticalScrollBar()->setValue(0);
    QSignalSpy selected(&view, &AttentionMapView::tokenSelected);
    const QImage before = fixture::painted(view);
    view.setSelectedToken(120, true);
    QVERIFY(view.mapLayout().plot.contains(view.mapLayout().cell(120, 0).center() +
                                           QPointF(view.mapLayout().offset.x(), 0)));
    QVERIFY(fixture::painted(view) != before);
    view.setSelectedToken(128, true);
    QVERIFY(!view.selectedToken(true));
    view.setSelectedToken(-1, false);
    QVERIFY(!view.selectedToken(false));
    QVERIFY(selected.isEmpty());
}

void TestAttentionMapView::zoom_and_selection_stay_with_the_size() {
    AttentionMapView view;
    view.resize(640, 560);
    view.setContent(contentOf(64));
    view.show();
    view.zoomTo(3.0);
    view.setSelectedToken(40, false);
    const QPointF offset = view.mapLayout().offset;
    view.setContent(contentOf(64, 5));
    QCOMPARE(view.zoom(), 3.0);
    QCOMPARE(view.mapLayout().offset, offset);
    QVERIFY(view.selectedToken(false) == 40);
    view.setContent(contentOf(30));
    QCOMPARE(view.zoom(), 1.0);
    QVERIFY(!view.selectedToken(false));
}

void TestAttentionMapView::tool_tips() {
    AttentionMapView view;
    view.resize(640, 560);
    auto content = contentOf(8);
    content->values[2 * 8 + 5] = fixture::undefined;
    view.setContent(content);
    view.show();
    const MapLayout& layout = view.mapLayout();
    QCOMPARE(view.toolTipAt(layout.cell(1, 2).center()),
             QString::fromUtf8("“w1” (token 2) → “w2” (token 3)\nattention 0.6125"));
    QCOMPARE(view.toolTipAt(layout.cell(2, 5).center()),
             QString::fromUtf8("“w2” (token 3) → “w5” (token 6)\nattention undefined"));
    QCOMPARE(view.toolTipAt({layout.row_labels.center().x(), layout.cell(0, 0).center().y()}),
             QString::fromUtf8("“[CLS]” (token 1)\nsum of the row 1.000"));
    QCOMPARE(view.toolTipAt({layout.cell(0, 7).center().x(), layout.column_sums.center().y()}),
             QString::fromUtf8("“[SEP]” (token 8)\nsum of the column 3.100"));
    QCOMPARE(view.toolTipAt({1, 1}), QString());
    const QPoint at = layout.cell(1, 2).center().toPoint();
    QHelpEvent help(QEvent::ToolTip, at, view.viewport()->mapToGlobal(at));
    QApplication::sendEvent(view.viewport(), &help);
    QVERIFY(QToolTip::text().contains("0.6125"));
    QHelpEvent nothing(QEvent::ToolTip, QPoint(1, 1), view.viewport()->mapToGlobal(QPoint(1, 1)));
    QApplication::sendEvent(view.viewport(), &nothing);
    QTRY_VERIFY(!QToolTip::isVisible());
}

void TestAttentionMapView::one_token_and_undefined_values() {
    AttentionMapView view;
    view.resize(400, 360);
    view.setContent(contentOf(1));
    view.show();
    QTest::keyClick(&view, Qt::Key_Plus);
    QCOMPARE(view.zoom(), 1.0);
    QVERIFY(isPainted(view, fixture::painted(view), 1.0));
    fixture::movePointer(view, view.mapLayout().plot.center().toPoint());
    QVERIFY(view.hoveredCell() == (MapCell{0, 0}));
    auto content = contentOf(6);
    std::ranges::fill(content->values, fixture::undefined);
    view.setContent(content);
    const QColor grey = toQColor(ColorScale{}.of(std::nan(""), figureColors(view.palette())));
    const MapLayout& layout = view.mapLayout();
    QCOMPARE(fixture::painted(view).pixelColor(layout.cell(2, 2).center().toPoint()), grey);
    QVERIFY(view.toolTipAt({layout.row_labels.center().x(), layout.cell(1, 0).center().y()})
                .endsWith("sum of the row undefined"));
}

void TestAttentionMapView::layers_have_no_tokens_in_rows() {
    AttentionMapView view;
    view.resize(640, 400);
    std::vector<float> values(3 * 20, 0.5F);
    std::fill(values.begin() + 20, values.begin() + 40, fixture::undefined);
    view.setContent(std::make_shared<MapContent>(layersContent(fixture::tokens(20), values)));
    view.show();
    QSignalSpy selected(&view, &AttentionMapView::tokenSelected);
    const MapLayout& layout = view.mapLayout();
    QVERIFY(layout.cell_height > layout.cell_width);
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {},
                      QPointF(layout.row_labels.center().x(), layout.cell(1, 0).center().y()).toPoint());
    QTest::keyClick(&view, Qt::Key_Down, Qt::ShiftModifier);
    QVERIFY(selected.isEmpty());
    view.setSelectedToken(1, true);
    QVERIFY(!view.selectedToken(true));
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {},
                      QPointF(layout.cell(0, 4).center().x(), layout.column_labels.center().y()).toPoint());
    QVERIFY(selected.count() == 1 && selected[0][0] == 4 && selected[0][1] == false);
    QCOMPARE(view.toolTipAt(layout.cell(2, 4).center()),
             QString::fromUtf8("layer 3, “w4” (token 5)\nattention 0.5000"));
}

void TestAttentionMapView::sums_can_be_left_out() {
    AttentionMapView view;
    view.resize(640, 560);
    view.setContent(contentOf(20));
    view.show();
    const double with = view.mapLayout().plot.width();
    QVERIFY(view.mapLayout().row_sums.width() > 0);
    // The longest bar is that of the last column.
    const QRectF strip = view.mapLayout().column_sums;
    const QColor ground = view.palette().color(QPalette::Base);
    const QImage image = fixture::painted(view);
    const auto heightOf = [&](int column) {
        int height = 0;
        const int x = qRound(view.mapLayout().cell(0, column).center().x());
        for (int y = qRound(strip.top()) + 4; y < qRound(strip.bottom()); ++y)
            height += image.pixelColor(x, y) != ground;
        return height;
    };
    QVERIFY(heightOf(19) > 3 * heightOf(5) && heightOf(5) > 0);
    view.setSumsShown(false);
    QVERIFY(view.mapLayout().row_sums.width() == 0.0);
    QVERIFY(view.mapLayout().plot.width() >= with);
}

void TestAttentionMapView::segment_boundary_is_drawn() {
    AttentionMapView view;
    view.resize(640, 560);
    auto content = contentOf(20);
    std::ranges::fill(content->values, 0.0F);
    view.setContent(content);
    const MapLayout& layout = view.mapLayout();
    const QImage image = fixture::painted(view);
    const QColor dark = toQColor(sample(ColorMap::Viridis, 0.0));
    const auto lineAt = [&](int column) {
        const int x = qRound(layout.cell(0, column).x());
        int other = 0;
        for (int y = qRound(layout.plot.top()) + 2; y < qRound(layout.plot.bottom()) - 2; ++y)
            other += image.pixelColor(x, y) != dark;
        return other > layout.plot.height() / 2;
    };
    QVERIFY(lineAt(10));
    QVERIFY(!lineAt(9));
}

void TestAttentionMapView::colour_map_and_range() {
    AttentionMapView view;
    view.resize(640, 560);
    view.setContent(contentOf(8));
    QCOMPARE(view.colorScale().low, 0.0);
    view.setColorMap(ColorMap::Cividis);
    QVERIFY(isPainted(view, fixture::painted(view), 1.0));
    QCOMPARE(view.colorScale().map, ColorMap::Cividis);
    auto content = contentOf(8);
    content->difference = true;
    content->values[11] = -3.0F;
    view.setContent(content);
    QCOMPARE(view.colorScale().map, ColorMap::BlueRed);
    QCOMPARE(view.colorScale().low, -3.0);
    QCOMPARE(view.colorScale().high, 3.0);
    content = std::make_shared<MapContent>(*content);
    content->range = {-0.5, 0.5};
    view.setContent(content);
    QCOMPARE(view.colorScale().high, 0.5);
    QVERIFY(isPainted(view, fixture::painted(view), 1.0));
}

void TestAttentionMapView::empty_and_inconsistent_content() {
    AttentionMapView view;
    view.resize(400, 360);
    view.show();
    QVERIFY(QTest::qWaitForWindowActive(&view));  // the focus frame is drawn from here on
    const QImage message = fixture::painted(view);
    for (const auto key : {Qt::Key_Plus, Qt::Key_Down, Qt::Key_Escape}) QTest::keyClick(&view, key);
    turnWheel(view, {100, 100}, 1);
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, {100, 100});
    fixture::movePointer(view, {120, 120});
    QCOMPARE(view.zoom(), 1.0);
    QVERIFY(!view.hoveredCell());
    QCOMPARE(view.toolTipAt({100, 100}), QString());
    view.setContent(std::make_shared<MapContent>(mapContent(fixture::tokens(5), fixture::map(4, 1))));
    QVERIFY(!view.content());
    QCOMPARE(fixture::painted(view), message);
    view.setPlaceholder("This head was removed.");
    QCOMPARE(view.accessibleDescription(), QString("This head was removed."));
    QVERIFY(fixture::painted(view) != message);
    view.setContent(contentOf(5));
    view.setSelectedToken(1, true);
    view.clear();
    QVERIFY(!view.selectedToken(true));
}

void TestAttentionMapView::dark_palette_is_followed() {
    AttentionMapView view;
    view.resize(400, 360);
    view.setContent(contentOf(8));
    QCOMPARE(fixture::painted(view).pixelColor(2, 2), view.palette().color(QPalette::Base));
    view.setPalette(fixture::darkPalette());
    QCOMPARE(fixture::painted(view).pixelColor(2, 2), QColor(32, 33, 36));
    QVERIFY(isPainted(view, fixture::painted(view), 1.0));
}

void TestAttentionMapView::focus_is_seen() {
    QWidget window;
    AttentionMapView view(&window), other(&window);
    for (AttentionMapView* one : {&view, &other}) {
        one->resize(300, 280);
        one->setContent(contentOf(8));
    }
    other.move(300, 0);
    window.show();
    window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    view.setFocus(Qt::TabFocusReason);
    const QImage with = fixture::painted(view);
    QTest::keyClick(&view, Qt::Key_Tab);
    QVERIFY(other.hasFocus());
    QVERIFY(fixture::painted(view) != with);
}

void TestAttentionMapView::accessible_text() {
    AttentionMapView view;
    QVERIFY(!view.accessibleName().isEmpty());
    QVERIFY(!view.accessibleDescription().isEmpty());
    view.setContent(contentOf(8));
    QVERIFY(view.accessibleDescription().contains("8 rows, 8 columns"));
    view.setSelectedToken(1, true);
    view.setSelectedToken(2, false);
    QVERIFY(view.accessibleDescription().contains(QString::fromUtf8("Selected row: “w1” (token 2)")));
    QVERIFY(view.accessibleDescription().contains("attention 0.6125"));
}

QTEST_MAIN(TestAttentionMapView)
#include "tst_attention_map_view.moc"
