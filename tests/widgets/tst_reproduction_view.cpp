// SPDX-License-Identifier: GPL-3.0-or-later
//
// The reproduction page: what is there of the paper, what would be made, and ours beside the published scores.
#include <QAbstractItemModelTester>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <limits>

#include "widgets/reproduction/reproduction_models.h"
#include "widgets/reproduction/reproduction_view.h"
#include "widgets/runs/path_edit.h"

using namespace lottery;
using namespace lottery::gui;

namespace {

ComparedCell cell(const char* experiment, TaskId task, double ours, double published, Verdict verdict,
                  Grounds grounds) {
    ComparedCell made;
    made.experiment = experiment;
    made.task = task;
    made.metric = "acc";
    made.shown = true;
    made.ours = {3, 0, ours, 0.01, false};
    made.published = {5, 0, published, 0.02, true};
    made.verdict = verdict;
    made.grounds = grounds;
    if (grounds == Grounds::Test) {
        made.difference = ours - published;
        made.test = WelchTest{ours - published, 1.5, 4.2, 0.2, -0.01, 0.05};
    } else {
        made.ours = {0, 0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN(), false};
    }
    return made;
}

ReproductionOverview overview() {
    ReproductionOverview made;
    made.folder = "/studies/quick";
    made.canRun = true;
    made.scope = "Of the study’s 2 tasks and 3 seeds";
    ReproductionRow overlap;
    overlap.id = "overlap";
    overlap.title = "Shared heads";
    overlap.needed = 6;
    overlap.present = 4;
    overlap.missing = QStringList{"masks/heads_mlps/RTE/seed_42", "masks/heads_mlps/RTE/seed_86"};
    overlap.jobs = overlap.missing;
    overlap.seconds = 125.0;
    ReproductionRow heads;
    heads.id = "survival-heads";
    heads.title = "Surviving heads";
    heads.needed = 6;
    heads.missing = heads.unplanned = QStringList{"masks/heads/RTE/seed_42"};
    ReproductionRow tables;
    tables.id = "tables";
    tables.title = "All scores";
    tables.table = true;
    tables.needed = tables.present = 12;
    tables.experiments = {"no_mask", "masked_model"};
    ReproductionRow magnitude;
    magnitude.id = "evaluation-magnitude";
    magnitude.title = "Magnitude";
    magnitude.needed = 12;
    magnitude.present = 2;
    magnitude.experiments = {"masked_model"};
    made.rows = {overlap, heads, tables, magnitude};
    made.cells = {cell("no_mask", TaskId::RTE, 0.66, 0.65, Verdict::Agrees, Grounds::Test),
                  cell("masked_model", TaskId::RTE, 0.50, 0.60, Verdict::Differs, Grounds::Test),
                  cell("masked_model", TaskId::MRPC, 0.0, 0.70, Verdict::NotComparable, Grounds::NotEvaluated)};
    return made;
}

QString text(const QTableView* table, int row, int column) {
    return table->model()->index(row, column).data(Qt::DisplayRole).toString();
}

}  // namespace

class TestReproductionView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void lists_figures_and_tables() {
        ChecklistModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setOverview(overview());
        const auto at = [&](int row, int column) { return model.index(row, column).data(Qt::DisplayRole).toString(); };
        QCOMPARE(at(0, ChecklistModel::There), QStringLiteral("4 of 6"));
        QCOMPARE(at(0, ChecklistModel::Time), QStringLiteral("2 min 05 s"));
        QCOMPARE(at(1, ChecklistModel::Time), QStringLiteral("not in the plan"));
        QCOMPARE(at(2, ChecklistModel::There), QStringLiteral("all 12"));
        QCOMPARE(at(2, ChecklistModel::Kind), QStringLiteral("table"));
        QCOMPARE(at(2, ChecklistModel::Verdict), QStringLiteral("1 agree, 1 differ, 1 not evaluated yet"));
        QCOMPARE(at(3, ChecklistModel::Verdict), QStringLiteral("0 agree, 1 differ, 1 not evaluated yet"));
        QCOMPARE(at(0, ChecklistModel::Verdict), QString());
    }

    void compares_and_sorts() {
        ComparisonModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setCells(overview().cells);
        const auto at = [&](int row, int column) { return model.index(row, column).data(Qt::DisplayRole).toString(); };
        QCOMPARE(at(0, ComparisonModel::Ours), QStringLiteral("0.660 ± 0.010"));
        QCOMPARE(at(0, ComparisonModel::Difference), QStringLiteral("+0.010"));
        QCOMPARE(at(1, ComparisonModel::Difference), QStringLiteral("\u22120.100"));
        QCOMPARE(at(1, ComparisonModel::VerdictColumn), QStringLiteral("differs"));
        QCOMPARE(at(2, ComparisonModel::Ours), QStringLiteral("–"));
        QCOMPARE(at(2, ComparisonModel::VerdictColumn), QStringLiteral("not evaluated"));
        QVERIFY(model.index(0, ComparisonModel::VerdictColumn).data(Qt::ToolTipRole).toString().contains("Welch"));
        ComparisonProxy proxy;
        proxy.setSourceModel(&model);
        for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            proxy.sort(ComparisonModel::Ours, order);
            QCOMPARE(proxy.index(2, ComparisonModel::Ours).data().toString(), QStringLiteral("–"));
        }
        proxy.setExperiments({"no_mask"});
        QCOMPARE(proxy.rowCount(), 1);
        proxy.setExperiments({});
        QCOMPARE(proxy.rowCount(), 3);
    }

    void offers_to_make_what_is_missing() {
        ReproductionView view;
        QSignalSpy runs(&view, &ReproductionView::runRequested);
        auto* run = view.findChild<QPushButton*>("reproduceItem");
        auto* detail = view.findChild<QLabel*>("reproductionDetail");
        QVERIFY(!run->isEnabled());
        view.setOverview(overview());
        QVERIFY(run->isEnabled());
        QVERIFY(detail->text().contains("seed_86"));
        run->click();
        QCOMPARE(runs.takeFirst().at(0).toStringList().size(), 2);
        view.checklist()->selectRow(1);
        QVERIFY(!run->isEnabled());
        QVERIFY(detail->text().contains("Not in the study’s plan"));
        view.checklist()->selectRow(0);
        view.setBusy(true);
        QVERIFY(!run->isEnabled());
        QVERIFY(!view.findChild<QPushButton*>("reproduceAll")->isEnabled());
        view.setBusy(false);
        auto reference = overview();
        reference.canRun = false;
        view.setOverview(reference);
        QVERIFY(!run->isEnabled());
        QVERIFY(detail->text().contains("no plan to run"));
    }

    void shows_the_scores_of_the_selected_item() {
        ReproductionView view;
        QSignalSpy opened(&view, &ReproductionView::experimentActivated);
        view.setOverview(overview());
        QCOMPARE(view.comparison()->model()->rowCount(), 3);
        view.checklist()->selectRow(3);
        QCOMPARE(view.comparison()->model()->rowCount(), 2);
        QVERIFY(view.findChild<QLabel*>("reproductionVerdicts")->text().startsWith("0 agree, 1 differ"));
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        view.comparison()->setFocus();
        view.comparison()->selectRow(0);
        QTest::keyClick(view.comparison(), Qt::Key_Return);
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened.first().at(0).toString(), QStringLiteral("masked_model"));
        QCOMPARE(text(view.comparison(), 0, ComparisonModel::Task), QStringLiteral("MRPC"));
    }

    void says_why_nothing_is_compared() {
        ReproductionView view;
        QSignalSpy chosen(&view, &ReproductionView::publishedChanged);
        auto none = overview();
        none.cells.clear();
        none.problem = "Choose the published results above";
        view.setOverview(none);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QVERIFY(view.findChild<QLabel*>("reproductionProblem")->isVisible());
        QVERIFY(!view.comparison()->isVisible());
        view.publishedLine()->setFocus();
        QTest::keyClicks(view.publishedLine(), "/p");
        QCOMPARE(chosen.last().at(0).toString(), QStringLiteral("/p"));
    }
};

QTEST_MAIN(TestReproductionView)
#include "tst_reproduction_view.moc"
