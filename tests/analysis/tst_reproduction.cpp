// SPDX-License-Identifier: GPL-3.0-or-later
//
// Ours against published: which test decides and on what grounds, what counts, and the tables.
#include "core/analysis/reproduction.h"

#include <QTest>
#include <cmath>

#include "core/analysis/experiments.h"
#include "core/analysis/reproduction_items.h"
#include "core/analysis/reproduction_table.h"
#include "core/figures/writers.h"
#include "tests/analysis/scores.h"

using namespace lottery;
using namespace lottery::test;

namespace {

const double kNaN = std::nan("");

}  // namespace

class TestReproduction : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // The published deviation is of the population and becomes that of a sample of five. p and interval: scipy 1.17,
    // ttest_ind([0.81, 0.83, 0.84], …) in the form ttest_ind_from_stats(mean, std, 3, 0.8392156862745098,
    // 0.00768842506929317 * sqrt(5 / 4), 5, equal_var=False); the interval's bounds from statsmodels'
    // _tconfint_generic.
    void a_published_deviation_becomes_that_of_a_sample() {
        const auto cells =
            compare_results({seeds_of("no_mask", TaskId::MRPC, "acc", {0.81, 0.83, 0.84})},
                            {summary_of("no_mask", TaskId::MRPC, "acc", {0.8392156862745098, 0.00768842506929317})});
        QCOMPARE(cells.size(), std::size_t{1});
        const auto& cell = cells[0];
        QVERIFY(cell.shown);
        QCOMPARE(cell.ours.seeds, 3);
        QVERIFY(!cell.ours.summary);
        QCOMPARE(cell.published.seeds, 5);
        QVERIFY(cell.published.summary);
        QVERIFY(std::abs(cell.published.deviation - 0.00768842506929317 * std::sqrt(1.25)) < 1e-15);
        QVERIFY(cell.test.has_value());
        QVERIFY(std::abs(cell.test->p_value - 0.2895222814334024) < 1e-9);
        QVERIFY(std::abs(cell.test->low + 0.04456910969933936) < 1e-12);
        QVERIFY(std::abs(cell.test->high - 0.01947107048365304) < 1e-12);
        QCOMPARE(cell.verdict, Verdict::Agrees);
        QCOMPARE(cell.grounds, Grounds::Test);
        // The same numbers behind twenty seeds differ in what they can show.
        ComparisonOptions many;
        many.seeds_behind_published = 20;
        const auto more = compare_results(
            {seeds_of("no_mask", TaskId::MRPC, "acc", {0.81, 0.83, 0.84})},
            {summary_of("no_mask", TaskId::MRPC, "acc", {0.8392156862745098, 0.00768842506929317})}, many);
        QVERIFY(more[0].published.deviation < cell.published.deviation);
        QVERIFY(more[0].test->p_value != cell.test->p_value);
    }

    void verdicts_data() {
        QTest::addColumn<QList<double>>("ours");
        QTest::addColumn<QList<double>>("published");
        QTest::addColumn<Verdict>("verdict");
        QTest::addColumn<Grounds>("grounds");
        QTest::addColumn<QString>("why");
        using List = QList<double>;
        QTest::newRow("alike") << List{0.81, 0.83, 0.84} << List{0.82, 0.84, 0.83} << Verdict::Agrees << Grounds::Test
                               << "";
        QTest::newRow("apart") << List{0.71, 0.73, 0.72} << List{0.82, 0.84, 0.83} << Verdict::Differs << Grounds::Test
                               << "";
        QTest::newRow("one side constant")
            << List{0.5, 0.5, 0.5} << List{0.49, 0.5, 0.52} << Verdict::Agrees << Grounds::Test << "";
        QTest::newRow("equal constants") << List{0.5, 0.5} << List{0.5, 0.5, 0.5} << Verdict::Agrees
                                         << Grounds::NoSpread << "equal constants";
        QTest::newRow("unequal constants")
            << List{0.5, 0.5} << List{0.6, 0.6} << Verdict::Differs << Grounds::NoSpread << "unequal constants";
        // 1/3 added up five times has a deviation of rounding alone.
        QTest::newRow("constants of rounded sums")
            << List{1 / 3., 1 / 3., 1 / 3., 1 / 3., 1 / 3.} << List{1 / 3., 1 / 3. + 1e-16, 1 / 3.} << Verdict::Agrees
            << Grounds::NoSpread << "equal constants";
        QTest::newRow("a single seed of ours")
            << List{0.5} << List{0.5, 0.6} << Verdict::NotComparable << Grounds::TooFewSeeds << "fewer than two seeds";
        QTest::newRow("a single seed of theirs")
            << List{0.5, 0.6} << List{0.5} << Verdict::NotComparable << Grounds::TooFewSeeds << "fewer than two seeds";
        QTest::newRow("undefined for one seed") << List{0.5, kNaN, 0.6} << List{0.5, 0.6} << Verdict::NotComparable
                                                << Grounds::Undefined << "undefined for 1 of 3 seeds";
        QTest::newRow("undefined for all") << List{0.5, 0.6} << List{kNaN, kNaN} << Verdict::NotComparable
                                           << Grounds::Undefined << "undefined for 2 of 2 seeds";
        QTest::newRow("not evaluated") << List{} << List{0.5, 0.6} << Verdict::NotComparable << Grounds::NotEvaluated
                                       << "not evaluated";
        QTest::newRow("not published") << List{0.5, 0.6} << List{} << Verdict::NotComparable << Grounds::NotPublished
                                       << "not published";
    }
    void verdicts() {
        QFETCH(QList<double>, ours);
        QFETCH(QList<double>, published);
        QFETCH(Verdict, verdict);
        QFETCH(Grounds, grounds);
        QFETCH(QString, why);
        const auto side = [](const QList<double>& values) {
            std::vector<ExperimentResults> results;
            if (!values.empty())
                results.push_back(seeds_of("head_mlp", TaskId::RTE, "acc", {values.begin(), values.end()}));
            return results;
        };
        const auto cells = compare_results(side(ours), side(published));
        QCOMPARE(cells.size(), std::size_t{1});
        QCOMPARE(cells[0].verdict, verdict);
        QCOMPARE(cells[0].grounds, grounds);
        QCOMPARE(cells[0].test.has_value(), grounds == Grounds::Test);
        QCOMPARE(QString::fromStdString(explanation(cells[0])), why);
        const auto counts = count_verdicts(cells, {});
        QCOMPARE(counts.agrees + counts.differs + counts.not_comparable, 1);
        QCOMPARE(counts.differs, verdict == Verdict::Differs ? 1 : 0);
        QCOMPARE(counts.tested, grounds == Grounds::Test ? 1 : 0);
        QCOMPARE(counts.not_evaluated, grounds == Grounds::NotEvaluated ? 1 : 0);
        QCOMPARE(counts.expected_by_chance, 0.05 * counts.tested);
    }

    void the_mean_is_over_seeds_that_have_one() {
        const auto cells = compare_results({seeds_of("head_mlp", TaskId::STSB, "pearson", {0.5, kNaN, 0.6})},
                                           {summary_of("head_mlp", TaskId::STSB, "pearson", {0.5, 0.1})});
        QCOMPARE(cells[0].ours.seeds, 2);
        QCOMPARE(cells[0].ours.undefined, 1);
        QVERIFY(std::abs(cells[0].ours.mean - 0.55) < 1e-12);
    }

    // Constants that have no seeds, but for regression, where it is a draw.
    void the_majority_class_is_compared_by_equality() {
        const auto compare = [](TaskId task, const char* metric, double ours, double published) {
            return compare_results({summary_of("freq_baseline", task, metric, {ours, 0.0})},
                                   {summary_of("freq_baseline", task, metric, {published, 0.0})})[0];
        };
        const auto equal = compare(TaskId::RTE, "acc", 0.5270758122743683, 0.5270758122743682);
        QCOMPARE(equal.verdict, Verdict::Agrees);
        QCOMPARE(equal.grounds, Grounds::NoSpread);
        QCOMPARE(equal.ours.seeds, 1);
        QVERIFY(!equal.published.summary);
        QCOMPARE(compare(TaskId::RTE, "acc", 0.527, 0.528).verdict, Verdict::Differs);
        const auto drawn = compare(TaskId::STSB, "pearson", -0.01, 0.024);
        QCOMPARE(drawn.verdict, Verdict::NotComparable);
        QCOMPARE(drawn.grounds, Grounds::RandomDraw);
    }

    void cells_are_those_of_both_sides_in_table_order() {
        const std::vector<ExperimentResults> ours{seeds_of("my_own", TaskId::RTE, "acc", {0.5, 0.6}),
                                                  seeds_of("no_mask", TaskId::MRPC, "f1", {0.8, 0.9})};
        const std::vector<ExperimentResults> published{seeds_of("head_mlp", TaskId::CoLA, "mcc", {0.1, 0.2}),
                                                       seeds_of("no_mask", TaskId::MRPC, "acc", {0.8, 0.9})};
        const auto cells = compare_results(ours, published);
        std::vector<std::string> found;
        for (const auto& cell : cells)
            found.push_back(cell.experiment + " " + std::string(task_info(cell.task).name) + " " + cell.metric);
        QCOMPARE(found, (std::vector<std::string>{"no_mask MRPC acc", "no_mask MRPC f1", "head_mlp CoLA mcc",
                                                  "my_own RTE acc"}));
        QVERIFY(cells[0].shown && !cells[1].shown);
        // Counts are of what tables show.
        QCOMPARE(count_verdicts(cells, {}).not_comparable, 3);
        ComparisonOptions options;
        options.tasks = {TaskId::RTE};
        QCOMPARE(compare_results(ours, published, options).size(), std::size_t{1});
    }

    void tables() {
        auto published = summary_of("head_mlp", TaskId::STSB, "pearson", {0.8, 0.009});
        published.summary[TaskId::RTE]["acc"] = {0.57, 0.03};
        Scoreboard board;
        board.cells = compare_results({seeds_of("no_mask", TaskId::MRPC, "acc", {0.71, 0.73, 0.72}),
                                       seeds_of("head_mlp", TaskId::STSB, "pearson", {kNaN, kNaN})},
                                      {summary_of("no_mask", TaskId::MRPC, "acc", {0.83, 0.01}), published});
        const auto text = text_of(board);
        QVERIFY2(has(text, "ours (n)") && has(text, "difference [95%]"), text.c_str());
        QVERIFY2(has(text, "full model    MRPC   acc      0.720 ± 0.010 (3)  0.830 ± 0.011 (5†)  -0.110 [-0.1"),
                 text.c_str());
        QVERIFY2(has(text, "<0.001  differs\n"), text.c_str());
        QVERIFY2(has(text, "not comparable: undefined for 2 of 2 seeds"), text.c_str());
        QVERIFY2(has(text, "not comparable: not evaluated"), text.c_str());
        QVERIFY2(has(text,
                     "0 agree, 1 differ, 2 are not comparable (1 of them not evaluated). 1 tested; where nothing "
                     "differs, about 0.1 of them would by chance."),
                 text.c_str());
        QVERIFY2(has(text, "† mean and population standard deviation alone are known"), text.c_str());
        QVERIFY(text.ends_with("\n"));
        const auto markdown = markdown_of(board);
        QVERIFY2(
            markdown.starts_with("| experiment | task | metric | ours (n) | published (n) | difference [95%] | p | "
                                 "verdict |\n|---|---|---|---:|---:|---:|---:|---:|\n"),
            markdown.c_str());
        const auto csv = csv_of(data_of(board));
        QVERIFY2(has(csv, "head_mlp,\"good, pruned\",STS-B,pearson,,,0,0.8,"), csv.c_str());
        QVERIFY2(has(csv, ",not comparable,undefined\n"), csv.c_str());
        const auto json = to_json(board);
        QCOMPARE(json.at("counts").at("differs").get<int>(), 1);
        const auto& cell = json.at("cells")[0];
        QCOMPARE(cell.at("verdict").get<std::string>(), std::string("differs"));
        QCOMPARE(cell.at("grounds").get<std::string>(), std::string("welch_test"));
        QCOMPARE(cell.at("interval").size(), std::size_t{2});
        QVERIFY(cell.at("p_value").get<double>() < 0.001);
        QVERIFY(json.at("cells")[1].at("ours").is_null() || json.at("cells")[2].at("ours").is_null());
    }

    void small_differences_have_no_sign() {
        Scoreboard board;
        board.cells = compare_results({seeds_of("no_mask", TaskId::RTE, "acc", {0.5, 0.6})},
                                      {seeds_of("no_mask", TaskId::RTE, "acc", {0.5, 0.6 + 1e-7})});
        QVERIFY2(has(text_of(board), " 0.000 [") && !has(text_of(board), "-0.000"), text_of(board).c_str());
    }

    void items_know_what_they_need() {
        std::set<std::string_view> ids;
        for (const auto& item : all_reproduction_items()) {
            QVERIFY2(ids.insert(item.id).second, std::string(item.id).c_str());
            QVERIFY(!item.title.empty() && !item.needs.empty());
            for (const auto& need : item.needs)
                for (const auto& names : need.folders) {
                    QVERIFY(!names.empty());
                    if (need.kind == NeedKind::Scores) QVERIFY(find_experiment(names.front()) != nullptr);
                }
            QCOMPARE(item.compared, item.needs.front().kind == NeedKind::Scores);
        }
        const auto state_of = [](const std::vector<ItemState>& states, std::string_view id) {
            return *std::ranges::find(states, id, [](const ItemState& s) { return s.item->id; });
        };
        const std::vector<TaskId> tasks{TaskId::RTE, TaskId::MNLI};
        const std::vector<std::uint64_t> seeds{42, 86, 71};
        StudyContents contents;
        auto states = item_states(contents, tasks, seeds);
        QCOMPARE(states.size(), all_reproduction_items().size());
        const auto overlap = state_of(states, "overlap");
        QCOMPARE(overlap.needed, 6);
        QCOMPARE(overlap.present, 0);
        QCOMPARE(to_string(overlap.missing.front()), std::string("masks/heads_mlps/RTE/seed_42"));
        QCOMPARE(state_of(states, "evaluation-heads-mlps").needed, 7 * 6);  // the full model, three pairs
        QCOMPARE(state_of(states, "tables").needed, 19 * 6);
        QCOMPARE(state_of(states, "hans").needed, 3);  // MNLI alone

        for (const auto task : tasks)
            for (const auto seed : seeds) contents.masks["heads_mlps"].emplace(task, seed);
        contents.weight_masks["global_magnitude"].emplace(TaskId::RTE, 42);  // its other name
        contents.scores["no_mask"].emplace(TaskId::RTE, 42);
        contents.scores["no_mask"].emplace(TaskId::RTE, 1000);  // not of this study
        contents.summaries["head_mlp"].insert(TaskId::MNLI);    // of all seeds
        states = item_states(contents, tasks, seeds);
        QVERIFY(state_of(states, "overlap").complete());
        QVERIFY(state_of(states, "overlap").missing.empty());
        QCOMPARE(state_of(states, "survival-heads").present, 0);
        QCOMPARE(state_of(states, "survival-magnitude").present, 1);
        QCOMPARE(state_of(states, "evaluation-heads-mlps").present, 1 + 3);
        QCOMPARE(paper_tasks().size() * paper_seeds().size(), std::size_t{45});
    }
};

QTEST_GUILESS_MAIN(TestReproduction)
#include "tst_reproduction.moc"
