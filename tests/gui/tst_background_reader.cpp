// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reading beside the GUI thread: answers in the order asked, what is asked twice, and what is asked while it is read.
#include "app/gui/background_reader.h"

#include <QScopeGuard>
#include <QSemaphore>
#include <QTest>
#include <atomic>

using namespace lottery;
using namespace lottery::gui;

class TestBackgroundReader : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void answers_come_in_order_and_later() {
        BackgroundReader reader;
        QList<int> answers;
        for (int i = 0; i < 3; ++i)
            reader.ask<int>(
                QString::number(i), [i]() -> Result<int> { return i; },
                [&](const Result<int>& answer) { answers << *answer; });
        QVERIFY(answers.isEmpty());
        QVERIFY(reader.isBusy());
        QTRY_COMPARE(answers, (QList<int>{0, 1, 2}));
        QVERIFY(!reader.isBusy());
    }

    void errors_are_answers() {
        BackgroundReader reader;
        QString said;
        reader.ask<int>(
            "a",
            []() -> Result<int> {
                return Error{"no such file", "there", {}};
            },
            [&](const Result<int>& answer) { said = QString::fromStdString(answer.error().to_string()); });
        QTRY_VERIFY(said.contains("no such file"));
    }

    void what_waits_is_asked_once_and_what_is_read_twice() {
        QSemaphore begun, go;
        std::atomic<int> written = 1;
        QList<int> answers;
        BackgroundReader reader;
        const auto whenItFails = qScopeGuard([&] { go.release(); });
        const auto answer = [&](const Result<int>& value) { answers << *value; };
        // Sees what was written when it began, and is held there.
        reader.ask<int>(
            "study",
            [&]() -> Result<int> {
                const int seen = written;
                begun.release();
                go.acquire();
                return seen;
            },
            answer);
        // Begins with the events that follow.
        QTRY_COMPARE(begun.available(), 1);
        written = 2;
        // It is being read, and has missed the change: once more. The third wish is the second.
        for (int i = 0; i < 2; ++i)
            reader.ask<int>(
                "study", [&]() -> Result<int> { return written.load(); }, answer);
        go.release();
        QTRY_COMPARE(answers, (QList<int>{1, 2}));
        QVERIFY(!reader.isBusy());
    }
};

QTEST_GUILESS_MAIN(TestBackgroundReader)
#include "tst_background_reader.moc"
