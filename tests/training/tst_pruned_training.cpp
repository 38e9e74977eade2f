// SPDX-License-Identifier: GPL-3.0-or-later
//
// Training with pruned weights: they are zero from the first evaluation on and stay exactly zero, and the others
// learn as through torch.nn.utils.prune (tests/reference/make_pruned_training_goldens.py).
#ifndef Q_MOC_RUN  // moc need not read LibTorch
#include "core/training/adamw.h"
#include "core/training/pruned_weights.h"
#include "core/training/trainer.h"
#endif

#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "tests/support/goldens.h"
#include "tests/support/weight_bits.h"

using namespace lottery;
using namespace lottery::test;

namespace {

bool pruned_are_zero(BertForSequenceClassification& model, const WeightMasks& masks) {
    const auto weights = weights_of(model, masks);
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const auto pruned = weights[i].masked_select(masks.masks[i].kept.logical_not());
        if (!pruned.eq(0).all().item<bool>()) return false;
    }
    return true;
}

struct Run {
    BertForSequenceClassification model{nullptr};
    std::vector<Features> features;
    WeightMasks masks;
    TrainingPlan plan;
    bool zero_at_evaluations = true;

    explicit Run(const std::filesystem::path& resume_file) {
        ProgressSink quiet;
        auto loaded = load_model(golden_folder("bert/three_layers"), 3, 0, torch::kCPU, quiet);
        if (!loaded) qFatal("%s", loaded.error().to_string().c_str());
        model = loaded->model;
        features = golden_features(read_golden(golden_folder("bert/three_layers") / "expected.json").at("sequences"));
        torch::manual_seed(4);
        masks = all_weights_kept(model->config(), MlpOutputBias::Pruned);
        for (auto& mask : masks.masks) mask.kept = torch::rand(mask.kept.sizes()) < 0.5;
        plan.train = features;
        plan.options.epochs = 4;
        plan.options.batch_size = 3;
        plan.options.learning_rate = 1e-2;
        plan.options.save_steps = 2;
        plan.seed = 42;
        plan.fingerprint = "test";
        plan.stage = "training";
        plan.resume_file = resume_file;
        plan.weight_masks = &masks;
        plan.evaluate = [this](BertForSequenceClassification& m) -> Outcome<DevEvaluation> {
            zero_at_evaluations = zero_at_evaluations && pruned_are_zero(m, masks);
            return DevEvaluation{0, 0.0, {{"acc", 0.5}}, 1.0};
        };
    }

    Outcome<TrainingHistory> train(int stop_after = -1) {
        struct Stopper : TrainingObserver {
            std::stop_source source;
            int left = -1;
            void on_training_step(const TrainingStep&) override {
                if (left > 0 && --left == 0) source.request_stop();
            }
        } stopper;
        stopper.left = stop_after;
        return lottery::train(model, plan, stopper.source.get_token(), stopper);
    }
};

}  // namespace

class TestPrunedTraining : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { at::set_num_threads(1); }

    void pruned_weights_stay_zero_data() {
        QTest::addColumn<double>("weight_decay");
        QTest::addColumn<double>("clip");
        QTest::addColumn<bool>("bf16");
        QTest::newRow("plain") << 0.0 << 1.0 << false;
        QTest::newRow("weight decay") << 0.3 << 1.0 << false;
        QTest::newRow("no clipping") << 0.3 << 0.0 << false;
        QTest::newRow("bf16") << 0.3 << 1.0 << true;
    }
    void pruned_weights_stay_zero() {
        QFETCH(double, weight_decay);
        QFETCH(double, clip);
        QFETCH(bool, bf16);
        QTemporaryDir folder;
        Run run(folder.filePath("resume").toStdString());
        run.plan.options.weight_decay = weight_decay;
        run.plan.options.max_gradient_norm = clip;
        run.plan.options.precision = bf16 ? Precision::Bf16 : Precision::Fp32;
        const auto before = weights_of(run.model, run.masks);
        QVERIFY_VALUE(run.train());
        QVERIFY(run.zero_at_evaluations);
        QVERIFY(pruned_are_zero(run.model, run.masks));
        // The others did learn.
        const auto after = weights_of(run.model, run.masks);
        for (std::size_t i = 0; i < after.size(); ++i) {
            const auto& kept = run.masks.masks[i].kept;
            if (!kept.any().item<bool>() || run.masks.masks[i].parameter.ends_with("key.bias")) continue;
            QVERIFY2(!after[i].masked_select(kept).equal(before[i].masked_select(kept)),
                     run.masks.masks[i].parameter.c_str());
        }
    }

    // Without the mask the same run fills these weights: the test above can fail.
    void without_a_mask_they_do_not() {
        QTemporaryDir folder;
        Run run(folder.filePath("resume").toStdString());
        run.plan.weight_masks = nullptr;
        apply_weight_masks(run.model, run.masks);
        QVERIFY_VALUE(run.train());
        QVERIFY(!pruned_are_zero(run.model, run.masks));
    }

    void resume_is_bit_identical_data() {
        QTest::addColumn<int>("stop_after");
        for (const int step : {1, 3, 4, 7}) QTest::addRow("after step %d", step) << step;
    }
    void resume_is_bit_identical() {
        QFETCH(int, stop_after);
        QTemporaryDir folder;
        Run whole(folder.filePath("whole").toStdString());
        whole.plan.options.weight_decay = 0.1;
        QVERIFY_VALUE(whole.train());
        Run first(folder.filePath("resume").toStdString());
        first.plan.options.weight_decay = 0.1;
        QVERIFY(first.train(stop_after).cancelled());
        Run second(folder.filePath("resume").toStdString());
        second.plan.options.weight_decay = 0.1;
        second.plan.resume = true;
        QVERIFY_VALUE(second.train());
        QVERIFY(second.zero_at_evaluations && pruned_are_zero(second.model, second.masks));
        const auto expected = whole.model->named_parameters();
        for (const auto& entry : second.model->named_parameters())
            QVERIFY2(entry.value().equal(expected[entry.key()]), entry.key().c_str());
    }

    void gradients_that_are_not_finite_are_zeroed_too() {
        QTemporaryDir folder;
        Run run(folder.filePath("resume").toStdString());
        PrunedWeights pruned(run.model, &run.masks);
        auto parameter = run.model->named_parameters()[run.masks.masks.front().parameter];
        parameter.mutable_grad() = torch::full_like(parameter, std::nan(""));
        pruned.zero_gradients();
        const auto& kept = run.masks.masks.front().kept;
        QVERIFY(parameter.grad().masked_select(kept.logical_not()).eq(0).all().item<bool>());
        QVERIFY(parameter.grad().masked_select(kept).isnan().all().item<bool>());
    }

    void equals_torch_pruning_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("classification") << "classification";
        QTest::newRow("regression, weight decay and warm-up") << "regression_decay_warmup";
    }
    void equals_torch_pruning() {
        QFETCH(QString, name);
        const auto folder = golden_folder("training/" + name.toStdString());
        const auto source = read_golden(folder / "expected.json");
        const auto golden = read_golden(golden_folder("training_pruned") / (name.toStdString() + ".json"));
        ProgressSink quiet;
        auto loaded = load_model(folder, source.at("outputs").get<int>(), 0, torch::kCPU, quiet);
        QVERIFY_VALUE(loaded);
        auto& model = loaded->model;
        const auto masks = masks_from_bits(all_weights_kept(model->config(), MlpOutputBias::Pruned),
                                           golden.at("masks").get<std::string>());
        PrunedWeights pruned(model, &masks);
        const auto features = golden_features(source.at("sequences"));
        const auto& o = source.at("options");
        TrainingOptions options;
        options.learning_rate = o.at("learning_rate").get<double>();
        options.warmup_share = o.at("warmup_share").get<double>();
        std::vector<std::pair<std::string, torch::Tensor>> parameters;
        for (auto& entry : model->named_parameters()) {
            entry.value().requires_grad_(true);
            parameters.emplace_back(entry.key(), entry.value());
        }
        AdamW optimizer(parameters, {o.at("epsilon").get<double>(), o.at("weight_decay").get<double>(),
                                     o.at("max_gradient_norm").get<double>()});
        const auto& expected = golden.at("steps");
        const auto steps = static_cast<std::int64_t>(expected.size());
        QCOMPARE(steps, std::int64_t{10});
        for (std::int64_t step = 1; step <= steps; ++step) {
            std::vector<const Features*> batch;
            for (const auto& i : source.at("batches")[static_cast<std::size_t>(step - 1)])
                batch.push_back(&features[i.get<std::size_t>()]);
            const auto packed = to_device(pack(batch), torch::kCPU);
            const auto loss = mean_loss(model->forward(packed, model->plan()), packed);
            loss.backward();
            pruned.zero_gradients();
            double square = 0;
            for (const auto& [key, value] : parameters)
                if (value.grad().defined()) square += std::pow(value.grad().norm().item<double>(), 2);
            const auto& e = expected[static_cast<std::size_t>(step - 1)];
            const auto where = qPrintable(QString("step %1").arg(step));
            QVERIFY2(std::abs(loss.item<double>() - e.at("loss").get<double>()) < 1e-4, where);
            const auto norm = e.at("gradient_norm").get<double>();
            QVERIFY2(std::abs(std::sqrt(square) - norm) < 1e-3 * std::max(1.0, norm), where);
            optimizer.step(step, learning_rate_at(options, step, steps));
        }
        QVERIFY(pruned_are_zero(model, masks));
        for (const auto& [key, value] : parameters) {
            // A key's bias shifts all scores of a query alike: its gradient is rounding, which Adam scales up.
            if (key.ends_with("key.bias")) continue;
            const auto& after = golden.at("after").at(key);
            const auto doubles = value.detach().to(torch::kFloat64);
            QVERIFY2(std::abs(doubles.norm().item<double>() - after.at("norm").get<double>()) < 1e-3, key.c_str());
            QVERIFY2(std::abs(doubles.sum().item<double>() - after.at("sum").get<double>()) < 5e-3, key.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestPrunedTraining)
#include "tst_pruned_training.moc"
