// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCoreApplication>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "app/gui/job_runner.h"

using namespace lottery;
using namespace lottery::gui;

namespace {

Job job(std::function<Outcome<Unit>(std::stop_token, JobEvents&)> work, const QString& device = QStringLiteral("cpu")) {
    return {QStringLiteral("job"), device, std::move(work)};
}

Outcome<Unit> nothing(const std::stop_token&, JobEvents&) { return Unit{}; }

Progress progress(const char* stage, std::int64_t done, std::int64_t total) {
    return {stage, done, total, "step", 0.0, {}};
}

// Works until it is told to stop.
Outcome<Unit> untilStopped(const std::stop_token& stop, JobEvents& events) {
    events.on_progress(progress("waiting", 1, 10));
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait(lock, stop, [] { return false; });
    return Cancelled{};
}

// Everything a runner says, in order.
struct Record {
    explicit Record(JobRunner& runner) {
        QObject::connect(&runner, &JobRunner::started, &runner,
                         [this](JobId id) { lines << QStringLiteral("start %1").arg(id); });
        QObject::connect(&runner, &JobRunner::happened, &runner,
                         [this](JobId id, const JobEvent& event) { events.emplace_back(id, event); });
        QObject::connect(&runner, &JobRunner::ended, &runner, [this](JobId id, const JobEnd& end) {
            lines << QStringLiteral("%1 %2").arg(stateNames[static_cast<std::size_t>(end.state)]).arg(id);
            ends[id] = end;
        });
        QObject::connect(&runner, &JobRunner::becameIdle, &runner, [this] { lines << QStringLiteral("idle"); });
    }
    static constexpr const char* stateNames[] = {"queued",     "running", "pausing",   "paused",
                                                 "cancelling", "done",    "cancelled", "failed"};
    QStringList lines;
    std::vector<std::pair<JobId, JobEvent>> events;
    std::map<JobId, JobEnd> ends;
};

}  // namespace

class TestJobRunner : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void runsOneAfterTheOther() {
        JobRunner runner;
        Record record(runner);
        std::atomic<int> atOnce = 0;
        std::atomic<int> most = 0;
        std::vector<JobId> order;  // written by the one worker
        const auto work = [&](int number) {
            return [&, number](const std::stop_token&, JobEvents&) -> Outcome<Unit> {
                most = std::max(most.load(), ++atOnce);
                std::this_thread::yield();
                order.push_back(static_cast<JobId>(number));
                --atOnce;
                return Unit{};
            };
        };
        for (int i = 1; i <= 5; ++i) QCOMPARE(runner.submit(job(work(i))), JobId(i));
        QVERIFY(!runner.isIdle());
        // Nothing is said before the event loop is back.
        QVERIFY(record.lines.isEmpty());
        QTRY_VERIFY(runner.isIdle());
        QCOMPARE(most.load(), 1);
        QCOMPARE(order, (std::vector<JobId>{1, 2, 3, 4, 5}));
        QCOMPARE(record.lines.first(), QStringLiteral("start 1"));
        QCOMPARE(record.lines.last(), QStringLiteral("idle"));
        QCOMPARE(record.lines.count("idle"), 1);
        QCOMPARE(record.lines.filter("done").size(), 5);
    }

    void runsDevicesSideBySide() {
        JobRunner runner;
        Record record(runner);
        // Each waits for the other: only side by side do they come to an end.
        std::atomic<bool> a = false;
        std::atomic<bool> b = false;
        const auto meet = [](std::atomic<bool>& mine, std::atomic<bool>& other) {
            return [&](const std::stop_token& stop, JobEvents&) -> Outcome<Unit> {
                mine = true;
                while (!other && !stop.stop_requested()) std::this_thread::yield();
                return Unit{};
            };
        };
        runner.submit(job(meet(a, b), "cpu"));
        runner.submit(job(meet(b, a), "cuda:0"));
        QTRY_VERIFY(runner.isIdle());
        QCOMPARE(record.lines.filter("done").size(), 2);
    }

    void endsAsExactlyOneOfThree_data() {
        QTest::addColumn<int>("how");
        QTest::addColumn<QString>("end");
        QTest::addColumn<QString>("message");
        QTest::newRow("done") << 0 << "done 1"
                              << "";
        QTest::newRow("cancelled by itself") << 1 << "cancelled 1"
                                             << "";
        QTest::newRow("an expected failure") << 2 << "failed 1"
                                             << "dev.tsv:17: bad label. Repair the file";
        QTest::newRow("an exception") << 3 << "failed 1"
                                      << "it broke. The log of the job tells how far it came";
        QTest::newRow("out of memory") << 4 << "failed 1"
                                       << "Out of memory";
        QTest::newRow("not an exception") << 5 << "failed 1"
                                          << "An unknown exception";
    }
    void endsAsExactlyOneOfThree() {
        QFETCH(int, how);
        QFETCH(QString, end);
        QFETCH(QString, message);
        JobRunner runner;
        Record record(runner);
        runner.submit(job([how](const std::stop_token&, JobEvents&) -> Outcome<Unit> {
            switch (how) {
                case 1:
                    return Cancelled{};
                case 2:
                    return Error{"bad label", "dev.tsv:17", "Repair the file"};
                case 3:
                    throw std::runtime_error("it broke");
                case 4:
                    throw std::bad_alloc();
                case 5:
                    throw 42;
                default:
                    return Unit{};
            }
        }));
        // The queue goes on after whatever happened.
        runner.submit(job(nothing));
        QTRY_VERIFY(runner.isIdle());
        QCOMPARE(record.lines, (QStringList{"start 1", end, "start 2", "done 2", "idle"}));
        const QString told = QString::fromStdString(record.ends[1].error.to_string());
        QVERIFY2(told.contains(message), qPrintable(told));
        if (message.isEmpty()) QVERIFY(record.ends[1].error.message.empty());
    }

    void cancelsWhatRuns() {
        JobRunner runner;
        Record record(runner);
        const JobId id = runner.submit(job(&untilStopped));
        QTRY_COMPARE(record.events.size(), std::size_t(1));
        runner.cancel(id);
        runner.cancel(id);
        QTRY_VERIFY(runner.isIdle());
        QCOMPARE(record.lines, (QStringList{"start 1", "cancelled 1", "idle"}));
        // The next job has a stop token of its own.
        runner.submit(job([](const std::stop_token& stop, JobEvents&) -> Outcome<Unit> {
            if (stop.stop_requested()) return Cancelled{};
            return Unit{};
        }));
        QTRY_VERIFY(runner.isIdle());
        QCOMPARE(record.ends[2].state, JobState::Done);
        runner.cancel(id);
        runner.cancel(77);
        runner.cancel(0);
        QVERIFY(runner.isIdle());
    }

    void cancelsWhatWaits() {
        JobRunner runner;
        Record record(runner);
        std::atomic<bool> ran = false;
        const JobId first = runner.submit(job(&untilStopped));
        const JobId second = runner.submit(job([&](const std::stop_token&, JobEvents&) -> Outcome<Unit> {
            ran = true;
            return Unit{};
        }));
        const JobId third = runner.submit(job(nothing));
        QTRY_COMPARE(record.events.size(), std::size_t(1));
        runner.cancel(second);
        QTRY_VERIFY(record.ends.count(second));
        QCOMPARE(record.ends[second].state, JobState::Cancelled);
        QCOMPARE(runner.queued("cpu"), std::vector<JobId>{third});
        runner.cancel(first);
        QTRY_VERIFY(runner.isIdle());
        QVERIFY(!ran);
        QCOMPARE(record.lines, (QStringList{"start 1", "cancelled 2", "cancelled 1", "start 3", "done 3", "idle"}));
    }

    void aJobMayFinishInSpiteOfCancel() {
        JobRunner runner;
        Record record(runner);
        const JobId id = runner.submit(job([](const std::stop_token& stop, JobEvents& events) -> Outcome<Unit> {
            events.on_progress(progress("almost there", 9, 10));
            while (!stop.stop_requested()) std::this_thread::yield();
            return Unit{};
        }));
        QTRY_COMPARE(record.events.size(), std::size_t(1));
        runner.cancel(id);
        QTRY_VERIFY(runner.isIdle());
        QCOMPARE(record.ends[id].state, JobState::Done);
    }

    void reordersTheQueue() {
        JobRunner runner;
        Record record(runner);
        std::vector<int> order;  // written by the one worker, read after its end
        const auto note = [&](int number) {
            return [&, number](const std::stop_token&, JobEvents&) -> Outcome<Unit> {
                order.push_back(number);
                return Unit{};
            };
        };
        const JobId gate = runner.submit(job(&untilStopped));
        const JobId a = runner.submit(job(note(1)));
        const JobId b = runner.submit(job(note(2)));
        const JobId c = runner.submit(job(note(3)));
        QTRY_COMPARE(record.events.size(), std::size_t(1));
        QVERIFY(!runner.moveQueued(gate, 1));
        QVERIFY(!runner.moveQueued(a, -1));
        QVERIFY(!runner.moveQueued(c, 1));
        QVERIFY(runner.moveQueued(c, -1));
        QVERIFY(runner.moveQueued(c, -1));
        QVERIFY(runner.moveQueued(a, 1));
        QCOMPARE(runner.queued("cpu"), (std::vector<JobId>{c, b, a}));
        runner.cancel(gate);
        QTRY_VERIFY(runner.isIdle());
        QCOMPARE(order, (std::vector<int>{3, 2, 1}));
    }

    void losesAndMixesNoEvent() {
        constexpr int kSteps = 20000;
        JobRunner runner;
        int next[2] = {1, 1};
        bool inOrder = true;
        bool endedLast = true;
        qint64 lastProgress[2] = {0, 0};
        connect(&runner, &JobRunner::happened, this, [&](JobId id, const JobEvent& event) {
            const std::size_t which = id - 1;
            if (const auto* step = std::get_if<TrainingStep>(&event)) inOrder = inOrder && step->step == next[which]++;
            if (const auto* progress = std::get_if<Progress>(&event)) {
                inOrder = inOrder && progress->done >= lastProgress[which];
                lastProgress[which] = progress->done;
            }
        });
        connect(&runner, &JobRunner::ended, this, [&](JobId id, const JobEnd&) {
            endedLast = endedLast && next[id - 1] == kSteps + 1 && lastProgress[id - 1] == kSteps;
        });
        const auto work = [](const std::stop_token&, JobEvents& events) -> Outcome<Unit> {
            for (int i = 1; i <= kSteps; ++i) {
                TrainingStep step;
                step.step = i;
                events.on_training_step(step);
                events.on_progress(progress("training", i, kSteps));
            }
            return Unit{};
        };
        runner.submit(job(work, "cpu"));
        runner.submit(job(work, "cuda:0"));
        QTRY_VERIFY_WITH_TIMEOUT(runner.isIdle(), 60000);
        QVERIFY(inOrder);
        QVERIFY(endedLast);
        QCOMPARE(next[0], kSteps + 1);
        QCOMPARE(next[1], kSteps + 1);
    }

    void aFloodLeavesTheWindowAlive() {
        JobRunner runner;
        Record record(runner);
        // Handing out one event costs a millisecond here; between slices the event loop must come round.
        connect(&runner, &JobRunner::happened, this, [] { QTest::qSleep(1); });
        int rounds = 0;
        QTimer heart;
        connect(&heart, &QTimer::timeout, this, [&] { ++rounds; });
        heart.start(0);
        runner.submit(job([](const std::stop_token&, JobEvents& events) -> Outcome<Unit> {
            for (int i = 0; i < 300; ++i) events.on_message(Severity::Info, std::to_string(i));
            return Unit{};
        }));
        QTRY_VERIFY_WITH_TIMEOUT(runner.isIdle(), 60000);
        QCOMPARE(record.events.size(), std::size_t(300));
        QVERIFY2(rounds >= 10, qPrintable(QString::number(rounds)));
    }

    void holdsAJobWhileItIsPaused() {
        JobRunner runner;
        Record record(runner);
        QStringList held;
        connect(&runner, &JobRunner::held, this, [&](JobId id, bool holding) {
            held << QStringLiteral("%1 %2").arg(id).arg(holding ? "holds" : "goes on");
        });
        std::atomic<int> steps = 0;
        std::atomic<bool> enough = false;
        runner.submit(job([&](const std::stop_token& stop, JobEvents& events) -> Outcome<Unit> {
            while (!enough && !stop.stop_requested()) {
                events.on_progress(progress("steps", ++steps, 0));
                std::this_thread::sleep_for(std::chrono::microseconds(200));
            }
            return Unit{};
        }));
        QTRY_VERIFY(steps > 3);
        runner.pause(1);
        QTRY_COMPARE(held, QStringList{"1 holds"});
        const int there = steps;
        QTest::qWait(60);
        QCOMPARE(steps.load(), there);
        runner.resume(1);
        QTRY_VERIFY(steps > there + 3);
        QCOMPARE(held, (QStringList{"1 holds", "1 goes on"}));
        enough = true;
        QTRY_VERIFY(runner.isIdle());
        QCOMPARE(record.ends.at(1).state, JobState::Done);
    }

    void cancelsAPausedJob() {
        JobRunner runner;
        Record record(runner);
        std::atomic<int> steps = 0;
        const auto walk = [&](const std::stop_token& stop, JobEvents& events) -> Outcome<Unit> {
            while (!stop.stop_requested()) events.on_message(Severity::Info, std::to_string(++steps));
            return Cancelled{};
        };
        runner.submit(job(walk));
        runner.submit(job([&](const std::stop_token&, JobEvents& events) -> Outcome<Unit> {
            events.on_message(Severity::Info, "the next one");
            return Unit{};
        }));
        QTRY_VERIFY(steps > 0);
        bool holding = false;
        connect(&runner, &JobRunner::held, this, [&](JobId, bool holds) { holding = holds; });
        runner.pause(1);
        QTRY_VERIFY(holding);
        runner.pause(2);  // does not run: nothing
        runner.cancel(1);
        QTRY_VERIFY(runner.isIdle());
        QCOMPARE(record.ends.at(1).state, JobState::Cancelled);
        // A pause is of one job.
        QCOMPARE(record.ends.at(2).state, JobState::Done);
    }

    void startsJobsFromItsOwnSignals() {
        JobRunner runner;
        Record record(runner);
        connect(&runner, &JobRunner::ended, this, [&](JobId id, const JobEnd&) {
            if (id < 3) runner.submit(job(nothing));
        });
        runner.submit(job(nothing));
        QTRY_COMPARE(record.ends.size(), std::size_t(3));
        QTRY_VERIFY(runner.isIdle());
        QCOMPARE(record.lines.count("idle"), 1);
    }

    void isDestroyedWhileAJobRuns() {
        std::atomic<bool> ended = false;
        auto held = std::make_shared<int>(1);
        const std::weak_ptr<int> watched = held;
        {
            JobRunner runner;
            Record record(runner);
            runner.submit(job([&ended, held](const std::stop_token& stop, JobEvents& events) -> Outcome<Unit> {
                auto outcome = untilStopped(stop, events);
                ended = true;
                return outcome;
            }));
            runner.submit(job(nothing));
            held.reset();
            QTRY_COMPARE(record.events.size(), std::size_t(1));
        }
        QVERIFY(ended);
        QVERIFY(watched.expired());
        // What was on its way is not delivered to anyone.
        QCoreApplication::processEvents();
    }
};

QTEST_GUILESS_MAIN(TestJobRunner)
#include "tst_job_runner.moc"
