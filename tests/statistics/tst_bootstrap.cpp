// SPDX-License-Identifier: GPL-3.0-or-later
//
// Bootstrap intervals against every resample taken one by one (tests/reference/make_rank_goldens.py).
#include "core/statistics/bootstrap.h"

#include <QTest>
#include <algorithm>
#include <cmath>

#include "core/base/random.h"
#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;

class TestBootstrap : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void few_values_are_resampled_exactly() {
        const auto goldens = read_golden(golden_folder("statistics") / "bootstrap.json");
        int compared = 0;
        for (const auto& row : goldens.at("rows"))
            for (const auto& [confidence, expected] : row.at("intervals").items()) {
                const auto found = bootstrap_mean(row.at("values").get<std::vector<double>>(), std::stod(confidence));
                QVERIFY(found.has_value());
                QVERIFY(std::abs(found->low - expected[0].get<double>()) < 1e-12);
                QVERIFY(std::abs(found->high - expected[1].get<double>()) < 1e-12);
                ++compared;
            }
        QVERIFY(compared >= 24);
    }

    // Of many values it nears the normal interval of the mean.
    void many_values_are_drawn() {
        Random random(3);
        std::vector<double> values(400);
        for (double& value : values) value = random.uniform();
        const auto interval = bootstrap_mean(values);
        QVERIFY(interval.has_value());
        double mean = 0.0, squares = 0.0;
        for (const double value : values) mean += value / 400.0;
        for (const double value : values) squares += (value - mean) * (value - mean);
        const double reach = 1.96 * std::sqrt(squares / 399.0 / 400.0);
        QVERIFY(std::abs(interval->low - (mean - reach)) < 0.1 * reach);
        QVERIFY(std::abs(interval->high - (mean + reach)) < 0.1 * reach);
        const auto again = bootstrap_mean(values);
        QCOMPARE(again->low, interval->low);
        QCOMPARE(again->high, interval->high);
    }

    void undefined_resamples_are_left_out() {
        // Defined only where the first value is among the chosen: then 1.
        const auto first = [](const std::vector<std::size_t>& chosen) -> std::optional<double> {
            if (chosen.front() != 0) return std::nullopt;
            return static_cast<double>(std::count(chosen.begin(), chosen.end(), 0U));
        };
        const auto interval = bootstrap_interval(2, first, 0.5);
        QVERIFY(interval.has_value());
        // (0,0) once and (0,1) in two orders: 1 has two thirds of the weight.
        QCOMPARE(interval->low, 1.0);
        QCOMPARE(interval->high, 2.0);
        QVERIFY(!bootstrap_interval(3, [](const auto&) { return std::optional<double>(); }).has_value());
    }

    void one_value_has_no_interval() {
        QVERIFY(!bootstrap_mean({0.5}).has_value());
        QVERIFY(!bootstrap_mean({}).has_value());
    }
};

QTEST_GUILESS_MAIN(TestBootstrap)
#include "tst_bootstrap.moc"
