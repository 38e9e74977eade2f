// SPDX-License-Identifier: GPL-3.0-or-later
//
// Whole magnitude searches and their controls, from checkpoint and dev file to masks on disk, weight by weight and step
// by step against torch.nn.utils.prune (tests/reference/make_magnitude_goldens.py).
#ifndef Q_MOC_RUN  // moc need not read LibTorch
#include "core/model/weight_masks.h"
#include "core/pruning/magnitude.h"
#include "core/pruning/magnitude_record.h"
#include "core/study/magnitude_runs.h"
#endif

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <set>

#include "core/base/json.h"
#include "tests/support/goldens.h"
#include "tests/support/weight_bits.h"

using namespace lottery;
using namespace lottery::test;
namespace fs = std::filesystem;

namespace {

Json golden_of(const QString& name) { return read_golden(golden_folder("magnitude") / (name.toStdString() + ".json")); }

MagnitudeRequest request_of(const QString& name, const Json& golden, const Json& expected, const fs::path& out) {
    const auto folder = golden_folder("search/" + name.toStdString());
    MagnitudeRequest request;
    request.checkpoint = folder / "checkpoint";
    request.data = folder / "data";
    request.out = out;
    request.task = *parse_task(golden.at("task").get<std::string>());
    request.compute = {"cpu", 1};
    request.options = MagnitudeOptions::for_mode(expected.at("mode") == "published" ? Mode::Published : Mode::Rigorous);
    request.options.mlp_output_bias =
        expected.at("mlp_output_bias") == "left" ? MlpOutputBias::Left : MlpOutputBias::Pruned;
    request.options.split = SearchSplit::Dev;
    request.options.threshold = golden.at("threshold").get<double>();
    request.options.amount = golden.at("amount").get<double>();
    request.options.max_seq_length = golden.at("max_seq_length").get<int>();
    return request;
}

MagnitudeRequest first_request(const fs::path& out) {
    const auto golden = golden_of("pair_classification");
    return request_of("pair_classification", golden, golden.at("searches")[0], out);
}

}  // namespace

class TestMagnitudeRun : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void equals_torch_pruning_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("search");
        const QDir folder(QString::fromStdString(golden_folder("magnitude").string()));
        for (auto name : folder.entryList({"*.json"}, QDir::Files, QDir::Name)) {
            name.chop(5);
            if (name == "published_style") continue;
            int index = 0;
            const auto golden = golden_of(name);
            for (const auto& search : golden.at("searches"))
                QTest::addRow("%s, %s", qPrintable(name), search.at("mode").get<std::string>().c_str())
                    << name << index++;
        }
    }
    void equals_torch_pruning() {
        QFETCH(QString, name);
        QFETCH(int, search);
        const auto golden = golden_of(name);
        const auto& expected = golden.at("searches")[static_cast<std::size_t>(search)];
        QTemporaryDir out;
        const fs::path folder = out.filePath("mask").toStdString();
        const auto request = request_of(name, golden, expected, folder);
        MagnitudeObserver quiet;
        const auto result = run_magnitude_search(request, {}, quiet);
        QCOMPARE(result.failed(), expected.at("refused").get<bool>());
        if (result.failed()) {
            QVERIFY2(result.error().to_string().find("chance") != std::string::npos,
                     result.error().to_string().c_str());
            QVERIFY(!fs::exists(folder));
            return;
        }
        const double tolerance = task_info(request.task).is_regression() ? 1e-4 : 1e-9;
        QVERIFY(std::abs(result->full_score - expected.at("full_score").get<double>()) < tolerance);
        QVERIFY(std::abs(result->score - expected.at("score").get<double>()) < tolerance);
        QCOMPARE(result->kept_step, expected.at("kept_step").get<int>());
        QCOMPARE(result->survival.prunable, expected.at("prunable").get<std::int64_t>());
        const auto& steps = expected.at("steps");
        QCOMPARE(result->steps.size(), steps.size());
        for (std::size_t i = 0; i < steps.size(); ++i) {
            QCOMPARE(result->steps[i].accepted, steps[i].at("accepted").get<bool>());
            QCOMPARE(result->steps[i].kept, steps[i].at("kept").get<std::int64_t>());
            QVERIFY2(std::abs(result->steps[i].score - steps[i].at("score").get<double>()) < tolerance,
                     qPrintable(QString("step %1").arg(i)));
        }
        const auto config = read_bert_config(request.checkpoint);
        QVERIFY_VALUE(config);
        const auto masks = read_weight_masks(folder / "weight_mask.safetensors", *config);
        QVERIFY_VALUE(masks);
        std::vector<std::string> parameters;
        for (const auto& mask : masks->masks) parameters.push_back(mask.parameter);
        QCOMPARE(parameters, expected.at("parameters").get<std::vector<std::string>>());
        QCOMPARE(weight_bits(*masks), expected.at("masks").get<std::string>());

        // Every step's mask, by the search's own function on the checkpoint's weights.
        ProgressSink silent;
        auto loaded = load_model(request.checkpoint, task_info(request.task).label_count(), 0, torch::kCPU, silent);
        QVERIFY_VALUE(loaded);
        MagnitudeTarget target;
        target.metric = "acc";
        target.everything = all_weights_kept(*config, request.options.mlp_output_bias);
        target.weights = weights_of(loaded->model, target.everything);
        std::size_t step = 0;
        bool equal = true;
        target.score = [&](const WeightMasks& scored) -> Outcome<double> {
            equal = equal && weight_bits(scored) == steps[step].at("masks").get<std::string>();
            return steps[step++].at("score").get<double>();
        };
        QVERIFY_VALUE(search_weight_masks(target, request.options, {}, quiet));
        QCOMPARE(step, steps.size());
        QVERIFY(equal);

        MagnitudeControlRequest control{folder / "weight_mask.safetensors", request.checkpoint,
                                        out.filePath("bad").toStdString(), MagnitudeControl::Bad, 1};
        const auto bad = run_magnitude_control(control);
        QVERIFY_VALUE(bad);
        const auto bad_masks = read_weight_masks(control.out / "weight_mask.safetensors", *config);
        QVERIFY_VALUE(bad_masks);
        QCOMPARE(weight_bits(*bad_masks), expected.at("bad").get<std::string>());
        QCOMPARE(bad->survival.kept, result->survival.kept);
        QCOMPARE(bad->overlap, common_weights(*masks, *bad_masks));
    }

    void writes_its_record() {
        QTemporaryDir out;
        const auto request = first_request(out.filePath("mask").toStdString());
        MagnitudeObserver quiet;
        const auto result = run_magnitude_search(request, {}, quiet);
        QVERIFY_VALUE(result);
        for (const char* name : {"weight_mask.safetensors", "weight_survival.svg", "weight_survival.csv"})
            QVERIFY2(fs::exists(request.out / name), name);
        const auto record = read_json(request.out / "search.json");
        QVERIFY_VALUE(record);
        QCOMPARE(record->at("kind").get<std::string>(), std::string("magnitude"));
        QCOMPARE(record->at("mlp_output_bias").get<std::string>(), std::string("left"));
        QCOMPARE(record->at("kept_weights_share").get<double>(), result->survival.kept_share());
        QCOMPARE(record->at("dev_score").get<double>(), result->score);
        const auto run = read_json(request.out / "run.json");
        QVERIFY_VALUE(run);
        QCOMPARE(run->at("inputs").at("options").at("mlp_output_bias").get<std::string>(), std::string("left"));
        // Read back, step by step.
        const auto back = read_magnitude_record(request.out);
        QVERIFY_VALUE(back);
        QCOMPARE(back->score, result->score);
        QCOMPARE(back->kept_step, result->kept_step);
        QCOMPARE(back->parameters_kept_share, result->parameters_kept_share);
        QCOMPARE(back->survival.kept, result->survival.kept);
        QCOMPARE(back->survival.heads, result->survival.heads);
        QCOMPARE(back->steps.size(), result->steps.size());
        for (std::size_t i = 0; i < back->steps.size(); ++i) {
            QCOMPARE(back->steps[i].kept, result->steps[i].kept);
            QCOMPARE(back->steps[i].survival.heads, result->steps[i].survival.heads);
            QCOMPARE(back->steps[i].survival.mlps, result->steps[i].survival.mlps);
        }
        QCOMPARE(back->steps[0].survival.mlps, std::vector<float>(back->steps[0].survival.mlps.size(), 1.0F));
        // The kept mask's is that of the mask on disk, and what the table beside it says.
        const auto config = read_bert_config(request.checkpoint);
        QVERIFY_VALUE(config);
        const auto masks = read_weight_masks(request.out / "weight_mask.safetensors", *config);
        QVERIFY_VALUE(masks);
        QCOMPARE(back->survival.heads, weight_survival(*masks, *config).heads);
        Json older = *record;
        for (auto& step : older["steps"]) step.erase("survival");
        QVERIFY_VALUE(write_json(request.out / "search.json", older));
        const auto table = read_magnitude_record(request.out);
        QVERIFY_VALUE(table);
        QCOMPARE(table->survival.heads, result->survival.heads);
        QCOMPARE(table->survival.mlps, result->survival.mlps);
        // Not over a finished one.
        const auto again = run_magnitude_search(request, {}, quiet);
        QVERIFY(again.failed());
        QVERIFY(again.error().to_string().find("finished mask search") != std::string::npos);
    }

    void cancelled_it_goes_on_after_its_last_pass() {
        QTemporaryDir out;
        const auto undisturbed = first_request(out.filePath("undisturbed").toStdString());
        MagnitudeObserver quiet;
        const auto expected = run_magnitude_search(undisturbed, {}, quiet);
        QVERIFY_VALUE(expected);
        const auto request = first_request(out.filePath("mask").toStdString());
        struct Stopper : MagnitudeObserver {
            std::stop_source source;
            void on_magnitude_step(const MagnitudeStep& step) override {
                if (step.index == 2) source.request_stop();
            }
        } stopper;
        QVERIFY(run_magnitude_search(request, stopper.source.get_token(), stopper).cancelled());
        const fs::path log = request.out / "passes.json";
        const auto left = read_json(log);
        QVERIFY_VALUE(left);
        QCOMPARE(left->at("passes").size(), std::size_t{3});
        struct Counter : MagnitudeObserver {
            std::vector<std::string> messages;
            std::set<std::string> passes;  // that were computed
            void on_progress(const Progress& progress) override { passes.insert(progress.stage); }
            void on_message(Severity, const std::string& message) override { messages.push_back(message); }
        };
        const auto ends_as_expected = [&](std::size_t computed) {
            Counter counter;
            const auto found = run_magnitude_search(request, {}, counter);
            QVERIFY_VALUE(found);
            QCOMPARE(counter.passes.size(), computed);
            QCOMPARE(counter.messages.empty(), computed == expected->steps.size());
            QCOMPARE(found->steps.size(), expected->steps.size());
            for (std::size_t i = 0; i < expected->steps.size(); ++i)
                QCOMPARE(found->steps[i].score, expected->steps[i].score);
            QCOMPARE(found->parameters_kept_share, expected->parameters_kept_share);
            for (const char* file : {"weight_mask.safetensors", "weight_survival.csv"}) {
                QFile one(QString::fromStdString((request.out / file).string()));
                QFile other(QString::fromStdString((undisturbed.out / file).string()));
                QVERIFY(one.open(QIODevice::ReadOnly) && other.open(QIODevice::ReadOnly));
                QVERIFY2(one.readAll() == other.readAll(), file);
            }
            QVERIFY(!fs::exists(log));
        };
        ends_as_expected(expected->steps.size() - 3);
        if (QTest::currentTestFailed()) return;
        // A damaged pass, and those of another search, are as if they had never been.
        auto damaged = *left;
        damaged["passes"][1].erase("score");
        fs::remove(request.out / "search.json");
        QVERIFY_VALUE(write_json(log, damaged));
        ends_as_expected(expected->steps.size() - 1);
        if (QTest::currentTestFailed()) return;
        auto foreign = *left;
        foreign["inputs"]["seed"] = 99;
        fs::remove(request.out / "search.json");
        QVERIFY_VALUE(write_json(log, foreign));
        ends_as_expected(expected->steps.size());
    }

    void batch_size_changes_no_mask() {
        QTemporaryDir out;
        auto request = first_request(out.filePath("a").toStdString());
        MagnitudeObserver quiet;
        QVERIFY_VALUE(run_magnitude_search(request, {}, quiet));
        request.out = out.filePath("b").toStdString();
        request.options.batch_size = 3;
        QVERIFY_VALUE(run_magnitude_search(request, {}, quiet));
        const auto config = read_bert_config(request.checkpoint);
        const auto a = read_weight_masks(out.filePath("a/weight_mask.safetensors").toStdString(), *config);
        const auto b = read_weight_masks(out.filePath("b/weight_mask.safetensors").toStdString(), *config);
        QVERIFY(*a == *b);
    }

    void random_control() {
        QTemporaryDir out;
        const auto search = first_request(out.filePath("mask").toStdString());
        MagnitudeObserver quiet;
        const auto good = run_magnitude_search(search, {}, quiet);
        QVERIFY_VALUE(good);
        MagnitudeControlRequest request{search.out / "weight_mask.safetensors", search.checkpoint,
                                        out.filePath("random").toStdString(), MagnitudeControl::Random, 7};
        const auto random = run_magnitude_control(request);
        QVERIFY_VALUE(random);
        QCOMPARE(random->survival.kept, good->survival.kept);
        // As many as chance gives: 59% of 9373, standard deviation 31.
        QVERIFY(std::abs(random->overlap_share() - good->survival.kept_share()) < 0.02);
        const auto run = read_json(request.out / "run.json");
        QVERIFY_VALUE(run);
        QCOMPARE(run->at("inputs").at("seed").get<int>(), 7);
        QVERIFY(run->at("result").contains("overlap_share"));
        QVERIFY(run_magnitude_control(request).failed());
        request.out = search.out;
        QVERIFY(run_magnitude_control(request).failed());
        request.out = out.filePath("other").toStdString();
        request.checkpoint = golden_folder("search/few_heads/checkpoint");
        const auto other = run_magnitude_control(request);
        QVERIFY(other.failed());
        QVERIFY2(other.error().to_string().find("the model's") != std::string::npos, other.error().to_string().c_str());
        QVERIFY(!fs::exists(request.out));
    }

    void survival() {
        const auto mask = golden_folder("magnitude") / "published_style.bin";
        QTemporaryDir out;
        const auto survival = run_weight_survival(
            {mask, golden_folder("search/pair_classification/checkpoint"), out.filePath("figure").toStdString()});
        QVERIFY_VALUE(survival);
        QCOMPARE(survival->heads.layers, 4);
        QCOMPARE(survival->heads.heads, 6);
        QVERIFY(fs::exists(out.filePath("figure/weight_survival.svg").toStdString()));
        QFile csv(out.filePath("figure/weight_survival.csv"));
        QVERIFY(csv.open(QIODevice::ReadOnly));
        QCOMPARE(csv.readAll().count('\n'), 1 + 4 * 6 + 4);
    }

    void problems_name_their_fields_data() {
        QTest::addColumn<QString>("field");
        for (const char* field : {"checkpoint", "data", "out", "threshold", "amount", "max-steps", "batch-size",
                                  "limit-dev", "max-seq-length", "device", "threads"})
            QTest::newRow(field) << field;
    }
    void problems_name_their_fields() {
        QFETCH(QString, field);
        auto request = first_request(QDir::tempPath().toStdString() + "/lottery-never-written");
        for (const auto& p : problems(request)) QFAIL((p.field + ": " + p.message).c_str());
        if (field == "checkpoint") request.checkpoint = "/nowhere";
        if (field == "data") request.data = "/nowhere";
        if (field == "out") request.out = request.checkpoint;
        if (field == "threshold") request.options.threshold = 0;
        if (field == "amount") request.options.amount = 1.5;
        if (field == "max-steps") request.options.max_steps = 0;
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

QTEST_GUILESS_MAIN(TestMagnitudeRun)
#include "tst_magnitude_run.moc"
