// SPDX-License-Identifier: GPL-3.0-or-later
//
// HANS runs that do not end well, and what a request may hold. Counts are tested from the terminal
// (tests/cli/test_hans.py).
#ifndef Q_MOC_RUN  // moc need not read LibTorch
#include "core/model/bert.h"
#endif

#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "core/base/file.h"
#include "core/study/hans_run.h"
#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;
namespace fs = std::filesystem;

class TestHansRun : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    [[nodiscard]] fs::path path(const std::string& name) const { return fs::path(folder_.path().toStdString()) / name; }

    [[nodiscard]] HansRequest request() const {
        HansRequest r;
        r.checkpoint = golden_folder("bert/two_layers");
        r.data = path("hans.txt");
        r.max_seq_length = 16;
        r.compute = {"cpu", 1};
        return r;
    }

private Q_SLOTS:
    void initTestCase() {
        std::string rows = "gold_label\tsentence1\tsentence2\theuristic\n";
        for (int i = 0; i < 30; ++i) rows += "entailment\tba be bi bo\tba be\tsubsequence\n";
        QVERIFY_VALUE(write_file_atomically(path("hans.txt"), rows));
    }

    // A file with one gold label only, and no subcases.
    void scores() {
        ProgressSink quiet;
        const auto report = run_hans(request(), {}, quiet);
        QVERIFY_VALUE(report);
        QCOMPARE(report->overall[0].examples, std::int64_t{30});
        QVERIFY(std::isnan(report->overall[1].accuracy()));
        QCOMPARE(report->overall.all().accuracy(), report->predicted_entailment_share);
        QVERIFY(report->subcases.empty());
        QVERIFY(to_json(*report).at("overall").at("non_entailment").at("accuracy").is_null());
    }

    void cancelled_writes_nothing() {
        auto r = request();
        r.predictions = path("cancelled.tsv");
        std::stop_source source;
        source.request_stop();
        ProgressSink quiet;
        QVERIFY(run_hans(r, source.get_token(), quiet).cancelled());
        QVERIFY(!fs::exists(*r.predictions));
    }

    void outputs_that_are_no_numbers() {
        ProgressSink quiet;
        auto loaded = load_model(request().checkpoint, 2, 0, torch::kCPU, quiet);
        QVERIFY_VALUE(loaded);
        {
            const torch::NoGradGuard no_grad;
            loaded->model->named_parameters()["classifier.bias"].fill_(std::nan(""));
        }
        fs::create_directories(path("broken"));
        QVERIFY_VALUE(save_model(loaded->model, path("broken"), request().checkpoint));
        auto r = request();
        r.checkpoint = path("broken");
        const auto result = run_hans(r, {}, quiet);
        QVERIFY(result.failed());
        QVERIFY2(result.error().to_string().find("not finite") != std::string::npos,
                 result.error().to_string().c_str());
    }

    void names_of_entailment_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("entailment");
        QTest::newRow("GLUE") << "entailment" << true;
        QTest::newRow("capitals") << "ENTAILMENT" << true;
        QTest::newRow("its opposite") << "not_entailment" << false;
        QTest::newRow("HANS' opposite") << "non-entailment" << false;
        QTest::newRow("cut") << "entail" << false;
        QTest::newRow("empty") << "" << false;
    }
    void names_of_entailment() {
        QFETCH(QString, name);
        QFETCH(bool, entailment);
        QCOMPARE(names_entailment(name.toStdString()), entailment);
    }

    void problems_name_their_fields_data() {
        QTest::addColumn<QString>("field");
        for (const char* field : {"checkpoint", "data", "limit", "max-seq-length", "head-mask", "mlp-mask",
                                  "weight-mask", "classes", "device"})
            QTest::newRow(field) << field;
    }
    void problems_name_their_fields() {
        QFETCH(QString, field);
        auto r = request();
        for (const auto& p : problems(r)) QFAIL((p.field + ": " + p.message).c_str());
        if (field == "checkpoint") r.checkpoint = "/nowhere";
        if (field == "data") r.data.clear();
        if (field == "limit") r.limit = -1;
        if (field == "max-seq-length") r.max_seq_length = 1'000'000;
        if (field == "head-mask") r.head_mask = "/nowhere.npy";
        if (field == "mlp-mask") r.mlp_mask = "/nowhere.npy";
        if (field == "weight-mask") r.weight_mask = "/nowhere.safetensors";
        if (field == "classes") r.classes = {"entailment", "Entailment"};
        if (field == "device") r.compute.device = "tpu";
        bool named = false;
        for (const auto& p : problems(r)) named = named || QString::fromStdString(p.field) == field;
        QVERIFY(named);
    }
};

QTEST_GUILESS_MAIN(TestHansRun)
#include "tst_hans_run.moc"
