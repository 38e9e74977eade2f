// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tables of scores: aggregation (method.md §5), what is shown of each task, the marks, and the five formats.
#include "core/analysis/results_table.h"

#include <QTest>
#include <cmath>

#include "core/analysis/experiments.h"
#include "core/figures/writers.h"
#include "tests/analysis/scores.h"

using namespace lottery;
using namespace lottery::test;

class TestResultsTable : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void spreads_data() {
        QTest::addColumn<QList<double>>("values");
        QTest::addColumn<int>("ddof");
        QTest::addColumn<double>("mean");
        QTest::addColumn<double>("deviation");
        const double nan = std::nan("");
        QTest::newRow("nothing") << QList<double>{} << 1 << 0.0 << 0.0;
        QTest::newRow("one value") << QList<double>{0.5} << 1 << 0.5 << 0.0;
        QTest::newRow("population") << QList<double>{1, 2, 3, 4} << 0 << 2.5 << std::sqrt(1.25);
        QTest::newRow("sample") << QList<double>{1, 2, 3, 4} << 1 << 2.5 << std::sqrt(5.0 / 3);
        QTest::newRow("NaN counts as 0") << QList<double>{1, nan} << 0 << 0.5 << 0.5;
    }
    void spreads() {
        QFETCH(QList<double>, values);
        QFETCH(int, ddof);
        QFETCH(double, mean);
        QFETCH(double, deviation);
        const Spread s = spread({values.begin(), values.end()}, ddof);
        QVERIFY(std::abs(s.mean - mean) < 1e-12);
        QVERIFY(std::abs(s.deviation - deviation) < 1e-12);
    }

    void sample_deviation_from_seeds_population_from_summaries() {
        const auto table = score_table({seeds_of("head_mlp", TaskId::MRPC, "acc", {0.7, 0.8, 0.9}),
                                        summary_of("no_mask", TaskId::MRPC, "acc", {0.85, 0.01})});
        QCOMPARE(table.rows.size(), std::size_t{2});
        QCOMPARE(table.rows[0].name, std::string("no_mask"));  // in table order
        const auto& full = table.rows[0].cells.at(TaskId::MRPC).at("acc");
        QCOMPARE(full.ddof, 0);
        QCOMPARE(full.seeds, 0);
        const auto& good = table.rows[1].cells.at(TaskId::MRPC).at("acc");
        QCOMPARE(good.ddof, 1);
        QCOMPARE(good.seeds, 3);
        QVERIFY(std::abs(*good.deviation - 0.1) < 1e-12);
        const auto text = text_of(table);
        QVERIFY2(has(text, "0.850 ± 0.010†") && has(text, "0.800 ± 0.100\n"), text.c_str());
        QVERIFY2(has(text, "(ddof 1)") && has(text, "† is the population standard deviation (ddof 0)"), text.c_str());
    }

    void one_kind_of_deviation_needs_no_mark() {
        const auto text = text_of(score_table({summary_of("no_mask", TaskId::RTE, "acc", {0.6, 0.02})}));
        QVERIFY2(has(text, "0.600 ± 0.020\n") && has(text, "± is the population") && !has(text, "†"), text.c_str());
    }

    void a_single_seed_and_the_majority_have_no_deviation() {
        const auto table = score_table({seeds_of("head_mlp", TaskId::RTE, "acc", {0.6}),
                                        summary_of("freq_baseline", TaskId::RTE, "acc", {0.527, 0.0})});
        QVERIFY(!table.rows[0].cells.at(TaskId::RTE).at("acc").deviation);
        QVERIFY(!table.rows[1].cells.at(TaskId::RTE).at("acc").deviation);
        const auto text = text_of(table);
        QVERIFY2(!has(text, "±") && has(text, "majority class  0.527"), text.c_str());
    }

    void the_papers_metrics_are_shown_and_all_are_exported() {
        ExperimentResults results;
        results.name = "no_mask";
        results.per_seed[TaskId::STSB] = {{1, {{"pearson", 0.8}, {"spearmanr", 0.7}, {"corr", 0.75}}}};
        results.per_seed[TaskId::MNLI] = {{1, {{"mnli_acc", 0.84}, {"mnli-mm_acc", 0.83}}}};
        const auto table = score_table({results});
        const auto text = text_of(table);
        QVERIFY2(has(text, "pearson") && has(text, "0.800") && !has(text, "0.750"), text.c_str());
        QVERIFY2(has(text, "0.840") && !has(text, "0.830"), text.c_str());
        const auto csv = csv_of(data_of(table));
        QVERIFY2(has(csv, "no_mask,full model,STS-B,corr,0.75,,,1,,,\n"), csv.c_str());
        QVERIFY2(has(csv, "no_mask,full model,MNLI,mnli-mm_acc,0.83,,,1,,,\n"), csv.c_str());
        const auto json = to_json(table);
        QCOMPARE(json.at("experiments")[0].at("tasks").at("STS-B").at("spearmanr").at("mean").get<double>(), 0.7);
        QVERIFY(json.at("experiments")[0].at("tasks").at("STS-B").at("spearmanr").at("std").is_null());
    }

    void degenerate_models_are_marked() {
        auto results = seeds_of("head_mlp_bad_1", TaskId::MRPC, "acc", {0.68, 0.70});
        results.predicted_share[TaskId::MRPC] = {{1, {{"0", 0.001}, {"1", 0.999}}}, {2, {{"0", 0.01}, {"1", 0.99}}}};
        const auto table = score_table({results});
        QCOMPARE(table.rows[0].cells.at(TaskId::MRPC).at("acc").degenerate_seeds, std::vector<std::uint64_t>{1});
        for (const auto& text : {text_of(table), markdown_of(table), latex_of(table)})
            QVERIFY2(has(text, "bad, pruned MRPC seed 1."), text.c_str());
        QVERIFY(has(text_of(table), "0.690 ± 0.014!"));
        QVERIFY(has(latex_of(table), "$0.690 \\pm 0.014^{!}$"));
        QVERIFY(has(csv_of(data_of(table)), ",1,2,0.56"));
        QVERIFY(has(csv_of(data_of(table)), ",1\n"));
        // t(0.975; 1) = 12.706
        auto intervals = table;
        intervals.shown = ShownSpread::Interval;
        QVERIFY2(has(text_of(intervals), "0.690 [0.563, 0.817]!"), text_of(intervals).c_str());
        QVERIFY(has(text_of(intervals), "95% confidence interval") && !has(text_of(intervals), "ddof"));
        QCOMPARE(to_json(table).at("experiments")[0].at("degenerate_seeds").at("MRPC").dump(), std::string("[1]"));
        QCOMPARE(degenerate_class({{"0", 0.99}, {"1", 0.01}}), std::string());
    }

    void columns_of_some_tasks() {
        const std::vector<ExperimentResults> results{seeds_of("no_mask", TaskId::MRPC, "acc", {0.8, 0.9}),
                                                     seeds_of("head_mlp", TaskId::RTE, "acc", {0.6, 0.7})};
        QCOMPARE(score_table(results).tasks.size(), std::size_t{2});
        const auto table = score_table(results, {TaskId::RTE});
        QCOMPARE(table.tasks, std::vector<TaskId>{TaskId::RTE});
        QCOMPARE(table.rows.size(), std::size_t{1});
        QVERIFY(score_table(results, {TaskId::CoLA}).rows.empty());
    }

    void columns_are_aligned() {
        const auto text =
            QString::fromStdString(text_of(score_table({seeds_of("no_mask", TaskId::MRPC, "acc", {0.8, 0.9}),
                                                        seeds_of("no_mask_of_mine", TaskId::RTE, "acc", {0.6, 0.7})})));
        const auto lines = text.split('\n');
        QCOMPARE(lines[0].indexOf("MRPC"), lines[1].indexOf("acc"));
        QCOMPARE(lines[2].indexOf("0.850"), lines[0].indexOf("MRPC"));
        QCOMPARE(lines[3].indexOf("0.650"), lines[0].indexOf("RTE"));
    }

    void formats() {
        const auto table = score_table({seeds_of("my_own", TaskId::CoLA, "mcc", {-0.1, 0.1}),
                                        seeds_of("head_mlp_super_bizzaro", TaskId::SST2, "acc", {0.5, 0.6})});
        QCOMPARE(QString::fromStdString(markdown_of(table)),
                 QString("| | CoLA mcc | SST-2 acc |\n|---|---:|---:|\n| super bad, pruned | | 0.550 ± 0.071 |\n"
                         "| my_own | 0.000 ± 0.141 | |\n\n± is the standard deviation over seeds (ddof 1).\n"));
        QCOMPARE(QString::fromStdString(latex_of(table)),
                 QString("\\begin{tabular}{lrr}\n\\toprule\n & CoLA & SST-2 \\\\\n & mcc & acc \\\\\n\\midrule\n"
                         "super bad, pruned &  & $0.550 \\pm 0.071$ \\\\\nmy\\_own & $0.000 \\pm 0.141$ &  \\\\\n"
                         "\\bottomrule\n\\end{tabular}\n% ± is the standard deviation over seeds (ddof 1).\n"));
    }

    void experiments_are_known_by_their_published_names() {
        QCOMPARE(all_experiments().size(), std::size_t{20});  // as many folders as are published
        for (const auto& experiment : all_experiments()) {
            QCOMPARE(find_experiment(experiment.name), &experiment);
            const bool retrained = experiment.name.ends_with("_retrained");
            QCOMPARE(experiment.label.ends_with("retrained"), retrained);
            if (retrained) {
                QCOMPARE(experiment.mask_kind, MaskKind::None);
                const auto* pruned = find_experiment(experiment.name.substr(0, experiment.name.size() - 10));
                QVERIFY(pruned != nullptr);
                QCOMPARE(experiment.models, pruned->masks);
            }
        }
        QVERIFY(find_experiment("no_such") == nullptr);
        QCOMPARE(experiment_label("no_such"), std::string("no_such"));
    }
};

QTEST_GUILESS_MAIN(TestResultsTable)
#include "tst_results_table.moc"
