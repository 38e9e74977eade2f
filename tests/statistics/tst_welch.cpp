// SPDX-License-Identifier: GPL-3.0-or-later
//
// Welch's t-test and Student's interval against scipy and statsmodels (tests/reference/make_welch_goldens.py), and
// where it is not defined.
#include "core/statistics/welch.h"

#include <QTest>
#include <cmath>
#include <limits>

#include "core/statistics/student.h"
#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;

namespace {

constexpr double kTolerance = 1e-9;  // relative

Sample sample_from(const Json& json) {
    return {json.at("count").get<int>(), json.at("mean").get<double>(), json.at("deviation").get<double>()};
}

bool close(double found, double expected, double scale = 0.0) {
    return std::abs(found - expected) <= kTolerance * std::max(std::abs(expected), scale);
}

}  // namespace

class TestWelch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void as_scipy_data() {
        QTest::addColumn<int>("row");
        const auto goldens = read_golden(golden_folder("statistics") / "welch.json");
        for (int i = 0; i < static_cast<int>(goldens.at("rows").size()); ++i)
            QTest::newRow(goldens.at("rows")[static_cast<std::size_t>(i)].at("name").get<std::string>().c_str()) << i;
    }
    void as_scipy() {
        QFETCH(int, row);
        const auto goldens = read_golden(golden_folder("statistics") / "welch.json");
        const Json& golden = goldens.at("rows")[static_cast<std::size_t>(row)];
        const Sample first = sample_from(golden.at("first")), second = sample_from(golden.at("second"));
        for (const auto& [confidence, interval] : golden.at("intervals").items()) {
            const auto test = welch_test(first, second, std::stod(confidence));
            QVERIFY(test.has_value());
            QVERIFY(close(test->statistic, golden.at("statistic").get<double>()));
            QVERIFY(close(test->degrees_of_freedom, golden.at("degrees_of_freedom").get<double>()));
            QVERIFY(close(test->p_value, golden.at("p_value").get<double>()));
            // Bounds near 0 are as exact as the difference and its reach are.
            const double scale = std::abs(test->high - test->low);
            QVERIFY(close(test->low, interval[0].get<double>(), scale));
            QVERIFY(close(test->high, interval[1].get<double>(), scale));
        }
        const auto mirrored = welch_test(second, first);
        QCOMPARE(mirrored->statistic, -welch_test(first, second)->statistic);
        QCOMPARE(mirrored->p_value, welch_test(first, second)->p_value);
    }

    void intervals_as_scipy() {
        const auto goldens = read_golden(golden_folder("statistics") / "student.json");
        for (const auto& row : goldens.at("rows"))
            for (const auto& [confidence, expected] : row.at("intervals").items()) {
                const auto found = mean_interval(sample_from(row), std::stod(confidence));
                QVERIFY(found.has_value());
                QVERIFY(close(found->low, expected[0].get<double>()));
                QVERIFY(close(found->high, expected[1].get<double>()));
            }
        QVERIFY(!mean_interval({1, 0.5, 0.0}).has_value());
        QVERIFY(!mean_interval({3, std::nan(""), 0.1}).has_value());
        QVERIFY(!mean_interval({3, 0.5, -0.1}).has_value());
        QVERIFY(mean_interval({3, 0.5, 0.0}) == (Interval{0.5, 0.5}));
    }

    void population_deviations() {
        const auto goldens = read_golden(golden_folder("statistics") / "welch.json");
        for (const auto& row : goldens.at("rows"))
            for (const char* side : {"first", "second"}) {
                const Json& sample = row.at(side);
                QVERIFY(close(
                    sample_deviation(sample.at("population_deviation").get<double>(), sample.at("count").get<int>()),
                    sample.at("deviation").get<double>()));
            }
        QVERIFY(std::isnan(sample_deviation(0.1, 1)));
    }

    void undefined_data() {
        QTest::addColumn<int>("count");
        QTest::addColumn<double>("mean");
        QTest::addColumn<double>("deviation");
        const double nan = std::nan("");
        QTest::newRow("one value") << 1 << 0.5 << 0.1;
        QTest::newRow("no value") << 0 << 0.5 << 0.1;
        QTest::newRow("an undefined mean") << 5 << nan << 0.1;
        QTest::newRow("an undefined deviation") << 5 << 0.5 << nan;
        QTest::newRow("an infinite mean") << 5 << std::numeric_limits<double>::infinity() << 0.1;
        QTest::newRow("a negative deviation") << 5 << 0.5 << -0.1;
    }
    void undefined() {
        QFETCH(int, count);
        QFETCH(double, mean);
        QFETCH(double, deviation);
        const Sample bad{count, mean, deviation}, good{5, 0.5, 0.1};
        QVERIFY(!welch_test(bad, good));
        QVERIFY(!welch_test(good, bad));
    }

    void constants_on_both_sides() {
        QVERIFY(!welch_test({5, 0.5, 0.0}, {5, 0.5, 0.0}));
        QVERIFY(!welch_test({5, 0.5, 0.0}, {5, 0.6, 0.0}));
        QVERIFY(welch_test({5, 0.5, 0.0}, {5, 0.6, 1e-200}));  // no underflow
    }
};

QTEST_GUILESS_MAIN(TestWelch)
#include "tst_welch.moc"
