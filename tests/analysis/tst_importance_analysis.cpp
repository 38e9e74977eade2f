// SPDX-License-Identifier: GPL-3.0-or-later
//
// Distributions, ranks and evolution of importances, on numbers that can be worked out by hand.
#include "core/analysis/importance_analysis.h"

#include <QTest>
#include <cmath>
#include <limits>

#include "core/analysis/analysis_tables.h"
#include "core/statistics/rank_overlap.h"

using namespace lottery;

namespace {

const float kNone = std::numeric_limits<float>::quiet_NaN();

ImportanceSet some_set() {
    ImportanceSet set;
    set.rows = 2;
    set.columns = 2;
    set.histories[TaskId::RTE][1] = {{0.0F, 0.25F, 0.5F, 1.0F},
                                     {{0, {0.0F, 0.25F, 0.5F, 1.0F}}, {1, {1.0F, 0.5F, 0.25F, 0.0F}}}};
    set.histories[TaskId::RTE][2] = {{0.1F, 0.2F, 0.6F, 0.9F}, {}};
    set.histories[TaskId::RTE][3] = {{1.0F, 0.5F, 0.25F, 0.0F}, {}};
    return set;
}

}  // namespace

class TestImportanceAnalysis : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void distributions() {
        const auto found = distribution({0.0F, 0.25F, kNone, 0.5F, 1.0F});
        QVERIFY(found.has_value());
        QCOMPARE(found->count, 4);
        QCOMPARE(found->mean, 0.4375);
        QVERIFY(std::abs(*found->deviation - 0.42695628) < 1e-7);  // numpy.std(ddof=1)
        QCOMPARE(found->low, 0.0);
        QCOMPARE(found->quarter, 0.1875);  // numpy.quantile
        QCOMPARE(found->median, 0.375);
        QCOMPARE(found->three_quarters, 0.625);
        QCOMPARE(found->high, 1.0);
        QCOMPARE(found->histogram.size(), std::size_t{kImportanceBins});
        QCOMPARE(found->histogram[0], 1);
        QCOMPARE(found->histogram[5], 1);
        QCOMPARE(found->histogram[10], 1);
        QCOMPARE(found->histogram[19], 1);  // 1 is in the last bin
    }

    void one_score_has_no_deviation() {
        const auto found = distribution({0.5F});
        QVERIFY(found.has_value());
        QVERIFY(!found->deviation.has_value());
        QVERIFY(!distribution({kNone}).has_value());
        QVERIFY(!distribution({}).has_value());
    }

    void ranks_over_seeds() {
        const auto analysis = importance_analysis(some_set(), 0.5);
        QCOMPARE(analysis.all, 4);
        const auto& task = analysis.tasks.at(0);
        QCOMPARE(task.pairs.size(), std::size_t{3});
        QCOMPARE(*task.pairs[0].overlap, 1.0);  // the same order
        const double reversed = *rank_biased_overlap({0, 1, 2, 3}, {3, 2, 1, 0}, 0.5);
        QCOMPARE(*task.pairs[1].overlap, reversed);
        QCOMPARE(*task.pairs[2].overlap, reversed);
        QVERIFY(std::abs(*task.mean_overlap - (1.0 + 2.0 * reversed) / 3.0) < 1e-12);
        QCOMPARE(task.expected_overlap, expected_rank_biased_overlap(4, 0.5));
        // Over seeds: resamples hold pairs of like seeds only, of unlike ones only, or both.
        QVERIFY(task.interval.has_value());
        QCOMPARE(task.interval->low, reversed);
        QCOMPARE(task.interval->high, 1.0);
    }

    void what_was_not_measured_is_not_ranked() {
        auto set = some_set();
        auto& histories = set.histories[TaskId::RTE];
        histories.erase(3);
        histories[1].full = {0.9F, kNone, 0.5F, 0.1F};
        histories[2].full = {0.9F, 1.0F, 0.5F, 0.1F};  // without the second component the same order
        const auto analysis = importance_analysis(set, 0.9);
        QVERIFY(std::abs(*analysis.tasks.at(0).pairs.at(0).overlap - 1.0) < 1e-12);
    }

    void evolution_over_passes() {
        const auto analysis = importance_analysis(some_set(), 0.9);
        const auto& steps = analysis.tasks.at(0).seeds.at(0).steps;
        QCOMPARE(steps.size(), std::size_t{2});
        QVERIFY(std::abs(*steps[0].overlap_with_full - 1.0) < 1e-12);
        QVERIFY(std::abs(*steps[1].overlap_with_full - *rank_biased_overlap({0, 1, 2, 3}, {3, 2, 1, 0}, 0.9)) < 1e-12);
        QCOMPARE(steps[1].scores.median, 0.375);
    }

    void a_single_seed_has_no_overlap() {
        auto set = some_set();
        set.histories[TaskId::RTE].erase(2);
        set.histories[TaskId::RTE].erase(3);
        const auto analysis = importance_analysis(set, 0.9);
        const auto& task = analysis.tasks.at(0);
        QVERIFY(!task.mean_overlap.has_value());
        QVERIFY(!task.interval.has_value());
        const Json json = to_json(analysis);
        QVERIFY(json.at("tasks").at("RTE").at("mean_overlap").is_null());
        QVERIFY(json.at("tasks").at("RTE").at("interval").is_null());
        QVERIFY(text_of(tables_of(analysis)).find("–") != std::string::npos);
    }

    void rows_of_the_table() {
        const auto data = data_of(importance_analysis(some_set(), 0.9));
        QCOMPARE(data.rows.size(), std::size_t{4});  // two passes of the first seed, the full model of the others
        for (const auto& row : data.rows) QCOMPARE(row.size(), data.columns.size());
    }
};

QTEST_GUILESS_MAIN(TestImportanceAnalysis)
#include "tst_importance_analysis.moc"
