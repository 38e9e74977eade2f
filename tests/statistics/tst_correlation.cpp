// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reference values: scipy 1.17.1, scipy.stats.pearsonr and pointbiserialr.
#include <QTest>
#include <cmath>
#include <limits>

#include "core/statistics/correlation.h"

using namespace lottery;

class TestCorrelation : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void reference_values_data() {
        QTest::addColumn<std::vector<double>>("a");
        QTest::addColumn<std::vector<double>>("b");
        QTest::addColumn<double>("r");
        QTest::addColumn<double>("p");
        QTest::newRow("five") << std::vector<double>{1, 2, 3, 4, 5} << std::vector<double>{2.5, 1, 4, 3.5, 6}
                              << 0.811639774830923 << 0.09531248865596827;
        QTest::newRow("negative") << std::vector<double>{0.1, 0.4, 0.35, 0.8, 0.77, 0.9}
                                  << std::vector<double>{9, 7, 8, 4, 3, 1} << -0.9674072547427843
                                  << 0.0015761191396048149;
        QTest::newRow("survival") << std::vector<double>{0.62, 0.74, 0.8,  0.94, 0.74, 0.92, 0.03, 0.47, 0.94, 0.65,
                                                         0.9,  0.11, 0.47, 0.25, 0.54, 0.57, 0.01, 0.22, 0.28, 0.92}
                                  << std::vector<double>{1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1}
                                  << 0.10892868748702304 << 0.6475693821030943;
    }
    void reference_values() {
        QFETCH(const std::vector<double>, a);
        QFETCH(const std::vector<double>, b);
        QFETCH(const double, r);
        QFETCH(const double, p);
        const auto found = pearson_correlation(a, b);
        QVERIFY(found.has_value());
        QVERIFY(std::abs(found->r - r) < 1e-12);
        QVERIFY(found->p_value.has_value());
        QVERIFY(std::abs(*found->p_value - p) <= 1e-6 * p);
    }

    void undefined_is_not_a_number_data() {
        QTest::addColumn<std::vector<double>>("a");
        QTest::addColumn<std::vector<double>>("b");
        constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
        QTest::newRow("nothing") << std::vector<double>{} << std::vector<double>{};
        QTest::newRow("one value") << std::vector<double>{1} << std::vector<double>{2};
        QTest::newRow("first does not vary") << std::vector<double>{1, 1, 1} << std::vector<double>{1, 2, 3};
        QTest::newRow("second does not vary") << std::vector<double>{1, 2, 3} << std::vector<double>{0, 0, 0};
        QTest::newRow("NaN") << std::vector<double>{1, kNan, 3} << std::vector<double>{1, 2, 4};
    }
    void undefined_is_not_a_number() {
        QFETCH(const std::vector<double>, a);
        QFETCH(const std::vector<double>, b);
        QVERIFY(!pearson_correlation(a, b).has_value());
    }

    void two_values_have_no_test() {
        const auto found = pearson_correlation({1, 2}, {5, 3});
        QVERIFY(found.has_value());
        QCOMPARE(found->r, -1.0);
        QVERIFY(!found->p_value.has_value());
        QCOMPARE(*pearson_correlation({1, 2, 3}, {2, 4, 6})->p_value, 0.0);
    }
};

QTEST_GUILESS_MAIN(TestCorrelation)
#include "tst_correlation.moc"
