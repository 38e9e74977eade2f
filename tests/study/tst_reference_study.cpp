// SPDX-License-Identifier: GPL-3.0-or-later
//
// The record of a reference study, and what may not be written into.
#include "core/study/reference_study.h"

#include <QTemporaryDir>
#include <QTest>
#include <algorithm>

#include "core/base/file.h"
#include "core/study/compare_searches.h"
#include "core/study/demo.h"
#include "core/study/hans_run.h"
#include "core/study/imp_run.h"
#include "core/study/magnitude_runs.h"
#include "core/study/reset_run.h"
#include "core/study/runs.h"
#include "core/study/study_evaluation.h"
#include "core/study/subnetwork_runs.h"
#include "tests/study/import_fixture.h"

using namespace lottery;
using namespace lottery::test;
namespace fs = std::filesystem;

namespace {

ReferenceStudy some_study() {
    return {"published", {TaskId::CoLA, TaskId::RTE}, {42, 1337}, {"heads"}, {"no_mask", "head_mlp"}, 6, 12,
            44,          std::string(64, 'a')};
}

}  // namespace

class TestReferenceStudy : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { folder_ = std::make_unique<QTemporaryDir>(); }

    void written_and_read_back() {
        auto study = some_study();
        QVERIFY_VALUE(write_json(record(), to_json(study)));
        QVERIFY_VALUE(write_json(root() / "run.json", Json::object()));
        const auto back = read_reference_study(root());
        QVERIFY_VALUE(back);
        QCOMPARE(*back, study);
        study.layers = study.heads = 0;  // scores alone
        QVERIFY_VALUE(write_json(record(), to_json(study)));
        QCOMPARE(read_reference_study(root()).value(), study);
    }

    void damaged_records_are_refused_data() {
        QTest::addColumn<QString>("patch");
        QTest::addColumn<QString>("said");
        QTest::newRow("an unknown key") << R"({"seed": 42})"
                                        << "unknown key \"seed\"";
        QTest::newRow("another format") << R"({"format": 2})"
                                        << "format 2 found, 1 is read";
        QTest::newRow("an unknown task") << R"({"tasks": ["SQuAD"]})"
                                         << "unknown task \"SQuAD\"";
        QTest::newRow("seeds in words") << R"({"seeds": ["first"]})"
                                        << "is not the record of a reference study";
        QTest::newRow("no settings") << R"({"settings": null})"
                                     << "is not the record of a reference study";
    }
    void damaged_records_are_refused() {
        QFETCH(QString, patch);
        QFETCH(QString, said);
        Json json = to_json(some_study());
        json.update(Json::parse(patch.toStdString()));
        QVERIFY_VALUE(write_json(record(), json));
        QVERIFY_VALUE(write_json(root() / "run.json", Json::object()));
        const auto back = read_reference_study(root());
        QVERIFY(!back);
        QVERIFY2(says(back.error().to_string(), said.toStdString()), back.error().to_string().c_str());
        Json without = to_json(some_study());
        without.erase("sha256");
        QVERIFY_VALUE(write_json(record(), without));
        QVERIFY(!read_reference_study(root()));
    }

    void other_folders_are_none() {
        QVERIFY(!read_reference_study(root()));
        QVERIFY(!find_reference_study(root()).value());
        QVERIFY_VALUE(write_json(record(), {{"format", 1}, {"kind", "plan"}, {"whatever", 1}}));
        QVERIFY(!find_reference_study(root()).value());
        QVERIFY_VALUE(write_file_atomically(record(), "{"));
        QVERIFY(!find_reference_study(root()));
    }

    void writable_data() {
        QTest::addColumn<QString>("record");  // empty: none
        QTest::addColumn<QString>("below");   // what is asked for, below the folder with the record
        QTest::addColumn<QString>("said");    // empty: it may be written into
        const QString reference = QString::fromStdString(to_json(some_study()).dump());
        QTest::newRow("no study") << ""
                                  << ""
                                  << "";
        QTest::newRow("a plan") << R"({"format": 1, "tasks": []})"
                                << ""
                                << "";
        QTest::newRow("a plan of a kind") << R"({"format": 1, "kind": "plan"})"
                                          << "masks/heads"
                                          << "";
        QTest::newRow("a reference study") << reference << ""
                                           << "is a reference study, which is read-only";
        QTest::newRow("a run in it") << reference << "masks/heads/RTE/seed_1"
                                     << "is a reference study, which is read-only";
        QTest::newRow("a folder beside it") << reference << "../other"
                                            << "";
        // Also of a later version, whose keys are not known.
        QTest::newRow("a later one") << R"({"format": 9, "kind": "reference", "new": 1})"
                                     << "figures"
                                     << "is a reference study, which is read-only";
        QTest::newRow("a damaged study") << "{"
                                         << ""
                                         << "is not valid JSON";
        QTest::newRow("below something damaged") << "{"
                                                 << "masks"
                                                 << "";
    }
    void writable() {
        QFETCH(QString, record);
        QFETCH(QString, below);
        QFETCH(QString, said);
        const fs::path study = root() / "study";
        if (!record.isEmpty()) QVERIFY_VALUE(write_file_atomically(study / "study.json", record.toStdString()));
        const auto status = check_study_is_writable(below.isEmpty() ? study : study / below.toStdString());
        if (said.isEmpty()) {
            QVERIFY_VALUE(status);
            return;
        }
        QVERIFY(!status);
        QVERIFY2(says(status.error().to_string(), said.toStdString()), status.error().to_string().c_str());
    }

    void every_run_is_refused_before_it_begins_data() {
        QTest::addColumn<QString>("kind");
        for (const char* kind : {"finetune", "mask", "magnitude", "remove", "control", "weight control", "super masks",
                                 "imp", "reset", "predictions", "predictions on HANS"})
            QTest::newRow(kind) << kind;
    }
    void every_run_is_refused_before_it_begins() {
        QFETCH(QString, kind);
        const ImportFixture fixture;
        QVERIFY_VALUE(fixture.import());
        const fs::path out = fixture.out() / "masks/heads_mlps/RTE/seed_7";
        const auto of = [&](auto request) {
            request.out = out;
            return problems(request);
        };
        const auto beside = [&](auto request) {
            request.predictions = out / "predictions.tsv";
            return problems(request);
        };
        const std::vector<FieldProblem> found = kind == "finetune"         ? of(FinetuneRequest{})
                                                : kind == "mask"           ? of(MaskRequest{})
                                                : kind == "magnitude"      ? of(MagnitudeRequest{})
                                                : kind == "remove"         ? of(RemoveRequest{})
                                                : kind == "control"        ? of(SubnetworkRequest{})
                                                : kind == "weight control" ? of(MagnitudeControlRequest{})
                                                : kind == "super masks"    ? of(SupermaskRequest{})
                                                : kind == "imp"            ? of(ImpRequest{})
                                                : kind == "predictions"    ? beside(EvaluateRequest{})
                                                : kind == "reset"          ? of(ResetRequest{})
                                                                           : beside(HansRequest{});
        const bool refused = std::any_of(found.begin(), found.end(), [](const FieldProblem& problem) {
            return (problem.field == "out" || problem.field == "predictions") && says(problem.message, "read-only");
        });
        QVERIFY(refused);
    }

    void runs_do_not_write_into_an_import() {
        const ImportFixture fixture;
        QVERIFY_VALUE(fixture.import());
        const auto before = contents(fixture.out());
        StudyEvaluationRequest evaluation;
        evaluation.study = fixture.out();
        evaluation.data = fixture.root();
        StudyEvaluationObserver observer;
        const auto evaluated = run_study_evaluation(evaluation, {}, observer);
        QVERIFY(evaluated.failed());
        QVERIFY(says(evaluated.error().to_string(), "read-only"));

        SubnetworkRequest control;
        control.head_mask = fixture.out() / "masks/heads_mlps/RTE/seed_42/head_mask.npy";
        control.out = fixture.out() / "masks/heads_mlps_random/RTE/seed_42";
        const auto made = run_subnetwork(control);
        QVERIFY(!made);
        QVERIFY(says(made.error().to_string(), "read-only"));

        SupermaskRequest super;
        super.masks = fixture.out() / "masks/heads_mlps";
        super.out = fixture.out() / "masks";
        const auto supers = run_supermasks(super);
        QVERIFY(!supers);
        QVERIFY(says(supers.error().to_string(), "read-only"));

        DemoOptions demo;
        demo.out = fixture.out() / "demo";
        DemoObserver demo_observer;
        const auto demonstrated = run_demo(demo, {}, demo_observer);
        QVERIFY(demonstrated.failed());
        QVERIFY(says(demonstrated.error().to_string(), "read-only"));

        CompareRequest comparison;
        comparison.searches = {fixture.root()};
        comparison.out = fixture.out() / "figure.svg";
        const auto compared = compare_searches(comparison);
        QVERIFY(!compared);
        QVERIFY(says(compared.error().to_string(), "read-only"));

        WeightSurvivalRequest weights;
        weights.out = fixture.out() / "figures";
        const auto survival = run_weight_survival(weights);
        QVERIFY(survival.failed());
        QVERIFY(says(survival.error().to_string(), "read-only"));
        QCOMPARE(contents(fixture.out()), before);
        // Reading from it is what it is for.
        super.out = fixture.root() / "supermasks";
        QVERIFY_VALUE(run_supermasks(super));
    }

private:
    [[nodiscard]] fs::path root() const { return folder_->path().toStdString(); }
    [[nodiscard]] fs::path record() const { return root() / "study.json"; }

    std::unique_ptr<QTemporaryDir> folder_;
};

QTEST_GUILESS_MAIN(TestReferenceStudy)
#include "tst_reference_study.moc"
