// SPDX-License-Identifier: GPL-3.0-or-later
//
// Whole mask searches, from checkpoint and dev file to masks on disk, component by component and step by step against
// the plain transformers implementation (tests/reference/make_search_goldens.py).
#include <QDir>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "core/pruning/search_record.h"
#include "core/study/runs.h"
#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;

namespace {

SearchKind kind_of(const std::string& name) {
    return name == "heads" ? SearchKind::Heads : name == "mlps" ? SearchKind::Mlps : SearchKind::HeadsMlps;
}

std::string components_text(const std::vector<Component>& components) {
    std::string text;
    for (const auto& c : components)
        text += std::to_string(c.layer) + "." + (c.head < 0 ? "mlp" : std::to_string(c.head)) + " ";
    return text;
}

std::vector<Component> components_of(const Json& masked) {
    std::vector<Component> components;
    for (const auto& c : masked)
        components.push_back({c.at("layer").get<int>(), c.at("head").is_null() ? -1 : c.at("head").get<int>()});
    return components;
}

double largest_difference(const std::vector<float>& ours, const std::vector<float>& expected) {
    if (ours.size() != expected.size()) return INFINITY;
    double largest = 0;
    for (std::size_t i = 0; i < ours.size(); ++i)
        if (const double d = std::abs(static_cast<double>(ours[i]) - static_cast<double>(expected[i])); !(d <= largest))
            largest = d;
    return largest;
}

}  // namespace

class TestMaskSearchRun : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void equals_the_reference_data() {
        QTest::addColumn<QString>("golden");
        QTest::addColumn<int>("search");
        const QDir folder(QString::fromStdString(golden_folder("search").string()));
        const auto names = folder.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name);
        QVERIFY(!names.isEmpty());
        for (const auto& name : names) {
            const auto expected = read_golden(golden_folder("search/" + name.toStdString()) / "expected.json");
            int index = 0;
            for (const auto& search : expected.at("searches"))
                QTest::addRow("%s, %s, %s", qPrintable(name), search.at("kind").get<std::string>().c_str(),
                              search.at("mode").get<std::string>().c_str())
                    << name << index++;
        }
    }
    void equals_the_reference() {
        QFETCH(QString, golden);
        QFETCH(int, search);
        const auto folder = golden_folder("search/" + golden.toStdString());
        const auto file = read_golden(folder / "expected.json");
        const auto& expected = file.at("searches")[static_cast<std::size_t>(search)];
        QTemporaryDir out;
        MaskRequest request;
        request.checkpoint = folder / "checkpoint";
        request.data = folder / "data";
        request.out = out.filePath("masks").toStdString();
        request.task = *parse_task(file.at("task").get<std::string>());
        request.compute = {"cpu", 1};
        request.options =
            MaskSearchOptions::for_mode(expected.at("mode") == "published" ? Mode::Published : Mode::Rigorous);
        request.options.kind = kind_of(expected.at("kind").get<std::string>());
        request.options.split = SearchSplit::Dev;
        request.options.threshold = file.at("threshold").get<double>();
        request.options.amount = file.at("amount").get<double>();
        request.options.batch_size = file.at("batch_size").get<int>();
        request.options.max_seq_length = file.at("max_seq_length").get<int>();
        MaskSearchObserver quiet;
        const auto result = run_mask_search(request, {}, quiet);
        if (expected.at("refused").get<bool>()) {
            QVERIFY(result.failed());
            QVERIFY2(result.error().to_string().find("chance") != std::string::npos,
                     result.error().to_string().c_str());
            return;
        }
        QVERIFY_VALUE(result);
        const auto& record = expected.at("search");
        const bool discrete = !task_info(request.task).is_regression();
        const double tolerance = discrete ? 1e-9 : 1e-4;
        QVERIFY(std::abs(result->full_score - record.at("full_score").get<double>()) < tolerance);
        QVERIFY(std::abs(result->score - record.at("score").get<double>()) < tolerance);
        QCOMPARE(result->steps.size(), record.at("steps").size());
        for (std::size_t i = 0; i < result->steps.size(); ++i) {
            const auto& ours = result->steps[i];
            const auto& theirs = record.at("steps")[i];
            const auto& arrays = expected.at("arrays")[i];
            QCOMPARE(ours.phase, theirs.at("phase").get<std::string>());
            QCOMPARE(ours.accepted, theirs.at("accepted").get<bool>());
            QCOMPARE(components_text(ours.masked), components_text(components_of(theirs.at("masked"))));
            QVERIFY2(std::abs(ours.score - theirs.at("score").get<double>()) < tolerance,
                     qPrintable(QString("step %1").arg(i)));
            QCOMPARE(ours.masks.heads.values, flat_floats(arrays.at("head_mask")));
            QCOMPARE(ours.masks.mlps, flat_floats(arrays.at("mlp_mask")));
            QVERIFY(largest_difference(ours.importance.heads.values, flat_floats(arrays.at("head_importance"))) < 1e-4);
            QVERIFY(largest_difference(ours.importance.mlps, flat_floats(arrays.at("mlp_importance"))) < 1e-4);
        }
        const auto back = read_mask_search(request.out);
        QVERIFY_VALUE(back);
        QCOMPARE(back->masks, result->masks);
        QVERIFY(std::filesystem::exists(request.out / "run.json"));
    }

    // A search stopped in the middle leaves its steps and no search.json, and starts again from the beginning.
    void cancelled() {
        const auto folder = golden_folder("search/pair_classification");
        const auto file = read_golden(folder / "expected.json");
        QTemporaryDir out;
        MaskRequest request;
        request.checkpoint = folder / "checkpoint";
        request.data = folder / "data";
        request.out = out.filePath("masks").toStdString();
        request.task = *parse_task(file.at("task").get<std::string>());
        request.options = MaskSearchOptions::for_mode(Mode::Published);
        request.options.max_seq_length = file.at("max_seq_length").get<int>();
        struct Stopper : MaskSearchObserver {
            std::stop_source source;
            int steps = 0;
            void on_search_step(const MaskSearchStep&) override {
                if (++steps == 2) source.request_stop();
            }
        } stopper;
        QVERIFY(run_mask_search(request, stopper.source.get_token(), stopper).cancelled());
        QVERIFY(std::filesystem::exists(request.out / "head_mask_1.npy"));
        QVERIFY(!std::filesystem::exists(request.out / "search.json"));
        MaskSearchObserver quiet;
        QVERIFY_VALUE(run_mask_search(request, {}, quiet));
        const auto again = run_mask_search(request, {}, quiet);
        QVERIFY(again.failed());
        QVERIFY(again.error().to_string().find("finished mask search") != std::string::npos);
    }

    void problems_name_their_fields_data() {
        QTest::addColumn<QString>("field");
        for (const char* field : {"checkpoint", "data", "out", "threshold", "amount", "batch-size", "limit-dev",
                                  "max-seq-length", "device", "threads"})
            QTest::newRow(field) << field;
    }
    void problems_name_their_fields() {
        QFETCH(QString, field);
        const auto folder = golden_folder("search/pair_classification");
        MaskRequest request;
        request.checkpoint = folder / "checkpoint";
        request.data = folder / "data";
        request.out = QDir::tempPath().toStdString() + "/lottery-never-written";
        request.task = *parse_task(read_golden(folder / "expected.json").at("task").get<std::string>());
        request.options = MaskSearchOptions::for_mode(Mode::Published);
        request.options.max_seq_length = 24;
        for (const auto& p : problems(request)) QFAIL((p.field + ": " + p.message).c_str());
        if (field == "checkpoint") request.checkpoint = "/nowhere";
        if (field == "data") request.data = "/nowhere";
        if (field == "out") request.out = request.checkpoint;
        if (field == "threshold") request.options.threshold = 0;
        if (field == "amount") request.options.amount = 1.5;
        if (field == "batch-size") request.options.batch_size = 0;
        if (field == "limit-dev") request.options.limit_dev = -1;
        if (field == "max-seq-length") request.options.max_seq_length = 1'000'000;
        if (field == "device") request.compute.device = "tpu";
        if (field == "threads") request.compute.threads = -1;
        bool named = false;
        for (const auto& p : problems(request)) named = named || QString::fromStdString(p.field) == field;
        QVERIFY(named);
    }
};

QTEST_GUILESS_MAIN(TestMaskSearchRun)
#include "tst_mask_search_run.moc"
