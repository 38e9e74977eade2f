// SPDX-License-Identifier: GPL-3.0-or-later
//
// Gradients in the mask variables against a plain autograd reference (tests/reference/make_bert_goldens.py), whole
// and partly masked, masked components included.
#include <QTest>
#include <cmath>

#include "tests/pruning/tiny_model.h"

using namespace lottery;
using namespace lottery::test;

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
        TinyModel m(name.toStdString());
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
        TinyModel m("two_layers");
        m.importance(m.all());
        for (const auto& p : m.model->parameters()) {
            QVERIFY(!p.requires_grad());
            QVERIFY(!p.grad().defined());
        }
    }

    // The absolute value is taken per batch: the sum over batches of one is not the value of one batch.
    void batches_are_part_of_the_definition() {
        TinyModel m("three_layers");
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
        TinyModel m("two_layers");
        ImportancePass pass(m.model, m.features, {});
        std::stop_source source;
        source.request_stop();
        QVERIFY(pass.run(m.all(), source.get_token(), [](std::int64_t) {}).cancelled());
    }

    // What is left of a model is worth there what it is worth in the whole model under the same masks; what is gone was
    // not measured.
    void removed_components_are_nan() {
        TinyModel m("three_layers");
        auto masks = m.all();
        for (const auto& [layer, head] : {std::pair{0, 1}, {2, 0}, {2, 3}}) masks.heads.at(layer, head) = 0.0F;
        masks.mlps[1] = 0.0F;
        const auto whole = m.importance(masks);
        m.model = remove(m.model, masks);
        auto further = masks;
        const auto check = [&](const RawImportance& expected, const RawImportance& found) {
            double largest = 0;
            for (std::size_t i = 0; i < masks.heads.values.size(); ++i) {
                QCOMPARE(std::isnan(found.heads.values[i]), masks.heads.values[i] == 0.0F);
                if (masks.heads.values[i] != 0.0F)
                    largest = std::max(largest, std::abs(static_cast<double>(found.heads.values[i]) /
                                                             static_cast<double>(expected.heads.values[i]) -
                                                         1));
            }
            for (std::size_t l = 0; l < masks.mlps.size(); ++l) {
                QCOMPARE(std::isnan(found.mlps[l]), masks.mlps[l] == 0.0F);
                if (masks.mlps[l] != 0.0F)
                    largest = std::max(
                        largest,
                        std::abs(static_cast<double>(found.mlps[l]) / static_cast<double>(expected.mlps[l]) - 1));
            }
            QVERIFY2(largest < 1e-4, qPrintable(QString::number(largest)));
        };
        check(whole, m.importance(masks));
        // Masked, not removed: measured, in a layer that has lost heads too.
        further.heads.at(0, 2) = 0.0F;
        further.heads.at(2, 1) = 0.0F;
        further.mlps[2] = 0.0F;
        TinyModel again("three_layers");
        check(again.importance(further), m.importance(further));
        // Nothing left of a layer.
        for (int h = 0; h < 4; ++h) further.heads.at(2, h) = 0.0F;
        m.model = remove(again.model, further);
        const auto rest = m.importance(further);
        QVERIFY(std::isnan(rest.heads.at(2, 1)) && std::isnan(rest.mlps[2]));
        QVERIFY(!std::isnan(rest.heads.at(1, 1)) && !std::isnan(rest.mlps[0]));
    }

    void nan_joins_neither_norm_nor_minimum() {
        RawImportance raw;
        raw.heads = HeadMatrix(2, 3, 0.0F);
        raw.heads.values = {3, NAN, 4, NAN, NAN, NAN};  // .6 and .8 of the first layer, then min-max
        raw.mlps = {NAN, 30};
        raw.tokens = 10;
        for (const auto kind : {SearchKind::HeadsMlps, SearchKind::Heads}) {
            const auto n = normalise(raw, kind);
            QVERIFY(std::abs(n.heads.values[0]) < 1e-6);
            QVERIFY(std::abs(n.heads.values[2] - 1.0F) < 1e-6);
            for (const std::size_t i : {1U, 3U, 4U, 5U}) QVERIFY(std::isnan(n.heads.values[i]));
            QVERIFY(std::isnan(n.mlps[0]));
            QCOMPARE(n.mlps[1], 0.0F);
        }
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
