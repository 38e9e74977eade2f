// SPDX-License-Identifier: GPL-3.0-or-later
//
// Iterative magnitude pruning with rewinding, round by round: which weights go, that what is pruned stays zero, what is
// rewound to where, and that an interrupted run ends as an undisturbed one.
#ifndef Q_MOC_RUN  // moc need not read LibTorch
#include "core/model/bert.h"
#include "core/model/safetensors.h"
#include "core/model/weight_masks.h"
#include "core/pruning/magnitude.h"
#include "core/training/resume_point.h"
#endif

#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/study/imp_run.h"
#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;
namespace fs = std::filesystem;

namespace {

// Asks for a stop after so many training steps, over all rounds.
struct Stopper : TrainingObserver {
    std::stop_source source;
    int left;
    explicit Stopper(int steps = -1) : left(steps) {}
    void on_training_step(const TrainingStep&) override {
        if (left > 0 && --left == 0) source.request_stop();
    }
};

torch::Tensor magnitudes(const std::vector<torch::Tensor>& weights, const std::vector<torch::Tensor>& chosen) {
    std::vector<torch::Tensor> values;
    for (std::size_t i = 0; i < weights.size(); ++i) values.push_back(weights[i].masked_select(chosen[i]).abs());
    return torch::cat(values);
}

}  // namespace

class TestImpRun : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

    [[nodiscard]] fs::path path(const std::string& name) const { return fs::path(folder_.path().toStdString()) / name; }

    // 44 examples, 3 steps an epoch, 2 epochs.
    [[nodiscard]] ImpRequest request(const std::string& out) const {
        ImpRequest r;
        r.checkpoint = golden_folder("search/pair_classification/checkpoint");
        r.data = path("glue");
        r.out = path(out);
        r.seed = 5;
        r.training.epochs = 2;
        r.training.batch_size = 16;
        r.training.learning_rate = 5e-3;
        r.training.max_seq_length = 24;
        r.training.save_steps = 2;
        r.amount = 0.3;
        r.target_sparsity = 0.6;
        r.compute = {"cpu", 1};
        return r;
    }

    [[nodiscard]] static BertForSequenceClassification load(const fs::path& folder, std::uint64_t seed = 0) {
        ProgressSink quiet;
        auto loaded = load_model(folder, 2, seed, torch::kCPU, quiet);
        if (!loaded) qFatal("%s", loaded.error().to_string().c_str());
        return loaded->model;
    }

    [[nodiscard]] static WeightMasks masks_of(const fs::path& file, const fs::path& checkpoint) {
        auto masks = read_weight_masks(file, *read_bert_config(checkpoint));
        if (!masks) qFatal("%s", masks.error().to_string().c_str());
        return *std::move(masks);
    }

    static bool same_weights(const BertForSequenceClassification& a, const BertForSequenceClassification& b) {
        const auto right = b->named_parameters();
        for (const auto& entry : a->named_parameters())
            if (!entry.value().equal(right[entry.key()])) return false;
        return true;
    }

    static std::string bytes(const fs::path& file) {
        const auto read = read_file(file);
        if (!read) qFatal("%s", read.error().to_string().c_str());
        return *read;
    }

private Q_SLOTS:
    void initTestCase() {
        fs::create_directories(path("glue/MRPC"));
        const auto dev = golden_folder("search/pair_classification/data/MRPC/dev.tsv");
        for (const char* name : {"train.tsv", "dev.tsv"}) fs::copy(dev, path("glue/MRPC") / name);
        auto whole = request("whole");
        whole.keep_models = true;
        TrainingObserver quiet;
        const auto report = run_imp(whole, {}, quiet);
        QVERIFY_VALUE(report);
        QCOMPARE(report->rounds.size(), std::size_t{4});  // 0%, 30%, 51%, 60%
    }

    // Each round prunes the smallest of the weights that were alive, as it ended with them, and no other.
    void prunes_the_smallest_of_each_round() {
        const auto out = path("whole");
        const auto config = *read_bert_config(request("").checkpoint);
        auto before = all_weights_kept(config, MlpOutputBias::Pruned);
        const auto prunable = before.prunable();
        std::int64_t alive = prunable;
        const auto target = static_cast<std::int64_t>(std::nearbyint(0.6 * static_cast<double>(prunable)));
        for (int round = 0; round < 3; ++round) {
            auto trained = load(out / "rounds" / std::to_string(round));
            const auto weights = weights_of(trained, before);
            const auto after =
                masks_of(out / ("weight_mask_" + std::to_string(round + 1) + ".safetensors"), request("").checkpoint);
            alive = std::max(alive - static_cast<std::int64_t>(std::nearbyint(0.3 * static_cast<double>(alive))),
                             prunable - target);
            QCOMPARE(after.kept(), alive);
            std::vector<torch::Tensor> gone, left, dead;
            for (std::size_t i = 0; i < before.masks.size(); ++i) {
                gone.push_back(before.masks[i].kept.logical_and(after.masks[i].kept.logical_not()));
                left.push_back(after.masks[i].kept);
                dead.push_back(before.masks[i].kept.logical_not());
                QVERIFY(after.masks[i].kept.logical_and(dead.back()).count_nonzero().item<std::int64_t>() == 0);
            }
            QVERIFY(magnitudes(weights, gone).max().item<float>() <= magnitudes(weights, left).min().item<float>());
            // What was pruned before is exactly zero at the end of the round.
            if (round > 0) QVERIFY(magnitudes(weights, dead).max().item<float>() == 0.0F);
            before = after;
        }
        QCOMPARE(alive, prunable - target);
        QVERIFY(before == masks_of(out / "weight_mask.safetensors", request("").checkpoint));
    }

    // The ticket is the mask on the weights that training began with, classifier included; fine-tuned under the mask it
    // is the last round.
    void ticket_is_the_rewound_weights() {
        const auto out = path("whole");
        auto expected = load(request("").checkpoint, 5);
        const auto masks = masks_of(out / "weight_mask.safetensors", request("").checkpoint);
        apply_weight_masks(expected, masks);
        auto ticket = load(out / "ticket");
        QVERIFY(same_weights(ticket, expected));
        FinetuneRequest again;
        again.checkpoint = out / "ticket";
        again.weight_mask = out / "weight_mask.safetensors";
        again.data = request("").data;
        again.out = path("again");
        again.seed = 5;
        again.options = request("").training;
        again.compute = request("").compute;
        TrainingObserver quiet;
        QVERIFY_VALUE(run_finetune(again, {}, quiet));
        auto trained = load(again.out), last = load(out / "rounds/3");
        QVERIFY(same_weights(trained, last));
        QVERIFY(!same_weights(trained, ticket));
    }

    void writes_its_record() {
        const auto out = path("whole");
        const auto record = read_json(out / "search.json");
        QVERIFY_VALUE(record);
        QCOMPARE(record->at("kind").get<std::string>(), std::string("imp"));
        const auto& rounds = record->at("rounds");
        QCOMPARE(rounds.size(), std::size_t{4});
        double seconds = 0.0;
        for (std::size_t i = 0; i < rounds.size(); ++i) {
            const auto run = read_json(out / "rounds" / std::to_string(i) / "run.json");
            QVERIFY_VALUE(run);
            QVERIFY(rounds[i].at("metrics") == run->at("result").at("metrics"));
            QVERIFY(rounds[i].at("score") == run->at("result").at("metrics").at("acc"));
            seconds += run->at("result").at("seconds").get<double>();
        }
        QCOMPARE(record->at("seconds").get<double>(), seconds);
        QVERIFY(std::abs(record->at("sparsity").get<double>() - 0.6) < 1e-3);
        QVERIFY(record->at("score") == rounds.back().at("score"));
        for (const char* name : {"weight_survival.svg", "weight_survival.csv", "ticket/config.json"})
            QVERIFY2(fs::exists(out / name), name);
        const auto run = read_json(out / "run.json");
        QVERIFY_VALUE(run);
        QCOMPARE(run->at("inputs").at("imp").at("amount").get<double>(), 0.3);
        TrainingObserver quiet;
        auto finished = request("whole");
        finished.resume = true;
        const auto again = run_imp(finished, {}, quiet);
        QVERIFY(again.failed());
        QVERIFY(again.error().message.find("finished run") != std::string::npos);
    }

    // Stopped in its first, second and last round: goes on with that round, does no other again, and ends alike.
    void resume_data() {
        QTest::addColumn<int>("steps");
        QTest::addColumn<int>("rounds_finished");
        QTest::newRow("in round 0") << 4 << 0;
        QTest::newRow("in round 1") << 7 << 1;
        QTest::newRow("after round 1") << 12 << 1;
        QTest::newRow("in the last round") << 20 << 3;
    }
    void resume() {
        QFETCH(int, steps);
        QFETCH(int, rounds_finished);
        const auto out = "resume" + std::to_string(steps);
        auto r = request(out);
        Stopper stopper(steps);
        QVERIFY(run_imp(r, stopper.source.get_token(), stopper).cancelled());
        QVERIFY(!fs::exists(r.out / "run.json") && !fs::exists(r.out / "weight_mask.safetensors"));
        std::vector<std::string> finished;
        for (int i = 0; i < rounds_finished; ++i)
            finished.push_back(bytes(r.out / "rounds" / std::to_string(i) / "run.json"));
        TrainingObserver quiet;
        const auto without = run_imp(r, {}, quiet);
        QVERIFY(without.failed());
        QVERIFY(without.error().message.find("interrupted run") != std::string::npos);
        r.resume = true;
        QVERIFY_VALUE(run_imp(r, {}, quiet));
        for (int i = 0; i < rounds_finished; ++i)
            QCOMPARE(bytes(r.out / "rounds" / std::to_string(i) / "run.json"), finished[static_cast<std::size_t>(i)]);
        for (const char* name : {"weight_mask.safetensors", "ticket/model.safetensors", "rounds/3/model.safetensors"})
            QVERIFY2(bytes(r.out / name) == bytes(path("whole") / name), name);
        // Trained models are kept of the last round alone.
        for (int i = 0; i < 3; ++i) {
            const auto round = r.out / "rounds" / std::to_string(i);
            QVERIFY(!fs::exists(round / "model.safetensors") && !fs::exists(round / "config.json"));
            QVERIFY(fs::exists(round / "training.json"));
        }
    }

    void resumed_with_other_options() {
        auto r = request("other");
        Stopper stopper(8);
        QVERIFY(run_imp(r, stopper.source.get_token(), stopper).cancelled());
        TrainingObserver quiet;
        r.resume = true;
        r.amount = 0.2;
        const auto amount = run_imp(r, {}, quiet);
        QVERIFY(amount.failed());
        QVERIFY2(amount.error().to_string().find("were expected") != std::string::npos,
                 amount.error().to_string().c_str());
        r.amount = 0.3;
        r.training.learning_rate = 1e-3;
        const auto rate = run_imp(r, {}, quiet);
        QVERIFY(rate.failed());
        QVERIFY(rate.error().message.find("other options") != std::string::npos);
    }

    // Rewound to step 2 of the first training, whose state later rounds begin at.
    void rewinds_to_a_step() {
        auto r = request("rewound");
        r.rewind_step = 2;
        r.target_sparsity.reset();
        r.rounds = 1;
        TrainingObserver quiet;
        const auto report = run_imp(r, {}, quiet);
        QVERIFY_VALUE(report);
        QCOMPARE(report->rounds.size(), std::size_t{2});
        auto expected = load(r.checkpoint, 5);
        const auto before = load(r.checkpoint, 5);
        QVERIFY_VALUE(read_resume_weights(r.out / "rewind.safetensors", expected));
        QVERIFY(!same_weights(expected, before));
        const auto masks = masks_of(r.out / "weight_mask.safetensors", r.checkpoint);
        apply_weight_masks(expected, masks);
        const auto ticket = load(r.out / "ticket");
        QVERIFY(same_weights(ticket, expected));
        const auto history = read_json(r.out / "rounds/1/training.json");
        QVERIFY_VALUE(history);
        QCOMPARE(history->at("steps").size(), std::size_t{4});
        QCOMPARE(history->at("steps").front().at("step").get<int>(), 3);
        QCOMPARE(history->at("evaluations").front().at("step").get<int>(), 2);

        // Interrupted in round 1 it ends alike; without the state it cannot go on.
        auto stopped = r;
        stopped.out = path("rewound_stopped");
        Stopper stopper(8);
        QVERIFY(run_imp(stopped, stopper.source.get_token(), stopper).cancelled());
        stopped.resume = true;
        fs::rename(stopped.out / "rewind.safetensors", path("aside"));
        const auto lost = run_imp(stopped, {}, quiet);
        QVERIFY(lost.failed());
        QVERIFY2(lost.error().place.find("rewind.safetensors") != std::string::npos, lost.error().place.c_str());
        fs::rename(path("aside"), stopped.out / "rewind.safetensors");
        QVERIFY_VALUE(run_imp(stopped, {}, quiet));
        for (const char* name : {"weight_mask.safetensors", "rounds/1/model.safetensors"})
            QVERIFY2(bytes(stopped.out / name) == bytes(r.out / name), name);

        r.out = path("too_late");
        r.rewind_step = 6;
        const auto late = run_imp(r, {}, quiet);
        QVERIFY(late.failed());
        QVERIFY(late.error().message.find("the run has 6 steps") != std::string::npos);
    }

    void damaged_mask() {
        auto r = request("damaged");
        Stopper stopper(8);
        QVERIFY(run_imp(r, stopper.source.get_token(), stopper).cancelled());
        const auto mask = r.out / "weight_mask_1.safetensors";
        fs::resize_file(mask, fs::file_size(mask) - 1);
        r.resume = true;
        TrainingObserver quiet;
        const auto result = run_imp(r, {}, quiet);
        QVERIFY(result.failed());
        QVERIFY2(result.error().to_string().find("weight_mask_1.safetensors") != std::string::npos,
                 result.error().to_string().c_str());
    }

    void problems_name_their_fields_data() {
        QTest::addColumn<QString>("field");
        for (const char* field : {"checkpoint", "data", "out", "amount", "target-sparsity", "rounds", "rewind-step",
                                  "epochs", "learning-rate", "device"})
            QTest::newRow(field) << field;
        QTest::newRow("no end") << "target-sparsity";
    }
    void problems_name_their_fields() {
        QFETCH(QString, field);
        auto r = request("never");
        for (const auto& p : problems(r)) QFAIL((p.field + ": " + p.message).c_str());
        if (field == "checkpoint") r.checkpoint = "/nowhere";
        if (field == "data") r.data = "/nowhere";
        if (field == "out") r.out = r.checkpoint;
        if (field == "amount") r.amount = 1.0;
        if (field == "target-sparsity") r.target_sparsity = 0.0;
        if (field == "rounds") r.rounds = 0;
        if (field == "rewind-step") r.rewind_step = -1;
        if (field == "epochs") r.training.epochs = 0;
        if (field == "learning-rate") r.training.learning_rate = std::nan("");
        if (field == "device") r.compute.device = "tpu";
        if (QLatin1String(QTest::currentDataTag()) == QLatin1String("no end")) r.target_sparsity.reset();
        bool named = false;
        for (const auto& p : problems(r)) named = named || QString::fromStdString(p.field) == field;
        QVERIFY(named);
        TrainingObserver quiet;
        QVERIFY(run_imp(r, {}, quiet).failed());
        QVERIFY(!fs::exists(path("never")));
    }
};

QTEST_GUILESS_MAIN(TestImpRun)
#include "tst_imp_run.moc"
