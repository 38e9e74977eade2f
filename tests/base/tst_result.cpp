// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/result.h"

#include <QTest>
#include <memory>

using namespace lottery;

namespace {

Result<int> half(int n) {
    if (n % 2 != 0) return Error{"is odd", "n", "Give an even number"};
    return n / 2;
}

Result<int> quarter(int n) {
    LOTTERY_TRY(const int h, half(n));
    LOTTERY_TRY(const int q, half(h));
    return q;
}

Outcome<std::string> job(int n, bool cancel) {
    if (cancel) return Cancelled{};
    LOTTERY_TRY(const int q, quarter(n));
    return std::to_string(q);
}

Outcome<std::size_t> outer_job(int n, bool cancel) {
    LOTTERY_TRY(const std::string text, job(n, cancel));
    return text.size();
}

Status check(int n) {
    LOTTERY_CHECK(quarter(n));
    return ok();
}

}  // namespace

class TestResult : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void error_on_one_line_data() {
        QTest::addColumn<QString>("place");
        QTest::addColumn<QString>("advice");
        QTest::addColumn<QString>("line");
        QTest::newRow("all") << "dev.tsv:17"
                             << "Fix it"
                             << "dev.tsv:17: unknown label. Fix it";
        QTest::newRow("no place") << ""
                                  << "Fix it"
                                  << "unknown label. Fix it";
        QTest::newRow("no advice") << "dev.tsv:17"
                                   << ""
                                   << "dev.tsv:17: unknown label";
        QTest::newRow("message alone") << ""
                                       << ""
                                       << "unknown label";
    }
    void error_on_one_line() {
        QFETCH(QString, place);
        QFETCH(QString, advice);
        const Error error{"unknown label", place.toStdString(), advice.toStdString()};
        QTEST(QString::fromStdString(error.to_string()), "line");
    }

    void try_hands_on_the_value_or_the_error() {
        QCOMPARE(*quarter(12), 3);
        const auto first = quarter(3);
        QVERIFY(!first);
        QCOMPARE(first.error().message, std::string("is odd"));
        QCOMPARE(first.error().place, std::string("n"));
        QVERIFY(!quarter(6));  // fails in the second step
        QVERIFY(check(8));
        QVERIFY(!check(2));
    }

    void an_outcome_is_exactly_one_of_three() {
        const auto done = job(12, false);
        QVERIFY(done.done() && !done.cancelled() && !done.failed());
        QCOMPARE(*done, std::string("3"));
        const auto cancelled = job(12, true);
        QVERIFY(!cancelled.done() && cancelled.cancelled() && !cancelled.failed());
        const auto failed = job(6, false);
        QVERIFY(!failed.done() && !failed.cancelled() && failed.failed());
        QCOMPARE(failed.error().message, std::string("is odd"));
    }

    void outcomes_pass_through_other_outcomes() {
        QCOMPARE(*outer_job(40, false), std::size_t{2});
        QVERIFY(outer_job(40, true).cancelled());
        QVERIFY(outer_job(1, false).failed());
        QCOMPARE(outer_job(1, false).error().advice, std::string("Give an even number"));
    }

    void values_that_only_move() {
        Result<std::unique_ptr<int>> result(std::make_unique<int>(5));
        QVERIFY(result);
        const auto pointer = *std::move(result);
        QCOMPARE(*pointer, 5);
        Outcome<std::unique_ptr<int>> outcome = Result<std::unique_ptr<int>>(std::make_unique<int>(6));
        QCOMPARE(**outcome, 6);
        const Outcome<std::unique_ptr<int>> failed = Result<std::unique_ptr<int>>(Error{"no", {}, {}});
        QVERIFY(failed.failed());
    }
};

QTEST_GUILESS_MAIN(TestResult)
#include "tst_result.moc"
