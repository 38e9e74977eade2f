// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QAction>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QToolButton>
#include <cmath>

#include "widgets/jobs/eta.h"
#include "widgets/jobs/issues_model.h"
#include "widgets/jobs/job_status.h"
#include "widgets/jobs/jobs_model.h"
#include "widgets/jobs/jobs_panel.h"
#include "widgets/jobs/memory_label.h"

using namespace lottery;
using namespace lottery::gui;

namespace {

JobRecord job(JobId id, const QString& title, const QString& device = QStringLiteral("cpu")) {
    JobRecord record;
    record.id = id;
    record.title = title;
    record.device = device;
    return record;
}

Progress progress(const char* stage, std::int64_t done, std::int64_t total, const char* unit, double rate = 0.0) {
    return {stage, done, total, unit, rate, "examples"};
}

QStringList titles(const JobsModel& model) {
    QStringList found;
    for (int row = 0; row < model.rowCount(); ++row)
        found << model.index(row, JobsModel::Title).data(Qt::DisplayRole).toString();
    return found;
}

QString cell(const JobsModel& model, int row, int column) {
    return model.index(row, column).data(Qt::DisplayRole).toString();
}

QAction* action(const JobsPanel& panel, const QString& text) {
    for (QAction* candidate : panel.menuActions()) {
        if (candidate && candidate->text().remove(QLatin1Char('&')).startsWith(text)) return candidate;
    }
    return nullptr;
}

}  // namespace

class TestJobs : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void writesDurations_data() {
        QTest::addColumn<double>("seconds");
        QTest::addColumn<QString>("text");
        QTest::newRow("nothing") << 0.0 << "0 s";
        QTest::newRow("seconds") << 8.4 << "8 s";
        QTest::newRow("rounds up to a minute") << 59.7 << "1 min 00 s";
        QTest::newRow("minutes") << 185.0 << "3 min 05 s";
        QTest::newRow("hours") << 7620.0 << "2 h 07 min";
        QTest::newRow("days") << 273600.0 << "3 d 4 h";
        QTest::newRow("unknown") << -1.0 << "–";
        QTest::newRow("not a number") << std::nan("") << "–";
        QTest::newRow("infinite") << HUGE_VAL << "–";
    }
    void writesDurations() {
        QFETCH(double, seconds);
        QFETCH(QString, text);
        QCOMPARE(durationText(seconds), text);
    }

    void writesRates_data() {
        QTest::addColumn<double>("rate");
        QTest::addColumn<QString>("text");
        QTest::newRow("unknown") << 0.0 << "–";
        QTest::newRow("slow") << 0.0823 << "0.082 examples/s";
        QTest::newRow("middling") << 12.345 << "12.3 examples/s";
        QTest::newRow("fast") << 4123.4 << "4123 examples/s";
    }
    void writesRates() {
        QFETCH(double, rate);
        QFETCH(QString, text);
        QCOMPARE(rateText({"", 0, 0, "", rate, "examples"}), text);
    }

    void estimatesFromTheRecentRate() {
        EtaEstimator estimator;
        QVERIFY(estimator.update(progress("train", 0, 100, "steps"), 0.0) < 0.0);
        // Ten steps in ten seconds: ninety to go.
        QCOMPARE(estimator.update(progress("train", 10, 100, "steps"), 10.0), 90.0);
        // Twice as fast from here on; half a minute later only that counts.
        double left = 0.0;
        for (int second = 11; second <= 45; ++second)
            left = estimator.update(progress("train", 10 + (second - 10) * 2, 100, "steps"), second);
        QCOMPARE(left, 20.0 / 2.0);
        QCOMPARE(estimator.update(progress("train", 100, 100, "steps"), 60.0), 0.0);
    }

    void estimatesAfreshForANewStage() {
        EtaEstimator estimator;
        (void)estimator.update(progress("train", 0, 100, "steps"), 0.0);
        (void)estimator.update(progress("train", 50, 100, "steps"), 10.0);
        QVERIFY(estimator.update(progress("evaluate", 1, 10, "batches"), 11.0) < 0.0);
        QCOMPARE(estimator.update(progress("evaluate", 2, 10, "batches"), 13.0), 16.0);
        // The counter goes back: the same stage for another model.
        QVERIFY(estimator.update(progress("evaluate", 0, 10, "batches"), 14.0) < 0.0);
        QVERIFY(estimator.update(progress("unknown total", 5, 0, ""), 20.0) < 0.0);
    }

    void keepsTheModelsContract() {
        JobsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        for (JobId id = 1; id <= 4; ++id) model.add(job(id, QStringLiteral("job %1").arg(id)));
        model.setState(1, JobState::Running);
        model.setProgress(1, progress("train", 3, 10, "steps", 5.0));
        QVERIFY(model.moveQueued(4, -1));
        model.setState(1, JobState::Done);
        model.setState(2, JobState::Failed, {"broken", "here", "repair"});
        model.removeFinished();
        QCOMPARE(titles(model), (QStringList{"job 4", "job 3"}));
        QCOMPARE(model.index(0, 0).data(JobsModel::IdRole).value<JobId>(), JobId(4));
    }

    void movesWithinTheQueueOfTheDevice() {
        JobsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.add(job(1, "a"));
        model.add(job(2, "g", "cuda:0"));
        model.add(job(3, "b"));
        model.add(job(4, "c"));
        QVERIFY(!model.moveQueued(1, -1));
        QVERIFY(!model.moveQueued(2, 1));
        QVERIFY(model.moveQueued(1, 1));
        QCOMPARE(titles(model), (QStringList{"g", "b", "a", "c"}));
        QVERIFY(model.moveQueued(4, -1));
        QCOMPARE(titles(model), (QStringList{"g", "b", "c", "a"}));
        // What runs cannot be overtaken.
        model.setState(3, JobState::Running);
        QVERIFY(!model.canMoveQueued(4, -1));
        QVERIFY(!model.moveQueued(3, 1));
        QVERIFY(!model.moveQueued(99, 1));
    }

    void followsAJobToItsEnd() {
        JobsModel model;
        QSignalSpy counts(&model, &JobsModel::countsChanged);
        model.add(job(7, "fine-tune"));
        QCOMPARE(cell(model, 0, JobsModel::State), QStringLiteral("Queued"));
        QCOMPARE(cell(model, 0, JobsModel::Elapsed), QString());
        model.setState(7, JobState::Running);
        QVERIFY(model.record(7)->started.isValid());
        model.setProgress(7, progress("training", 30, 120, "step", 250.0));
        QCOMPARE(cell(model, 0, JobsModel::ProgressBar), QStringLiteral("training – step 30 of 120"));
        QCOMPARE(cell(model, 0, JobsModel::Throughput), QStringLiteral("250 examples/s"));
        QCOMPARE(model.index(0, 0).data(JobsModel::ShareRole).toDouble(), 0.25);
        model.setState(7, JobState::Failed, {"loss is NaN", "step 31", "Lower the learning rate"});
        QVERIFY(model.record(7)->ended.isValid());
        QVERIFY(model.index(0, 0).data(Qt::ToolTipRole).toString().contains("Lower the learning rate"));
        // An end is an end.
        model.setState(7, JobState::Done);
        model.setProgress(7, progress("training", 31, 120, "step"));
        QCOMPARE(model.record(7)->state, JobState::Failed);
        QCOMPARE(model.record(7)->progress.done, 30);
        QCOMPARE(counts.size(), 3);
        // Events of jobs that are not there are dropped.
        model.setProgress(99, {});
        model.setState(99, JobState::Running);
        model.appendLog(99, Severity::Info, "?");
        QCOMPARE(model.rowCount(), 1);
    }

    void offersWhatCanBeDone_data() {
        QTest::addColumn<int>("state");
        QTest::addColumn<bool>("cancel");
        QTest::addColumn<bool>("retry");
        QTest::newRow("queued") << int(JobState::Queued) << true << false;
        QTest::newRow("running") << int(JobState::Running) << true << false;
        QTest::newRow("cancelling") << int(JobState::Cancelling) << false << false;
        QTest::newRow("done") << int(JobState::Done) << false << false;
        QTest::newRow("cancelled") << int(JobState::Cancelled) << false << true;
        QTest::newRow("failed") << int(JobState::Failed) << false << true;
    }
    void offersWhatCanBeDone() {
        QFETCH(int, state);
        JobsModel model;
        JobsPanel panel(&model);
        JobRecord record = job(1, "job");
        record.editable = true;
        record.folder = "/somewhere";
        model.add(record);
        panel.setCurrentJob(1);
        if (state != int(JobState::Queued)) model.setState(1, JobState::Running);
        if (state != int(JobState::Running) && state != int(JobState::Queued)) model.setState(1, JobState(state));
        QTEST(action(panel, "Cancel job")->isEnabled(), "cancel");
        QTEST(action(panel, "Run again")->isEnabled(), "retry");
        QVERIFY(action(panel, "Edit options")->isEnabled());
        QVERIFY(action(panel, "Open job")->isEnabled());
    }

    void asksForTheSelectedJob() {
        JobsModel model;
        JobsPanel panel(&model);
        model.add(job(1, "first"));
        model.add(job(2, "second"));
        QSignalSpy cancel(&panel, &JobsPanel::cancelRequested);
        QSignalSpy move(&panel, &JobsPanel::moveRequested);
        QSignalSpy show(&panel, &JobsPanel::showRequested);
        QVERIFY(!action(panel, "Cancel job")->isEnabled());
        panel.show();
        QVERIFY(QTest::qWaitForWindowExposed(&panel));
        // Chosen with the keyboard, opened with Enter.
        panel.table()->setFocus();
        panel.table()->selectRow(0);
        QTest::keyClick(panel.table(), Qt::Key_Down);
        QCOMPARE(panel.currentJob(), JobId(2));
        action(panel, "Cancel job")->trigger();
        action(panel, "Move up")->trigger();
        QVERIFY(!action(panel, "Move down")->isEnabled());
        QTest::keyClick(panel.table(), Qt::Key_Return);
        QCOMPARE(cancel.takeFirst().at(0).value<JobId>(), JobId(2));
        QCOMPARE(move.size(), 1);
        QCOMPARE(move.at(0).at(0).value<JobId>(), JobId(2));
        QCOMPARE(move.at(0).at(1).toInt(), -1);
        QCOMPARE(show.takeFirst().at(0).value<JobId>(), JobId(2));
    }

    void showsTheLogOfTheSelectedJob() {
        JobsModel model;
        JobsPanel panel(&model);
        model.add(job(1, "first"));
        model.add(job(2, "second"));
        model.appendLog(1, Severity::Info, "reads the data");
        panel.show();
        panel.setCurrentJob(1);
        panel.logAction()->setChecked(true);
        auto* log = panel.findChild<QPlainTextEdit*>("jobLog");
        QVERIFY(log->toPlainText().contains("reads the data"));
        model.appendLog(1, Severity::Warning, "3 rows skipped");
        model.appendLog(2, Severity::Info, "of the other job");
        QVERIFY(log->toPlainText().contains("Warning: 3 rows skipped"));
        QVERIFY(!log->toPlainText().contains("of the other job"));
        panel.setCurrentJob(2);
        QVERIFY(log->toPlainText().contains("of the other job"));
        QVERIFY(!log->toPlainText().contains("reads the data"));
    }

    void tellsTheJobsInOneLine() {
        JobsModel model;
        IssuesModel issues;
        JobStatus status(&model, &issues);
        QCOMPARE(status.text(), QStringLiteral("No job is running"));
        model.add(job(1, "Mask MRPC"));
        model.add(job(2, "Mask RTE"));
        QCOMPARE(status.text(), QStringLiteral("2 queued"));
        model.setState(1, JobState::Running);
        model.setProgress(1, progress("search", 1, 4, "pass"));
        QCOMPARE(status.text(), QStringLiteral("Mask MRPC · 25 % · 1 queued"));
        auto* button = status.findChild<QToolButton*>("issueSummary");
        QVERIFY(button->isHidden());
        issues.add({Severity::Warning, 1, "Mask MRPC", "a", {}, {}, {}, 1});
        issues.add({Severity::Error, 1, "Mask MRPC", "b", {}, {}, {}, 1});
        issues.add({Severity::Error, 1, "Mask MRPC", "c", {}, {}, {}, 1});
        QVERIFY(!button->isHidden());
        QCOMPARE(button->text(), QStringLiteral("2"));
    }

    void showsMemory() {
        MemoryLabel label({"cpu"});
        label.show();
        QVERIFY(QTest::qWaitForWindowExposed(&label));
        QVERIFY2(label.text().startsWith("Memory "), qPrintable(label.text()));
        label.showMemory(ProcessMemory{1'900'000'000, 2'500'000'000}, DeviceMemory{8'000'000'000, 25'000'000'000},
                         {{"cuda:0", {12'000'000'000, 80'000'000'000}}});
        QCOMPARE(label.text(), QStringLiteral("Memory 1.9 GB · cuda:0: 12.0 GB of 80.0 GB"));
        QVERIFY(label.toolTip().contains("at most 2.5 GB"));
        label.showMemory(ProcessMemory{900'000'000, 900'000'000}, DeviceMemory{24'000'000'000, 25'000'000'000}, {});
        QCOMPARE(label.text(), QStringLiteral("Memory 900 MB · nearly full"));
        label.showMemory({}, {}, {});
        QCOMPARE(label.text(), QString());
    }
};

QTEST_MAIN(TestJobs)
#include "tst_jobs.moc"
