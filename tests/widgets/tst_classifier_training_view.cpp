// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is shown of a classifier's training while it runs, and of the maps it tells wrong.
#include <QLabel>
#include <QListWidget>
#include <QTableWidget>
#include <QTest>
#include <array>
#include <limits>

#include "tests/figures/scene_checks.h"
#include "widgets/attention/classifier_training_view.h"
#include "widgets/figures/figure_export_button.h"
#include "widgets/figures/figure_view.h"

using namespace lottery;
using namespace lottery::gui;

namespace {

PatternEpoch epochOf(int number, double validation) {
    return {number, 1.0 / number, 0.5, 2.0 / number, validation, 0.1};
}

// Four maps; the third, of a block, is taken for a vertical one.
PatternScores someScores() {
    const std::array truth{PatternClass::Vertical, PatternClass::Diagonal, PatternClass::Block, PatternClass::Block};
    const std::array taken{PatternClass::Vertical, PatternClass::Diagonal, PatternClass::Vertical, PatternClass::Block};
    return pattern_scores(truth, taken);
}

WrongCase caseOf(const std::string& name) {
    return {name, 2, {0.0F, 0.25F, 0.5F, 1.0F}, PatternClass::Block, PatternClass::Vertical, 0.75F};
}

}  // namespace

class TestClassifierTrainingView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void curves_hold_each_epoch() {
        const LinesContent content = trainingContent({epochOf(1, 0.25), epochOf(2, 0.75)});
        QCOMPARE(content.panels.size(), std::size_t{2});
        QCOMPARE(content.panels[0].y_label, std::string("Loss"));
        QCOMPARE(content.panels[0].series[0].points[1].y, 0.5);
        QCOMPARE(content.panels[0].series[1].points[1].y, 1.0);
        QCOMPARE(content.panels[1].series[0].points[0].y, 0.5);
        QCOMPARE(content.panels[1].series[1].points[1].y, 0.75);
        QCOMPARE(content.panels[1].series[1].points[1].x, 2.0);
        QVERIFY(trainingContent({}).panels[0].series[0].points.empty());
    }

    void grows_with_the_training() {
        ClassifierTrainingView view;
        view.resize(1000, 700);
        view.show();
        QVERIFY(!view.curves()->isVisible());
        QVERIFY(!view.confusion()->isVisible());
        auto* button = view.findChild<FigureExportButton*>();
        QVERIFY(!button->isEnabled());
        view.begin(3);
        QVERIFY(view.status()->text().contains("3 epochs"));
        view.addEpoch(epochOf(1, 0.5));
        view.addEpoch(epochOf(2, 0.75));
        view.addEpoch(epochOf(3, 0.25));
        QVERIFY(view.curves()->isVisible());
        QVERIFY(button->isEnabled());
        QVERIFY2(view.status()->text().contains("Epoch 3 of 3"), qPrintable(view.status()->text()));
        QVERIFY2(view.status()->text().endsWith("Best: 75.0 % in epoch 2"), qPrintable(view.status()->text()));
        QVERIFY(test::finite(view.curves()->scene()));
        QVERIFY(test::texts_of(view.curves()->scene()).contains("validation"));
        view.setMessage("Stopped after epoch 3");
        QCOMPARE(view.status()->text(), QString("Stopped after epoch 3"));
        QCOMPARE(view.epochs().size(), std::size_t{3});
        view.begin(2);
        QVERIFY(view.epochs().empty());
        QVERIFY(!view.curves()->isVisible());
    }

    void a_loss_that_is_no_number_is_a_gap() {
        ClassifierTrainingView view;
        view.resize(1000, 700);
        view.begin(2);
        PatternEpoch lost = epochOf(1, 0.5);
        lost.train_loss = std::numeric_limits<double>::quiet_NaN();
        view.addEpoch(lost);
        view.addEpoch(epochOf(2, 0.5));
        QVERIFY(test::finite(view.curves()->scene()));
        // Of equals, the last is kept.
        QVERIFY(view.status()->text().endsWith("in epoch 2"));
    }

    void scores_are_a_matrix_with_precision_and_recall() {
        ClassifierTrainingView view;
        view.resize(1000, 700);
        view.show();
        view.setScores(someScores(), {caseOf("0007"), caseOf("0008")});
        QVERIFY(view.confusion()->isVisible());
        const auto cell = [&](int row, int column) { return view.confusion()->item(row, column)->text(); };
        QCOMPARE(cell(3, 0), QString("1"));  // a block taken for a vertical one
        QCOMPARE(cell(3, 3), QString("1"));
        QCOMPARE(cell(0, 3), QString("0"));
        QCOMPARE(cell(3, 5), QString("50.0 %"));       // recall of block
        QCOMPARE(cell(5, 0), QString("50.0 %"));       // precision of vertical
        QCOMPARE(cell(5, 3), QString("100.0 %"));      // precision of block
        QCOMPARE(cell(4, 5), QString::fromUtf8("–"));  // no map of this class
        QCOMPARE(view.cases()->count(), 2);
        QCOMPARE(view.cases()->item(0)->text(), QString("0007: block, taken for vertical (75.0 %)"));
        QVERIFY(view.map()->isVisible());
        QTRY_VERIFY(test::texts_of(view.map()->scene()).contains("2"));  // once it has its place
        view.cases()->setFocus();
        QTest::keyClick(view.cases(), Qt::Key_Down);
        QCOMPARE(view.cases()->currentRow(), 1);
        QVERIFY(view.map()->isVisible());
    }

    void without_a_wrong_case_there_is_no_map() {
        ClassifierTrainingView view;
        view.resize(1000, 700);
        view.show();
        view.setScores(someScores(), {caseOf("a")});
        view.setScores({}, {});
        QVERIFY(!view.map()->isVisible());
        QCOMPARE(view.cases()->count(), 0);
        QVERIFY(view.findChild<QLabel*>("casesLabel")->text().contains("No map"));
        QVERIFY(view.findChild<QLabel*>("summary")->text().contains(QString::fromUtf8("–")));
        view.begin(5);
        QVERIFY(!view.confusion()->isVisible());
    }
};

QTEST_MAIN(TestClassifierTrainingView)
#include "tst_classifier_training_view.moc"
