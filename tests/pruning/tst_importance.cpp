// SPDX-License-Identifier: GPL-3.0-or-later
//
// Gradients in the mask variables against a plain autograd reference (tests/reference/make_bert_goldens.py), whole
// and partly masked, masked components included.
#ifndef Q_MOC_RUN  // moc need not read LibTorch
#include "core/pruning/importance.h"
#endif

#include <QTest>
#include <cmath>

#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;

namespace {

struct Model {
    Json golden;
    BertForSequenceClassification model{nullptr};
    std::vector<Features> features;

    explicit Model(const std::string& name) : golden(read_golden(golden_folder("bert/" + name) / "expected.json")) {
        ProgressSink quiet;
        auto loaded = load_model(golden_folder("bert/" + name), golden.at("outputs").get<int>(), 0, torch::kCPU, quiet);
        if (!loaded) qFatal("%s", loaded.error().to_string().c_str());
        model = loaded->model;
        features = golden_features(golden.at("sequences"));
    }
    [[nodiscard]] ComponentMasks all() const {
        return ComponentMasks::all_kept(model->config().num_hidden_layers, model->config().num_attention_heads);
    }
    RawImportance importance(const ComponentMasks& masks, ImportanceOptions options = {}) {
        ImportancePass pass(model, features, options);
        auto raw = pass.run(masks, {}, [](std::int64_t) {});
        if (!raw) qFatal("importance pass failed");
        return *std::move(raw);
    }
};

double largest(const std::vector<float>& values) {
    double most = 0;
    for (const float v : values) most = std::max(most, std::abs(static_cast<double>(v)));
    return most;
}

// Infinite where the sizes differ or a value is NaN.
double worst_difference(const std::vector<float>& ours, const std::vector<float>& expected) {
    if (ours.size() != expected.size()) return INFINITY;
    double worst = 0;
    for (std::size_t i = 0; i < ours.size(); ++i) {
        const double d = std::abs(static_cast<double>(ours[i]) - static_cast<double>(expected[i]));
        if (std::isnan(d)) return INFINITY;
        worst = std::max(worst, d);
    }
    return worst;
}

// Largest difference relative to the largest expected value.
double relative(const std::vector<float>& ours, const std::vector<float>& expected) {
    const double scale = largest(expected);
    return scale > 0 ? worst_difference(ours, expected) / scale : worst_difference(ours, expected);
}

}  // namespace

class TestImportance : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void gradients_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("state");
        for (const char* name : {"two_layers", "three_layers", "one_head_regression"}) {
            const auto golden = read_golden(golden_folder(std::string("bert/") + name) / "expected.json");
            for (int s = 0; s < static_cast<int>(golden.at("states").size()); ++s)
                QTest::addRow("%s, state %d", name, s) << name << s;
        }
    }
    void gradients() {
        QFETCH(QString, name);
        QFETCH(int, state);
        Model m(name.toStdString());
        const auto& expected = m.golden.at("states")[static_cast<std::size_t>(state)];
        auto masks = m.all();
        masks.heads.values = flat_floats(expected.at("head_mask"));
        masks.mlps = flat_floats(expected.at("mlp_mask"));
        const auto exact = [&](const char* key) { return flat_floats(expected.at("float64").at(key)); };
        const auto raw = m.importance(masks);
        // fp32: where a gradient is a sum that nearly cancels, its rounding is that of the gradients it is made of, so
        // the unmasked model's gradients are part of the scale.
        const auto& unmasked = m.golden.at("states")[0].at("float64");
        const auto fp32 = [&](const std::vector<float>& ours, const char* key) {
            return worst_difference(ours, exact(key)) /
                   std::max(largest(exact(key)), largest(flat_floats(unmasked.at(key))));
        };
        QVERIFY2(fp32(raw.heads.values, "head_gradient") < 1e-5, "heads, fp32");
        QVERIFY2(fp32(raw.mlps, "mlp_gradient") < 1e-5, "MLPs, fp32");
        QVERIFY(std::abs(raw.predictions.loss - expected.at("float64").at("loss").get<double>()) < 1e-5);

        // In fp64 nothing is left to rounding but the result, which is kept in fp32.
        m.model->to(torch::kFloat64);
        const auto precise = m.importance(masks);
        QVERIFY2(relative(precise.heads.values, exact("head_gradient")) < 1e-6, "heads, fp64");
        QVERIFY2(relative(precise.mlps, exact("mlp_gradient")) < 1e-6, "MLPs, fp64");
    }

    void no_weight_gradient_is_computed() {
        Model m("two_layers");
        m.importance(m.all());
        for (const auto& p : m.model->parameters()) {
            QVERIFY(!p.requires_grad());
            QVERIFY(!p.grad().defined());
        }
    }

    // The absolute value is taken per batch: the sum over batches of one is not the value of one batch.
    void batches_are_part_of_the_definition() {
        Model m("three_layers");
        const auto one = m.importance(m.all(), {64});
        const auto many = m.importance(m.all(), {1});
        QVERIFY(relative(one.heads.values, many.heads.values) > 1e-3);
        // And the batch of one example each is the sum of separate passes over single examples.
        auto sum = std::vector<float>(one.heads.values.size(), 0.0F);
        const auto features = m.features;
        for (const auto& f : features) {
            m.features = {f};
            const auto single = m.importance(m.all());
            for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += single.heads.values[i];
        }
        QVERIFY(relative(many.heads.values, sum) < 1e-5);
    }

    void cancelled() {
        Model m("two_layers");
        ImportancePass pass(m.model, m.features, {});
        std::stop_source source;
        source.request_stop();
        QVERIFY(pass.run(m.all(), source.get_token(), [](std::int64_t) {}).cancelled());
    }

    void normalisation() {
        RawImportance raw;
        raw.heads = HeadMatrix(2, 2, 0.0F);
        raw.heads.values = {3, 4, 0, 2};  // per layer by L2: .6 .8 / 0 1, then min-max
        raw.mlps = {10, 30};
        raw.tokens = 10;
        const auto n = normalise(raw, SearchKind::HeadsMlps);
        const std::vector<float> expected{0.6F, 0.8F, 0.0F, 1.0F};
        for (std::size_t i = 0; i < 4; ++i) QVERIFY(std::abs(n.heads.values[i] - expected[i]) < 1e-6);
        QCOMPARE(n.mlps, (std::vector<float>{0.0F, 1.0F}));
    }

    void normalisation_of_equal_values_is_zero() {
        RawImportance raw;
        raw.heads = HeadMatrix(1, 1, 0.0F);
        raw.mlps = {5.0F};
        raw.tokens = 1;
        const auto n = normalise(raw, SearchKind::Heads);
        QCOMPARE(n.heads.values[0], 0.0F);
        QCOMPARE(n.mlps[0], 0.0F);
    }
};

QTEST_GUILESS_MAIN(TestImportance)
#include "tst_importance.moc"
