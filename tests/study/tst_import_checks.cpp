// SPDX-License-Identifier: GPL-3.0-or-later
//
// Imports of folders in which something is wrong: it is told, and everything else is there.
#include <QTest>
#include <cmath>
#include <limits>

#include "core/study/import_run.h"
#include "tests/study/import_fixture.h"

using namespace lottery;
using namespace lottery::test;
namespace fs = std::filesystem;

class TestImportChecks : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { fixture_ = std::make_unique<ImportFixture>(); }

    // One thing is wrong; it is told, and everything else is there.
    void bad_files_are_skipped_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("place");
        QTest::addColumn<QString>("reason");
        const auto npy = [&](const Array& array) {
            const fs::path file = fixture_->root() / "made.npy";
            if (!write_npy(file, array)) qFatal("cannot write");
            return QByteArray::fromStdString(read_file(file).value());
        };
        init();
        const QString head = "masks/heads_mlps/SST-2/seed_42/head_mask.npy";
        const QString mlp = "masks/heads_mlps/SST-2/seed_42/mlp_mask.npy";
        const QString importance = "masks/heads_mlps/SST-2/seed_42/head_importance.npy";
        const QString scores = "evaluate_masked/head_mlp/baseline/results.json";
        const float nan = std::nanf("");
        const float infinity = std::numeric_limits<float>::infinity();
        Array one_wrong = filled({3, 2}, 1.0F);
        one_wrong.values[3] = 0.5F;
        QTest::newRow("a mask of halves") << head << npy(one_wrong) << "element [1, 1]"
                                          << "0.5 found, 0 or 1 expected";
        one_wrong.values[3] = nan;
        QTest::newRow("NaN in a mask") << head << npy(one_wrong) << "element [1, 1]"
                                       << "nan found, 0 or 1 expected";
        QTest::newRow("NaN in an MLP mask") << mlp << npy(filled({3}, nan)) << "element [0]"
                                            << "nan found, 0 or 1 expected";
        one_wrong.values[3] = -infinity;
        QTest::newRow("an infinite importance") << importance << npy(one_wrong) << "element [1, 1]"
                                                << "-inf found, a finite number or NaN expected";
        QTest::newRow("another model's heads") << head << npy(filled({3, 4}, 1.0F)) << ""
                                               << "shape [3, 4] found, [3, 2] expected";
        QTest::newRow("another model's layers") << mlp << npy(filled({6}, 1.0F)) << ""
                                                << "shape [6] found, [3] expected";
        QTest::newRow("a vector of heads") << head << npy(filled({6}, 1.0F)) << ""
                                           << "shape [6] found, [layers, heads] expected";
        QTest::newRow("a matrix of MLPs") << mlp << npy(filled({3, 1}, 1.0F)) << ""
                                          << "shape [3, 1] found, [layers] expected";
        QTest::newRow("no heads") << head << npy(filled({3, 0}, 1.0F)) << ""
                                  << "shape [3, 0] found, [layers, heads] expected";
        QTest::newRow("empty") << head << QByteArray() << ""
                               << "an empty file found, an array expected";
        QTest::newRow("truncated") << head << npy(filled({3, 2}, 1.0F)).chopped(5) << ""
                                   << "holds 19 bytes of data";
        QTest::newRow("truncated header") << head << npy(filled({3, 2}, 1.0F)).left(40) << ""
                                          << "ends inside the .npy header";
        QTest::newRow("complex numbers") << head << npy(filled({3, 2}, 1.0F)).replace("'<f4'", "'<c8'") << ""
                                         << "dtype '<c8' found; little-endian f4";
        QTest::newRow("other byte order") << head << npy(filled({3, 2}, 1.0F)).replace("'<f4'", "'>f4'") << ""
                                          << "dtype '>f4' found";
        QTest::newRow("text") << head << QByteArray("0 1 1\n") << ""
                              << "is not a .npy file";
        QTest::newRow("scores cut off") << scores << QByteArray("{\n\"RTE\": {\"acc\": [0.5,") << "line 2"
                                        << "is not valid JSON";
        QTest::newRow("no scores") << scores << QByteArray("{}") << ""
                                   << "an empty object found";
        QTest::newRow("an empty table") << scores << QByteArray() << ""
                                        << "is empty, JSON was expected";
        QTest::newRow("a list") << scores << QByteArray("[1, 2]") << ""
                                << "an object of tasks was expected, found array";
        QTest::newRow("scores of one run") << scores << QByteArray(R"({"RTE": {"acc": 0.5}})") << "RTE, acc"
                                           << "0.5 found, [mean, standard deviation] expected";
        QTest::newRow("scores without metrics") << scores << QByteArray(R"({"RTE": [0.5, 0.1]})") << "RTE"
                                                << "[0.5,0.1] found, {metric: [mean, standard deviation]} expected";
        QTest::newRow("words") << scores << QByteArray(R"({"RTE": {"acc": ["high", 0]}})") << "RTE"
                               << "does not hold scores";
        QTest::newRow("a negative deviation") << scores << QByteArray(R"({"RTE": {"acc": [0.5, -1]}})") << "RTE, acc"
                                              << "a standard deviation of -1 found";
        QTest::newRow("an unknown task") << scores << QByteArray(R"({"SQuAD": {"f1": [0.9, 0.1]}})") << ""
                                         << "unknown task \"SQuAD\"";
        QTest::newRow("scores per seed without seeds")
            << "evaluate_masked/head_mlp/per_seed.json" << QByteArray(R"({"RTE": {"first": {"acc": 0.5}}})") << "RTE"
            << "\"first\" found, a seed";
    }
    void bad_files_are_skipped() {
        QFETCH(QString, file);
        QFETCH(QByteArray, bytes);
        QFETCH(QString, place);
        QFETCH(QString, reason);
        auto expected = contents(fixture_->source());
        const std::string name = file.toStdString();
        expected.erase(name);
        QVERIFY_VALUE(write_file_atomically(fixture_->source() / name, bytes.toStdString()));
        ImportLog log;
        const auto report = run_import({fixture_->source(), fixture_->out()}, {}, log);
        QVERIFY_VALUE(report);
        QVERIFY2(report->skipped.size() == 1, listed(*report).c_str());
        QCOMPARE(report->skipped[0].file, name);
        QCOMPARE(report->skipped[0].place, place.toStdString());
        QVERIFY2(says(report->skipped[0].reason, reason.toStdString()), report->skipped[0].reason.c_str());
        QVERIFY(log.mentions(report->skipped[0].to_string()));
        auto copied = contents(fixture_->out());
        copied.erase("study.json");
        QCOMPARE(copied, expected);
        const auto run = read_json(fixture_->out() / "run.json");
        QVERIFY_VALUE(run);
        QCOMPARE(run->at("result").at("skipped")[0].at("file").get<std::string>(), name);
    }

    void missing_files_are_listed() {
        fs::remove(fixture_->source() / "masks/heads_mlps/SST-2/seed_42/mlp_mask.npy");
        fs::remove(fixture_->source() / "evaluate_masked/head_mlp/baseline/results.json");
        const auto report = fixture_->import();
        QVERIFY_VALUE(report);
        QVERIFY2(report->skipped.size() == 2, listed(*report).c_str());
        QCOMPARE(report->skipped[0].to_string(),
                 std::string("evaluate_masked/head_mlp: no scores found, baseline/results.json or per_seed.json "
                             "expected"));
        QCOMPARE(report->skipped[1].to_string(), std::string("masks/heads_mlps/SST-2/seed_42/mlp_mask.npy: no such "
                                                             "file; 2 of 3 runs of heads_mlps have one"));
        QCOMPARE(report->study.experiments, (std::vector<std::string>{"freq_baseline"}));
        QCOMPARE(report->mask_files, 11);
    }

    void folders_that_do_not_fit_are_listed_and_files_passed_over() {
        QVERIFY_VALUE(make_folder(fixture_->source() / "masks/heads_mlps/SQuAD/seed_1"));
        QVERIFY_VALUE(make_folder(fixture_->source() / "masks/heads_mlps/RTE/best"));
        QVERIFY_VALUE(make_folder(fixture_->source() / "masks/nothing"));
        fs::copy(fixture_->source() / "masks/heads_mlps/SST-2", fixture_->source() / "masks/heads_mlps/sst2",
                 fs::copy_options::recursive);
        for (const char* file :
             {"masks/README.md", "masks/heads_mlps/notes", "masks/heads_mlps/RTE/notes",
              "masks/heads_mlps/RTE/seed_42/search.json", "evaluate_masked/run.json", "evaluate_masked/head_mlp/notes"})
            QVERIFY_VALUE(write_file_atomically(fixture_->source() / file, "{}"));
        const auto report = fixture_->import();
        QVERIFY_VALUE(report);
        const std::string text = listed(*report);
        QVERIFY2(report->skipped.size() == 4, text.c_str());
        QVERIFY2(says(text, "masks/heads_mlps/SQuAD: unknown task \"SQuAD\""), text.c_str());
        QVERIFY2(says(text, "masks/heads_mlps/RTE/best: \"best\" found, seed_<N> expected"), text.c_str());
        QVERIFY2(says(text, "masks/nothing: no runs found"), text.c_str());
        QVERIFY2(says(text, "masks/heads_mlps/sst2/seed_42: another folder spells"), text.c_str());
        QCOMPARE(report->passed_over, 6);
        QCOMPARE(report->written, 20);
    }

    // As other people's folders spell them.
    void tasks_get_their_usual_spelling() {
        fs::rename(fixture_->source() / "masks/heads_mlps/SST-2", fixture_->source() / "masks/heads_mlps/sst2");
        const auto report = fixture_->import();
        QVERIFY_VALUE(report);
        QVERIFY2(report->skipped.empty(), listed(*report).c_str());
        QVERIFY(fs::exists(fixture_->out() / "masks/heads_mlps/SST-2/seed_42/head_mask.npy"));
        QVERIFY(!fs::exists(fixture_->out() / "masks/heads_mlps/sst2"));
    }

    void passes_of_a_search_and_neurons_are_taken() {
        const fs::path run = fixture_->source() / "masks/heads_mlps/RTE/seed_42";
        QVERIFY_VALUE(write_npy(run / "head_mask_0.npy", filled({3, 2}, 1.0F)));
        QVERIFY_VALUE(write_npy(run / "mlp_importance_12.npy", filled({3}, std::nanf(""))));
        QVERIFY_VALUE(write_npy(run / "neuron_mask.npy", filled({3, 5}, 1.0F)));
        QVERIFY_VALUE(write_npy(run / "head_mask_last.npy", filled({3, 2}, 1.0F)));
        const auto report = fixture_->import();
        QVERIFY_VALUE(report);
        QVERIFY2(report->skipped.empty(), listed(*report).c_str());
        QCOMPARE(report->written, 23);
        QCOMPARE(report->passed_over, 1);
        QVERIFY(fs::exists(fixture_->out() / "masks/heads_mlps/RTE/seed_42/neuron_mask.npy"));
    }

private:
    std::unique_ptr<ImportFixture> fixture_;
};

QTEST_GUILESS_MAIN(TestImportChecks)
#include "tst_import_checks.moc"
