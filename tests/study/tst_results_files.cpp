// SPDX-License-Identifier: GPL-3.0-or-later
//
// Scores on disk: written and read back, damaged files, and the published results beside the project.
#include "core/study/results_files.h"

#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "core/analysis/results_table.h"
#include "core/base/file.h"
#include "tests/support/goldens.h"
#include "tests/support/shared.h"

using namespace lottery;
using namespace lottery::test;
namespace fs = std::filesystem;

class TestResultsFiles : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { folder_ = std::make_unique<QTemporaryDir>(); }

    void written_and_read_back() {
        ExperimentResults results;
        results.name = "head_mlp";
        results.per_seed[TaskId::MRPC] = {{42, {{"acc", 0.7}, {"f1", 0.8}}}, {1337, {{"acc", 0.9}, {"f1", 0.6}}}};
        results.per_seed[TaskId::STSB] = {{42, {{"pearson", std::nan("")}}}, {1337, {{"pearson", 0.5}}}};
        results.summary[TaskId::RTE] = {{"acc", {0.57, 0.03}}};  // known by its summary alone
        QVERIFY_VALUE(write_experiment(root() / "head_mlp", results));
        const auto json = read_json(root() / "head_mlp" / "baseline" / "results.json");
        QVERIFY_VALUE(json);
        QVERIFY(std::abs((*json)["MRPC"]["acc"][0].get<double>() - 0.8) < 1e-12);
        QVERIFY(std::abs((*json)["MRPC"]["acc"][1].get<double>() - 0.1) < 1e-12);  // population
        QCOMPARE((*json)["STS-B"]["pearson"][0].get<double>(), 0.25);              // NaN counts as 0
        QCOMPARE((*json)["RTE"]["acc"].dump(), std::string("[0.57,0.03]"));
        const auto back = read_experiment(root() / "head_mlp");
        QVERIFY_VALUE(back);
        QCOMPARE(back->name, std::string("head_mlp"));
        QCOMPARE(back->per_seed.at(TaskId::MRPC), results.per_seed.at(TaskId::MRPC));
        QVERIFY(std::isnan(back->per_seed.at(TaskId::STSB).at(42).at("pearson")));
        QVERIFY(!back->per_seed.contains(TaskId::RTE));
    }

    void sizes_and_predictions_are_read_where_they_were_recorded() {
        ExperimentResults results;
        results.name = "head_mlp";
        results.per_seed[TaskId::RTE] = {{42, {{"acc", 0.7}}}, {86, {{"acc", 0.6}}}};
        QVERIFY_VALUE(write_experiment(root() / "head_mlp", results));
        QVERIFY_VALUE(write_file_atomically(
            root() / "head_mlp" / "evaluations.json",
            R"({"evaluations": {"RTE": {"42": {"predicted_share": {"entailment": 0.25}, "parameters_kept_share": 0.5},
                                        "86": {"predicted_share": {}}}}})"));
        const auto back = read_experiment(root() / "head_mlp");
        QVERIFY_VALUE(back);
        QCOMPARE(back->predicted_share.at(TaskId::RTE).at(42), (ClassShares{{"entailment", 0.25}}));
        QCOMPARE(back->kept_share.at(TaskId::RTE), (std::map<std::uint64_t, double>{{42, 0.5}}));
    }

    void majority_keeps_other_tasks() {
        QVERIFY_VALUE(write_majority(root(), {{TaskId::MRPC, {{"acc", 0.68}, {"f1", 0.81}}}}));
        QVERIFY_VALUE(write_majority(root(), {{TaskId::RTE, {{"acc", 0.53}}}}));
        const auto back = read_experiment(root() / "freq_baseline");
        QVERIFY_VALUE(back);
        QCOMPARE(back->summary.at(TaskId::MRPC).at("acc").mean, 0.68);
        QCOMPARE(back->summary.at(TaskId::RTE).at("acc").deviation, 0.0);
    }

    void a_studys_own_folder_is_read() {
        QVERIFY_VALUE(write_majority(root() / "evaluate_masked", {{TaskId::RTE, {{"acc", 0.53}}}}));
        const auto results = read_results(root());
        QVERIFY_VALUE(results);
        QCOMPARE(results->front().name, std::string("freq_baseline"));
    }

    void damaged_files_are_named_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("said");
        QTest::newRow("no JSON") << "baseline/results.json"
                                 << "{"
                                 << "results.json:1";
        QTest::newRow("an array") << "baseline/results.json"
                                  << "[]"
                                  << "an object of tasks";
        QTest::newRow("an unknown task") << "baseline/results.json"
                                         << R"({"SQuAD": {"f1": [1, 0]}})"
                                         << "SQuAD";
        QTest::newRow("no pair") << "baseline/results.json"
                                 << R"({"RTE": {"acc": [1]}})"
                                 << "RTE, acc";
        QTest::newRow("words") << "baseline/results.json"
                               << R"({"RTE": {"acc": ["a", 0]}})"
                               << "RTE";
        QTest::newRow("no seed") << "per_seed.json"
                                 << R"({"RTE": {"first": {"acc": 1}}})"
                                 << "\"first\" found, a seed";
        QTest::newRow("no numbers") << "per_seed.json"
                                    << R"({"RTE": {"42": {"acc": "high"}}})"
                                    << "per_seed.json, RTE";
        QTest::newRow("no evaluations") << "evaluations.json"
                                        << "{}"
                                        << "evaluations";
        QTest::newRow("no shares") << "evaluations.json"
                                   << R"({"evaluations": {"RTE": {"42": {}}}})"
                                   << "evaluations.json, RTE";
        QTest::newRow("a size in words") << "evaluations.json"
                                         << R"({"evaluations": {"RTE": {"42": {"predicted_share": {},
                                                "parameters_kept_share": "half"}}}})"
                                         << "evaluations.json, RTE";
    }
    void damaged_files_are_named() {
        QFETCH(QString, file);
        QFETCH(QString, text);
        QFETCH(QString, said);
        QVERIFY_VALUE(write_file_atomically(root() / "no_mask" / file.toStdString(), text.toStdString()));
        const auto results = read_results(root());
        QVERIFY(!results);
        const auto message = QString::fromStdString(results.error().to_string());
        QVERIFY2(message.contains(said) && message.contains(file.section('/', -1)), qPrintable(message));
    }

    void folders_without_scores_data() {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("said");
        QTest::newRow("missing") << "nowhere"
                                 << "no such folder";
        QTest::newRow("empty") << ""
                               << "no scores found";
    }
    void folders_without_scores() {
        QFETCH(QString, folder);
        QFETCH(QString, said);
        const auto results = read_results(root() / folder.toStdString());
        QVERIFY(!results);
        QVERIFY(QString::fromStdString(results.error().to_string()).contains(said));
    }

    // All that was published, as a table like the paper's: its figures, to the digits they are printed with.
    void published() {
        const fs::path folder = shared_folder() / "published" / "evaluate_masked";
        if (!fs::exists(folder))
            QSKIP(qPrintable(QString::fromStdString("no " + folder.string() + "; set LOTTERY_SHARED")));
        const auto results = read_results(folder);
        QVERIFY_VALUE(results);
        QCOMPARE(results->size(), std::size_t{20});
        const auto table = score_table(*results);
        QCOMPARE(table.tasks.size(), std::size_t{9});
        for (const auto& row : table.rows) {
            QCOMPARE(row.cells.size(), std::size_t{9});
            QVERIFY2(row.label != row.name, row.name.c_str());  // every published experiment is known
        }
        const auto text = QString::fromStdString(text_of(table));
        const auto line = [&](const char* label) {
            for (const auto& l : text.split('\n'))
                if (l.startsWith(label)) return l;
            return QString();
        };
        QVERIFY(line("majority class").contains("0.024") && !line("majority class").contains("±"));
        QVERIFY2(line("good, pruned").contains("0.511 ± 0.007"), qPrintable(text));
        QVERIFY2(line("good, pruned").contains("0.764 ± 0.003"), qPrintable(text));
        QVERIFY(text.contains("± is the population standard deviation (ddof 0)"));
    }

private:
    [[nodiscard]] fs::path root() const { return folder_->path().toStdString(); }

    std::unique_ptr<QTemporaryDir> folder_;
};

QTEST_GUILESS_MAIN(TestResultsFiles)
#include "tst_results_files.moc"
