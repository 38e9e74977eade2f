// SPDX-License-Identifier: GPL-3.0-or-later
//
// Rank-biased overlap against the package rbo (tests/reference/make_rank_goldens.py), its expectation against draws.
#include "core/statistics/rank_overlap.h"

#include <QTest>
#include <cmath>
#include <numeric>

#include "core/base/random.h"
#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;

class TestRankOverlap : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void as_rbo() {
        const auto goldens = read_golden(golden_folder("statistics") / "rank_overlap.json");
        int compared = 0;
        for (const auto& row : goldens.at("rows")) {
            const auto first = ranking(row.at("first").get<std::vector<float>>());
            const auto second = ranking(row.at("second").get<std::vector<float>>());
            QCOMPARE(first, row.at("rankings")[0].get<std::vector<int>>());
            QCOMPARE(second, row.at("rankings")[1].get<std::vector<int>>());
            for (const auto& [persistence, expected] : row.at("overlap").items()) {
                const auto found = rank_biased_overlap(first, second, std::stod(persistence));
                QVERIFY(found.has_value());
                QVERIFY2(std::abs(*found - expected.get<double>()) < 1e-12,
                         qPrintable(QString::number(*found - expected.get<double>())));
                QCOMPARE(rank_biased_overlap(second, first, std::stod(persistence)), found);
                ++compared;
            }
        }
        QVERIFY(compared > 50);
    }

    void ties_are_broken_by_index() {
        QCOMPARE(ranking({1.0F, 2.0F, 1.0F, 2.0F}), (std::vector<int>{1, 3, 0, 2}));
        QCOMPARE(ranking({}), std::vector<int>{});
    }

    void nothing_to_rank_has_no_overlap() {
        QVERIFY(!rank_biased_overlap({}, {}, 0.9).has_value());
        QVERIFY(!expected_rank_biased_overlap(0, 0.9).has_value());
    }

    void its_expectation_is_the_mean_over_draws() {
        constexpr int kItems = 12, kDraws = 20'000;
        std::vector<int> first(kItems);
        std::iota(first.begin(), first.end(), 0);
        Random random(5);
        double sum = 0.0, squares = 0.0;
        for (int d = 0; d < kDraws; ++d) {
            const auto order = random.permutation(kItems);
            const double overlap = *rank_biased_overlap(first, {order.begin(), order.end()}, 0.9);
            sum += overlap;
            squares += overlap * overlap;
        }
        const double mean = sum / kDraws;
        const double error = std::sqrt((squares / kDraws - mean * mean) / kDraws);
        QVERIFY(std::abs(mean - *expected_rank_biased_overlap(kItems, 0.9)) < 5 * error);
    }
};

QTEST_GUILESS_MAIN(TestRankOverlap)
#include "tst_rank_overlap.moc"
