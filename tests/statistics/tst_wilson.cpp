// SPDX-License-Identifier: GPL-3.0-or-later
//
// Wilson's interval against statsmodels 0.15 (proportion_confint, method "wilson").
#include "core/statistics/wilson.h"

#include <QTest>
#include <cmath>

using namespace lottery;

class TestWilson : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void equals_statsmodels_data() {
        QTest::addColumn<int>("successes");
        QTest::addColumn<int>("trials");
        QTest::addColumn<double>("confidence");
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        QTest::newRow("none") << 0 << 16 << 0.95 << 0.0 << 0.19360768053443655;
        QTest::newRow("all") << 16 << 16 << 0.95 << 0.8063923194655633 << 1.0;
        QTest::newRow("some") << 9 << 16 << 0.95 << 0.331785563988119 << 0.7690134759450765;
        QTest::newRow("many") << 301 << 408 << 0.95 << 0.6929883628509701 << 0.7780666896333477;
        QTest::newRow("one") << 1 << 1 << 0.95 << 0.2065493143772374 << 1.0;
        QTest::newRow("90%") << 7 << 20 << 0.9 << 0.202260040056761 << 0.5334873111515284;
    }
    void equals_statsmodels() {
        QFETCH(int, successes);
        QFETCH(int, trials);
        QFETCH(double, confidence);
        QFETCH(double, low);
        QFETCH(double, high);
        const auto interval = wilson_interval(successes, trials, confidence);
        QVERIFY(interval.has_value());
        QVERIFY(std::abs(interval->low - low) < 1e-12);
        QVERIFY(std::abs(interval->high - high) < 1e-12);
    }

    void says_nothing_of_what_cannot_be() {
        QVERIFY(!wilson_interval(0, 0));
        QVERIFY(!wilson_interval(3, 2));
        QVERIFY(!wilson_interval(-1, 2));
    }
};

QTEST_GUILESS_MAIN(TestWilson)
#include "tst_wilson.moc"
