// SPDX-License-Identifier: GPL-3.0-or-later
//
// A study's jobs as a tree: counted, filtered, chosen from.
#include <QAbstractItemModelTester>
#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <QTreeView>
#include <functional>

#include "widgets/study/study_explorer.h"
#include "widgets/study/study_tree_model.h"

using namespace lottery::gui;

namespace {

StudyJobRow row(const QString& label, const QString& task, const QString& seed, StudyJobState state,
                double seconds = 10.0) {
    StudyJobRow job;
    job.label = label;
    job.task = task;
    job.seed = seed;
    job.title = label + ' ' + task + (seed.isEmpty() ? QString() : ", seed " + seed);
    job.id = QStringLiteral("%1/%2/%3").arg(label, task, seed);
    job.state = state;
    job.seconds = seconds;
    return job;
}

StudyOverview study() {
    using S = StudyJobState;
    StudyOverview overview;
    overview.folder = "/somewhere/quick";
    overview.title = "quick";
    overview.hasPlan = true;
    overview.secondsLeft = 3700.0;
    overview.jobs = {row("fine-tune", "MRPC", "42", S::Done), row("search heads_mlps", "MRPC", "42", S::Failed),
                     row("fine-tune", "MRPC", "86", S::Done), row("search heads_mlps", "MRPC", "86", S::Missing),
                     row("evaluate", "MRPC", "", S::Waiting), row("fine-tune", "RTE", "42", S::Outdated),
                     row("figures", "", "", S::Waiting, 3.0)};
    overview.jobs[1].why = "the disk is full";
    overview.jobs[5].why = "options/learning_rate: 2e-05 before, 0.0001 now";
    return overview;
}

QString cell(const QModelIndex& index, int column) {
    return index.siblingAtColumn(column).data(Qt::DisplayRole).toString();
}

QAction* action(const StudyExplorer& explorer, const QString& text) {
    for (QAction* candidate : explorer.menuActions())
        if (candidate && candidate->text().remove('&') == text) return candidate;
    return nullptr;
}

int shownJobs(const StudyExplorer& explorer) {
    int count = 0;
    const std::function<void(const QModelIndex&)> walk = [&](const QModelIndex& at) {
        if (at.isValid() && at.data(StudyTreeModel::JobRole).toInt() >= 0) ++count;
        for (int i = 0; i < explorer.tree()->model()->rowCount(at); ++i)
            walk(explorer.tree()->model()->index(i, 0, at));
    };
    walk({});
    return count;
}

}  // namespace

class TestStudyExplorer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void is_a_tree_of_tasks_and_seeds() {
        StudyTreeModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setOverview(study());
        QCOMPARE(model.rowCount(), 3);
        const QModelIndex mrpc = model.index(0, 0);
        QCOMPARE(cell(mrpc, StudyTreeModel::Name), QStringLiteral("MRPC"));
        QCOMPARE(cell(mrpc, StudyTreeModel::State), QStringLiteral("2/5, 1 failed"));
        QCOMPARE(mrpc.data(Qt::ToolTipRole).toString(), QStringLiteral("2 of 5 done, 1 failed"));
        // What is done takes no more time.
        QCOMPARE(cell(mrpc, StudyTreeModel::Time), QStringLiteral("30 s"));
        QCOMPARE(model.rowCount(mrpc), 3);
        QCOMPARE(cell(model.index(2, 0, mrpc), StudyTreeModel::Name), QStringLiteral("all seeds"));
        const QModelIndex seed = model.index(0, 0, mrpc);
        const QModelIndex failed = model.index(1, 0, seed);
        QCOMPARE(cell(failed, StudyTreeModel::Name), QStringLiteral("search heads_mlps"));
        QCOMPARE(cell(failed, StudyTreeModel::State), QStringLiteral("failed"));
        QVERIFY(failed.data(Qt::ToolTipRole).toString().contains("the disk is full"));
        QCOMPARE(model.parent(failed), seed);
        QCOMPARE(model.indexOfJob(1), failed);
        QCOMPARE(model.jobsAt(mrpc), (std::vector<std::size_t>{0, 1, 2, 3, 4}));
        QCOMPARE(cell(model.index(2, 0), StudyTreeModel::Name), QStringLiteral("All tasks"));
        QCOMPARE(model.jobsAt(model.index(2, 0)), (std::vector<std::size_t>{6}));
    }

    void follows_a_job() {
        StudyTreeModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setOverview(study());
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
        model.setJob(3, StudyJobState::Running, {});
        // The job, its seed, its task.
        QCOMPARE(changes.size(), 3);
        QCOMPARE(model.index(0, 0).data(Qt::ToolTipRole).toString(),
                 QStringLiteral("2 of 5 done, 1 running, 1 failed"));
        QCOMPARE(model.index(0, 0).data(StudyTreeModel::StateRole).toInt(), int(StudyJobState::Running));
        model.setJob(99, StudyJobState::Done, {});  // of another study: nothing
        // The same jobs: what is open in a view stays open.
        auto later = study();
        later.jobs[3].state = StudyJobState::Done;
        model.setOverview(later);
        QCOMPARE(resets.size(), 0);
        QCOMPARE(cell(model.index(0, 0), StudyTreeModel::State), QStringLiteral("3/5, 1 failed"));
        later.jobs.pop_back();
        model.setOverview(later);
        QCOMPARE(resets.size(), 1);
        model.clear();
        QCOMPARE(model.rowCount(), 0);
    }

    void filters_by_words_and_state_data() {
        QTest::addColumn<QString>("words");
        QTest::addColumn<int>("state");
        QTest::addColumn<int>("shown");
        QTest::newRow("all") << QString() << -1 << 7;
        QTest::newRow("a task") << "mrpc" << -1 << 5;
        QTest::newRow("a task and a seed") << "42 MRPC" << -1 << 2;
        QTest::newRow("a setting") << "heads_mlps" << -1 << 2;
        QTest::newRow("a reason") << "learning_rate" << -1 << 1;
        QTest::newRow("failed") << QString() << int(StudyJobState::Failed) << 1;
        QTest::newRow("done of a seed") << "86" << int(StudyJobState::Done) << 1;
        QTest::newRow("nothing") << "QQP" << -1 << 0;
    }
    void filters_by_words_and_state() {
        QFETCH(QString, words);
        QFETCH(int, state);
        StudyExplorer explorer;
        explorer.setStudy(study(), std::nullopt);
        QTest::keyClicks(explorer.filterLine(), words);
        explorer.stateChoice()->setCurrentIndex(state + 1);
        QTEST(shownJobs(explorer), "shown");
    }

    void lists_what_the_figures_show() {
        StudyExplorer explorer;
        explorer.setStudy(study(), std::nullopt);
        explorer.show();
        QVERIFY(!explorer.brushButton()->isVisible());
        // Jobs of all seeds, or of all tasks, stay.
        explorer.setBrush({{"MRPC"}, {"42"}});
        QCOMPARE(shownJobs(explorer), 4);
        QVERIFY(explorer.brushButton()->isVisible());
        QCOMPARE(explorer.brushButton()->text(), QStringLiteral("MRPC · seed 42"));
        QTest::keyClicks(explorer.filterLine(), "fine-tune");
        QCOMPARE(shownJobs(explorer), 1);
        QSignalSpy cleared(&explorer, &StudyExplorer::brushCleared);
        explorer.brushButton()->click();
        QCOMPARE(cleared.count(), 1);
        explorer.setBrush({});
        QVERIFY(!explorer.brushButton()->isVisible());
        QCOMPARE(shownJobs(explorer), 3);
    }

    void asks_for_what_is_chosen() {
        StudyExplorer explorer;
        QSignalSpy runs(&explorer, &StudyExplorer::runRequested);
        QSignalSpy firsts(&explorer, &StudyExplorer::firstRequested);
        QSignalSpy opens(&explorer, &StudyExplorer::openRequested);
        QVERIFY(!action(explorer, "Run the study")->isEnabled());
        explorer.setStudy(study(), std::nullopt);
        QVERIFY(explorer.summary().contains("2 of 7 done"));
        QVERIFY(explorer.summary().contains("1 h 01 min"));
        action(explorer, "Run the study")->trigger();
        QCOMPARE(runs.takeFirst().at(1).toStringList(), QStringList());
        QVERIFY(!action(explorer, "Run only the selected jobs")->isEnabled());

        explorer.tree()->expandAll();
        const QModelIndex mrpc = explorer.tree()->model()->index(0, 0);
        const QModelIndex seed = explorer.tree()->model()->index(0, 0, mrpc);
        explorer.tree()->setCurrentIndex(seed);
        action(explorer, "Run only the selected jobs")->trigger();
        QCOMPARE(runs.takeFirst().at(1).toStringList(),
                 (QStringList{"fine-tune/MRPC/42", "search heads_mlps/MRPC/42"}));
        action(explorer, "Do the selected jobs first")->trigger();
        QCOMPARE(firsts.takeFirst().at(1).toStringList().size(), 2);

        // A run that is there can be opened, one that failed has nothing to show; why it failed is said.
        explorer.tree()->setCurrentIndex(explorer.tree()->model()->index(1, 0, seed));
        QVERIFY(!action(explorer, "Open the selected job")->isEnabled());
        QVERIFY(explorer.findChild<QLabel*>("studyDetail")->text().contains("the disk is full"));
        explorer.tree()->setCurrentIndex(explorer.tree()->model()->index(0, 0, seed));
        QTest::keyClick(explorer.tree(), Qt::Key_Return);
        QCOMPARE(opens.size(), 1);
        QCOMPARE(opens.takeFirst().at(0).toString(), QStringLiteral("/somewhere/quick/fine-tune/MRPC/42"));
    }

    void offers_what_fits_the_run() {
        StudyExplorer explorer;
        explorer.setStudy(study(), JobState::Running);
        QVERIFY(!action(explorer, "Run the study")->isEnabled());
        QVERIFY(action(explorer, "Pause the study")->isEnabled());
        QVERIFY(action(explorer, "Stop the study")->isEnabled());
        explorer.setRun(JobState::Paused);
        QVERIFY(!action(explorer, "Pause the study")->isEnabled());
        QVERIFY(action(explorer, "Go on with the study")->isEnabled());
        QVERIFY(explorer.summary().startsWith("Paused"));
        explorer.setRun(JobState::Cancelling);
        QVERIFY(!action(explorer, "Stop the study")->isEnabled());
        explorer.setRun(std::nullopt);
        QVERIFY(action(explorer, "Run the study")->isEnabled());
        auto reference = study();
        reference.hasPlan = false;
        reference.remark = "Reference study, read-only";
        explorer.setStudy(reference, std::nullopt);
        QVERIFY(!action(explorer, "Run the study")->isEnabled());
        QVERIFY(explorer.findChild<QLabel*>("studyRemark")->text().contains("read-only"));
        explorer.clear();
        QVERIFY(explorer.folder().isEmpty());
    }

    void names_come_before_times() {
        StudyExplorer explorer;
        explorer.resize(700, 400);
        explorer.show();
        QVERIFY(!explorer.tree()->isColumnHidden(StudyTreeModel::Time));
        explorer.resize(explorer.fontMetrics().averageCharWidth() * 30, 400);
        QVERIFY(explorer.tree()->isColumnHidden(StudyTreeModel::Time));
        explorer.resize(700, 400);
        QVERIFY(!explorer.tree()->isColumnHidden(StudyTreeModel::Time));
    }
};

QTEST_MAIN(TestStudyExplorer)
#include "tst_study_explorer.moc"
