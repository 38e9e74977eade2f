// SPDX-License-Identifier: GPL-3.0-or-later
//
// The result of an evaluation: what its numbers mean, the table, and the view.
#include "widgets/runs/evaluation_view.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QGuiApplication>
#include <QPushButton>
#include <QTableView>
#include <QTest>
#include <cmath>

#include "widgets/figures/paint_scene.h"
#include "widgets/results/warning_label.h"
#include "widgets/runs/evaluation_text.h"

using namespace lottery;
using namespace lottery::gui;

namespace {

EvaluateReport wholeModel() {
    EvaluateReport report;
    report.task = TaskId::MRPC;
    report.metrics = {{"acc", 0.7206}, {"f1", std::nan("")}};
    report.majority_baseline = {{"acc", 0.6838}};
    report.loss = 0.5;
    report.predicted_share = {{"0", 0.25}, {"1", 0.75}};
    report.parameters = 22713216;
    report.parameters_kept_share = 1.0;
    report.examples = 408;
    report.seconds = 12.0;
    return report;
}

EvaluateReport maskedModel() {
    EvaluateReport report = wholeModel();
    report.masked = true;
    report.metrics = {{"acc", 0.70}};
    report.by_removal = {{Removal::Physical, {{"acc", 0.70}}}, {Removal::Multiply, {{"acc", 0.69}}}};
    report.layers_left_without_heads = {2};
    report.kept_heads = 70;
    report.kept_mlps = 8;
    report.parameters_kept = 48120000;
    report.parameters_kept_share = 0.563;
    report.multiply_adds = 2.5e9;
    report.multiply_adds_full = 5.0e9;
    report.speed = {{1, 40.0, 25.0}, {64, 30.0, 18.0}};
    return report;
}

int rowOf(const EvaluationModel& model, const QString& name) {
    for (int row = 0; row < model.rowCount(); ++row)
        if (model.index(row, EvaluationModel::Name).data().toString() == name) return row;
    return -1;
}

QString cell(const EvaluationModel& model, const QString& name, int column) {
    return model.index(rowOf(model, name), column).data().toString();
}

}  // namespace

class TestEvaluationView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void lists_a_whole_model() {
        EvaluationModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setReport(wholeModel());
        QCOMPARE(cell(model, "Accuracy", EvaluationModel::Value), QString("0.7206"));
        QCOMPARE(cell(model, "Accuracy", EvaluationModel::Baseline), QString("0.6838"));
        QCOMPARE(cell(model, "F1", EvaluationModel::Value), QString("undefined"));
        QCOMPARE(model.headerData(EvaluationModel::Value, Qt::Horizontal, Qt::DisplayRole).toString(),
                 QString("Value"));
        QCOMPARE(rowOf(model, "Components kept"), -1);
        QCOMPARE(rowOf(model, "Measured speed"), -1);
        const QString text = model.toText();
        QVERIFY(text.startsWith("name\tvalue\tmajority baseline\nAccuracy\t0.7206\t0.6838\n"));
        QVERIFY(text.contains("Predicted “1”\t75.0 %"));
        QVERIFY(text.contains("Parameters kept\t100.0 %"));
        const int share = rowOf(model, "Predicted “1”");
        QCOMPARE(model.index(share, EvaluationModel::Value).data(EvaluationModel::ShareRole).toDouble(), 0.75);
        QVERIFY(!model.index(share, EvaluationModel::Other).data(EvaluationModel::ShareRole).isValid());
        model.clear();
        QCOMPARE(model.rowCount(), 0);
    }

    void lists_both_scores_of_a_masked_model() {
        EvaluationModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setReport(maskedModel());
        QCOMPARE(model.headerData(EvaluationModel::Value, Qt::Horizontal, Qt::DisplayRole).toString(),
                 QString("Removed"));
        QCOMPARE(cell(model, "Accuracy", EvaluationModel::Value), QString("0.7000"));
        QCOMPARE(cell(model, "Accuracy", EvaluationModel::Other), QString("0.6900"));
        QCOMPARE(cell(model, "Accuracy", EvaluationModel::Baseline), QString("0.6838"));
        QCOMPARE(cell(model, "Components kept", EvaluationModel::Value), QString("70 heads and 8 MLPs"));
        QCOMPARE(cell(model, "Parameters kept", EvaluationModel::Value), QString("56.3 % (48,120,000)"));
        QCOMPARE(cell(model, "Multiply-adds kept", EvaluationModel::Value),
                 QString("50.0 % (2.50 billion of 5.00 billion per example)"));
        QCOMPARE(cell(model, "One example at a time", EvaluationModel::Value),
                 QString("25.0 ms per example instead of 40.0: 1.60 times as fast"));
        QCOMPARE(cell(model, "64 examples at a time", EvaluationModel::Value),
                 QString("18.0 ms per example instead of 30.0: 1.67 times as fast"));
        QVERIFY(model.toText().contains("37.5 % less time for 50.0 % fewer multiply-adds"));
        QVERIFY(model.toText().startsWith("name\tremoved\tmasked to 0\tmajority baseline\n"));
        // Loss and predictions are of the score that was asked for.
        QCOMPARE(cell(model, "Loss", EvaluationModel::Value), QString("0.5000"));
        EvaluateReport multiplied = maskedModel();
        multiplied.removal = Removal::Multiply;
        multiplied.metrics = multiplied.by_removal.at(Removal::Multiply);
        model.setReport(multiplied);
        QCOMPARE(cell(model, "Accuracy", EvaluationModel::Value), QString("0.7000"));
        QCOMPARE(cell(model, "Loss", EvaluationModel::Value), QString());
        QCOMPARE(cell(model, "Loss", EvaluationModel::Other), QString("0.5000"));
        QCOMPARE(cell(model, "Predicted “0”", EvaluationModel::Other), QString("25.0 %"));
    }

    void says_why_the_scores_differ_data() {
        QTest::addColumn<std::vector<int>>("heads");
        QTest::addColumn<std::vector<int>>("neurons");
        QTest::addColumn<bool>("differ");
        QTest::addColumn<QString>("start");
        QTest::addColumn<QString>("end");
        using Layers = std::vector<int>;
        QTest::newRow("the same") << Layers{} << Layers{} << false << "Removed and masked to 0 are one computation"
                                  << "its last neurons.";
        QTest::newRow("one layer") << Layers{2} << Layers{} << true << "Layer 3 has no head left"
                                   << "That is why the scores differ.";
        QTest::newRow("three layers") << Layers{0, 2, 6} << Layers{} << true << "Layers 1, 3 and 7 have no head left"
                                      << "That is why the scores differ.";
        QTest::newRow("neurons") << Layers{} << Layers{1, 2} << true << "Layers 2 and 3 have no neuron left"
                                 << "That is why the scores differ.";
        QTest::newRow("without consequence") << Layers{2} << Layers{} << false << "Layer 3 has"
                                             << "changes no score.";
    }
    void says_why_the_scores_differ() {
        QFETCH(std::vector<int>, heads);
        QFETCH(std::vector<int>, neurons);
        QFETCH(bool, differ);
        QFETCH(QString, start);
        QFETCH(QString, end);
        EvaluateReport report = maskedModel();
        report.layers_left_without_heads = heads;
        report.layers_left_without_neurons = neurons;
        if (!differ) report.by_removal[Removal::Multiply] = report.by_removal[Removal::Physical];
        const QString text = removalText(report);
        QVERIFY2(text.startsWith(start) && text.endsWith(end), qPrintable(text));
        report.masked = false;
        QCOMPARE(removalText(report), QString());
    }

    void speed_in_words() {
        const EvaluateReport report = maskedModel();
        QCOMPARE(speedText({1, 3.14159, 3.14159}, false), QString("3.14 ms per example"));
        QCOMPARE(gainText({1, 10.0, 11.0}, report), QString("10.0 % more time for 50.0 % fewer multiply-adds"));
        QCOMPARE(gainText({1, 10.0, 11.0}, wholeModel()), QString());
    }

    void warns_of_models_that_learned_nothing() {
        QCOMPARE(degenerateText(wholeModel()), QString());
        EvaluateReport report = wholeModel();
        report.predicted_share = {{"0", 0.004}, {"1", 0.996}};
        QVERIFY(degenerateText(report).startsWith("The model gives “1” to 99.6 % of the examples."));
        report = wholeModel();
        report.metrics["acc"] = 0.6838;
        QVERIFY(degenerateText(report).contains("no better than always predicting"));
        report.majority_baseline.clear();  // regression
        QCOMPARE(degenerateText(report), QString());
    }

    void view_shows_copies_and_forgets() {
        EvaluationView view;
        view.resize(900, 800);
        view.show();
        auto* table = view.findChild<QTableView*>();
        auto* warning = view.findChild<WarningLabel*>("warning");
        QVERIFY(!table->isVisible());
        view.setReport(maskedModel());
        QVERIFY(table->isVisible() && !warning->isVisible());
        QVERIFY(!table->isColumnHidden(EvaluationModel::Other));
        // Sentences span the table and have the room they need.
        const int note = rowOf(*view.model(), removalText(maskedModel()));
        QCOMPARE(table->columnSpan(note, 0), int(EvaluationModel::ColumnCount));
        QVERIFY(table->rowHeight(note) > table->rowHeight(rowOf(*view.model(), "Accuracy")) + 5);
        QTest::mouseClick(view.findChild<QPushButton*>("copyTable"), Qt::LeftButton);
        QCOMPARE(QGuiApplication::clipboard()->text(), view.model()->toText());

        EvaluateReport bad = wholeModel();
        bad.predicted_share = {{"0", 0.0}, {"1", 1.0}};
        view.setReport(bad);
        QVERIFY(warning->isVisible());
        QVERIFY(table->isColumnHidden(EvaluationModel::Other));
        QCOMPARE(table->columnSpan(rowOf(*view.model(), "Accuracy"), 0), 1);  // no span of the report before
        view.clear();
        QCOMPARE(view.model()->rowCount(), 0);
        QVERIFY(!table->isVisible() && !warning->isVisible());
    }

    void shares_are_drawn_data() {
        QTest::addColumn<double>("share");
        QTest::newRow("three quarters") << 0.75;
        QTest::newRow("a tenth") << 0.1;
        QTest::newRow("everything") << 1.0;
    }
    void shares_are_drawn() {
        QFETCH(double, share);
        EvaluationView view;
        view.resize(900, 800);
        EvaluateReport report = wholeModel();
        report.predicted_share = {{"0", 1.0 - share}, {"1", share}};
        view.setReport(report);
        view.grab();  // lays it out
        auto* table = view.findChild<QTableView*>();
        const int row = rowOf(*view.model(), "Predicted “1”");
        const QImage cell =
            table->viewport()->grab(table->visualRect(view.model()->index(row, EvaluationModel::Value))).toImage();
        const FigureColors colors = figureColors(view.palette());
        const QRgb bar = toQColor(share > 0.99 ? colors.warning : colors.primary).rgb();
        int filled = 0;
        for (int x = 0; x < cell.width(); ++x) filled += cell.pixel(x, cell.height() - 6) == bar;
        QVERIFY2(std::abs(filled - share * (cell.width() - 10)) <= 2.0, qPrintable(QString::number(filled)));
    }
};

QTEST_MAIN(TestEvaluationView)
#include "tst_evaluation_view.moc"
