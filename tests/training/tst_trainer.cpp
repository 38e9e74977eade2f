// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef Q_MOC_RUN  // moc need not read LibTorch
#include "core/training/adamw.h"
#include "core/training/resume_point.h"
#include "tests/training/tiny_training.h"
#endif

#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "core/base/file.h"
#include "core/base/random.h"
#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;

namespace {

std::vector<std::pair<std::string, torch::Tensor>> parameters_of(BertForSequenceClassification& model) {
    std::vector<std::pair<std::string, torch::Tensor>> parameters;
    for (const auto& entry : model->named_parameters()) parameters.emplace_back(entry.key(), entry.value());
    return parameters;
}

}  // namespace

class TestTrainer : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { at::set_num_threads(1); }

    // Against LibTorch's own AdamW, with decay and without, norms below and above the clip.
    void adamw_data() {
        QTest::addColumn<double>("weight_decay");
        QTest::addColumn<double>("clip");
        QTest::addColumn<bool>("contiguous");
        for (const bool contiguous : {true, false}) {
            QTest::addRow("plain, %d", contiguous) << 0.0 << 0.0 << contiguous;
            QTest::addRow("decay, %d", contiguous) << 0.1 << 0.0 << contiguous;
            QTest::addRow("clipped, %d", contiguous) << 0.0 << 0.5 << contiguous;
            QTest::addRow("not reached, %d", contiguous) << 0.01 << 1e6 << contiguous;
        }
    }
    void adamw() {
        QFETCH(double, weight_decay);
        QFETCH(double, clip);
        QFETCH(bool, contiguous);
        torch::manual_seed(3);
        // A parameter that is not contiguous takes the path of other devices.
        auto ours = contiguous ? torch::randn({7, 5}) : torch::randn({5, 7}).t();
        auto theirs = ours.clone();
        ours.requires_grad_();
        theirs.requires_grad_();
        AdamW optimizer({{"a.weight", ours}}, {1e-8, weight_decay, clip});
        torch::optim::AdamW reference({theirs}, torch::optim::AdamWOptions(1e-2).eps(1e-8).weight_decay(weight_decay));
        for (int step = 1; step <= 5; ++step) {
            const auto gradient = torch::randn({7, 5});
            ours.mutable_grad() = gradient.clone();
            theirs.mutable_grad() = gradient.clone();
            if (clip > 0) torch::nn::utils::clip_grad_norm_(std::vector<torch::Tensor>{theirs}, clip);
            optimizer.step(step, 1e-2);
            reference.step();
        }
        QVERIFY((ours - theirs).abs().max().item<double>() < 1e-6);
    }

    void decay_spares_biases_and_layer_norm_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("decays");
        QTest::newRow("weight") << "bert.pooler.dense.weight" << true;
        QTest::newRow("bias") << "bert.pooler.dense.bias" << false;
        QTest::newRow("LayerNorm") << "bert.embeddings.LayerNorm.weight" << false;
    }
    void decay_spares_biases_and_layer_norm() {
        QFETCH(QString, name);
        QFETCH(bool, decays);
        auto p = torch::ones({3}).requires_grad_();
        p.mutable_grad() = torch::zeros({3});
        AdamW optimizer({{name.toStdString(), p}}, {1e-8, 0.5, 0.0});
        optimizer.step(1, 0.1);
        QCOMPARE(p[0].item<float>() < 1.0F, decays);
    }

    void learning_rate_data() {
        QTest::addColumn<double>("warmup");
        QTest::addColumn<int>("step");
        QTest::addColumn<double>("expected");
        QTest::newRow("first") << 0.0 << 1 << 1.0;
        QTest::newRow("middle") << 0.0 << 6 << 0.5;
        QTest::newRow("last") << 0.0 << 10 << 0.1;
        QTest::newRow("warm-up begins") << 0.2 << 1 << 0.0;
        QTest::newRow("warm-up half") << 0.2 << 2 << 0.5;
        QTest::newRow("warm-up ends") << 0.2 << 3 << 1.0;
    }
    void learning_rate() {
        QFETCH(double, warmup);
        QFETCH(int, step);
        QFETCH(double, expected);
        TrainingOptions o;
        o.learning_rate = 1.0;
        o.warmup_share = warmup;
        QVERIFY(std::abs(learning_rate_at(o, step, 10) - expected) < 1e-12);
    }

    void training_lowers_the_loss() {
        QTemporaryDir folder;
        Run run(folder.filePath("resume.safetensors").toStdString());
        run.plan.options.epochs = 12;
        run.plan.options.dropout = 0.0;
        const auto history = run.train();
        QVERIFY_VALUE(history);
        QCOMPARE(history->steps.size(), std::size_t{60});
        QCOMPARE(run.evaluations, 13);
        QCOMPARE(history->evaluations.back().step, std::int64_t{60});
        const auto mean = [&](std::size_t from) {
            double sum = 0;
            for (std::size_t i = from; i < from + 5; ++i) sum += history->steps[i].loss;
            return sum / 5;
        };
        QVERIFY2(mean(55) < 0.8 * mean(0), qPrintable(QString("%1, %2").arg(mean(0)).arg(mean(55))));
    }

    void same_seed_same_weights() {
        QTemporaryDir folder;
        Run a(folder.filePath("a").toStdString()), b(folder.filePath("b").toStdString()),
            c(folder.filePath("c").toStdString());
        c.plan.seed = 43;
        QVERIFY_VALUE(a.train());
        QVERIFY_VALUE(b.train());
        QVERIFY_VALUE(c.train());
        QVERIFY(same_weights(a.model, b.model));
        QVERIFY(!same_weights(a.model, c.model));
    }

    // Stopped at any step and resumed: the same bits as an undisturbed run, history included.
    void resume_is_bit_identical_data() {
        QTest::addColumn<int>("stop_after");
        for (const int step : {1, 2, 4, 5, 6, 9, 10, 14}) QTest::addRow("after step %d", step) << step;
    }
    void resume_is_bit_identical() {
        QFETCH(int, stop_after);
        QTemporaryDir folder;
        Run whole(folder.filePath("whole").toStdString());
        const auto expected = whole.train();
        QVERIFY_VALUE(expected);
        const std::filesystem::path file = folder.filePath("resume").toStdString();
        Run first(file);
        QVERIFY(first.train(stop_after).cancelled());
        Run second(file);
        second.plan.resume = true;
        const auto history = second.train();
        QVERIFY_VALUE(history);
        QVERIFY(same_weights(whole.model, second.model));
        QCOMPARE(history->steps.size(), expected->steps.size());
        for (std::size_t i = 0; i < history->steps.size(); ++i)
            QCOMPARE(to_json(history->steps[i]).dump(), to_json(expected->steps[i]).dump());
        QCOMPARE(history->evaluations.size(), expected->evaluations.size());
    }

    // Seconds and examples are those of all processes together.
    // By number there would be one after the first hundred steps only.
    void slow_steps_are_saved_by_time_data() {
        QTest::addColumn<double>("unsaved_seconds");
        QTest::addColumn<bool>("saved");
        QTest::newRow("nothing may be lost") << 0.0 << true;
        QTest::newRow("an hour may be lost") << 3600.0 << false;
    }
    void slow_steps_are_saved_by_time() {
        QFETCH(double, unsaved_seconds);
        QFETCH(bool, saved);
        QTemporaryDir folder;
        Run run(folder.filePath("resume").toStdString());
        run.plan.options.save_steps = 100;
        run.plan.unsaved_seconds = unsaved_seconds;
        struct Watcher : TrainingObserver {
            std::filesystem::path file;
            bool there_at_second = false;
            void on_training_step(const TrainingStep& step) override {
                if (step.step == 2) there_at_second = std::filesystem::exists(file);
            }
        } watcher;
        watcher.file = run.plan.resume_file;
        QVERIFY(lottery::train(run.model, run.plan, {}, watcher));
        QCOMPARE(watcher.there_at_second, saved);
    }

    void resumed_history_covers_all_processes() {
        QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath("resume").toStdString();
        double seconds = 0.0;
        for (const int stop_after : {3, 4}) {
            Run part(file);
            part.plan.resume = true;
            struct Clock : TrainingObserver {
                std::stop_source source;
                int left = 0;
                void on_training_step(const TrainingStep&) override {
                    if (--left == 0) source.request_stop();
                }
            } clock;
            // Steps of earlier processes are told again.
            clock.left = stop_after + (seconds > 0 ? 3 : 0);
            QVERIFY(lottery::train(part.model, part.plan, clock.source.get_token(), clock).cancelled());
            AdamW optimizer(parameters_of(part.model), {});
            const auto saved = read_resume_point(file, "test", optimizer);
            QVERIFY_VALUE(saved);
            QCOMPARE(saved->examples, std::int64_t{seconds > 0 ? 24 + 10 : 15});
            QVERIFY(saved->seconds > seconds);
            seconds = saved->seconds;
        }
        Run last(file);
        last.plan.resume = true;
        const auto history = last.train();
        QVERIFY_VALUE(history);
        QCOMPARE(history->examples, std::int64_t{3 * 24});
        QVERIFY(history->seconds > seconds);
    }

    // An evaluation that is cancelled at an epoch's end is made up for.
    void cancelled_evaluation_runs_again() {
        QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath("resume").toStdString();
        Run first(file);
        const auto evaluate = first.plan.evaluate;
        first.plan.evaluate = [&](BertForSequenceClassification& m) -> Outcome<DevEvaluation> {
            if (first.evaluations == 2) return Cancelled{};
            return evaluate(m);
        };
        QVERIFY(first.train().cancelled());
        Run second(file);
        second.plan.resume = true;
        const auto history = second.train();
        QVERIFY_VALUE(history);
        QCOMPARE(history->evaluations.size(), std::size_t{4});
        QCOMPARE(history->evaluations[2].step, std::int64_t{10});
    }

    void resume_points_that_are_refused_data() {
        QTest::addColumn<QString>("damage");
        QTest::addColumn<QString>("said");
        QTest::newRow("another run") << "fingerprint"
                                     << "other options";
        QTest::newRow("truncated") << "truncate"
                                   << "resume";
        QTest::newRow("not a resume point") << "replace"
                                            << "resume";
        QTest::newRow("another model") << "model"
                                       << "another shape";
    }
    void resume_points_that_are_refused() {
        QFETCH(QString, damage);
        QFETCH(QString, said);
        QTemporaryDir folder;
        const auto path = folder.filePath("resume");
        Run first(path.toStdString());
        QVERIFY(first.train(3).cancelled());
        Run second(path.toStdString());
        second.plan.resume = true;
        if (damage == "fingerprint") second.plan.fingerprint = "other";
        if (damage == "truncate") QVERIFY(QFile::resize(path, QFile(path).size() / 2));
        if (damage == "replace") QVERIFY_VALUE(write_file_atomically(path.toStdString(), "not a tensor file"));
        if (damage == "model") {
            auto wider = second.model->config();
            wider.intermediate_size += 1;
            second.model = BertForSequenceClassification(wider, 3);
        }
        const auto result = second.train();
        QVERIFY(result.failed());
        QVERIFY2(QString::fromStdString(result.error().to_string()).contains(said), result.error().to_string().c_str());
    }

    void diverged_training_fails() {
        QTemporaryDir folder;
        Run run(folder.filePath("resume").toStdString());
        const torch::NoGradGuard no_grad;
        run.model->named_parameters()["classifier.bias"].fill_(std::nan(""));
        const torch::AutoGradMode grad(true);
        const auto result = run.train();
        QVERIFY(result.failed());
        QVERIFY(result.error().message.find("loss became") != std::string::npos);
    }

    void equals_transformers_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("classification") << "classification";
        QTest::newRow("regression, weight decay and warm-up") << "regression_decay_warmup";
        QTest::newRow("subnetwork: heads, a layer's last one, and an MLP removed") << "subnetwork";
    }
    // Ten steps without dropout in a given order: losses and weights of transformers with PyTorch's AdamW
    // (tests/reference/make_training_goldens.py).
    void equals_transformers() {
        QFETCH(QString, name);
        const auto folder = golden_folder("training/" + name.toStdString());
        const auto golden = read_golden(folder / "expected.json");
        ProgressSink quiet;
        auto loaded = load_model(folder, golden.at("outputs").get<int>(), 0, torch::kCPU, quiet);
        QVERIFY_VALUE(loaded);
        auto masks = loaded->model->components();
        masks.heads.values = flat_floats(golden.at("head_mask"));
        masks.mlps = flat_floats(golden.at("mlp_mask"));
        auto model = remove(loaded->model, masks);
        const auto features = golden_features(golden.at("sequences"));
        const auto& o = golden.at("options");
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
        const auto& expected = golden.at("steps").at("float64");
        const auto steps = static_cast<std::int64_t>(expected.size());
        for (std::int64_t step = 1; step <= steps; ++step) {
            std::vector<const Features*> batch;
            for (const auto& i : golden.at("batches")[static_cast<std::size_t>(step - 1)])
                batch.push_back(&features[i.get<std::size_t>()]);
            const auto packed = to_device(pack(batch), torch::kCPU);
            const auto loss = mean_loss(model->forward(packed, model->plan()), packed);
            loss.backward();
            const auto& e = expected[static_cast<std::size_t>(step - 1)];
            const double rate = learning_rate_at(options, step, steps);
            QVERIFY2(std::abs(loss.item<double>() - e.at("loss").get<double>()) < 1e-4,
                     qPrintable(QString("step %1").arg(step)));
            QVERIFY2(std::abs(rate - e.at("learning_rate").get<double>()) < 1e-9,
                     qPrintable(QString("step %1").arg(step)));
            optimizer.step(step, rate);
        }
        std::size_t compared = 0;
        for (const auto& [key, value] : parameters) {
            // A key's bias shifts all scores of a query alike: its gradient is rounding, which Adam scales up.
            if (key.ends_with("key.bias")) continue;
            const double norm = value.detach().to(torch::kFloat64).norm().item<double>();
            QVERIFY2(std::abs(norm - golden.at("parameters").at(key).at("norm").get<double>()) < 1e-3, key.c_str());
            ++compared;
        }
        QCOMPARE(compared, golden.at("parameters").size());
    }

    void nothing_to_train_on() {
        QTemporaryDir folder;
        Run run(folder.filePath("resume").toStdString());
        run.plan.train = {};
        QVERIFY(run.train().failed());
    }

    void random_choices() {
        auto order = Random(5).permutation(100);
        QCOMPARE(order, Random(5).permutation(100));
        QVERIFY(order != Random(6).permutation(100));
        std::sort(order.begin(), order.end());
        for (std::size_t i = 0; i < order.size(); ++i) QCOMPARE(order[i], i);
        QVERIFY(derive_seed(1, 0) != derive_seed(0, 1));
    }
};

QTEST_GUILESS_MAIN(TestTrainer)
#include "tst_trainer.moc"
