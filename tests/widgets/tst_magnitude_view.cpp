// SPDX-License-Identifier: GPL-3.0-or-later
//
// The view of a magnitude search, driven by mouse and keys.
#include "widgets/masks/magnitude_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QSignalSpy>
#include <QSlider>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <cmath>

#include "widgets/figures/figure_export_button.h"
#include "widgets/figures/figure_export_dialog.h"
#include "widgets/masks/magnitude_summary.h"
#include "widgets/masks/mask_heatmap_view.h"
#include "widgets/masks/search_plot.h"

using namespace lottery;
using namespace lottery::gui;

namespace {

// Each step prunes a tenth; the last falls below the threshold, and the one before it is kept.
MagnitudeResult searchOf(int layers, int heads, int steps) {
    MagnitudeResult result;
    result.metric = "acc";
    result.full_score = 0.9;
    result.threshold_score = 0.81;
    double share = 1.0;
    for (int i = 0; i < steps; ++i) {
        MagnitudeStep step;
        step.index = i;
        step.kept_share = share;
        step.kept = std::llround(1'000'000 * share);
        step.score = i + 1 == steps ? 0.7 : 0.9 - 0.05 * i / steps;
        step.accepted = step.score >= result.threshold_score;
        const auto survives = static_cast<float>(share);
        step.survival = {HeadMatrix(layers, heads, survives),
                         std::vector<float>(static_cast<std::size_t>(layers), survives / 2), step.kept, 1'000'000};
        step.survival.heads.at(0, 0) = 1.0F;
        result.steps.push_back(step);
        share *= 0.9;
    }
    result.kept_step = steps - 2;
    result.score = result.steps[static_cast<std::size_t>(result.kept_step)].score;
    result.survival = result.steps[static_cast<std::size_t>(result.kept_step)].survival;
    result.parameters_kept_share = 0.66;
    result.dev_full_score = 0.88;
    result.dev_score = 0.84;
    return result;
}

struct Driven {
    MagnitudeView view;
    MaskHeatmapView* heatmap = view.findChild<MaskHeatmapView*>();
    SearchPlot* plot = view.findChild<SearchPlot*>();
    QSlider* slider = view.findChild<QSlider*>("slider");

    Driven() {
        view.resize(1000, 620);
        view.show();
    }
    QToolButton* button(const char* name) { return view.findChild<QToolButton*>(name); }
    QString text(const char* name) { return view.findChild<QLabel*>(name)->text(); }
    void press(const char* name) { QTest::mouseClick(button(name), Qt::LeftButton); }
};

}  // namespace

class TestMagnitudeView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void empty_view_invites() {
        Driven d;
        QCOMPARE(d.view.currentStep(), -1);
        QVERIFY(d.text("score").contains("appear here"));
        for (const char* name : {"first", "previous", "next", "last", "exportHeatmap", "exportPlot"})
            QVERIFY2(!d.button(name)->isEnabled(), name);
        QVERIFY(!d.view.grab().isNull());
        d.view.showStep(3);
        QCOMPARE(d.view.currentStep(), -1);
    }

    void live_view_follows() {
        Driven d;
        QSignalSpy changed(&d.view, &MagnitudeView::currentStepChanged);
        d.view.setHeader("acc", 0.9);
        for (const MagnitudeStep& step : searchOf(3, 4, 5).steps) {
            d.view.addStep(step);
            QCOMPARE(d.view.currentStep(), step.index);
            QCOMPARE(d.heatmap->content().values.heads.at(1, 1), step.survival.heads.at(1, 1));
            QCOMPARE(d.heatmap->content().values.mlps, step.survival.mlps);
        }
        QCOMPARE(changed.count(), 5);
        QCOMPARE(d.slider->maximum(), 4);
        QVERIFY(d.view.isLive() && d.button("live")->isChecked());
        QCOMPARE(d.text("score"), QString("Step 4: accuracy 0.7000, below the threshold 0.8100"));
        QCOMPARE(d.text("size"), QString("65.6 % of the prunable weights kept (656,100)"));
        QVERIFY(!d.view.findChild<QLabel*>("outcome")->isVisible());
        d.press("first");
        QCOMPARE(d.text("score"), QString("Full model: accuracy 0.9000 (threshold 0.8100)"));
        d.view.addStep(searchOf(3, 4, 6).steps[5]);
        QCOMPARE(d.view.currentStep(), 0);  // stays where the reader is
        d.press("live");
        QCOMPARE(d.view.currentStep(), 5);
        QVERIFY(d.view.isLive());
    }

    void result_shows_the_kept_mask() {
        Driven d;
        const MagnitudeResult result = searchOf(3, 4, 6);
        for (const MagnitudeStep& step : result.steps) d.view.addStep(step);
        QCOMPARE(d.view.currentStep(), 5);
        d.view.setResult(result);
        QCOMPARE(d.view.currentStep(), 4);
        QVERIFY(!d.view.isLive());
        const QString outcome = d.text("outcome");
        QVERIFY(d.view.findChild<QLabel*>("outcome")->isVisible());
        QVERIFY2(
            outcome.startsWith("Kept is the mask of step 4: 65.6 % of the 1,000,000 prunable weights, 66.0 % of all"),
            qPrintable(outcome));
        QVERIFY2(outcome.endsWith("Its accuracy is 0.8667 of 0.9000 on the search split, 0.8400 of 0.8800 on dev."),
                 qPrintable(outcome));
        // A reader who went elsewhere is left there.
        d.press("first");
        d.view.setResult(result);
        QCOMPARE(d.view.currentStep(), 0);
    }

    void outcome_in_words() {
        MagnitudeResult result = searchOf(2, 2, 3);
        result.kept_step = 0;
        result.dev_score.reset();
        const QString text = magnitudeResultText(result, {});
        QVERIFY2(text.startsWith("Nothing was pruned: kept is the full model, 9"), qPrintable(text));
        QVERIFY2(text.endsWith("on the search split."), qPrintable(text));
        QCOMPARE(magnitudeScoreText(result.steps[1], "mcc", std::nan("")), QString("Step 1: mcc 0.8833"));
    }

    void slider_and_keys_go_through_steps() {
        Driven d;
        d.view.setResult(searchOf(3, 4, 6));
        QTest::keyClick(d.slider, Qt::Key_Home);
        QCOMPARE(d.view.currentStep(), 0);
        QCOMPARE(d.heatmap->content().values.heads.at(1, 1), 1.0F);
        d.press("next");
        QCOMPARE(d.heatmap->content().values.heads.at(1, 1), 0.9F);
        QTest::keyClick(d.slider, Qt::Key_End);
        QCOMPARE(d.view.currentStep(), 5);
        QVERIFY(d.view.isLive());
    }

    void plot_over_steps_and_over_weights_kept() {
        Driven d;
        d.view.setResult(searchOf(3, 4, 6));
        d.plot->grab();  // lays the plot out
        const double first = d.plot->pointOf(0).x();
        const double even = d.plot->pointOf(2).x() - d.plot->pointOf(1).x();
        QVERIFY(std::abs(d.plot->pointOf(5).x() - d.plot->pointOf(4).x() - even) <= 1.0);
        auto* axis = d.view.findChild<QComboBox*>("axis");
        axis->setFocus();
        QTest::keyClick(axis, Qt::Key_Down);
        d.plot->grab();
        // Fewer weights lie to the right, and each step takes fewer than the one before it.
        QVERIFY(d.plot->pointOf(5).x() > d.plot->pointOf(4).x());
        QVERIFY(d.plot->pointOf(1).x() - d.plot->pointOf(0).x() >
                1.2 * (d.plot->pointOf(5).x() - d.plot->pointOf(4).x()));
        QVERIFY(d.plot->pointOf(0).x() < first + 40);
        for (const int step : {1, 4, 0, 5}) {
            const QPoint at = d.plot->pointOf(step).toPoint();
            QWidget* under = d.plot->childAt(at);
            QVERIFY(under);
            QTest::mouseClick(under, Qt::LeftButton, {}, under->mapFrom(d.plot, at));
            QCOMPARE(d.view.currentStep(), step);
        }
    }

    void kept_step_is_ringed() {
        Driven d;
        MagnitudeResult result = searchOf(3, 4, 6);
        // Left of the label, whichever step it is.
        const auto picture = [&](int kept) {
            result.kept_step = kept;
            d.view.setResult(result);
            d.view.showStep(0);
            QCoreApplication::processEvents();  // the plot is drawn
            return d.plot->grab(QRect(d.plot->pointOf(4).toPoint() - QPoint(12, 12), QSize(11, 25))).toImage();
        };
        const QImage elsewhere = picture(2);
        QCOMPARE(picture(1), elsewhere);
        QVERIFY(picture(4) != elsewhere);
    }

    void heatmap_tells_and_colours() {
        Driven d;
        d.view.setResult(searchOf(3, 4, 6));
        d.view.showStep(2);
        const QString tip = d.heatmap->toolTipOf({1, 1});
        QVERIFY2(tip.startsWith("Layer 2, head 2\nshare of weights that survive 0.810"), qPrintable(tip));
        QVERIFY2(tip.contains("0.900 in the step before") && tip.contains("0.810 over the whole model"),
                 qPrintable(tip));
        QVERIFY(d.heatmap->toolTipOf({1, -1}).contains("survive 0.405"));
        const QImage spread = d.heatmap->grab().toImage();
        QTest::mouseClick(d.view.findChild<QCheckBox*>("wholeRange"), Qt::LeftButton, {}, QPoint(8, 8));
        const QImage whole = d.heatmap->grab().toImage();
        QVERIFY(whole != spread);
        QTest::keyClick(d.view.findChild<QComboBox*>("colors"), Qt::Key_Down);
        QVERIFY(d.heatmap->grab().toImage() != whole);
        QCOMPARE(d.view.findChild<QComboBox*>("colors")->findText("blue-red (diverging)"), -1);
    }

    void selection_is_handed_on() {
        Driven d;
        d.view.setResult(searchOf(3, 4, 6));
        QSignalSpy selected(&d.view, &MagnitudeView::componentSelected);
        QTest::mouseClick(d.heatmap, Qt::LeftButton, {}, d.heatmap->cellRect({1, 2}).center().toPoint());
        QCOMPARE(selected.count(), 1);
        QCOMPARE(selected[0][0].value<Component>(), (Component{1, 2}));
        d.view.selectComponent({0, -1});
        QVERIFY(d.heatmap->selected() == (Component{0, -1}));
        QCOMPARE(selected.count(), 1);
    }

    // Records of before survival was kept per step: the kept mask's only.
    void records_without_survival_per_step() {
        Driven d;
        MagnitudeResult result = searchOf(3, 4, 6);
        for (auto& step : result.steps) step.survival = {};
        d.view.setResult(result);
        QCOMPARE(d.view.currentStep(), 4);
        QCOMPARE(d.heatmap->content().values.heads.layers, 3);
        QVERIFY(d.button("exportHeatmap")->isEnabled());
        d.press("previous");
        QVERIFY(d.heatmap->content().values.heads.values.empty());
        QVERIFY(d.heatmap->accessibleDescription().contains("kept mask only, that of step 4"));
        QVERIFY(!d.button("exportHeatmap")->isEnabled() && d.button("exportPlot")->isEnabled());
    }

    void figures_are_exported_data() {
        QTest::addColumn<QString>("button");
        QTest::addColumn<QString>("format");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("heatmap svg") << "exportHeatmap"
                                     << "svg" << QByteArray("MRPC: step 4");
        QTest::newRow("heatmap csv") << "exportHeatmap"
                                     << "csv" << QByteArray("head,2,2,0.6561");
        QTest::newRow("plot svg") << "exportPlot"
                                  << "svg" << QByteArray(">Weights kept</text>");
        QTest::newRow("plot csv") << "exportPlot"
                                  << "csv" << QByteArray("\n4,0.866666");
    }
    void figures_are_exported() {
        QFETCH(QString, button);
        QFETCH(QString, format);
        QFETCH(QByteArray, expected);
        QTemporaryDir folder;
        Driven d;
        d.view.setTitle("MRPC");
        d.view.setProvenance({{"seed", "42"}});
        d.view.setResult(searchOf(3, 4, 6));
        d.view.findChild<QComboBox*>("axis")->setCurrentIndex(1);
        auto* exporting = d.view.findChild<FigureExportButton*>(button);
        exporting->menu()->findChild<QAction*>("export-" + format)->trigger();
        auto* dialog = exporting->findChild<FigureExportDialog*>();
        QVERIFY(dialog);
        const QString path = folder.filePath("figure." + format);
        dialog->findChild<QLineEdit*>("file")->setText(path);
        dialog->accept();
        QFile written(path);
        QVERIFY(written.open(QIODevice::ReadOnly));
        const QByteArray bytes = written.readAll();
        QVERIFY2(bytes.contains(expected), bytes.constData());
        if (format == "svg") QVERIFY(bytes.contains("<p:entry key=\"seed\">42</p:entry>"));
    }

    void clear_forgets() {
        Driven d;
        d.view.setTitle("MRPC");
        d.view.setResult(searchOf(3, 4, 6));
        d.view.clear();
        QCOMPARE(d.view.stepCount(), 0);
        QVERIFY(d.view.isLive());
        QVERIFY(d.heatmap->content().values.heads.values.empty());
        QVERIFY(!d.view.findChild<QLabel*>("outcome")->isVisible());
        QVERIFY(!d.view.findChild<QLabel*>("heading")->isVisible());
    }
};

QTEST_MAIN(TestMagnitudeView)
#include "tst_magnitude_view.moc"
