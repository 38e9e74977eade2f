// SPDX-License-Identifier: GPL-3.0-or-later
//
// The results of a study, driven by mouse and keys: table, bars, what is copied and exported.
#include "widgets/analysis/check_menu.h"
#include "widgets/results/results_view.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHeaderView>
#include <QHelpEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QScrollBar>
#include <QSignalSpy>
#include <QStackedWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QToolTip>

#include "tests/widgets/study_scores.h"
#include "widgets/figures/bar_chart_view.h"
#include "widgets/figures/figure_export_button.h"
#include "widgets/figures/figure_export_dialog.h"
#include "widgets/results/results_model.h"
#include "widgets/results/warning_label.h"

using namespace lottery;
using namespace lottery::gui;
using namespace lottery::test;

namespace {

struct Driven {
    ResultsView view;
    QTableView* table = view.findChild<QTableView*>("resultsTable");
    BarChartView* chart = view.findChild<BarChartView*>();
    CheckMenu* tasks = view.findChild<CheckMenu*>("tasks");
    QComboBox* family = view.findChild<QComboBox*>("family");
    QStackedWidget* pages = view.findChild<QStackedWidget*>();

    Driven() {
        view.resize(1500, 700);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
    }
    void fill() {
        for (const auto& score : scores()) view.addScore(score);
    }
    [[nodiscard]] QPoint centreOf(int row, int column) const {
        return table->visualRect(table->model()->index(row, column)).center();
    }
    void clickHeader(int column) const {
        QHeaderView* header = table->horizontalHeader();
        QTest::mouseClick(
            header->viewport(), Qt::LeftButton, {},
            {header->sectionViewportPosition(column) + header->sectionSize(column) / 2, header->height() / 2});
    }
    QString copied(const char* action) const {
        QGuiApplication::clipboard()->clear();
        view.findChild<QAction*>(action)->trigger();
        return QGuiApplication::clipboard()->text();
    }
};

}  // namespace

class TestResultsView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void empty_view_says_what_to_do() {
        Driven d;
        QCOMPARE(d.pages->currentIndex(), 0);
        QVERIFY(d.view.findChild<QLabel*>("placeholder")->isVisible());
        QVERIFY(d.view.findChild<QLabel*>("placeholder")->text().contains("Evaluate the study"));
        d.view.setPlaceholder("Choose Evaluate a study.");
        QCOMPARE(d.view.findChild<QLabel*>("placeholder")->text(), QString("Choose Evaluate a study."));
        d.fill();
        QCOMPARE(d.pages->currentIndex(), 1);
        d.view.clear();
        QCOMPARE(d.pages->currentIndex(), 0);
        QVERIFY(!d.view.findChild<FigureExportButton*>()->isEnabled());
    }

    void table_and_bars_grow() {
        Driven d;
        const auto all = scores();
        const QLabel* status = d.view.findChild<QLabel*>("status");
        d.view.addScore(all[0]);
        QCOMPARE(d.table->model()->rowCount(), 1);
        QCOMPARE(d.chart->content().groups.size(), std::size_t{1});
        QVERIFY(status->text().contains("Score 1 of 9"));
        d.table->selectRow(0);
        const QImage before = d.chart->grab().toImage();
        for (std::size_t i = 1; i < all.size(); ++i) d.view.addScore(all[i]);
        QCOMPARE(d.table->model()->rowCount(), 6);
        QCOMPARE(d.chart->content().series.size(), std::size_t{3});
        QCOMPARE(d.chart->content().groups.size(), std::size_t{2});
        QVERIFY(d.chart->grab().toImage() != before);
        QVERIFY(!status->text().contains("Score"));
        QCOMPARE(status->text(), QString("4 experiments, 2 tasks"));
        // What was selected is still selected, and marked.
        QCOMPARE(d.table->currentIndex().data(ResultsModel::ExperimentRole).toString(), QString("head_mlp"));
        QCOMPARE(d.chart->selected(), std::optional(BarId{0, 1}));
    }

    void warning_names_the_models() {
        Driven d;
        d.fill();
        const auto* warning = d.view.findChild<WarningLabel*>("warning");
        QVERIFY(warning->isVisible());
        QCOMPARE(warning->text(),
                 QString("1 model predicts one class only: bad, pruned, MRPC, seed 1: “1” for 100.0 % of "
                         "the examples."));
        d.tasks->setChecked({"RTE"});
        QVERIFY(!warning->isVisible());
    }

    void sorts_by_numbers_and_back() {
        Driven d;
        d.fill();
        const auto means = [&] { return columnOf(*d.table->model(), ResultsModel::Mean); };
        const QStringList natural = means();
        d.clickHeader(ResultsModel::Mean);
        QCOMPARE(means(), (QStringList{"0.600", "0.650", "0.692", "0.810", "0.850", "0.890"}));
        d.clickHeader(ResultsModel::Mean);
        QCOMPARE(means(), (QStringList{"0.890", "0.850", "0.810", "0.692", "0.650", "0.600"}));
        d.clickHeader(ResultsModel::Mean);
        QCOMPARE(means(), natural);
        // Rows without a value come last in both directions.
        for (int click = 0; click < 2; ++click) {
            d.clickHeader(ResultsModel::Difference);
            const QStringList differences = columnOf(*d.table->model(), ResultsModel::Difference);
            QCOMPARE(differences.mid(4), (QStringList{"–", "–"}));
            QCOMPARE(differences.first(), click == 0 ? QString("−0.198") : QString("−0.050"));
        }
    }

    void one_task_at_a_time() {
        Driven d;
        d.fill();
        QCOMPARE(d.tasks->text(), QString("all tasks"));
        QSignalSpy chosen(&d.view, &ResultsView::tasksChosen);
        for (QAction* action : d.tasks->menu()->actions())
            if (action->text() == "RTE") action->trigger();
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(d.tasks->text(), QString("RTE"));
        QCOMPARE(d.table->model()->rowCount(), 2);
        QCOMPARE(d.chart->content().groups.size(), std::size_t{1});
        QCOMPARE(d.chart->content().groups[0].name, std::string("RTE"));
        QVERIFY(!d.copied("copy-text").contains("MRPC"));
        // A score of another task neither shows nor changes the choice.
        d.view.addScore(scoreOf("no_mask", TaskId::WNLI, 1, 0.5));
        QCOMPARE(d.tasks->text(), QString("RTE"));
        QCOMPARE(d.table->model()->rowCount(), 2);
        // Chosen elsewhere, it is not told again.
        d.view.setTasks({"MRPC", "RTE"});
        QCOMPARE(d.chart->content().groups.size(), std::size_t{2});
        QCOMPARE(d.view.tasks(), QStringList({"MRPC", "RTE"}));
        QCOMPARE(chosen.count(), 1);
        d.view.setTasks({});
        QCOMPARE(d.chart->content().groups.size(), std::size_t{3});
    }

    void families_of_subnetworks_have_their_own_bars() {
        Driven d;
        d.fill();
        QCOMPARE(d.family->count(), 2);
        d.family->setCurrentIndex(1);
        QCOMPARE(d.chart->content().series, (std::vector<std::string>{"full model", "magnitude, pruned"}));
        d.table->selectRow(d.view.model()->rowOf("global_magnitude", TaskId::MRPC));
        QCOMPARE(d.chart->selected(), std::optional(BarId{0, 1}));
        d.family->setCurrentIndex(0);
        QVERIFY(!d.chart->selected());
    }

    void bars_tell_and_select() {
        Driven d;
        d.fill();
        const BarId good{0, 1};
        const QString tip = d.chart->toolTipOf(good);
        QVERIFY2(tip.startsWith("MRPC, good, pruned\naccuracy 0.810 ± 0.014 (standard deviation over 2 seeds)"),
                 qPrintable(tip));
        QVERIFY2(tip.contains("55.0 % of the parameters kept"), qPrintable(tip));
        QVERIFY(!d.chart->toolTipOf({1, 1}).contains("±"));  // a single seed
        const QPoint at = d.chart->barRect(good).center().toPoint();
        QCOMPARE(d.chart->barAt(at), std::optional(good));
        QHelpEvent help(QEvent::ToolTip, at, d.chart->mapToGlobal(at));
        QCoreApplication::sendEvent(d.chart, &help);
        QTRY_VERIFY(QToolTip::text().startsWith("MRPC, good, pruned"));
        QSignalSpy activated(&d.view, &ResultsView::experimentActivated);
        QTest::mouseClick(d.chart, Qt::LeftButton, {}, at);
        QCOMPARE(d.table->currentIndex().data(ResultsModel::ExperimentRole).toString(), QString("head_mlp"));
        QCOMPARE(activated.count(), 0);
        QTest::mouseDClick(d.chart, Qt::LeftButton, {}, at);
        QCOMPARE(activated.count(), 1);
        // Above a short bar too, in its column.
        const QRectF bad = d.chart->barRect({0, 2});
        QCOMPARE(d.chart->barAt({bad.center().x(), bad.top() - 4}), std::optional(BarId{0, 2}));
        QVERIFY(!d.chart->barAt({1, 1}));
    }

    void bars_of_published_results_tell_their_deviation() {
        ExperimentResults published;
        published.name = "head_mlp";
        published.summary[TaskId::RTE]["acc"] = {0.61, 0.02};
        Driven d;
        d.view.setResults({published});
        const QString tip = d.chart->toolTipOf({0, 0});
        QVERIFY2(tip.startsWith("RTE, good, pruned\naccuracy 0.610\n± 0.020 is the population standard deviation"),
                 qPrintable(tip));
    }

    void bars_by_keys() {
        Driven d;
        d.fill();
        QSignalSpy activated(&d.view, &ResultsView::experimentActivated);
        d.chart->setFocus();
        QTest::keyClick(d.chart, Qt::Key_Home);
        QCOMPARE(d.chart->selected(), std::optional(BarId{0, 0}));
        QTest::keyClick(d.chart, Qt::Key_Left);  // already the first
        QTest::keyClick(d.chart, Qt::Key_Right);
        QTest::keyClick(d.chart, Qt::Key_Right);
        QTest::keyClick(d.chart, Qt::Key_Right);
        QCOMPARE(d.chart->selected(), std::optional(BarId{1, 0}));  // on to the next panel
        QTest::keyClick(d.chart, Qt::Key_End);
        QCOMPARE(d.chart->selected(), std::optional(BarId{1, 1}));  // RTE has no bad model
        QVERIFY(d.chart->accessibleDescription().contains("RTE, good, pruned"));
        QTest::keyClick(d.chart, Qt::Key_Return);
        QCOMPARE(activated.count(), 1);
        QCOMPARE(activated[0][0].toString(), QString("head_mlp"));
        QCOMPARE(activated[0][1].value<TaskId>(), TaskId::RTE);
    }

    void rows_lead_to_their_runs() {
        Driven d;
        d.fill();
        QSignalSpy activated(&d.view, &ResultsView::experimentActivated);
        d.clickHeader(ResultsModel::Mean);  // sorted: the row is still the right one
        QTest::mouseClick(d.table->viewport(), Qt::LeftButton, {}, d.centreOf(2, 1));
        QTest::mouseDClick(d.table->viewport(), Qt::LeftButton, {}, d.centreOf(2, 1));
        QCOMPARE(activated.count(), 1);
        QCOMPARE(activated[0][0].toString(), QString("head_mlp_bad_1"));
        QCOMPARE(activated[0][1].value<TaskId>(), TaskId::MRPC);
        QTest::keyClick(d.table, Qt::Key_Down);
        QTest::keyClick(d.table, Qt::Key_Return);
        QCOMPARE(activated.count(), 2);
        QCOMPARE(activated[1][0].toString(), QString("head_mlp"));
        d.view.findChild<QAction*>("showRuns")->trigger();
        QCOMPARE(activated.count(), 3);
    }

    void copies_as_data() {
        QTest::addColumn<QString>("action");
        QTest::addColumn<QString>("expected");
        QTest::newRow("text") << "copy-text"
                              << "0.810 ± 0.014";
        QTest::newRow("markdown") << "copy-markdown"
                                  << "| good, pruned | 0.810 ± 0.014 | 0.600 |";
        QTest::newRow("latex") << "copy-latex"
                               << "\\toprule";
        QTest::newRow("csv") << "copy-csv"
                             << "head_mlp_bad_1,\"bad, pruned\",MRPC,acc,";
    }
    void copies_as() {
        QFETCH(QString, action);
        QFETCH(QString, expected);
        Driven d;
        QVERIFY(!d.view.findChild<QToolButton*>("copyAs")->menu()->isEnabled());
        d.fill();
        QVERIFY(d.view.findChild<QToolButton*>("copyAs")->menu()->isEnabled());
        const QString text = d.copied(qPrintable(action));
        QVERIFY2(text.contains(expected), qPrintable(text));
    }

    void copies_selected_rows() {
        Driven d;
        d.fill();
        d.table->setFocus();
        d.table->selectRow(1);
        QTest::keyClick(d.table, Qt::Key_Down, Qt::ShiftModifier);
        QTest::keySequence(d.table, QKeySequence::Copy);
        const QStringList lines = QGuiApplication::clipboard()->text().split('\n');
        QCOMPARE(lines.size(), 4);  // header, two rows, the last line's end
        QVERIFY(lines[0].startsWith("Task\tSubnetwork\tModel\tMetric\tMean"));
        QVERIFY(lines[1].startsWith("MRPC\tgood\tpruned\taccuracy\t0.810\t0.014\t2"));
    }

    void figure_is_exported_as_shown() {
        Driven d;
        d.view.setTitle("Study A");
        d.view.setProvenance({{"study", "/studies/a"}});
        d.fill();
        d.tasks->setChecked({"MRPC"});
        QTemporaryDir folder;
        auto* exporting = d.view.findChild<FigureExportButton*>("exportBars");
        for (const auto& [format, expected] :
             {std::pair{"svg", ">MRPC</text>"}, {"csv", "MRPC,\"good, pruned\",mean,0.81"}}) {
            exporting->menu()->findChild<QAction*>(QString("export-") + format)->trigger();
            auto* dialog = exporting->findChild<FigureExportDialog*>();
            QVERIFY(dialog);
            const QString path = folder.filePath(QString("figure.") + format);
            dialog->findChild<QLineEdit*>("file")->setText(path);
            dialog->accept();
            delete dialog;
            QFile written(path);
            QVERIFY(written.open(QIODevice::ReadOnly));
            const QByteArray bytes = written.readAll();
            QVERIFY2(bytes.contains(expected), bytes.constData());
            QVERIFY(!bytes.contains("RTE"));
            if (QString(format) == "svg") {
                QVERIFY(bytes.contains("Study A: Subnetworks of heads and MLPs"));
                QVERIFY(bytes.contains("/studies/a"));
            }
        }
    }

    void narrow_views_stand_upright() {
        Driven d;
        d.fill();
        QVERIFY(d.chart->mapTo(&d.view, QPoint()).x() > d.table->mapTo(&d.view, QPoint()).x() + d.table->width() / 2);
        d.view.resize(800, 900);
        QCoreApplication::processEvents();
        QVERIFY(d.chart->mapTo(&d.view, QPoint()).y() >= d.table->mapTo(&d.view, QPoint()).y() + d.table->height());
    }

    void columns_fit_the_room_data() {
        QTest::addColumn<int>("panels");
        QTest::addColumn<double>("width");
        QTest::addColumn<double>("height");
        QTest::addColumn<int>("columns");
        QTest::newRow("one") << 1 << 900.0 << 200.0 << 1;
        QTest::newRow("nine in a square") << 9 << 600.0 << 600.0 << 3;
        QTest::newRow("three, wide") << 3 << 900.0 << 300.0 << 3;
        QTest::newRow("three, high") << 3 << 250.0 << 700.0 << 1;
        QTest::newRow("nothing") << 0 << 100.0 << 100.0 << 1;
    }
    void columns_fit_the_room() {
        QFETCH(int, panels);
        QFETCH(double, width);
        QFETCH(double, height);
        QTEST(fittingColumns(panels, width, height), "columns");
        if (panels == 0) return;
        BarContent content;
        content.series = {"full model"};
        content.groups.assign(static_cast<std::size_t>(panels), {"MRPC", {{0.5}}});
        content.columns = 2;
        BarChartView chart;
        chart.resize(static_cast<int>(width), static_cast<int>(height));
        chart.setContent(content);
        QTEST(chart.content().columns, "columns");
    }
};

QTEST_MAIN(TestResultsView)
#include "tst_results_view.moc"
