// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <limits>

#include "widgets/figures/figure_export_button.h"
#include "widgets/figures/figure_export_dialog.h"
#include "widgets/training/training_plot.h"
#include "widgets/training/training_view.h"

using namespace lottery;
using namespace lottery::gui;

namespace {

TrainingStep stepOf(std::int64_t i, std::int64_t steps) {
    return {i, steps, static_cast<double>(i) / 100.0, 1.0 / static_cast<double>(i),
            2e-5 * (1.0 - static_cast<double>(i) / static_cast<double>(steps))};
}

struct Driven {
    TrainingView view;
    TrainingPlot* plot = view.findChild<TrainingPlot*>();
    FigureExportButton* exporting = view.findChild<FigureExportButton*>();

    Driven() {
        view.resize(800, 560);
        view.show();
    }
    QString text(const char* name) { return view.findChild<QLabel*>(name)->text(); }
    void train(std::int64_t steps) {
        for (std::int64_t i = 1; i <= steps; ++i) view.addStep(stepOf(i, steps));
    }
    // Moves the pointer over the loss, at a share of the plot's width.
    void hover(double share) {
        QWidget* inner = plot->findChild<QWidget*>();
        const QPoint at(static_cast<int>(inner->width() * share), inner->height() / 4);
        QMouseEvent move(QEvent::MouseMove, QPointF(at), inner->mapToGlobal(QPointF(at)), Qt::NoButton, Qt::NoButton,
                         Qt::NoModifier);
        QApplication::sendEvent(inner, &move);
    }
};

}  // namespace

class TestTrainingView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void empty_view_invites();
    void newest_step_is_read_out();
    void pointer_reads_out_a_step();
    void resumed_run_drops_what_it_repeats();
    void a_new_run_replaces_the_curve();
    void undefined_values_are_passed_over();
    void long_runs_stay_fluid();
    void figure_is_exported_data();
    void figure_is_exported();
    void clear_forgets();
};

void TestTrainingView::empty_view_invites() {
    Driven d;
    QVERIFY(d.text("readout").contains("appear"));
    QVERIFY(!d.exporting->isEnabled());
    QVERIFY(!d.view.grab().isNull());
    d.hover(0.5);
    QVERIFY(!d.plot->hoveredStep());
}

void TestTrainingView::newest_step_is_read_out() {
    Driven d;
    d.view.addEvaluation({0, 0.0, {{"acc", 0.5}}, 0.69});
    d.train(200);
    QTRY_VERIFY(d.text("readout").startsWith("Step 200 of 200"));
    QVERIFY(d.text("readout").contains("loss 0.0050"));
    QVERIFY(d.text("readout").contains("learning rate 0"));
    QVERIFY(d.text("dev").contains("before training: accuracy 0.5000"));
    d.view.addEvaluation({200, 2.0, {{"acc", 0.8}, {"f1", 0.75}}, 0.4});
    QTRY_VERIFY(d.text("dev").contains("step 200: accuracy 0.8000"));
    QVERIFY(d.text("dev").contains("F1 0.7500"));
    QCOMPARE(d.plot->lossPoints(), 200);
    QVERIFY(d.exporting->isEnabled());
}

void TestTrainingView::pointer_reads_out_a_step() {
    Driven d;
    d.view.addEvaluation({0, 0.0, {{"acc", 0.5}}, 0.69});
    d.train(1000);
    d.view.addEvaluation({1000, 2.0, {{"acc", 0.8}}, 0.4});
    QTRY_VERIFY(d.text("dev").contains("0.8000"));
    d.plot->grab();
    d.hover(0.5);
    QVERIFY(d.plot->hoveredStep());
    const auto step = *d.plot->hoveredStep();
    QVERIFY2(step > 350 && step < 650, qPrintable(QString::number(step)));
    QVERIFY(d.text("readout").startsWith(QString("Step %1 of 1,000").arg(step)));
    QVERIFY(d.text("readout").contains(QString("learning rate %1").arg(stepOf(step, 1000).learning_rate, 0, 'g', 3)));
    QVERIFY(d.text("dev").contains("0.5000"));
    // New steps do not take the readout away from the pointer.
    d.view.addStep(stepOf(1001, 2000));
    QTRY_COMPARE(d.plot->lossPoints(), 1001);
    QVERIFY(d.text("readout").startsWith(QString("Step %1 ").arg(step)));
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(d.plot->findChild<QWidget*>(), &leave);
    QVERIFY(d.text("readout").startsWith("Step 1,001"));
}

void TestTrainingView::resumed_run_drops_what_it_repeats() {
    Driven d;
    d.train(300);
    d.view.addEvaluation({100, 1.0, {{"acc", 0.6}}, 0.5});
    d.view.addEvaluation({300, 3.0, {{"acc", 0.9}}, 0.1});
    QTRY_COMPARE(d.plot->lossPoints(), 300);
    TrainingStep again = stepOf(201, 300);
    again.loss = 7.0;
    d.view.addStep(again);
    QTRY_COMPARE(d.plot->lossPoints(), 201);
    QVERIFY(d.text("readout").contains("loss 7.0000"));
    QVERIFY(d.text("dev").contains("0.6000"));  // the evaluation of step 300 is of the dropped part
    // Resumed beyond what the view has seen: the part in between is a gap.
    d.view.addStep(stepOf(250, 300));
    QTRY_COMPARE(d.plot->lossPoints(), 202);
}

void TestTrainingView::a_new_run_replaces_the_curve() {
    Driven d;
    d.train(50);
    QTRY_COMPARE(d.plot->lossPoints(), 50);
    d.view.clear();
    for (int i = 1; i <= 60; ++i) {
        TrainingStep step = stepOf(i, 60);
        step.loss += 1.0;
        d.view.addStep(step);
    }
    QTRY_COMPARE(d.plot->lossPoints(), 60);
    QVERIFY(d.text("readout").contains("loss 1.0167"));
}

void TestTrainingView::undefined_values_are_passed_over() {
    Driven d;
    const double undefined = std::numeric_limits<double>::quiet_NaN();
    d.train(10);
    TrainingStep bad = stepOf(11, 20);
    bad.loss = undefined;
    d.view.addStep(bad);
    d.view.addEvaluation({11, 1.0, {{"mcc", undefined}}, undefined});
    QTRY_VERIFY(d.text("readout").contains("loss undefined"));
    QVERIFY(!d.text("readout").contains("mean undefined"));
    QVERIFY(d.text("dev").contains("Matthews correlation undefined"));
    QVERIFY(!d.view.grab().isNull());
    bad.step = 12;
    bad.loss = std::numeric_limits<double>::infinity();
    d.view.addStep(bad);
    QTRY_COMPARE(d.plot->lossPoints(), 12);
    QVERIFY(!d.view.grab().isNull());
}

// Fifty thousand steps between two frames are taken over in one go, and a later frame takes over only what is new.
void TestTrainingView::long_runs_stay_fluid() {
    Driven d;
    d.train(50000);
    QCOMPARE(d.plot->lossPoints(), 0);  // no work per step
    QTRY_COMPARE(d.plot->lossPoints(), 50000);
    QVERIFY(!d.view.grab().isNull());
    d.view.addStep(stepOf(50001, 60000));
    QTRY_COMPARE(d.plot->lossPoints(), 50001);
    d.hover(0.5);
    QVERIFY(d.plot->hoveredStep());
}

void TestTrainingView::figure_is_exported_data() {
    QTest::addColumn<QString>("format");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("svg") << "svg" << QByteArray("<p:entry key=\"seed\">42</p:entry>");
    QTest::newRow("pdf") << "pdf" << QByteArray("seed=42");
    QTest::newRow("png") << "png" << QByteArray("IHDR");
    QTest::newRow("csv") << "csv" << QByteArray("kind,step,epoch,loss,learning rate,dev acc");
}

void TestTrainingView::figure_is_exported() {
    QFETCH(QString, format);
    QFETCH(QByteArray, expected);
    QTemporaryDir folder;
    Driven d;
    d.view.setTitle("Pairs, seed 42");
    d.view.setProvenance({{"seed", "42"}});
    d.train(100);
    d.view.addEvaluation({100, 1.0, {{"acc", 0.6}}, 0.5});
    d.exporting->menu()->findChild<QAction*>("export-" + format)->trigger();
    auto* dialog = d.exporting->findChild<FigureExportDialog*>();
    QVERIFY(dialog);
    const QString path = folder.filePath("figure." + format);
    dialog->findChild<QLineEdit*>("file")->setText(path);
    dialog->accept();
    QFile written(path);
    QVERIFY(written.open(QIODevice::ReadOnly));
    QVERIFY(written.readAll().contains(expected));
}

void TestTrainingView::clear_forgets() {
    Driven d;
    d.view.setTitle("Pairs");
    d.train(20);
    d.view.addEvaluation({20, 1.0, {{"acc", 0.6}}, 0.5});
    d.view.clear();
    QCOMPARE(d.plot->lossPoints(), 0);
    QVERIFY(d.text("dev").isEmpty());
    QVERIFY(d.text("heading").isEmpty());
    QVERIFY(!d.exporting->isEnabled());
}

QTEST_MAIN(TestTrainingView)
#include "tst_training_view.moc"
