// SPDX-License-Identifier: GPL-3.0-or-later
//
// Parity with Hugging Face transformers on tiny seeded models (tests/reference/make_bert_goldens.py).
// torch before Qt: both use the word `slots`.
#ifndef Q_MOC_RUN  // moc need not read LibTorch
#include <ATen/CPUGeneratorImpl.h>

#include "core/evaluation/predict.h"
#include "core/model/bert.h"
#endif

#include <QTemporaryDir>
#include <QTest>
#include <numeric>

#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;

namespace {

struct Golden {
    Json json;
    BertForSequenceClassification model{nullptr};
    std::vector<Features> features;

    explicit Golden(const std::string& name) : json(read_golden(golden_folder("bert/" + name) / "expected.json")) {
        ProgressSink quiet;
        auto loaded = load_model(golden_folder("bert/" + name), json.at("outputs").get<int>(), 0, torch::kCPU, quiet);
        if (!loaded) qFatal("%s", loaded.error().to_string().c_str());
        model = loaded->model;
        features = golden_features(json.at("sequences"));
    }

    [[nodiscard]] DeviceBatch batch(AttentionWay way, std::vector<std::int64_t>& order) const {
        std::vector<const Features*> all;
        for (const auto& f : features) all.push_back(&f);
        const auto packed = pack(all);
        order = packed.order;
        return to_device(packed, torch::kCPU, way);
    }

    [[nodiscard]] ComponentMasks masks(const Json& state) const {
        auto masks = ComponentMasks::all_kept(model->config().num_hidden_layers, model->config().num_attention_heads);
        masks.heads.values = flat_floats(state.at("head_mask"));
        masks.mlps = flat_floats(state.at("mlp_mask"));
        return masks;
    }
};

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
    if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double d = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
        if (!(d <= largest)) largest = d;
    }
    return largest;
}

void add_models() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"two_layers", "three_layers", "one_head_regression"}) QTest::newRow(name) << name;
}

}  // namespace

class TestBert : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void logits_and_loss_data() { add_models(); }
    // Every mask state of the golden, by both ways of attention.
    void logits_and_loss() {
        QFETCH(QString, name);
        Golden golden(name.toStdString());
        const torch::NoGradGuard no_grad;
        for (const auto way : {AttentionWay::LengthGroups, AttentionWay::PaddedKeys}) {
            std::vector<std::int64_t> order;
            const auto batch = golden.batch(way, order);
            for (const auto& state : golden.json.at("states")) {
                const auto plan = golden.model->plan(golden.masks(state), Removal::Multiply);
                const auto logits = golden.model->forward(batch, plan);
                const auto expected = state.at("float64").at("logits");
                for (std::size_t b = 0; b < order.size(); ++b) {
                    const auto row = logits[static_cast<std::int64_t>(b)].contiguous();
                    const std::vector<float> ours(row.data_ptr<float>(), row.data_ptr<float>() + row.numel());
                    QVERIFY(largest_difference(ours, flat_floats(expected[static_cast<std::size_t>(order[b])])) < 1e-4);
                }
                QVERIFY(std::abs(mean_loss(logits, batch).item<double>() -
                                 state.at("float64").at("loss").get<double>()) < 1e-4);
            }
        }
    }

    // One sequence at a time, all together, in another order, in small chunks: the same logits.
    void packing_does_not_matter() {
        Golden golden("three_layers");
        const torch::NoGradGuard no_grad;
        const auto plan = golden.model->plan();
        std::vector<std::size_t> all(golden.features.size());
        std::iota(all.begin(), all.end(), std::size_t{0});
        const auto logits_of = [&](std::vector<std::size_t> examples, std::int64_t budget) {
            auto predictions = empty_predictions(golden.features, golden.model->label_count());
            for (const auto& chunk : make_chunks(golden.features, examples, budget, torch::kCPU))
                store_logits(predictions, chunk, golden.model->forward(chunk.batch, plan));
            return predictions.logits;
        };
        const auto together = logits_of(all, 1 << 20);
        QVERIFY(largest_difference(together, logits_of(all, 1)) < 1e-5);
        QVERIFY(largest_difference(together, logits_of(all, 23)) < 1e-5);
        QVERIFY(largest_difference(together, logits_of({all.rbegin(), all.rend()}, 1 << 20)) < 1e-5);
    }

    // Q7: only a layer whose heads are all masked differs, by the projection's bias.
    void removal_differs_by_the_bias_of_an_empty_layer() {
        Golden golden("two_layers");
        const torch::NoGradGuard no_grad;
        std::vector<std::int64_t> order;
        const auto batch = golden.batch(AttentionWay::LengthGroups, order);
        auto masks = ComponentMasks::all_kept(2, 2);
        masks.heads.at(0, 0) = 0.0F;
        const auto difference = [&] {
            return (golden.model->forward(batch, golden.model->plan(masks, Removal::Multiply)) -
                    golden.model->forward(batch, golden.model->plan(masks, Removal::Physical)))
                .abs()
                .max()
                .item<double>();
        };
        QCOMPARE(difference(), 0.0);
        masks.heads.at(0, 1) = 0.0F;
        QVERIFY(difference() > 1e-4);
        for (auto& entry : golden.model->named_parameters())
            if (entry.key() == "bert.encoder.layer.0.attention.output.dense.bias") entry.value().zero_();
        QVERIFY(difference() < 1e-6);
    }

    void kept_share_counts_parameters() {
        Golden golden("two_layers");
        auto masks = ComponentMasks::all_kept(2, 2);
        QCOMPARE(golden.model->kept_share(masks), 1.0);
        masks.mlps[1] = 0.0F;
        masks.heads.at(0, 1) = 0.0F;
        std::int64_t total = 0, mlp = 0, attention = 0;
        for (const auto& entry : golden.model->named_parameters()) {
            if (entry.key().find("embeddings") != std::string::npos) continue;
            total += entry.value().numel();
            if (entry.key().starts_with("bert.encoder.layer.1.intermediate") ||
                entry.key().starts_with("bert.encoder.layer.1.output.dense"))
                mlp += entry.value().numel();
            if (entry.key().starts_with("bert.encoder.layer.0.attention.self") ||
                entry.key() == "bert.encoder.layer.0.attention.output.dense.weight")
                attention += entry.value().numel();
        }
        QCOMPARE(golden.model->kept_share(masks),
                 1.0 - static_cast<double>(mlp + attention / 2) / static_cast<double>(total));
    }

    void missing_classifier_is_initialised_and_said() {
        QTemporaryDir folder;
        MessageLog log;
        const auto source = golden_folder("bert/two_layers");
        // Another number of classes than the checkpoint's classifier has.
        const auto loaded = load_model(source, 5, 7, torch::kCPU, log);
        QVERIFY_VALUE(loaded);
        QVERIFY(log.mentions("classifier.weight"));
        QCOMPARE(loaded->initialised.size(), std::size_t{2});
        const auto again = load_model(source, 5, 7, torch::kCPU, log);
        const auto other = load_model(source, 5, 8, torch::kCPU, log);
        const auto classifier = [](const Result<LoadedModel>& m) {
            return m->model->named_parameters()["classifier.weight"];
        };
        QVERIFY(classifier(loaded).equal(classifier(again)));
        QVERIFY(!classifier(loaded).equal(classifier(other)));
        QVERIFY(classifier(loaded).std().item<double>() < 0.04);
    }

    // What is drawn for parameters that a checkpoint lacks is what torch.nn's own modules, made in the same order and
    // then initialised as BERT is, draw after torch.manual_seed.
    void initial_values_are_those_of_torch() {
        Golden golden("two_layers");
        const BertConfig& config = golden.model->config();
        const auto hidden = config.hidden_size;
        torch::manual_seed(11);
        std::vector<std::pair<std::string, torch::Tensor>> made;
        const auto keep = [&](const std::string& name, const torch::nn::Module& module) {
            for (const auto& entry : module.named_parameters())
                made.emplace_back(name + "." + entry.key(), entry.value());
        };
        const std::string embeddings = "bert.embeddings.";
        keep(embeddings + "word_embeddings", *torch::nn::Embedding(config.vocab_size, hidden));
        keep(embeddings + "position_embeddings", *torch::nn::Embedding(config.max_position_embeddings, hidden));
        keep(embeddings + "token_type_embeddings", *torch::nn::Embedding(config.type_vocab_size, hidden));
        for (int l = 0; l < config.num_hidden_layers; ++l) {
            const std::string layer = "bert.encoder.layer." + std::to_string(l) + ".";
            for (const char* name :
                 {"attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"})
                keep(layer + name, *torch::nn::Linear(hidden, hidden));
            keep(layer + "intermediate.dense", *torch::nn::Linear(hidden, config.intermediate_size));
            keep(layer + "output.dense", *torch::nn::Linear(config.intermediate_size, hidden));
        }
        keep("bert.pooler.dense", *torch::nn::Linear(hidden, hidden));
        keep("classifier", *torch::nn::Linear(hidden, 2));
        {
            const torch::NoGradGuard no_grad;
            for (auto& [name, value] : made)
                if (name.ends_with("weight")) value.normal_(0.0, 0.02);
        }

        const BertForSequenceClassification drawn(config, 2, own_draws(11));
        const auto values = drawn->named_parameters();
        for (const auto& [name, value] : made)
            if (name.ends_with("weight")) QVERIFY2(values[name].equal(value), name.c_str());
    }

    // A training beside it must get the numbers that it gets alone.
    void loading_draws_from_no_other_generator_data() {
        QTest::addColumn<int>("outputs");
        QTest::newRow("complete") << 2;
        QTest::newRow("without a classifier") << 5;
    }
    void loading_draws_from_no_other_generator() {
        QFETCH(int, outputs);
        torch::manual_seed(3);
        const auto state = at::detail::getDefaultCPUGenerator().get_state().clone();
        ProgressSink quiet;
        const auto loaded = load_model(golden_folder("bert/two_layers"), outputs, 7, torch::kCPU, quiet);
        QVERIFY_VALUE(loaded);
        auto masks = loaded->model->components();
        masks.heads.at(0, 0) = 0.0F;
        const auto smaller = remove(loaded->model, masks);
        QVERIFY(smaller->parameter_count() < loaded->model->parameter_count());
        QVERIFY(at::detail::getDefaultCPUGenerator().get_state().equal(state));
    }

    void saved_model_loads_equal() {
        QTemporaryDir folder;
        Golden golden("three_layers");
        const std::filesystem::path out = folder.filePath("model").toStdString();
        QVERIFY_VALUE(save_model(golden.model, out, golden_folder("bert/three_layers")));
        MessageLog log;
        auto loaded = load_model(out, 3, 0, torch::kCPU, log);
        QVERIFY_VALUE(loaded);
        QVERIFY(loaded->initialised.empty());
        for (const auto& entry : golden.model->named_parameters())
            QVERIFY2(entry.value().equal(loaded->model->named_parameters()[entry.key()]), entry.key().c_str());
    }

    void devices_data() {
        QTest::addColumn<QString>("device");
        QTest::addColumn<QString>("said");
        QTest::newRow("unknown") << "tpu"
                                 << "unknown device";
        QTest::newRow("no number") << "cuda:x"
                                   << "unknown device";
        QTest::newRow("negative") << "cuda:-1"
                                  << "unknown device";
        QTest::newRow("too far") << "cuda:99"
                                 << "CUDA devices";
    }
    void devices() {
        QFETCH(QString, device);
        QFETCH(QString, said);
        const auto chosen = choose_device(device.toStdString(), 1);
        QVERIFY(!chosen);
        QVERIFY2(QString::fromStdString(chosen.error().to_string()).contains(said), chosen.error().to_string().c_str());
    }
};

QTEST_GUILESS_MAIN(TestBert)
#include "tst_bert.moc"
