// SPDX-License-Identifier: GPL-3.0-or-later
//
// Patterns of a study's models on a tiny one: what is classified, what is kept, and what is refused.
#include "core/study/study_patterns.h"

#include <QTemporaryDir>
#include <QTest>
#include <fstream>

#include "core/base/file.h"
#include "core/base/npy.h"
#include "core/study/patterns_run.h"
#include "core/study/study_figures.h"
#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;
namespace fs = std::filesystem;

namespace {

const fs::path kGolden = golden_folder("search/pair_classification");

// MRPC's layout, sentences of the tiny checkpoint's words: 19 tokens each with [CLS] and [SEP].
void write_task(const fs::path& data) {
    fs::create_directories(data / "MRPC");
    for (const char* name : {"train.tsv", "dev.tsv"}) {
        std::ofstream file(data / "MRPC" / name);
        file << "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n";
        for (int row = 0; row < 4; ++row)
            file << row % 2 << "\t1\t2\tthe cat saw a dog near the bus\tone " << (row % 2 ? "fine" : "bad")
                 << " cow had the very good van\n";
    }
}

}  // namespace

class TestStudyPatterns : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    [[nodiscard]] fs::path path(const char* name) const { return fs::path(folder_.path().toStdString()) / name; }
    [[nodiscard]] fs::path model() const { return path("study") / "models/finetuned/MRPC/seed_7"; }

    StudyPatternsRequest request() const {
        StudyPatternsRequest wanted;
        wanted.study = path("study");
        wanted.examples = 3;
        wanted.compute = {"cpu", 1};
        return wanted;
    }
    StudyFigureRequest figure() const {
        StudyFigureRequest wanted;
        wanted.study = path("study");
        wanted.kind = StudyFigureKind::Patterns;
        return wanted;
    }

private Q_SLOTS:
    void initTestCase() {
        write_task(path("data"));
        FinetuneRequest training;
        training.checkpoint = kGolden / "checkpoint";
        training.data = path("data");
        training.out = model();
        training.task = TaskId::MRPC;
        training.seed = 7;
        training.options.epochs = 1;
        training.options.max_seq_length = 24;
        training.compute = {"cpu", 1};
        struct Observer : TrainingObserver {
        } observer;
        const auto trained = run_finetune(training, {}, observer);
        QVERIFY_VALUE(trained);
    }

    void nothing_is_drawn_before_it_is_classified() {
        const auto read = read_study_figure(figure());
        QVERIFY(!read.has_value());
        QVERIFY(read.error().to_string().find("lottery patterns study") != std::string::npos);
    }

    void a_study_is_classified_once() {
        ProgressSink quiet;
        const auto report = run_study_patterns(request(), {}, quiet);
        QVERIFY_VALUE(report);
        QCOMPARE(report->classified, 4);  // two models, two kinds
        QCOMPARE(report->kept, 0);
        QCOMPARE(report->analysis.found.size(), std::size_t{4});
        QVERIFY(!report->analysis.has_masks);
        for (const char* place : {"pretrained/MRPC/seed_7/raw", "finetuned/MRPC/seed_7/norm"}) {
            const auto one = read_pattern_report(path("study") / "patterns" / place / "patterns.json");
            QVERIFY_VALUE(one);
            QCOMPARE(one->example_rows.size(), std::size_t{3});
        }
        const auto again = run_study_patterns(request(), {}, quiet);
        QVERIFY_VALUE(again);
        QCOMPARE(again->classified, 0);
        QCOMPARE(again->kept, 4);
        // One that is gone is made again, alone.
        fs::remove_all(path("study") / "patterns/finetuned/MRPC/seed_7/norm");
        const auto mended = run_study_patterns(request(), {}, quiet);
        QVERIFY_VALUE(mended);
        QCOMPARE(mended->classified, 1);
    }

    void masks_bring_survival() {
        HeadMatrix mask(4, 6, 1.0F);
        for (int h = 0; h < 6; ++h) mask.at(0, h) = 0.0F;
        QVERIFY_VALUE(write_npy(path("study") / "masks/heads_mlps/MRPC/seed_7/head_mask.npy", {{4, 6}, mask.values}));
        const auto analysis = read_study_patterns(figure());
        QVERIFY_VALUE(analysis);
        QVERIFY(analysis->has_masks);
        QCOMPARE(analysis->super_survivors.at(TaskId::MRPC), mask);
        QCOMPARE(analysis->survival.size(), std::size_t{4});
        int heads = 0;
        for (const auto& [masked, kept] : analysis->survival.front().heads) heads += masked + kept;
        QCOMPARE(heads, 24);
        const auto drawn = read_study_figure(figure());
        QVERIFY_VALUE(drawn);
        QCOMPARE(std::get<PatternContent>(*drawn).panels.size(), std::size_t{2});
        QCOMPARE(std::get<PatternContent>(*drawn).groups.size(), std::size_t{4});
    }

    void another_classifier_is_refused() {
        auto other = request();
        other.classifier = path("other.safetensors");
        ProgressSink quiet;
        const auto report = run_study_patterns(other, {}, quiet);
        QVERIFY(report.failed());
        QVERIFY(report.error().message.find("not with other.safetensors") != std::string::npos);
    }

    void cancelled_and_without_models() {
        std::stop_source stop;
        stop.request_stop();
        ProgressSink quiet;
        QVERIFY(run_study_patterns(request(), stop.get_token(), quiet).cancelled());
        auto nothing = request();
        nothing.tasks = {TaskId::RTE};
        const auto report = run_study_patterns(nothing, {}, quiet);
        QVERIFY(report.failed());
        QVERIFY(report.error().message.find("no fine-tuned models") != std::string::npos);
        // A model that this program did not train says nothing of what it was trained from.
        QVERIFY(fs::remove(model() / "run.json"));
        const auto unknown = run_study_patterns(request(), {}, quiet);
        QVERIFY(unknown.failed());
        QVERIFY(unknown.error().to_string().find("run.json") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestStudyPatterns)
#include "tst_study_patterns.moc"
