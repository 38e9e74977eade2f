// SPDX-License-Identifier: GPL-3.0-or-later
#include <QHelpEvent>
#include <QToolTip>
#include <QtTest>
#include <cmath>
#include <limits>

#include "widgets/figures/paint_scene.h"
#include "widgets/masks/mask_heatmap_view.h"

using namespace lottery;
using namespace lottery::gui;

namespace {

constexpr float undefined = std::numeric_limits<float>::quiet_NaN();

HeatmapContent contentOf(int layers, int heads) {
    HeatmapContent content;
    content.values.heads = HeadMatrix(layers, heads, 0.5F);
    content.values.mlps.assign(static_cast<std::size_t>(layers), 0.25F);
    content.masks = ComponentMasks::all_kept(layers, heads);
    return content;
}

QPalette darkPalette() {
    QPalette palette;
    palette.setColor(QPalette::Base, QColor(32, 33, 36));
    palette.setColor(QPalette::Window, QColor(42, 43, 46));
    palette.setColor(QPalette::Text, QColor(230, 230, 230));
    return palette;
}

}  // namespace

class TestMaskHeatmapView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keys_lead_to_neighbours_data();
    void keys_lead_to_neighbours();
    void descriptions();
    void every_cell_can_be_clicked_data();
    void every_cell_can_be_clicked();
    void keys_move_the_selection();
    void selection_from_outside_is_silent();
    void tool_tip_says_value_and_state();
    void hover_is_outlined();
    void missing_values_and_empty_content();
    void colours_are_sharp_on_every_screen_data();
    void colours_are_sharp_on_every_screen();
    void dark_palette_is_followed();
    void accessible_text_names_the_selection();
};

void TestMaskHeatmapView::keys_lead_to_neighbours_data() {
    QTest::addColumn<int>("key");
    QTest::addColumn<bool>("mlps");
    QTest::addColumn<int>("layer");
    QTest::addColumn<int>("head");
    QTest::addColumn<int>("toLayer");
    QTest::addColumn<int>("toHead");
    const int nowhere = -9;
    QTest::newRow("right") << int(Qt::Key_Right) << true << 1 << 1 << 1 << 2;
    QTest::newRow("left") << int(Qt::Key_Left) << true << 1 << 1 << 1 << 0;
    QTest::newRow("up") << int(Qt::Key_Up) << true << 1 << 1 << 0 << 1;
    QTest::newRow("down") << int(Qt::Key_Down) << true << 1 << 1 << 2 << 1;
    QTest::newRow("onto the MLP") << int(Qt::Key_Right) << true << 1 << 3 << 1 << -1;
    QTest::newRow("back from the MLP") << int(Qt::Key_Left) << true << 1 << -1 << 1 << 3;
    QTest::newRow("down the MLPs") << int(Qt::Key_Down) << true << 1 << -1 << 2 << -1;
    QTest::newRow("no MLPs") << int(Qt::Key_Right) << false << 1 << 3 << nowhere << nowhere;
    QTest::newRow("right edge") << int(Qt::Key_Right) << true << 1 << -1 << nowhere << nowhere;
    QTest::newRow("left edge") << int(Qt::Key_Left) << true << 1 << 0 << nowhere << nowhere;
    QTest::newRow("top edge") << int(Qt::Key_Up) << true << 0 << 0 << nowhere << nowhere;
    QTest::newRow("bottom edge") << int(Qt::Key_Down) << true << 2 << 0 << nowhere << nowhere;
    QTest::newRow("home") << int(Qt::Key_Home) << true << 1 << 2 << 1 << 0;
    QTest::newRow("end") << int(Qt::Key_End) << true << 1 << 2 << 1 << -1;
    QTest::newRow("end without MLPs") << int(Qt::Key_End) << false << 1 << 2 << 1 << 3;
    QTest::newRow("page up") << int(Qt::Key_PageUp) << true << 2 << 2 << 0 << 2;
    QTest::newRow("page down") << int(Qt::Key_PageDown) << true << 0 << -1 << 2 << -1;
    QTest::newRow("another key") << int(Qt::Key_A) << true << 0 << 0 << nowhere << nowhere;
}

void TestMaskHeatmapView::keys_lead_to_neighbours() {
    QFETCH(int, key);
    QFETCH(bool, mlps);
    QFETCH(int, layer);
    QFETCH(int, head);
    QFETCH(int, toLayer);
    QFETCH(int, toHead);
    const auto to = neighbour(Component{layer, head}, key, 3, 4, mlps);
    if (toLayer == -9) {
        QVERIFY(!to);
    } else {
        QVERIFY(to == (Component{toLayer, toHead}));
    }
    if (key != Qt::Key_A) QVERIFY(neighbour(std::nullopt, key, 3, 4, mlps) == (Component{0, 0}));
    QVERIFY(!neighbour(std::nullopt, key, 0, 0, false));
}

void TestMaskHeatmapView::descriptions() {
    HeatmapContent content = contentOf(3, 4);
    content.values.heads.at(2, 3) = undefined;
    content.masks->heads.at(0, 1) = 0.0F;
    content.masks->mlps[1] = 0.0F;
    content.newly_masked = {{1, -1}};
    QCOMPARE(describeComponent(content, {}, {0, 0}), QString("Layer 1, head 1\nimportance 0.500\nkept"));
    QCOMPARE(describeComponent(content, {}, {0, 1}), QString("Layer 1, head 2\nimportance 0.500\nmasked"));
    QCOMPARE(describeComponent(content, {}, {1, -1}), QString("Layer 2, MLP\nimportance 0.250\nmasked in this step"));
    QCOMPARE(describeComponent(content, {}, {2, 3}), QString("Layer 3, head 4\nimportance undefined\nkept"));
    QCOMPARE(describeComponent(content, {}, {7, 0}), QString());
    HeatmapOptions masks;
    masks.fill = HeatmapFill::Masks;
    QCOMPARE(describeComponent(content, masks, {0, 0}), QString("Layer 1, head 1\nkept"));
    content.deviation = content.values;
    QVERIFY(describeComponent(content, {}, {0, 0}).contains(QString::fromUtf8("0.500 \u00b1 0.500")));
}

void TestMaskHeatmapView::every_cell_can_be_clicked_data() {
    QTest::addColumn<int>("layers");
    QTest::addColumn<int>("heads");
    QTest::addColumn<QSize>("size");
    for (const auto& [layers, heads] : {std::pair{1, 1}, {4, 4}, {12, 12}, {24, 16}, {2, 25}}) {
        for (const QSize size : {QSize(260, 220), QSize(900, 500), QSize(300, 900)}) {
            QTest::addRow("%dx%d in %dx%d", layers, heads, size.width(), size.height()) << layers << heads << size;
        }
    }
}

void TestMaskHeatmapView::every_cell_can_be_clicked() {
    QFETCH(int, layers);
    QFETCH(int, heads);
    QFETCH(QSize, size);
    MaskHeatmapView view;
    view.resize(size);
    view.setContent(contentOf(layers, heads), {});
    view.show();
    QSignalSpy chosen(&view, &MaskHeatmapView::componentSelected);
    for (int layer = 0; layer < layers; layer += std::max(layers / 4, 1)) {
        for (int head = -1; head < heads; head += std::max(heads / 4, 1)) {
            const QRectF cell = view.cellRect({layer, head});
            QVERIFY(view.rect().contains(cell.toAlignedRect()));
            QVERIFY2(cell.width() >= 2 && cell.height() >= 2, "too small to hit");
            QTest::mouseClick(&view, Qt::LeftButton, {}, cell.center().toPoint());
            QVERIFY(view.selected() == (Component{layer, head}));
            QCOMPARE(chosen.takeLast()[0].value<Component>(), (Component{layer, head}));
        }
    }
    QTest::mouseClick(&view, Qt::LeftButton, {}, QPoint(1, 1));
    QTest::mouseClick(&view, Qt::RightButton, {}, view.cellRect({0, 0}).center().toPoint());
    QVERIFY(chosen.isEmpty());
}

void TestMaskHeatmapView::keys_move_the_selection() {
    MaskHeatmapView view;
    view.setContent(contentOf(3, 4), {});
    view.show();
    QSignalSpy chosen(&view, &MaskHeatmapView::componentSelected);
    QTest::keyClick(&view, Qt::Key_Down);
    QVERIFY(view.selected() == (Component{0, 0}));
    QTest::keyClick(&view, Qt::Key_Down);
    QTest::keyClick(&view, Qt::Key_End);
    QVERIFY(view.selected() == (Component{1, -1}));
    QCOMPARE(chosen.count(), 3);
    QTest::keyClick(&view, Qt::Key_Right);
    QTest::keyClick(&view, Qt::Key_X);
    QCOMPARE(chosen.count(), 3);
}

void TestMaskHeatmapView::selection_from_outside_is_silent() {
    MaskHeatmapView view;
    view.setContent(contentOf(3, 4), {});
    QSignalSpy chosen(&view, &MaskHeatmapView::componentSelected);
    view.setSelected(Component{2, 3});
    QVERIFY(view.selected() == (Component{2, 3}));
    view.setContent(contentOf(3, 4), {});
    QVERIFY(view.selected() == (Component{2, 3}));  // kept from step to step
    view.setContent(contentOf(2, 2), {});
    QVERIFY(!view.selected());
    view.setSelected(Component{5, 5});
    QVERIFY(!view.selected());
    QVERIFY(chosen.isEmpty());
}

void TestMaskHeatmapView::tool_tip_says_value_and_state() {
    MaskHeatmapView view;
    HeatmapContent content = contentOf(3, 4);
    content.masks->heads.at(1, 2) = 0.0F;
    view.setContent(content, {});
    view.setDetails([](const Component& c) { return c == Component{1, 2} ? QString("masked in step 3") : QString(); });
    view.resize(500, 400);
    view.show();
    const QPoint at = view.cellRect({1, 2}).center().toPoint();
    QHelpEvent help(QEvent::ToolTip, at, view.mapToGlobal(at));
    QApplication::sendEvent(&view, &help);
    QCOMPARE(QToolTip::text(), QString("Layer 2, head 3\nimportance 0.500\nmasked\nmasked in step 3"));
    QCOMPARE(view.toolTipOf({0, 0}), QString("Layer 1, head 1\nimportance 0.500\nkept"));
    QHelpEvent nothing(QEvent::ToolTip, QPoint(1, 1), view.mapToGlobal(QPoint(1, 1)));
    QApplication::sendEvent(&view, &nothing);
    QTRY_VERIFY(!QToolTip::isVisible());
}

void TestMaskHeatmapView::hover_is_outlined() {
    MaskHeatmapView view;
    view.setContent(contentOf(3, 4), {});
    view.resize(500, 400);
    view.show();
    QVERIFY(QTest::qWaitForWindowActive(&view));  // the focus frame is drawn from here on
    const QImage before = view.grab().toImage();
    QTest::mouseMove(&view, view.cellRect({1, 1}).center().toPoint());
    QCoreApplication::processEvents();
    const QImage during = view.grab().toImage();
    QVERIFY(during != before);
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(&view, &leave);
    QCOMPARE(view.grab().toImage(), before);
}

void TestMaskHeatmapView::missing_values_and_empty_content() {
    MaskHeatmapView view;
    view.resize(300, 240);
    view.show();
    QVERIFY(!view.grab().isNull());
    QVERIFY(!view.componentAt({100, 100}));
    QVERIFY(view.cellRect({0, 0}).isEmpty());
    QTest::keyClick(&view, Qt::Key_Right);
    QVERIFY(!view.selected());
    HeatmapContent content;
    content.values.heads = HeadMatrix(2, 2, undefined);
    content.values.mlps = {undefined, undefined};
    view.setContent(content, {});
    QVERIFY(!view.grab().isNull());
    QTest::mouseClick(&view, Qt::LeftButton, {}, view.cellRect({1, -1}).center().toPoint());
    QVERIFY(view.selected() == (Component{1, -1}));
    QVERIFY(view.toolTipOf({1, -1}).contains("undefined"));
    view.clear();
    QVERIFY(!view.selected());
}

void TestMaskHeatmapView::colours_are_sharp_on_every_screen_data() {
    QTest::addColumn<double>("ratio");
    for (const double ratio : {1.0, 2.0}) QTest::addRow("%.1f", ratio) << ratio;
}

// Every pixel inside a cell has its colour, unmixed with the gap.
void TestMaskHeatmapView::colours_are_sharp_on_every_screen() {
    QFETCH(double, ratio);
    MaskHeatmapView view;
    HeatmapOptions options;
    options.annotate = false;
    options.range = {0.0, 1.0};
    view.resize(417, 333);
    view.setContent(contentOf(5, 7), options);
    QImage image((QSizeF(view.size()) * ratio).toSize(), QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    view.render(&image);
    const QColor expected = toQColor(sample(ColorMap::Viridis, 0.5));
    for (const Component c : {Component{0, 0}, {4, 6}, {2, 3}}) {
        const QRectF cell = view.cellRect(c);
        const QRect inside(QPoint(qRound(cell.left() * ratio), qRound(cell.top() * ratio)),
                           QPoint(qRound(cell.right() * ratio) - 1, qRound(cell.bottom() * ratio) - 1));
        for (int y = inside.top(); y <= inside.bottom(); ++y) {
            for (int x = inside.left(); x <= inside.right(); ++x) QCOMPARE(image.pixelColor(x, y), expected);
        }
    }
}

void TestMaskHeatmapView::dark_palette_is_followed() {
    MaskHeatmapView view;
    view.setContent(contentOf(3, 4), {});
    view.resize(400, 320);
    QCOMPARE(view.grab().toImage().pixelColor(2, 2), view.palette().color(QPalette::Base));
    view.setPalette(darkPalette());
    QCOMPARE(view.grab().toImage().pixelColor(2, 2), QColor(32, 33, 36));
}

void TestMaskHeatmapView::accessible_text_names_the_selection() {
    MaskHeatmapView view;
    QVERIFY(!view.accessibleName().isEmpty());
    QVERIFY(!view.accessibleDescription().isEmpty());
    view.setContent(contentOf(3, 4), {});
    QVERIFY(view.accessibleDescription().contains("3 layers of 4 heads"));
    view.setSelected(Component{2, 1});
    QVERIFY(view.accessibleDescription().contains("Layer 3, head 2, importance 0.500, kept"));
}

QTEST_MAIN(TestMaskHeatmapView)
#include "tst_mask_heatmap_view.moc"
