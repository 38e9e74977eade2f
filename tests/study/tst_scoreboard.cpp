// SPDX-License-Identifier: GPL-3.0-or-later
//
// Ours against published, from folders: the number of seeds behind summaries, the checklist of a study, and the
// published results against themselves.
#include "core/study/scoreboard.h"

#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "core/base/file.h"
#include "core/study/import_run.h"
#include "core/study/results_files.h"
#include "tests/study/import_fixture.h"
#include "tests/support/shared.h"

using namespace lottery;
using namespace lottery::test;
namespace fs = std::filesystem;

class TestScoreboard : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        fixture_ = std::make_unique<ImportFixture>();
        QVERIFY_VALUE(fixture_->import());  // seeds 7 and 42
        ExperimentResults ours;
        ours.name = "head_mlp";
        ours.per_seed[TaskId::RTE] = {{42, {{"acc", 0.55}}}, {1337, {{"acc", 0.59}}}, {86, {{"acc", 0.57}}}};
        QVERIFY_VALUE(write_experiment(study() / "evaluate_masked" / "head_mlp", ours));
    }

    void seeds_behind_summaries_data() {
        QTest::addColumn<QString>("published");
        QTest::addColumn<int>("asked");  // 0: not
        QTest::addColumn<int>("seeds");
        QTest::newRow("imported") << "study" << 0 << 2;
        QTest::newRow("imported, its scores") << "study/evaluate_masked" << 0 << 2;
        QTest::newRow("imported, a slash behind") << "study/evaluate_masked/" << 0 << 2;
        QTest::newRow("as published") << "source" << 0 << 5;
        QTest::newRow("asked for") << "study" << 7 << 7;
    }
    void seeds_behind_summaries() {
        QFETCH(QString, published);
        QFETCH(int, asked);
        QFETCH(int, seeds);
        ScoreboardRequest request{study(), fixture_->root() / published.toStdString()};
        if (asked > 0) request.summary_seeds = asked;
        const auto board = read_scoreboard(request);
        QVERIFY_VALUE(board);
        const auto cell = std::ranges::find_if(
            board->cells, [](const ComparedCell& c) { return c.experiment == "head_mlp" && c.task == TaskId::RTE; });
        QVERIFY(cell != board->cells.end());
        QCOMPARE(cell->published.seeds, seeds);
        QCOMPARE(cell->ours.seeds, 3);
        QCOMPARE(cell->grounds, Grounds::Test);
    }

    void a_study_has_a_checklist() {
        const auto masks = fixture_->source() / "masks";
        fs::copy(masks, study() / "masks", fs::copy_options::recursive);
        QVERIFY_VALUE(write_npy(study() / "masks/heads_mlps/RTE/seed_42/head_importance_0.npy", filled({3, 2}, 1.0F)));
        QVERIFY_VALUE(write_file_atomically(study() / "models/finetuned/RTE/seed_42/config.json", "{}"));
        const auto contents = look_into_study(study());
        QVERIFY_VALUE(contents);
        QCOMPARE(contents->masks.at("heads_mlps").size(), std::size_t{3});
        QCOMPARE(contents->histories.at("heads_mlps"), (SeedPlaces{{TaskId::RTE, 42}}));
        QCOMPARE(contents->models.at("finetuned"), (SeedPlaces{{TaskId::RTE, 42}}));
        QCOMPARE(contents->scores.at("head_mlp").size(), std::size_t{3});
        QVERIFY(contents->summaries.empty());
        auto board = read_scoreboard({study(), fixture_->out()});
        QVERIFY_VALUE(board);
        const auto overlap = std::ranges::find(board->items, "overlap", [](const ItemState& s) { return s.item->id; });
        QVERIFY(overlap != board->items.end());
        QCOMPARE(overlap->needed, 45);
        QCOMPARE(overlap->present, 2);  // seed 7 is none of the paper's
        // A folder of scores that lies in no study has none.
        fs::copy(study() / "evaluate_masked", fixture_->root() / "scores", fs::copy_options::recursive);
        board = read_scoreboard({fixture_->root() / "scores", fixture_->out()});
        QVERIFY_VALUE(board);
        QVERIFY(board->items.empty());
    }

    void failures_data() {
        QTest::addColumn<QString>("ours");
        QTest::addColumn<QString>("published");
        QTest::addColumn<QString>("said");
        QTest::newRow("no scores of ours") << "nowhere"
                                           << "study"
                                           << "nowhere: no such folder";
        QTest::newRow("nothing published") << "own"
                                           << "nowhere"
                                           << "nowhere: no such folder";
        QTest::newRow("an unfinished import") << "own"
                                              << "unfinished"
                                              << "the import into this folder has not ended";
    }
    void failures() {
        QFETCH(QString, ours);
        QFETCH(QString, published);
        QFETCH(QString, said);
        fs::copy(fixture_->out(), fixture_->root() / "unfinished", fs::copy_options::recursive);
        fs::remove(fixture_->root() / "unfinished" / "run.json");
        const auto board =
            read_scoreboard({fixture_->root() / ours.toStdString(), fixture_->root() / published.toStdString()});
        QVERIFY(!board);
        QVERIFY2(says(board.error().to_string(), said.toStdString()), board.error().to_string().c_str());
        const auto other_tasks = read_scoreboard({study(), fixture_->out(), {TaskId::CoLA}});
        QVERIFY(!other_tasks);
        QVERIFY(says(other_tasks.error().to_string(), "no scores of these tasks"));
    }

    // Every cell agrees with itself, on every ground that there is.
    void published_against_itself() {
        const fs::path folder = shared_folder() / "published";
        if (!fs::exists(folder))
            QSKIP(qPrintable(QString::fromStdString("no " + folder.string() + "; set LOTTERY_SHARED")));
        const auto board = read_scoreboard({folder, folder});
        QVERIFY_VALUE(board);
        QCOMPARE(board->cells.size(), std::size_t{20 * 16});  // experiments × metrics of nine tasks
        const auto counts = count_verdicts(board->cells, board->options);
        QCOMPARE(counts.agrees, 20 * 9 - 1);
        QCOMPARE(counts.differs, 0);
        QCOMPARE(counts.not_comparable, 1);  // STS-B's majority is a draw
        for (const auto& cell : board->cells) {
            QCOMPARE(*cell.difference, 0.0);
            if (!cell.test) continue;
            QVERIFY(std::abs(cell.test->p_value - 1.0) < 1e-12);
            QVERIFY(std::abs(cell.test->low + cell.test->high) < 1e-12);
            QVERIFY(std::abs(cell.test->degrees_of_freedom - 8.0) < 1e-9);
            QCOMPARE(cell.published.seeds, 5);
        }
        // Constants over seeds, RTE's by its deviation of 5.6e-17: eight of the majority, 9 of subnetworks.
        QCOMPARE(counts.agrees - counts.tested, 17);
        const auto item = std::ranges::find(board->items, "tables", [](const ItemState& s) { return s.item->id; });
        QVERIFY(item->complete());
    }

private:
    [[nodiscard]] fs::path study() const { return fixture_->root() / "own"; }

    std::unique_ptr<ImportFixture> fixture_;
};

QTEST_GUILESS_MAIN(TestScoreboard)
#include "tst_scoreboard.moc"
