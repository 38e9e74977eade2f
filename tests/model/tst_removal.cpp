// SPDX-License-Identifier: GPL-3.0-or-later
//
// Models without some of their heads and MLPs: what they compute, how they are saved, what they cost. Logits of pruned
// checkpoints are those of transformers (tests/reference/make_bert_goldens.py).
#ifndef Q_MOC_RUN  // moc need not read LibTorch
#include "core/evaluation/predict.h"
#include "core/evaluation/speed.h"
#include "core/model/bert.h"
#include "core/model/checkpoint.h"
#endif

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <numeric>

#include "core/base/npy.h"
#include "core/model/model_cost.h"
#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;

Q_DECLARE_METATYPE(lottery::ComponentMasks)

namespace {

namespace fs = std::filesystem;

BertForSequenceClassification load(const fs::path& folder, int outputs) {
    ProgressSink quiet;
    auto loaded = load_model(folder, outputs, 0, torch::kCPU, quiet);
    if (!loaded) qFatal("%s", loaded.error().to_string().c_str());
    if (!loaded->initialised.empty()) qFatal("%s is incomplete", folder.c_str());
    return loaded->model;
}

struct Golden {
    Json json;
    BertForSequenceClassification model{nullptr};
    std::vector<Features> features;

    explicit Golden(const std::string& name)
        : json(read_golden(golden_folder("bert/" + name) / "expected.json")),
          model(load(golden_folder("bert/" + name), json.at("outputs").get<int>())),
          features(golden_features(json.at("sequences"))) {}

    std::vector<float> logits(BertForSequenceClassification& of, const EncoderPlan& plan) const {
        ProgressSink quiet;
        const auto predictions = predict(of, plan, features, "", {}, quiet);
        return predictions->logits;
    }
    std::vector<float> logits(BertForSequenceClassification& of) const { return logits(of, of->plan()); }
};

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
    if (a.size() != b.size() || a.empty()) return INFINITY;
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double d = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
        if (!(d <= largest)) largest = d;
    }
    return largest;
}

ComponentMasks without(int layers, int heads, const std::vector<std::pair<int, int>>& dead,
                       const std::vector<int>& mlps) {
    auto masks = ComponentMasks::all_kept(layers, heads);
    for (const auto& [layer, head] : dead) masks.heads.at(layer, head) = 0.0F;
    for (const int layer : mlps) masks.mlps[static_cast<std::size_t>(layer)] = 0.0F;
    return masks;
}

const std::vector<std::pair<int, int>> kLayer1 = {{1, 0}, {1, 1}, {1, 2}, {1, 3}};

// H 4, N 2, D 2, I 6, L 2: small enough to count by hand.
BertConfig small_config() {
    BertConfig config;
    config.vocab_size = 10;
    config.hidden_size = 4;
    config.num_hidden_layers = 2;
    config.num_attention_heads = 2;
    config.intermediate_size = 6;
    config.max_position_embeddings = 5;
    config.type_vocab_size = 2;
    config.num_labels = 3;
    return config;
}

}  // namespace

class TestRemoval : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { at::set_num_threads(1); }

    void removed_model_data() {
        QTest::addColumn<ComponentMasks>("masks");
        QTest::newRow("nothing") << ComponentMasks::all_kept(3, 4);
        QTest::newRow("some heads") << without(3, 4, {{0, 2}, {1, 0}, {1, 3}, {2, 1}}, {});
        QTest::newRow("a layer without heads") << without(3, 4, kLayer1, {});
        QTest::newRow("a layer without MLP") << without(3, 4, {}, {0});
        QTest::newRow("a layer without either") << without(3, 4, kLayer1, {1});
        QTest::newRow("a bit of everything") << without(3, 4, {{0, 0}, {1, 0}, {1, 1}, {1, 2}, {1, 3}, {2, 3}}, {0, 2});
        ComponentMasks nothing_left{HeadMatrix(3, 4, 0.0F), {0.0F, 0.0F, 0.0F}};
        QTest::newRow("everything") << nothing_left;
    }
    // Removed, saved and loaded again, a model computes what a plan of removed components computes.
    void removed_model() {
        QFETCH(ComponentMasks, masks);
        Golden golden("three_layers");
        const auto expected = golden.logits(golden.model, golden.model->plan(masks, Removal::Physical));
        auto removed = remove(golden.model, masks);
        QVERIFY(largest_difference(golden.logits(removed), expected) < 1e-6);
        QCOMPARE(removed->components(), masks);

        const QTemporaryDir folder;
        const fs::path out = folder.filePath("model").toStdString();
        QVERIFY_VALUE(save_model(removed, out, golden_folder("bert/three_layers")));
        auto again = load(out, 3);
        QVERIFY(largest_difference(golden.logits(again), expected) < 1e-6);
        QCOMPARE(again->components(), masks);

        // Nothing is stored of what is gone.
        const auto specs = bert_tensor_specs(again->config(), 3);
        QCOMPARE(again->named_parameters().size(), specs.size());
        std::int64_t numbers = 0;
        for (const auto& spec : specs)
            numbers += std::accumulate(spec.shape.begin(), spec.shape.end(), std::int64_t{1}, std::multiplies<>());
        QCOMPARE(again->parameter_count(), numbers);
        QCOMPARE(again->config().parameter_count(), numbers);
        const auto keys = again->named_parameters().keys();
        const auto has = [&](const std::string& key) { return std::find(keys.begin(), keys.end(), key) != keys.end(); };
        for (int l = 0; l < 3; ++l) {
            const auto layer = "bert.encoder.layer." + std::to_string(l);
            QCOMPARE(has(layer + ".attention.self.query.weight"), masks.kept_heads_in(l) > 0);
            QCOMPARE(has(layer + ".attention.output.dense.bias"), masks.kept_heads_in(l) > 0);
            QCOMPARE(has(layer + ".output.dense.weight"), masks.keeps_mlp(l));
            QVERIFY(has(layer + ".attention.output.LayerNorm.weight"));
            QVERIFY(has(layer + ".output.LayerNorm.bias"));
        }
        // The share is of the original model's, whoever is asked.
        QCOMPARE(again->kept_share(again->components()), golden.model->kept_share(masks));
    }

    void removed_model_has_parameters_of_its_own() {
        Golden golden("three_layers");
        const auto masks = without(3, 4, {{0, 1}}, {1});
        auto removed = remove(golden.model, masks);
        const auto before = golden.logits(golden.model);
        const torch::NoGradGuard no_grad;
        for (auto& p : removed->parameters()) p.zero_();
        QCOMPARE(golden.logits(golden.model), before);
        for (const auto& p : removed->parameters()) QVERIFY(p.is_leaf() && p.requires_grad());
        golden.model->to(torch::kFloat64);
        QCOMPARE(remove(golden.model, masks)->parameters().front().scalar_type(), torch::kFloat64);
    }

    // Masks of a removed model are those of the original one.
    void removed_in_two_steps() {
        Golden golden("three_layers");
        const auto first = without(3, 4, {{0, 1}, {2, 0}, {2, 1}}, {2});
        const auto second = without(3, 4, {{0, 1}, {0, 3}, {1, 2}, {2, 0}, {2, 1}, {2, 2}, {2, 3}}, {0, 2});
        auto once = remove(golden.model, first);
        auto twice = remove(once, second);
        auto directly = remove(golden.model, second);
        QCOMPARE(twice->components(), second);
        QVERIFY(largest_difference(golden.logits(twice), golden.logits(directly)) < 1e-6);
        for (const auto removal : {Removal::Physical, Removal::Multiply})
            QVERIFY(largest_difference(golden.logits(once, once->plan(second, removal)),
                                       golden.logits(golden.model, golden.model->plan(second, removal))) < 1e-6);
        // A mask that keeps everything keeps what there is.
        QVERIFY(largest_difference(golden.logits(once, once->plan(ComponentMasks::all_kept(3, 4), Removal::Physical)),
                                   golden.logits(once)) < 1e-6);
    }

    // Written by transformers after prune_heads.
    void reads_heads_pruned_by_transformers() {
        Golden golden("pruned_heads");
        QCOMPARE(golden.model->components(), without(3, 4, {{0, 1}, {2, 0}, {2, 3}}, {}));
        QVERIFY(largest_difference(golden.logits(golden.model), flat_floats(golden.json.at("logits"))) < 1e-4);
        auto further = golden.model->components();
        further.heads.values = flat_floats(golden.json.at("further_mask"));
        const auto expected = flat_floats(golden.json.at("further_logits"));
        QVERIFY(largest_difference(golden.logits(golden.model, golden.model->plan(further, Removal::Physical)),
                                   expected) < 1e-4);
        auto removed = remove(golden.model, further);
        QVERIFY(largest_difference(golden.logits(removed), expected) < 1e-4);
    }

    void transformers_reads_what_we_removed() {
        const auto python = qEnvironmentVariable("LOTTERY_PYTHON");
        if (python.isEmpty()) QSKIP("LOTTERY_PYTHON names no Python with torch and transformers");
        Golden golden("three_layers");
        auto removed = remove(golden.model, without(3, 4, {{0, 2}, {1, 0}, {1, 3}, {2, 0}, {2, 1}, {2, 3}}, {}));
        const QTemporaryDir folder;
        const fs::path out = folder.filePath("model").toStdString();
        QVERIFY_VALUE(save_model(removed, out, {}));
        Json expected{{"sequences", golden.json.at("sequences")}, {"logits", Json::array()}};
        const auto logits = golden.logits(removed);
        for (std::size_t i = 0; i < logits.size(); i += 3)
            expected["logits"].push_back({logits[i], logits[i + 1], logits[i + 2]});
        const fs::path file = folder.filePath("expected.json").toStdString();
        QVERIFY_VALUE(write_json(file, expected));
        QProcess check;
        check.setProcessChannelMode(QProcess::MergedChannels);
        check.start(python, {LOTTERY_SOURCE_DIR "/tests/reference/check_written_checkpoint.py",
                             QString::fromStdString(out.string()), QString::fromStdString(file.string())});
        QVERIFY2(check.waitForFinished(-1), qPrintable(check.errorString()));
        QVERIFY2(check.exitCode() == 0, check.readAll().constData());
    }

    void weights_must_have_the_pruned_shape() {
        const QTemporaryDir folder;
        const fs::path path = folder.filePath("model").toStdString();
        fs::copy(golden_folder("bert/three_layers"), path, fs::copy_options::recursive);
        auto config = *read_json(path / "config.json");
        config["pruned_heads"] = {{"1", {0}}};
        QVERIFY_VALUE(write_json(path / "config.json", config));
        const auto narrower = read_checkpoint(path, 3);
        QVERIFY(!narrower);
        QVERIFY2(narrower.error().message.find("layer.1.attention.self.query.weight\" has shape [32, 32], expected "
                                               "[24, 32]") != std::string::npos,
                 narrower.error().message.c_str());
        // A part that is called pruned but stored all the same is left out, and said.
        config["pruned_heads"] = {{"1", {0, 1, 2, 3}}};
        QVERIFY_VALUE(write_json(path / "config.json", config));
        const auto left_out = read_checkpoint(path, 3);
        QVERIFY_VALUE(left_out);
        QCOMPARE(left_out->ignored.size(), std::size_t{8});
        QVERIFY(left_out->notes.front().find("calls pruned") != std::string::npos);
    }

    void without_residuals_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("index");
        for (const char* name : {"two_layers", "three_layers"}) {
            const auto golden = read_golden(golden_folder("residuals") / (std::string(name) + ".json"));
            for (int i = 0; i < static_cast<int>(golden.at("cases").size()); ++i)
                QTest::addRow("%s, %d", name, i) << name << i;
        }
    }
    // Against transformers, its LayerNorms given the sublayers' outputs alone (make_residual_goldens.py).
    void without_residuals() {
        QFETCH(QString, name);
        QFETCH(int, index);
        const auto golden = read_golden(golden_folder("residuals") / (name.toStdString() + ".json"));
        const auto& expected = golden.at("cases")[static_cast<std::size_t>(index)];
        Golden model(name.toStdString());
        auto masks = model.model->components();
        for (const auto& head : expected.at("pruned_heads"))
            masks.heads.at(head[0].get<int>(), head[1].get<int>()) = 0.0F;
        ResidualAblation ablation{expected.at("attention"), expected.at("mlp"), expected.at("layers")};
        auto plan = model.model->plan(masks, Removal::Physical);
        const auto whole = model.logits(model.model, plan);
        QVERIFY_VALUE(leave_out_residuals(plan, ablation));
        const auto logits = model.logits(model.model, plan);
        QVERIFY(largest_difference(logits, flat_floats(expected.at("logits"))) < 2e-4);
        QVERIFY(largest_difference(logits, whole) > 1e-2);
        // No layers named are all of them.
        if (static_cast<int>(ablation.layers.size()) == masks.layers()) {
            auto all = model.model->plan(masks, Removal::Physical);
            QVERIFY_VALUE(leave_out_residuals(all, {ablation.attention, ablation.mlp, {}}));
            QCOMPARE(model.logits(model.model, all), logits);
        }
        // Of a model that is smaller already.
        auto removed = remove(model.model, masks);
        auto smaller = removed->plan();
        QVERIFY_VALUE(leave_out_residuals(smaller, ablation));
        QVERIFY(largest_difference(model.logits(removed, smaller), logits) < 1e-5);
    }

    void residuals_that_cannot_go() {
        Golden golden("three_layers");
        auto plan = golden.model->plan(without(3, 4, kLayer1, {2}), Removal::Physical);
        const auto said = [&](const ResidualAblation& ablation, const char* text) {
            const auto status = leave_out_residuals(plan, ablation);
            return !status && status.error().to_string().find(text) != std::string::npos;
        };
        QVERIFY(said({true, false, {1}}, "layer 1: its attention is gone"));
        QVERIFY(said({false, true, {}}, "layer 2: its MLP is gone"));
        QVERIFY(said({true, true, {3}}, "layers 0 to 2"));
        QVERIFY(said({true, true, {-1}}, "layers 0 to 2"));
        // Masked to zero, a layer without heads still has its bias.
        auto multiplied = golden.model->plan(without(3, 4, kLayer1, {}), Removal::Multiply);
        QVERIFY_VALUE(leave_out_residuals(multiplied, {true, false, {1}}));
        for (const float logit : golden.logits(golden.model, multiplied)) QVERIFY(std::isfinite(logit));
    }

    void masks_that_keep_what_is_gone_data() {
        QTest::addColumn<QString>("kept");
        QTest::addColumn<QString>("said");
        QTest::newRow("head") << "head"
                              << "head.npy: keeps head 1 of layer 0, which has been removed";
        QTest::newRow("MLP") << "mlp"
                             << "mlp.npy: keeps the MLP of layer 1, which has been removed";
        QTest::newRow("neither") << ""
                                 << "";
    }
    void masks_that_keep_what_is_gone() {
        QFETCH(QString, kept);
        QFETCH(QString, said);
        const auto there = without(2, 2, {{0, 1}}, {1});
        auto masks = without(2, 2, {{0, 1}, {1, 0}}, {0, 1});
        if (kept == "head") masks.heads.at(0, 1) = 1.0F;
        if (kept == "mlp") masks.mlps[1] = 1.0F;
        const QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        QVERIFY_VALUE(write_head_matrix(path / "head.npy", masks.heads));
        QVERIFY_VALUE(write_mlp_vector(path / "mlp.npy", masks.mlps));
        const auto read = read_component_masks(path / "head.npy", path / "mlp.npy", there);
        if (said.isEmpty()) {
            QVERIFY_VALUE(read);
            QCOMPARE(*read, masks);
            // Without files everything that is there is kept.
            QCOMPARE(*read_component_masks({}, {}, there), there);
            return;
        }
        QVERIFY(!read);
        QVERIFY2(QString::fromStdString(read.error().to_string()).contains(said), read.error().to_string().c_str());
        QVERIFY(!read.error().advice.empty());
    }

    void cost_data() {
        QTest::addColumn<ComponentMasks>("masks");
        QTest::addColumn<qint64>("parameters");    // without embeddings, 3 outputs
        QTest::addColumn<double>("three_tokens");  // multiply-adds of an example of 3 tokens
        // Per layer: heads 2 × 38 and a bias of 4, MLP 58, LayerNorms 16; pooler 20, classifier 15.
        // Per layer at 3 tokens: 192 + 72 for attention, 144 for the MLP; pooler and classifier 16 + 12.
        QTest::newRow("everything") << without(2, 2, {}, {}) << qint64{343} << 844.0;
        QTest::newRow("a head less") << without(2, 2, {{0, 1}}, {}) << qint64{305} << 712.0;
        QTest::newRow("a layer without heads") << without(2, 2, {{0, 0}, {0, 1}}, {}) << qint64{263} << 580.0;
        QTest::newRow("an MLP less") << without(2, 2, {}, {1}) << qint64{285} << 700.0;
        QTest::newRow("nothing left") << without(2, 2, {{0, 0}, {0, 1}, {1, 0}, {1, 1}}, {0, 1}) << qint64{67} << 28.0;
    }
    void cost() {
        QFETCH(ComponentMasks, masks);
        QFETCH(qint64, parameters);
        QFETCH(double, three_tokens);
        const auto config = small_config();
        QCOMPARE(parameters_without_embeddings(config, 3, masks), std::int64_t{parameters});
        QCOMPARE(kept_parameter_share(config, 3, masks), static_cast<double>(parameters) / 343);
        const std::vector<std::int64_t> three{3}, one{1}, mixed{1, 3, 3, 1};
        QCOMPARE(multiply_adds_per_example(config, 3, masks, three), three_tokens);
        // A mean over examples, not the cost of an example of mean length.
        QCOMPARE(multiply_adds_per_example(config, 3, masks, mixed),
                 (three_tokens + multiply_adds_per_example(config, 3, masks, one)) / 2);
        // The model has what was counted.
        BertForSequenceClassification model(config, 3);
        auto removed = remove(model, masks);
        QCOMPARE(removed->parameter_count(), std::int64_t{parameters} + (10 + 5 + 2 + 2) * 4);
    }
    void cost_of_no_examples() {
        QCOMPARE(multiply_adds_per_example(small_config(), 3, without(2, 2, {}, {}), {}), 0.0);
    }

    // Without its layers a model takes far less time; the same plan twice takes the same within noise.
    void speed() {
        auto config = small_config();
        config.hidden_size = 128;
        config.intermediate_size = 512;
        config.num_hidden_layers = 4;
        BertForSequenceClassification model(config, 2);
        std::vector<Features> features(20);
        for (auto& f : features) {
            f.input_ids.assign(5, 3);
            f.token_type_ids.assign(5, 0);
        }
        const ComponentMasks nothing{HeadMatrix(4, 2, 0.0F), std::vector<float>(4, 0.0F)};
        const std::vector<EncoderPlan> plans{model->plan(), model->plan(nothing, Removal::Physical)};
        ProgressSink quiet;
        for (const std::size_t batch : {std::size_t{1}, std::size_t{8}, std::size_t{64}}) {
            SpeedOptions options;
            options.batch_size = batch;
            options.batches = 3;
            options.seconds = 0.0;
            const auto ms = milliseconds_per_example(model, plans, features, options, {}, quiet);
            QVERIFY_VALUE(ms);
            QCOMPARE(ms->size(), std::size_t{2});
            QVERIFY2(ms->at(1) > 0 && ms->at(1) < ms->at(0),
                     qPrintable(QString("%1 ms, %2 ms").arg(ms->at(0)).arg(ms->at(1))));
        }
        std::stop_source source;
        source.request_stop();
        QVERIFY(milliseconds_per_example(model, plans, features, {}, source.get_token(), quiet).cancelled());
    }
};

QTEST_GUILESS_MAIN(TestRemoval)
#include "tst_removal.moc"
