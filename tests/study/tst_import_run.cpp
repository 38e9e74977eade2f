// SPDX-License-Identifier: GPL-3.0-or-later
//
// Imports of masks and scores: what is copied, what stands in the way, an import that was stopped, and the
// published files beside the project.
#include "core/study/import_run.h"

#include <QTest>
#include <cmath>
#include <limits>

#include "core/base/in_memory.h"
#include "core/study/results_files.h"
#include "core/study/study_tree.h"
#include "tests/study/import_fixture.h"
#include "tests/support/shared.h"

using namespace lottery;
using namespace lottery::test;
namespace fs = std::filesystem;

class TestImportRun : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { fixture_ = std::make_unique<ImportFixture>(); }

    void what_is_there_is_copied() {
        const auto report = fixture_->import();
        QVERIFY_VALUE(report);
        QCOMPARE(report->mask_files, 12);
        QCOMPARE(report->importance_files, 6);
        QCOMPARE(report->mask_runs, 6);
        QCOMPARE(report->result_files, 2);
        QCOMPARE(report->written, 20);
        QVERIFY2(report->skipped.empty(), listed(*report).c_str());
        QCOMPARE(report->study.files, 20);
        QCOMPARE(report->study.layers, 3);
        QCOMPARE(report->study.heads, 2);
        QCOMPARE(report->study.tasks, (std::vector<TaskId>{TaskId::SST2, TaskId::RTE}));
        QCOMPARE(report->study.seeds, (std::vector<std::uint64_t>{7, 42}));
        QCOMPARE(report->study.settings, (std::vector<std::string>{"heads_mlps", "heads_mlps_super_bizzaro"}));
        QCOMPARE(report->study.experiments, (std::vector<std::string>{"freq_baseline", "head_mlp"}));

        auto copied = contents(fixture_->out());
        QCOMPARE(copied.erase("study.json"), std::size_t{1});
        QCOMPARE(copied, contents(fixture_->source()));  // byte for byte, under the same names

        const auto study = read_reference_study(fixture_->out());
        QVERIFY_VALUE(study);
        QCOMPARE(*study, report->study);
        const auto run = read_json(fixture_->out() / "run.json");
        QVERIFY_VALUE(run);
        QCOMPARE(run->at("command").get<std::string>(), std::string("import"));
        QCOMPARE(run->at("inputs").at("sha256").get<std::string>(), study->sha256);
        const Json& hashes = run->at("inputs").at("files_sha256");
        QCOMPARE(hashes.size(), std::size_t{20});
        std::string list;
        for (const auto& [name, hash] : hashes.items()) {
            QCOMPARE(hash.get<std::string>(), sha256_of_file(fixture_->source() / name).value());
            list += hash.get<std::string>() + "  " + name + "\n";
        }
        QCOMPARE(sha256_of(list).value(), study->sha256);
    }

    void given_again_it_writes_nothing() {
        QVERIFY_VALUE(fixture_->import());
        const auto before = read_file(fixture_->out() / "run.json").value();
        const auto report = fixture_->import();
        QVERIFY_VALUE(report);
        QCOMPARE(report->written, 0);
        QCOMPARE(read_file(fixture_->out() / "run.json").value(), before);
    }

    void lost_and_changed_files_come_back() {
        QVERIFY_VALUE(fixture_->import());
        const auto before = contents(fixture_->out());
        fs::remove(fixture_->out() / "masks/heads_mlps/RTE/seed_42/head_mask.npy");
        QVERIFY_VALUE(write_file_atomically(fixture_->out() / "evaluate_masked/head_mlp/baseline/results.json", "{}"));
        const auto report = fixture_->import();
        QVERIFY_VALUE(report);
        QCOMPARE(report->written, 2);
        QCOMPARE(contents(fixture_->out()), before);
    }

    void stopped_anywhere_it_goes_on_data() {
        QTest::addColumn<int>("files");
        QTest::newRow("at once") << 0;
        QTest::newRow("after one file") << 1;
        QTest::newRow("in the middle") << 11;
        QTest::newRow("before the last") << 19;
    }
    void stopped_anywhere_it_goes_on() {
        QFETCH(int, files);
        const fs::path undisturbed = fixture_->root() / "undisturbed";
        ImportLog none;
        QVERIFY_VALUE(run_import({fixture_->source(), undisturbed}, {}, none));
        ImportLog log;
        log.stop_at = files;
        const auto stopped = run_import({fixture_->source(), fixture_->out()}, log.stop.get_token(), log);
        QVERIFY(stopped.cancelled());
        QVERIFY(!fs::exists(fixture_->out() / "run.json"));
        const auto unfinished = read_reference_study(fixture_->out());
        QVERIFY(!unfinished);
        QVERIFY2(says(unfinished.error().to_string(), "has not ended"), unfinished.error().to_string().c_str());
        // As a killed program leaves them; the other one's writer is alive (there is always a process 1).
        const fs::path part = fixture_->out() / "masks/heads_mlps/RTE/seed_42/head_mask.npy.part-999999999";
        QVERIFY_VALUE(write_file_atomically(part, "half"));
        const fs::path foreign = fixture_->out() / "masks/heads_mlps/RTE/seed_42/notes.txt.part-1";
        QVERIFY_VALUE(write_file_atomically(foreign, "mine"));

        const auto report = fixture_->import();
        QVERIFY_VALUE(report);
        QCOMPARE(report->written, 20 - files);
        QVERIFY(!fs::exists(part));
        QVERIFY(fs::remove(foreign));
        QCOMPARE(contents(fixture_->out()), contents(undisturbed));
        QVERIFY_VALUE(read_reference_study(fixture_->out()));
    }

    void killed_before_its_record() {
        QVERIFY_VALUE(write_file_atomically(fixture_->out() / "study.json.part-999999999", "half"));
        QVERIFY_VALUE(fixture_->import());
        QVERIFY(!fs::exists(fixture_->out() / "study.json.part-999999999"));
    }

    void models_of_any_size_data() {
        QTest::addColumn<int>("layers");
        QTest::addColumn<int>("heads");
        QTest::newRow("one head") << 1 << 1;
        QTest::newRow("6 × 12") << 6 << 12;
        QTest::newRow("24 × 16") << 24 << 16;
    }
    void models_of_any_size() {
        QFETCH(int, layers);
        QFETCH(int, heads);
        fixture_->write_source(layers, heads);
        const auto report = fixture_->import();
        QVERIFY_VALUE(report);
        QVERIFY2(report->skipped.empty(), listed(*report).c_str());
        QCOMPARE(report->study.layers, layers);
        QCOMPARE(report->study.heads, heads);
    }

    void either_half_alone() {
        fs::remove_all(fixture_->source() / "evaluate_masked");
        auto report = fixture_->import();
        QVERIFY_VALUE(report);
        QCOMPARE(report->result_files, 0);
        QCOMPARE(report->study.files, 18);
        fixture_->write_source(3, 2);
        fs::remove_all(fixture_->source() / "masks");
        ImportLog log;
        report = run_import({fixture_->source(), fixture_->root() / "scores"}, {}, log);
        QVERIFY_VALUE(report);
        QCOMPARE(report->mask_files, 0);
        QCOMPARE(report->study.layers, 0);
        QVERIFY(to_json(report->study).at("layers").is_null());
        QVERIFY_VALUE(read_reference_study(fixture_->root() / "scores"));
        QCOMPARE(report->study.tasks, (std::vector<TaskId>{TaskId::SST2, TaskId::RTE}));
    }

    void refused_data() {
        QTest::addColumn<QString>("published");
        QTest::addColumn<QString>("out");
        QTest::addColumn<QString>("said");
        QTest::newRow("no folder") << "nowhere"
                                   << "study"
                                   << "nowhere is not a folder";
        QTest::newRow("neither half") << "occupied"
                                      << "study"
                                      << "holds neither masks nor evaluate_masked";
        QTest::newRow("nothing good") << "bad"
                                      << "study"
                                      << "holds no file that can be imported; the first of 2: masks/heads/RTE";
        QTest::newRow("an occupied folder") << "source"
                                            << "occupied"
                                            << "the folder is not empty and holds no import";
        QTest::newRow("a study of one's own") << "source"
                                              << "plan"
                                              << "the folder is not empty and holds no import";
        QTest::newRow("another import") << "source"
                                        << "another"
                                        << "an import of other files, made from";
        QTest::newRow("a file") << "source"
                                << "occupied/notes.txt"
                                << "is a file, a folder was expected";
        QTest::newRow("itself") << "source"
                                << "source"
                                << "lies in the folder that is imported";
        QTest::newRow("inside itself") << "source"
                                       << "source/masks/imported"
                                       << "lies in the folder that is imported";
    }
    void refused() {
        QFETCH(QString, published);
        QFETCH(QString, out);
        QFETCH(QString, said);
        QVERIFY_VALUE(write_file_atomically(fixture_->root() / "occupied" / "notes.txt", "mine"));
        QVERIFY_VALUE(write_json(fixture_->root() / "plan" / "study.json", {{"format", 1}, {"tasks", {"RTE"}}}));
        QVERIFY_VALUE(write_file_atomically(fixture_->root() / "bad/masks/heads/RTE/seed_1/head_mask.npy", "no array"));
        QVERIFY_VALUE(write_file_atomically(fixture_->root() / "bad/masks/heads/RTE/seed_2/head_mask.npy", "no array"));
        fs::create_directories(fixture_->root() / "half");
        fs::copy(fixture_->source() / "evaluate_masked", fixture_->root() / "half" / "evaluate_masked",
                 fs::copy_options::recursive);
        ImportLog log;
        QVERIFY_VALUE(run_import({fixture_->root() / "half", fixture_->root() / "another"}, {}, log));
        const auto before = contents(fixture_->root());
        const auto report =
            run_import({fixture_->root() / published.toStdString(), fixture_->root() / out.toStdString()}, {}, log);
        QVERIFY(report.failed());
        QVERIFY2(says(report.error().to_string(), said.toStdString()), report.error().to_string().c_str());
        QCOMPARE(contents(fixture_->root()), before);
    }

    void published() {
        const fs::path folder = shared_folder() / "published";
        if (!fs::exists(folder))
            QSKIP(qPrintable(QString::fromStdString("no " + folder.string() + "; set LOTTERY_SHARED")));
        ImportLog log;
        const auto report = run_import({folder, fixture_->out()}, {}, log);
        QVERIFY_VALUE(report);
        QVERIFY2(report->skipped.empty(), listed(*report).c_str());
        QCOMPARE(report->mask_files, 45 * (1 + 6 * 2));    // of heads alone; six settings with MLPs
        QCOMPARE(report->importance_files, 45 * (1 + 2));  // of the two settings that were searched
        QCOMPARE(report->mask_runs, 7 * 45);
        QCOMPARE(report->result_files, 20);
        QCOMPARE(report->study.tasks.size(), std::size_t{9});
        QCOMPARE(report->study.seeds, (std::vector<std::uint64_t>{42, 71, 86, 166, 1337}));
        QCOMPARE(report->study.settings.size(), std::size_t{7});
        QCOMPARE(report->study.layers, 12);
        QCOMPARE(report->study.heads, 12);
        auto copied = contents(fixture_->out());
        copied.erase("study.json");
        for (const auto& [name, bytes] : copied) QCOMPARE(read_file(folder / name).value(), bytes);
        const auto results = read_results(fixture_->out());
        QVERIFY_VALUE(results);
        QCOMPARE(results->size(), std::size_t{20});
        const auto runs = list_runs(fixture_->out() / "masks" / "heads_mlps_super_midling");
        QVERIFY_VALUE(runs);
        QCOMPARE(runs->size(), std::size_t{45});
    }

private:
    std::unique_ptr<ImportFixture> fixture_;
};

QTEST_GUILESS_MAIN(TestImportRun)
#include "tst_import_run.moc"
