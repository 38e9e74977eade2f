// SPDX-License-Identifier: GPL-3.0-or-later
//
// Rows and bars of a study's scores: differences to the full model, sizes, models that predict one class, scores that
// arrive one by one.
#include "core/analysis/result_rows.h"

#include <QTest>
#include <cmath>

#include "core/analysis/result_bars.h"

using namespace lottery;

namespace {

SeedScore scoreOf(const std::string& experiment, std::uint64_t seed, double accuracy, double kept = 1.0,
                  ClassShares shares = {{"0", 0.4}, {"1", 0.6}}, TaskId task = TaskId::MRPC) {
    return {experiment, task, seed, {{"acc", accuracy}, {"f1", accuracy + 0.05}}, std::move(shares), kept};
}

std::vector<ExperimentResults> study() {
    std::vector<ExperimentResults> results;
    put_score(results, scoreOf("head_mlp", 1, 0.80, 0.5));
    put_score(results, scoreOf("no_mask", 1, 0.90));
    put_score(results, scoreOf("no_mask", 2, 0.80));
    put_score(results, scoreOf("head_mlp_bad_1", 2, 0.68, 0.5, {{"0", 0.002}, {"1", 0.998}}));
    ExperimentResults majority;
    majority.name = "freq_baseline";
    majority.summary[TaskId::MRPC]["acc"] = {0.68, 0.0};
    results.push_back(majority);
    sort_experiments(results);
    return results;
}

const ResultRow& row_of(const std::vector<ResultRow>& rows, const std::string& experiment) {
    return *std::ranges::find(rows, experiment, &ResultRow::experiment);
}

bool near(double a, double b) { return std::abs(a - b) < 1e-12; }

}  // namespace

class TestResultRows : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // Q8: one published figure drew the good subnetworks' scores as the random ones'. Both behaviours.
    void random_retrained_bars() {
        auto results = study();
        put_score(results, scoreOf("head_mlp_retrained", 1, 0.85));
        put_score(results, scoreOf("head_mlp_random_retrained", 1, 0.75));
        const auto accuracy = [](const std::vector<ExperimentResults>& all, const char* name) {
            return std::ranges::find(all, name, &ExperimentResults::name)->per_seed.at(TaskId::MRPC).at(1).at("acc");
        };
        QCOMPARE(accuracy(drawn_results(results, RandomRetrainedBars::Own), "head_mlp_random_retrained"), 0.75);
        const auto published = drawn_results(results, RandomRetrainedBars::GoodRetrained);
        QCOMPARE(accuracy(published, "head_mlp_random_retrained"), 0.85);
        QCOMPARE(accuracy(published, "head_mlp_retrained"), 0.85);
        QCOMPARE(published.size(), results.size());
        // Nothing to draw in its place: as it is.
        QCOMPARE(drawn_results(study(), RandomRetrainedBars::GoodRetrained).size(), study().size());
    }

    void scores_take_their_place() {
        auto results = study();
        QStringList names;
        for (const auto& experiment : results) names << QString::fromStdString(experiment.name);
        QCOMPARE(names, (QStringList{"freq_baseline", "no_mask", "head_mlp", "head_mlp_bad_1"}));
        put_score(results, scoreOf("no_mask", 2, 0.70, 1.0));  // again: replaces
        QCOMPARE(results[1].per_seed.at(TaskId::MRPC).size(), std::size_t{2});
        QCOMPARE(results[1].per_seed.at(TaskId::MRPC).at(2).at("acc"), 0.70);
        // A summary stands for seeds that are not known; a first seed ends that.
        put_score(results, scoreOf("freq_baseline", 3, 0.5));
        QVERIFY(results[0].summary.empty());
        QCOMPARE(results[0].per_seed.at(TaskId::MRPC).at(3).at("acc"), 0.5);
    }

    void rows_in_words() {
        const auto rows = result_rows(study());
        QCOMPARE(rows.size(), std::size_t{4});
        const auto& good = row_of(rows, "head_mlp");
        QCOMPARE(good.subnetwork, std::string("good"));
        QCOMPARE(good.model, std::string("pruned"));
        QCOMPARE(good.metric, std::string("acc"));
        QCOMPARE(good.metrics.size(), std::size_t{2});
        QCOMPARE(good.predicted, std::string("1"));
        QVERIFY(near(good.predicted_share, 0.6));
        QVERIFY(near(*good.kept_share, 0.5));
        QVERIFY(!good.score.deviation);
        QCOMPARE(row_of(rows, "no_mask").subnetwork, std::string("full model"));
        QCOMPARE(row_of(rows, "no_mask").model, std::string());
        QVERIFY(!row_of(rows, "freq_baseline").kept_share);
        auto other = study();
        other.emplace_back().name = "theirs, pruned by hand";
        other.back().summary[TaskId::RTE]["acc"] = {0.5, 0.1};
        const auto unknown = result_rows(other).back();
        QCOMPARE(unknown.subnetwork, std::string("theirs, pruned by hand"));
        QCOMPARE(unknown.model, std::string());
        QVERIFY(!unknown.difference);  // no full model of this task
    }

    void differences_are_of_common_seeds() {
        auto results = study();
        put_score(results, scoreOf("head_mlp", 0, 0.10));  // of a seed that the full model does not have
        const auto rows = result_rows(results);
        const auto& good = row_of(rows, "head_mlp");  // 0.80 of seed 1, against 0.90 of seed 1, not the mean 0.85
        QVERIFY(near(*good.difference, -0.10));
        QCOMPARE(good.common_seeds, 1);
        const auto& majority = row_of(rows, "freq_baseline");
        QVERIFY(near(*majority.difference, 0.68 - 0.85));
        QCOMPARE(majority.common_seeds, 0);
        QVERIFY(!row_of(rows, "no_mask").difference);
    }

    void models_that_predict_one_class_are_named() {
        const auto rows = result_rows(study());
        const DegenerateModel expected{2, "1", 0.998};
        QCOMPARE(row_of(rows, "head_mlp_bad_1").degenerate, std::vector{expected});
        QVERIFY(row_of(rows, "head_mlp").degenerate.empty());
    }

    void undefined_scores_count_as_nothing() {
        auto results = study();
        put_score(results, scoreOf("head_mlp", 1, std::nan("")));
        const auto rows = result_rows(results);
        QVERIFY(near(*row_of(rows, "head_mlp").difference, -0.90));
    }

    void bars_keep_their_colours() {
        auto results = study();
        put_score(results, scoreOf("global_magnitude", 1, 0.7, 0.4));
        put_score(results, scoreOf("no_mask", 1, 0.6, 1.0, {}, TaskId::RTE));
        const BarContent bars = result_bars(results, ExperimentFamily::Structured);
        QCOMPARE(bars.series,
                 (std::vector<std::string>{"majority class", "full model", "good, pruned", "bad, pruned"}));
        QCOMPARE(bars.looks, (std::vector<std::size_t>{0, 1, 2, 6}));  // those between are missing
        QCOMPARE(bar_experiments(results, ExperimentFamily::Structured),
                 (std::vector<std::string>{"freq_baseline", "no_mask", "head_mlp", "head_mlp_bad_1"}));
        QCOMPARE(bars.columns, 2);
        QCOMPARE(bars.groups[0].name, std::string("MRPC"));
        QCOMPARE(bars.groups[0].value_label, std::string("accuracy"));
        QCOMPARE(bars.groups[0].note, std::string("50% kept"));
        QCOMPARE(bars.groups[0].values[1], (std::vector<double>{0.90, 0.80}));
        QCOMPARE(bars.groups[1].values[2], std::vector<double>{});
        QCOMPARE(bar_tasks(results, ExperimentFamily::Magnitude, {TaskId::RTE}), std::vector<TaskId>{TaskId::RTE});
        QVERIFY(has_family(results, ExperimentFamily::Magnitude) && !has_family(results, ExperimentFamily::Super));
        QCOMPARE(result_bars(results, ExperimentFamily::Magnitude).groups[0].note, std::string("40% kept"));
    }
};

QTEST_APPLESS_MAIN(TestResultRows)
#include "tst_result_rows.moc"
