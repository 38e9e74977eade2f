// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QSlider>
#include <QTemporaryDir>
#include <QToolButton>
#include <QtTest>
#include <cmath>
#include <limits>

#include "widgets/figures/figure_export_button.h"
#include "widgets/figures/figure_export_dialog.h"
#include "widgets/masks/mask_heatmap_view.h"
#include "widgets/masks/mask_search_view.h"
#include "widgets/masks/search_plot.h"
#include "widgets/masks/search_summary.h"

using namespace lottery;
using namespace lottery::gui;

namespace {

// A search over `layers` × `heads` that masks one head per step, row by row, with the last step failing.
MaskSearchResult searchOf(int layers, int heads, int steps) {
    MaskSearchResult result;
    result.metric = "acc";
    result.full_score = 0.9;
    result.threshold_score = 0.81;
    ComponentMasks masks = ComponentMasks::all_kept(layers, heads);
    for (int i = 0; i < steps; ++i) {
        MaskSearchStep step;
        step.index = i;
        step.phase = i == 0 ? "full" : i < steps / 2 ? "heads_mlps" : "heads";
        step.score = i + 1 == steps ? 0.7 : 0.9 - 0.08 * i / steps;
        step.accepted = step.score >= result.threshold_score;
        if (i > 0) {
            const Component masked{((i - 1) / heads) % layers, (i - 1) % heads};
            masks.heads.at(masked.layer, masked.head) = 0.0F;
            step.masked = {masked};
        }
        step.masks = masks;
        step.importance.heads = HeadMatrix(layers, heads, 0.1F * static_cast<float>(i % 10));
        step.importance.mlps.assign(static_cast<std::size_t>(layers), 0.5F);
        result.steps.push_back(step);
    }
    return result;
}

struct Driven {
    MaskSearchView view;
    MaskHeatmapView* heatmap = view.findChild<MaskHeatmapView*>();
    SearchPlot* plot = view.findChild<SearchPlot*>();
    QSlider* slider = view.findChild<QSlider*>("slider");
    QComboBox* shown = view.findChild<QComboBox*>("shown");

    Driven() {
        view.resize(1000, 620);
        view.show();
    }
    QToolButton* button(const char* name) { return view.findChild<QToolButton*>(name); }
    QString text(const char* name) { return view.findChild<QLabel*>(name)->text(); }
    void press(const char* name) { QTest::mouseClick(button(name), Qt::LeftButton); }
};

}  // namespace

class TestMaskSearchView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void empty_view_invites();
    void live_view_follows();
    void buttons_slider_and_keys_go_through_steps();
    void live_can_be_left_and_resumed();
    void click_on_the_plot_goes_to_the_step();
    void result_replaces_steps();
    void repeated_step_replaces_itself();
    void threshold_is_shown_when_known();
    void heatmap_shows_importance_mask_or_survival();
    void selection_is_handed_on();
    void tool_tip_says_since_when_masked();
    void summary_in_words();
    void figures_are_exported_data();
    void figures_are_exported();
    void odd_sizes_and_missing_values_data();
    void odd_sizes_and_missing_values();
    void many_steps_arrive();
    void clear_forgets();
};

void TestMaskSearchView::empty_view_invites() {
    Driven d;
    QCOMPARE(d.view.currentStep(), -1);
    QVERIFY(!d.text("score").isEmpty());
    QCOMPARE(d.text("position"), QString("no step yet"));
    for (const char* name : {"first", "previous", "next", "last", "exportHeatmap", "exportPlot"})
        QVERIFY2(!d.button(name)->isEnabled(), name);
    QVERIFY(!d.slider->isEnabled());
    QVERIFY(!d.view.grab().isNull());
    d.view.showStep(3);
    QCOMPARE(d.view.currentStep(), -1);
}

void TestMaskSearchView::live_view_follows() {
    Driven d;
    QSignalSpy changed(&d.view, &MaskSearchView::currentStepChanged);
    const MaskSearchResult result = searchOf(3, 4, 6);
    for (const MaskSearchStep& step : result.steps) {
        d.view.addStep(step);
        QCOMPARE(d.view.currentStep(), step.index);
        QCOMPARE(d.heatmap->content().masks->kept_heads(), 12 - step.index);
        QVERIFY(d.text("score").contains(QString("Step %1").arg(step.index)));
    }
    QCOMPARE(changed.count(), 6);
    QCOMPARE(d.slider->maximum(), 5);
    QCOMPARE(d.slider->value(), 5);
    QVERIFY(d.view.isLive() && d.button("live")->isChecked());
    QVERIFY(d.heatmap->content().newly_masked == result.steps[5].masked);
}

void TestMaskSearchView::buttons_slider_and_keys_go_through_steps() {
    Driven d;
    d.view.setResult(searchOf(3, 4, 6));
    d.press("first");
    QCOMPARE(d.view.currentStep(), 0);
    QVERIFY(!d.button("first")->isEnabled() && !d.button("previous")->isEnabled());
    d.press("next");
    d.press("next");
    QCOMPARE(d.view.currentStep(), 2);
    d.press("previous");
    QCOMPARE(d.view.currentStep(), 1);
    QCOMPARE(d.text("position"), QString("step 1 of 5"));
    d.press("last");
    QCOMPARE(d.view.currentStep(), 5);
    QVERIFY(!d.button("next")->isEnabled() && !d.button("last")->isEnabled());
    QTest::keyClick(d.slider, Qt::Key_Left);
    QCOMPARE(d.view.currentStep(), 4);
    QTest::keyClick(d.slider, Qt::Key_Home);
    QCOMPARE(d.view.currentStep(), 0);
    d.slider->setValue(3);
    QCOMPARE(d.view.currentStep(), 3);
    QCOMPARE(d.heatmap->content().masks->kept_heads(), 9);
}

void TestMaskSearchView::live_can_be_left_and_resumed() {
    Driven d;
    const MaskSearchResult result = searchOf(3, 4, 8);
    for (int i = 0; i < 4; ++i) d.view.addStep(result.steps[static_cast<std::size_t>(i)]);
    d.press("first");
    QVERIFY(!d.view.isLive() && !d.button("live")->isChecked());
    d.view.addStep(result.steps[4]);
    QCOMPARE(d.view.currentStep(), 0);  // stays where the reader is
    QCOMPARE(d.slider->maximum(), 4);
    d.press("live");
    QVERIFY(d.view.isLive());
    QCOMPARE(d.view.currentStep(), 4);
    d.view.addStep(result.steps[5]);
    QCOMPARE(d.view.currentStep(), 5);
    d.press("live");  // stay here
    QVERIFY(!d.view.isLive());
    d.view.addStep(result.steps[6]);
    QCOMPARE(d.view.currentStep(), 5);
    d.press("last");  // going to the newest is following again
    QVERIFY(d.view.isLive());
}

void TestMaskSearchView::click_on_the_plot_goes_to_the_step() {
    Driven d;
    d.view.setResult(searchOf(3, 4, 6));
    d.plot->grab();  // lays the plot out
    for (const int step : {1, 4, 0, 5}) {
        const QPointF at = d.plot->pointOf(step);
        QCOMPARE(d.plot->stepAt(at), step);
        QWidget* under = d.plot->childAt(at.toPoint());
        QVERIFY(under);
        QTest::mouseClick(under, Qt::LeftButton, {}, under->mapFrom(d.plot, at.toPoint()));
        QCOMPARE(d.view.currentStep(), step);
    }
    QCOMPARE(d.plot->stepAt({0, 0}), -1);
}

void TestMaskSearchView::result_replaces_steps() {
    Driven d;
    for (const MaskSearchStep& step : searchOf(3, 4, 3).steps) d.view.addStep(step);
    d.press("first");
    d.view.setResult(searchOf(3, 4, 6));
    QCOMPARE(d.view.stepCount(), 6);
    QCOMPARE(d.view.currentStep(), 0);
    QVERIFY(d.text("score").contains("accuracy 0.9000"));
    QVERIFY(d.text("score").contains("threshold 0.8100"));
    d.view.setResult({});
    QCOMPARE(d.view.currentStep(), -1);
    QVERIFY(!d.view.grab().isNull());
}

void TestMaskSearchView::repeated_step_replaces_itself() {
    Driven d;
    const MaskSearchResult result = searchOf(3, 4, 3);
    for (const MaskSearchStep& step : result.steps) d.view.addStep(step);
    MaskSearchStep again = result.steps[1];
    again.score = 0.123;
    d.view.addStep(again);
    QCOMPARE(d.view.stepCount(), 3);
    d.view.showStep(1);
    QVERIFY(d.text("score").contains("0.1230"));
}

void TestMaskSearchView::threshold_is_shown_when_known() {
    Driven d;
    const MaskSearchResult result = searchOf(3, 4, 3);
    d.view.addStep(result.steps[0]);
    QVERIFY(!d.text("score").contains("threshold"));
    d.view.setThreshold(0.9);
    QVERIFY(d.text("score").contains("threshold 0.8100"));
    d.view.clear();
    d.view.setThreshold(0.5);  // before the first step
    d.view.addStep(result.steps[0]);
    QVERIFY(d.text("score").contains("threshold 0.4500"));
}

void TestMaskSearchView::heatmap_shows_importance_mask_or_survival() {
    Driven d;
    d.view.setResult(searchOf(3, 4, 6));
    QCOMPARE(d.heatmap->content().values.heads.at(0, 0), 0.5F);
    const QImage importance = d.heatmap->grab().toImage();
    QTest::keyClick(d.shown, Qt::Key_Down);
    QCOMPARE(d.shown->currentText(), QString("Mask"));
    QVERIFY(d.heatmap->grab().toImage() != importance);
    QVERIFY(!d.view.findChild<QComboBox*>("colors")->isEnabled());
    QTest::keyClick(d.shown, Qt::Key_Down);
    QCOMPARE(d.shown->currentText(), QString("Survived until step"));
    // Steps 0 to 4 are accepted; step k masks the k-th head.
    QCOMPARE(d.heatmap->content().values.heads.at(0, 0), 0.0F);
    QCOMPARE(d.heatmap->content().values.heads.at(0, 2), 2.0F);
    QCOMPARE(d.heatmap->content().values.heads.at(2, 3), 4.0F);
    QVERIFY(d.heatmap->toolTipOf({0, 2}).contains("survived until step 2"));
    const QImage viridis = d.heatmap->grab().toImage();
    QTest::keyClick(d.view.findChild<QComboBox*>("colors"), Qt::Key_Down);
    const QImage cividis = d.heatmap->grab().toImage();
    QVERIFY(cividis != viridis);
    QTest::mouseClick(d.view.findChild<QCheckBox*>("numbers"), Qt::LeftButton, {}, QPoint(8, 8));
    QVERIFY(d.heatmap->grab().toImage() != cividis);
}

void TestMaskSearchView::selection_is_handed_on() {
    Driven d;
    d.view.setResult(searchOf(3, 4, 6));
    QSignalSpy selected(&d.view, &MaskSearchView::componentSelected);
    QTest::mouseClick(d.heatmap, Qt::LeftButton, {}, d.heatmap->cellRect({1, 2}).center().toPoint());
    QCOMPARE(selected.count(), 1);
    QCOMPARE(selected[0][0].value<Component>(), (Component{1, 2}));
    d.view.showStep(2);
    QVERIFY(d.heatmap->selected() == (Component{1, 2}));
    d.view.selectComponent({0, -1});
    QVERIFY(d.heatmap->selected() == (Component{0, -1}));
    QCOMPARE(selected.count(), 1);
}

void TestMaskSearchView::tool_tip_says_since_when_masked() {
    Driven d;
    d.view.setResult(searchOf(3, 4, 6));
    QVERIFY(d.heatmap->toolTipOf({0, 1}).contains("masked in step 2"));
    QVERIFY(!d.heatmap->toolTipOf({2, 0}).contains("masked in step"));
    d.view.showStep(1);
    QVERIFY(!d.heatmap->toolTipOf({0, 1}).contains("masked in step"));
    QTest::keyClick(d.shown, Qt::Key_Down);
    QVERIFY(d.heatmap->toolTipOf({0, 1}).contains("importance 0.100"));
}

void TestMaskSearchView::summary_in_words() {
    MaskSearchStep step = searchOf(3, 4, 6).steps[2];
    step.masked.push_back({1, -1});
    const double unknown = std::numeric_limits<double>::quiet_NaN();
    QCOMPARE(stepScoreText(step, "mcc", unknown), QString("Step 2 (heads + MLPs): mcc 0.8733, accepted"));
    QCOMPARE(stepScoreText(step, {}, 0.5), QString("Step 2 (heads + MLPs): score 0.8733, accepted (threshold 0.5000)"));
    step.score = unknown;
    step.accepted = false;
    QVERIFY(stepScoreText(step, "mcc", 0.5).contains("mcc undefined, rejected"));
    QCOMPARE(stepSizeText(step), QString("10 of 12 heads and 3 of 3 MLPs kept"));
    QVERIFY(stepMaskedText(step).endsWith("1.2, 2.MLP"));
    step.masked.clear();
    QVERIFY(!stepMaskedText(step).contains("layer"));
}

void TestMaskSearchView::figures_are_exported_data() {
    QTest::addColumn<QString>("button");
    QTest::addColumn<QString>("format");
    QTest::addColumn<QByteArray>("expected");
    for (const char* button : {"exportHeatmap", "exportPlot"}) {
        QTest::addRow("%s svg", button) << button << "svg" << QByteArray("<p:entry key=\"seed\">42</p:entry>");
        QTest::addRow("%s pdf", button) << button << "pdf" << QByteArray("seed=42");
        QTest::addRow("%s png", button) << button << "png" << QByteArray("IHDR");
        QTest::addRow("%s csv", button) << button << "csv"
                                        << QByteArray(QString(button) == "exportPlot" ? "step,phase,score"
                                                                                      : "component,layer");
    }
}

void TestMaskSearchView::figures_are_exported() {
    QFETCH(QString, button);
    QFETCH(QString, format);
    QFETCH(QByteArray, expected);
    QTemporaryDir folder;
    Driven d;
    d.view.setTitle("Pairs, seed 42");
    d.view.setProvenance({{"seed", "42"}});
    d.view.setResult(searchOf(3, 4, 6));
    auto* exporting = d.view.findChild<FigureExportButton*>(button);
    exporting->menu()->findChild<QAction*>("export-" + format)->trigger();
    auto* dialog = exporting->findChild<FigureExportDialog*>();
    QVERIFY(dialog);
    auto* file = dialog->findChild<QLineEdit*>("file");
    QVERIFY(file->text().contains("pairs-seed-42"));
    const QString path = folder.filePath("figure." + format);
    file->setText(path);
    dialog->accept();
    QFile written(path);
    QVERIFY(written.open(QIODevice::ReadOnly));
    const QByteArray bytes = written.readAll();
    QVERIFY(bytes.contains(expected));
    if (format == "svg") QVERIFY(bytes.contains("Pairs, seed 42"));
}

void TestMaskSearchView::odd_sizes_and_missing_values_data() {
    QTest::addColumn<int>("layers");
    QTest::addColumn<int>("heads");
    for (const auto& [layers, heads] : {std::pair{1, 1}, {1, 12}, {24, 16}, {6, 1}})
        QTest::addRow("%dx%d", layers, heads) << layers << heads;
}

void TestMaskSearchView::odd_sizes_and_missing_values() {
    QFETCH(int, layers);
    QFETCH(int, heads);
    Driven d;
    MaskSearchResult result = searchOf(layers, heads, 4);
    const float none = std::numeric_limits<float>::quiet_NaN();
    result.steps[1].importance.heads = HeadMatrix(layers, heads, none);
    result.steps[2].importance = {};  // nothing was measured
    result.steps[3].score = std::numeric_limits<double>::quiet_NaN();
    result.steps[3].accepted = false;
    d.view.setResult(result);
    for (int step = 0; step < 4; ++step) {
        d.view.showStep(step);
        for (int mode = 0; mode < 3; ++mode) {
            d.shown->setCurrentIndex(mode);
            QVERIFY(!d.view.grab().isNull());
            QTest::mouseClick(d.heatmap, Qt::LeftButton, {},
                              d.heatmap->cellRect({layers - 1, heads - 1}).center().toPoint());
            QVERIFY(d.heatmap->selected() == (Component{layers - 1, heads - 1}));
            QVERIFY(!d.heatmap->toolTipOf({0, -1}).isEmpty());
        }
    }
    QVERIFY(d.text("score").contains("undefined, rejected"));
    d.plot->grab();
    QCOMPARE(d.plot->stepAt(d.plot->pointOf(3)), 3);
}

void TestMaskSearchView::many_steps_arrive() {
    Driven d;
    const MaskSearchResult result = searchOf(24, 16, 384);
    for (const MaskSearchStep& step : result.steps) d.view.addStep(step);
    QCOMPARE(d.view.stepCount(), 384);
    QCOMPARE(d.view.currentStep(), 383);
    QVERIFY(!d.view.grab().isNull());
}

void TestMaskSearchView::clear_forgets() {
    Driven d;
    d.view.setTitle("Pairs");
    d.view.setResult(searchOf(3, 4, 6));
    d.press("first");
    d.view.clear();
    QCOMPARE(d.view.stepCount(), 0);
    QCOMPARE(d.view.currentStep(), -1);
    QVERIFY(d.view.isLive());
    QVERIFY(d.heatmap->content().values.heads.values.empty());
    QVERIFY(!d.button("exportHeatmap")->isEnabled());
    QVERIFY(d.view.findChild<QLabel*>("heading")->text().isEmpty());
}

QTEST_MAIN(TestMaskSearchView)
#include "tst_mask_search_view.moc"
