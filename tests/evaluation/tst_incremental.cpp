// SPDX-License-Identifier: GPL-3.0-or-later
//
// Predictions that reuse what is known against predictions from the embeddings on.
// torch before Qt: both use the word `slots`.
#ifndef Q_MOC_RUN  // moc need not read LibTorch
#include "core/evaluation/incremental.h"
#include "core/evaluation/predict.h"
#endif

#include <QTest>
#include <cmath>

#include "core/base/random.h"
#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;

namespace {

struct Tiny {
    BertForSequenceClassification model{nullptr};
    std::vector<Features> examples;

    explicit Tiny(std::size_t count = 40) {
        const auto golden = read_golden(golden_folder("bert/three_layers") / "expected.json");
        ProgressSink quiet;
        auto loaded = load_model(golden_folder("bert/three_layers"), 3, 0, torch::kCPU, quiet);
        if (!loaded) qFatal("%s", loaded.error().to_string().c_str());
        model = loaded->model;
        const auto features = golden_features(golden.at("sequences"));
        for (std::size_t i = 0; i < count; ++i) examples.push_back(features[i % features.size()]);
    }
    [[nodiscard]] std::vector<float> from_scratch(const ComponentMasks& masks) {
        ProgressSink quiet;
        return predict(model, model->plan(masks, Removal::Physical), examples, "", {}, quiet)->logits;
    }
};

double worst(const std::vector<float>& a, const std::vector<float>& b) {
    double most = a.size() == b.size() ? 0.0 : INFINITY;
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i)
        if (const double d = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])); !(d <= most)) most = d;
    return most;
}

}  // namespace

class TestIncremental : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rounds_grow() {
        Tiny tiny(1000);
        const IncrementalEvaluation evaluation(tiny.model, tiny.examples, 0, nullptr);
        std::vector<std::size_t> ends;
        for (std::size_t r = 0; r < evaluation.rounds(); ++r) ends.push_back(evaluation.end_of(r));
        QCOMPARE(ends, (std::vector<std::size_t>{16, 32, 64, 128, 256, 384, 512, 640, 768, 896, 1000}));
        const std::vector<Features> few(tiny.examples.begin(), tiny.examples.begin() + 5);
        QCOMPARE(IncrementalEvaluation(tiny.model, few, 0, nullptr).end_of(0), std::size_t{5});
        QCOMPARE(IncrementalEvaluation(tiny.model, {}, 0, nullptr).rounds(), std::size_t{0});
    }

    void first_difference_is_found() {
        const auto all = ComponentMasks::all_kept(3, 2);
        auto other = all;
        QCOMPARE(first_difference(all, other), 3);
        other.mlps[2] = 0.0F;
        QCOMPARE(first_difference(all, other), 2);
        other.heads.at(1, 1) = 0.0F;
        QCOMPARE(first_difference(all, other), 1);
        QCOMPARE(first_difference(other, other), 3);
    }

    // A walk through masks, one component turned over at a time, with room for all, some and no inputs of layers.
    void equals_predictions_from_scratch_data() {
        QTest::addColumn<qint64>("cacheBytes");
        QTest::newRow("all") << (qint64{1} << 30);
        QTest::newRow("some") << qint64{200'000};
        QTest::newRow("none") << qint64{0};
    }
    void equals_predictions_from_scratch() {
        QFETCH(qint64, cacheBytes);
        Tiny tiny;
        auto masks = tiny.model->components();
        IncrementalEvaluation evaluation(tiny.model, tiny.examples, cacheBytes, nullptr);
        auto predictions = empty_predictions(tiny.examples, 3);
        Random random(5);
        double reused = 0.0;
        for (int step = 0; step < 12; ++step) {
            for (std::size_t r = 0; r < evaluation.rounds(); ++r) {
                const auto cost = evaluation.evaluate(r, masks, {}, predictions);
                QVERIFY(cost.done());
                QVERIFY(cost->reused >= 0.0 && cost->reused <= 1.0);
                if (step > 0) reused += cost->reused;
            }
            QVERIFY2(worst(predictions.logits, tiny.from_scratch(masks)) < 1e-5, std::to_string(step).c_str());
            const int layer = static_cast<int>(random.below(3));
            const int head = static_cast<int>(random.below(static_cast<std::uint64_t>(masks.heads.heads) + 1));
            float& value =
                head == masks.heads.heads ? masks.mlps[static_cast<std::size_t>(layer)] : masks.heads.at(layer, head);
            value = 1.0F - value;
        }
        QCOMPARE(reused > 0.0, cacheBytes > 0);
    }

    void what_is_asked_again_is_known() {
        Tiny tiny;
        const auto masks = tiny.model->components();
        IncrementalEvaluation evaluation(tiny.model, tiny.examples, 1 << 30, nullptr);
        auto first = empty_predictions(tiny.examples, 3), second = first;
        QCOMPARE(evaluation.evaluate(0, masks, {}, first)->reused, 0.0);
        QCOMPARE(evaluation.evaluate(0, masks, {}, second)->reused, 1.0);
        QCOMPARE(first.logits, second.logits);
        // The last layer alone is computed where it alone differs.
        auto changed = masks;
        changed.mlps[2] = 0.0F;
        QVERIFY(std::abs(evaluation.evaluate(0, changed, {}, second)->reused - 2.0 / 3.0) < 1e-12);
    }

    void a_stopped_round_harms_nothing() {
        Tiny tiny;
        auto masks = tiny.model->components();
        IncrementalEvaluation evaluation(tiny.model, tiny.examples, 1 << 30, nullptr);
        auto predictions = empty_predictions(tiny.examples, 3);
        for (std::size_t r = 0; r < evaluation.rounds(); ++r) (void)evaluation.evaluate(r, masks, {}, predictions);
        std::stop_source stop;
        stop.request_stop();
        masks.heads.at(1, 0) = 0.0F;
        QVERIFY(evaluation.evaluate(0, masks, stop.get_token(), predictions).cancelled());
        masks.heads.at(0, 1) = 0.0F;
        for (std::size_t r = 0; r < evaluation.rounds(); ++r)
            QVERIFY(evaluation.evaluate(r, masks, {}, predictions).done());
        QVERIFY(worst(predictions.logits, tiny.from_scratch(masks)) < 1e-5);
    }
};

QTEST_GUILESS_MAIN(TestIncremental)
#include "tst_incremental.moc"
