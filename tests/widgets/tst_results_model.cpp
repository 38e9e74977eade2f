// SPDX-License-Identifier: GPL-3.0-or-later
//
// The table behind the results of a study.
#include "widgets/results/results_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "tests/widgets/study_scores.h"

using namespace lottery;
using namespace lottery::gui;
using namespace lottery::test;

class TestResultsModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void model_keeps_its_contract_while_scores_arrive() {
        ResultsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy inserted(&model, &ResultsModel::rowsInserted), reset(&model, &ResultsModel::modelReset);
        for (const auto& score : scores()) model.addScore(score);
        QCOMPARE(model.rowCount(), 6);
        QCOMPARE(inserted.count(), 6);
        QCOMPARE(reset.count(), 0);  // a selection in the table survives
        QCOMPARE(columnOf(model, ResultsModel::Task), (QStringList{"MRPC", "MRPC", "MRPC", "MRPC", "RTE", "RTE"}));
        QCOMPARE(columnOf(model, ResultsModel::Subnetwork),
                 (QStringList{"full model", "good", "bad", "magnitude", "full model", "good"}));
        // The same results at once give the same table.
        ResultsModel whole;
        QAbstractItemModelTester other(&whole, QAbstractItemModelTester::FailureReportingMode::QtTest);
        whole.setResults(model.results());
        QCOMPARE(whole.rows(), model.rows());
        model.clear();
        QCOMPARE(model.rowCount(), 0);
    }

    void cells_say_what_was_measured() {
        ResultsModel model;
        for (const auto& score : scores()) model.addScore(score);
        const int good = model.rowOf("head_mlp", TaskId::MRPC);
        QCOMPARE(cell(model, good, ResultsModel::Model), QString("pruned"));
        QCOMPARE(cell(model, good, ResultsModel::Metric), QString("accuracy"));
        QCOMPARE(cell(model, good, ResultsModel::Mean), QString("0.810"));
        QCOMPARE(cell(model, good, ResultsModel::Deviation), QString("0.014"));  // ddof 1
        QCOMPARE(cell(model, good, ResultsModel::Seeds), QString("2"));
        QCOMPARE(cell(model, good, ResultsModel::Kept), QString("55.0 %"));
        QCOMPARE(cell(model, good, ResultsModel::Difference), QString("−0.080"));
        QCOMPARE(cell(model, good, ResultsModel::Predicted), QString("1  60.0 %"));
        const int single = model.rowOf("head_mlp", TaskId::RTE);
        QCOMPARE(cell(model, single, ResultsModel::Deviation), QString("–"));
        QCOMPARE(cell(model, model.rowOf("no_mask", TaskId::RTE), ResultsModel::Difference), QString("–"));
        QVERIFY(model.describeRow(good).contains("F1 0.860 ± 0.014"));
        QCOMPARE(model.rowOf("head_mlp", TaskId::WNLI), -1);
    }

    void models_that_predict_one_class_are_marked() {
        ResultsModel model;
        for (const auto& score : scores()) model.addScore(score);
        for (int row = 0; row < model.rowCount(); ++row) {
            const auto at = model.index(row, ResultsModel::Predicted);
            const bool bad = row == model.rowOf("head_mlp_bad_1", TaskId::MRPC);
            QCOMPARE(!at.data(Qt::DecorationRole).isNull(), bad);
            QCOMPARE(at.data(Qt::AccessibleTextRole).toString().contains("one class only"), bad);
            QCOMPARE(at.data(Qt::ToolTipRole).toString().contains("Seed 1 has learned nothing"), bad);
        }
    }

    void summaries_say_that_they_are_of_the_population() {
        ExperimentResults published;
        published.name = "head_mlp";
        published.summary[TaskId::RTE]["acc"] = {0.61, 0.02};
        ResultsModel model;
        model.setResults({published});
        QCOMPARE(cell(model, 0, ResultsModel::Deviation), QString("0.020†"));
        QCOMPARE(cell(model, 0, ResultsModel::Seeds), QString("–"));
        QVERIFY(model.describeRow(0).contains("ddof 0"));
    }
};

QTEST_MAIN(TestResultsModel)
#include "tst_results_model.moc"
