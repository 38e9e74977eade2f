// SPDX-License-Identifier: GPL-3.0-or-later
//
// Chosen weights re-initialised, reverted and zeroed: which change and to what, and that a point of a series scores
// what the checkpoint with the same weights reset scores.
#ifndef Q_MOC_RUN  // moc need not read LibTorch
#include "core/model/bert.h"
#include "core/model/reset_weights.h"
#include "core/model/safetensors.h"
#endif

#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <cmath>

#include "core/base/json.h"
#include "core/study/reset_run.h"
#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;
namespace fs = std::filesystem;

namespace {

const std::string kLayer = "bert.encoder.layer.";

BertForSequenceClassification load(const fs::path& folder) {
    ProgressSink quiet;
    auto loaded = load_model(folder, 2, 0, torch::kCPU, quiet);
    if (!loaded) qFatal("%s", loaded.error().to_string().c_str());
    return loaded->model;
}

std::vector<std::string> changed(const BertForSequenceClassification& a, const BertForSequenceClassification& b) {
    std::vector<std::string> keys;
    const auto right = b->named_parameters();
    for (const auto& entry : a->named_parameters())
        if (!entry.value().equal(right[entry.key()])) keys.push_back(entry.key());
    std::sort(keys.begin(), keys.end());
    return keys;
}

std::vector<std::string> sorted(std::vector<std::string> keys) {
    std::sort(keys.begin(), keys.end());
    return keys;
}

}  // namespace

class TestResetRun : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    int made_ = 0;

    [[nodiscard]] fs::path path(const std::string& name) const { return fs::path(folder_.path().toStdString()) / name; }

    // 4 layers of 6 heads; on MRPC.
    [[nodiscard]] ResetRequest request(ResetHow how, ModelParts parts) {
        ResetRequest r;
        r.checkpoint = golden_folder("search/pair_classification/checkpoint");
        r.out = path("out" + std::to_string(made_++));
        r.how = how;
        r.parts = std::move(parts);
        r.compute = {"cpu", 1};
        r.max_seq_length = 24;
        if (how == ResetHow::Pretrained) r.pretrained = path("pretrained");
        return r;
    }
    static void score(ResetRequest& r) {
        r.task = TaskId::MRPC;
        r.data = golden_folder("search/pair_classification/data");
    }
    static bool fails(const ResetRequest& r, const char* said) {
        ProgressSink quiet;
        const auto result = run_reset(r, {}, quiet);
        const bool right = result.failed() && result.error().to_string().find(said) != std::string::npos;
        if (!right && result.failed()) qWarning("%s", result.error().to_string().c_str());
        return right && !fs::exists(r.out);
    }

private Q_SLOTS:
    void initTestCase() {
        torch::manual_seed(9);
        auto config = load(request(ResetHow::Zero, {}).checkpoint)->config();
        BertForSequenceClassification other(config, 2);
        fs::create_directories(path("pretrained"));
        QVERIFY_VALUE(save_model(other, path("pretrained"), golden_folder("search/pair_classification/checkpoint")));
    }

    void parts_data() {
        QTest::addColumn<int>("part");
        QTest::addColumn<QStringList>("keys");  // with %1 for the layer
        const auto linear = [](const QString& name) { return QStringList{name + ".weight", name + ".bias"}; };
        const auto row = [](ModelPart part, const QStringList& keys) {
            QTest::newRow(to_string(part)) << static_cast<int>(part) << keys;
        };
        const QString layer = "bert.encoder.layer.%1.";
        const auto norms = linear(layer + "attention.output.LayerNorm") + linear(layer + "output.LayerNorm");
        QStringList whole = norms;
        for (const char* name : {"query", "key", "value"}) {
            const auto keys = linear(layer + "attention.self." + name);
            whole += keys;
        }
        row(ModelPart::Query, linear(layer + "attention.self.query"));
        row(ModelPart::Key, linear(layer + "attention.self.key"));
        row(ModelPart::Value, linear(layer + "attention.self.value"));
        row(ModelPart::AttentionOutput, linear(layer + "attention.output.dense"));
        row(ModelPart::Intermediate, linear(layer + "intermediate.dense"));
        row(ModelPart::Output, linear(layer + "output.dense"));
        row(ModelPart::LayerNorm, norms);
        row(ModelPart::Layer, whole + linear(layer + "attention.output.dense") + linear(layer + "intermediate.dense") +
                                  linear(layer + "output.dense"));
        row(ModelPart::Embeddings,
            QStringList{"bert.embeddings.word_embeddings.weight", "bert.embeddings.position_embeddings.weight",
                        "bert.embeddings.token_type_embeddings.weight"} +
                linear("bert.embeddings.LayerNorm"));
        row(ModelPart::Pooler, linear("bert.pooler.dense"));
    }
    // Nothing but the part changes, in nothing but the layers named, and to what was asked for.
    void parts() {
        QFETCH(int, part);
        QFETCH(QStringList, keys);
        const auto chosen = static_cast<ModelPart>(part);
        std::vector<std::string> expected;
        const std::vector<int> layers = is_in_layers(chosen) ? std::vector<int>{1, 3} : std::vector<int>{};
        for (const auto& key : keys) {
            if (layers.empty()) expected.push_back(key.toStdString());
            for (const int l : layers) expected.push_back(key.arg(l).toStdString());
        }
        for (const auto how : {ResetHow::Reinitialise, ResetHow::Pretrained, ResetHow::Zero}) {
            const auto r = request(how, {{chosen}, layers});
            ProgressSink quiet;
            const auto report = run_reset(r, {}, quiet);
            QVERIFY_VALUE(report);
            const auto before = load(r.checkpoint), after = load(r.out);
            QCOMPARE(changed(before, after), sorted(expected));
            const auto values = after->named_parameters();
            std::int64_t weights = 0;
            const auto pretrained = load(path("pretrained"))->named_parameters();
            for (const auto& key : expected) {
                const auto& value = values[key];
                weights += value.numel();
                const bool norm = key.find("LayerNorm") != std::string::npos, weight = key.ends_with("weight");
                if (how == ResetHow::Zero) QVERIFY2(value.eq(0).all().item<bool>(), key.c_str());
                if (how == ResetHow::Pretrained) QVERIFY2(value.equal(pretrained[key]), key.c_str());
                if (how != ResetHow::Reinitialise) continue;
                if (norm || !weight) {
                    QVERIFY2(value.eq(norm && weight ? 1 : 0).all().item<bool>(), key.c_str());
                    continue;
                }
                // initializer_range 0.02: mean and deviation within five standard errors.
                const double n = static_cast<double>(value.numel());
                QVERIFY2(std::abs(value.mean().item<double>()) < 5 * 0.02 / std::sqrt(n), key.c_str());
                QVERIFY2(std::abs(value.std().item<double>() - 0.02) < 5 * 0.02 / std::sqrt(2 * n), key.c_str());
            }
            QCOMPARE(report->points.front().weights, weights);
        }
    }

    // What a parameter draws depends on the seed and itself alone.
    void reinitialisation_is_a_function_of_the_seed() {
        ProgressSink quiet;
        const auto after = [&](std::vector<ModelPart> parts, std::vector<int> layers, std::uint64_t seed) {
            auto r = request(ResetHow::Reinitialise, {std::move(parts), std::move(layers)});
            r.seed = seed;
            if (const auto report = run_reset(r, {}, quiet); !report) qFatal("%s", why(report).c_str());
            return load(r.out)->named_parameters()[kLayer + "2.attention.self.key.weight"];
        };
        const auto value = after({ModelPart::Key}, {2}, 1);
        QVERIFY(value.equal(after({ModelPart::Key}, {2}, 1)));
        QVERIFY(value.equal(after({ModelPart::Layer, ModelPart::Embeddings}, {}, 1)));
        QVERIFY(!value.equal(after({ModelPart::Key}, {2}, 2)));
        auto model = load(request(ResetHow::Zero, {}).checkpoint);
        reinitialise(model, {kLayer + "1.attention.self.key.weight", kLayer + "2.attention.self.key.weight"}, 1);
        QVERIFY(!model->named_parameters()[kLayer + "1.attention.self.key.weight"].equal(value));
    }

    void series_data() {
        QTest::addColumn<int>("series");
        QTest::addColumn<int>("how");
        QTest::addColumn<int>("points");
        const auto row = [](ResetSeries series, ResetHow how, int points) {
            QTest::addRow("%s, %s", to_string(series), to_string(how))
                << static_cast<int>(series) << static_cast<int>(how) << points;
        };
        row(ResetSeries::Layers, ResetHow::Reinitialise, 4);
        row(ResetSeries::Layers, ResetHow::Pretrained, 4);
        row(ResetSeries::LayerPairs, ResetHow::Zero, 10);
        row(ResetSeries::Parts, ResetHow::Zero, 3);
    }
    void series() {
        QFETCH(int, series);
        QFETCH(int, how);
        QFETCH(int, points);
        const auto kind = static_cast<ResetSeries>(series);
        auto r = request(static_cast<ResetHow>(how), {{ModelPart::Layer}, {}});
        if (kind == ResetSeries::Parts)
            r.parts = {{ModelPart::Query, ModelPart::Embeddings, ModelPart::Output}, {0, 2}};
        r.series = kind;
        score(r);
        ProgressSink quiet;
        const auto report = run_reset(r, {}, quiet);
        QVERIFY_VALUE(report);
        QCOMPARE(report->points.size(), static_cast<std::size_t>(points));
        QVERIFY(!fs::exists(r.out / "model.safetensors"));

        EvaluateRequest evaluate;
        evaluate.data = r.data;
        evaluate.max_seq_length = 24;
        evaluate.compute = r.compute;
        const auto metrics_of = [&](const fs::path& checkpoint) {
            evaluate.checkpoint = checkpoint;
            const auto scored = run_evaluate(evaluate, {}, quiet);
            if (!scored) qFatal("%s", why(scored).c_str());
            return scored->metrics;
        };
        QCOMPARE(*report->metrics_before, metrics_of(r.checkpoint));
        bool moved = false;
        for (const auto& point : report->points) {
            auto single = request(r.how, point.parts);
            score(single);
            const auto written = run_reset(single, {}, quiet);
            QVERIFY_VALUE(written);
            QCOMPARE(*point.metrics, *written->points.front().metrics);
            QCOMPARE(*point.metrics, metrics_of(single.out));
            moved = moved || *point.metrics != *report->metrics_before;
        }
        QVERIFY(moved);

        QFile svg(QString::fromStdString((r.out / "series.svg").string()));
        QVERIFY(svg.open(QIODevice::ReadOnly));
        const auto drawn = svg.readAll();
        QVERIFY(drawn.startsWith("<?xml") || drawn.startsWith("<svg"));
        QVERIFY(!drawn.contains(">Head<"));
        QFile csv(QString::fromStdString((r.out / "series.csv").string()));
        QVERIFY(csv.open(QIODevice::ReadOnly));
        const auto lines = csv.readAll().trimmed().split('\n');
        QCOMPARE(lines.size(), points + 2);
        QVERIFY(lines[0].startsWith("parts,layers,weights,acc"));
        QVERIFY(lines[1].startsWith("none,,0,"));
        if (kind == ResetSeries::LayerPairs) QVERIFY(lines[3].startsWith("layer,1+2,"));
        const auto run = read_json(r.out / "run.json");
        QVERIFY_VALUE(run);
        QCOMPARE(run->at("result").at("points").size(), static_cast<std::size_t>(points));
        QCOMPARE(run->at("inputs").at("series").get<std::string>(), std::string(to_string(kind)));
    }

    void cancelled_leaves_nothing() {
        auto r = request(ResetHow::Zero, {{ModelPart::Layer}, {}});
        r.series = ResetSeries::Layers;
        score(r);
        struct Stopper : ProgressSink {
            std::stop_source source;
            void on_progress(const Progress& p) override {
                if (p.stage.find("2 of 4") != std::string::npos) source.request_stop();
            }
        } stopper;
        QVERIFY(run_reset(r, stopper.source.get_token(), stopper).cancelled());
        QVERIFY(!fs::exists(r.out));
    }

    // Of a subnetwork the pre-trained weights of the heads and MLPs that are left.
    void pruned_checkpoint() {
        auto model = load(request(ResetHow::Zero, {}).checkpoint);
        auto masks = model->components();
        masks.heads.at(1, 0) = masks.heads.at(1, 4) = 0.0F;
        for (int h = 0; h < 6; ++h) masks.heads.at(2, h) = 0.0F;
        masks.mlps[3] = 0.0F;
        auto smaller = remove(model, masks);
        fs::create_directories(path("smaller"));
        QVERIFY_VALUE(save_model(smaller, path("smaller"), request(ResetHow::Zero, {}).checkpoint));
        auto r = request(ResetHow::Pretrained, {{ModelPart::Layer}, {}});
        r.checkpoint = path("smaller");
        ProgressSink quiet;
        QVERIFY_VALUE(run_reset(r, {}, quiet));
        const auto expected = remove(load(path("pretrained")), masks);
        const auto after = load(r.out);
        for (const auto& key : changed(after, expected)) QVERIFY2(!key.starts_with(kLayer), key.c_str());
        QCOMPARE(after->components(), masks);
        r = request(ResetHow::Zero, {{ModelPart::Query}, {1, 2}});
        r.checkpoint = path("smaller");
        QVERIFY(fails(r, "layer 2: its query has been removed"));
        r.parts = {{ModelPart::Output}, {}};
        QVERIFY(fails(r, "layer 3: its output has been removed"));
    }

    void refused() {
        const ModelParts query{{ModelPart::Query}, {}};
        auto r = request(ResetHow::Pretrained, query);
        r.pretrained = golden_folder("bert/two_layers");
        QVERIFY(fails(r, "is another model: vocab_size is"));
        r.pretrained = path("nowhere");
        QVERIFY(fails(r, "--pretrained"));
        r.pretrained.reset();
        QVERIFY(fails(r, "--pretrained"));
        // A base model without a pooler has none to give.
        auto model = load(path("pretrained"));
        std::vector<std::pair<std::string, torch::Tensor>> tensors;
        fs::create_directories(path("base"));
        fs::copy(path("pretrained"), path("base"), fs::copy_options::recursive);
        for (const auto& entry : model->named_parameters())
            if (!entry.key().starts_with("bert.pooler")) tensors.emplace_back(entry.key(), entry.value().detach());
        QVERIFY_VALUE(write_safetensors(path("base") / "model.safetensors", tensors));
        r = request(ResetHow::Pretrained, {{ModelPart::Pooler}, {}});
        r.pretrained = path("base");
        QVERIFY(fails(r, "no bert.pooler.dense.weight to revert to"));
        r = request(ResetHow::Zero, query);
        r.checkpoint = path("base");
        QVERIFY(fails(r, "is not fine-tuned"));
        r = request(ResetHow::Zero, query);
        r.pretrained = path("pretrained");
        QVERIFY(fails(r, "has no meaning without --how pretrained"));
        r = request(ResetHow::Zero, {});
        QVERIFY(fails(r, "--parts"));
        r.parts = {{ModelPart::Query, ModelPart::Query}, {}};
        QVERIFY(fails(r, "named twice"));
        r.parts = {{ModelPart::Query}, {4}};
        QVERIFY(fails(r, "--layers: 4 found, 0 to 3 expected"));
        r.parts = {{ModelPart::Query}, {1, 1}};
        QVERIFY(fails(r, "named twice"));
        r.parts = {{ModelPart::Embeddings}, {1}};
        QVERIFY(fails(r, "none of --parts"));
        r.parts = query;
        r.series = ResetSeries::Layers;
        QVERIFY(fails(r, "--task"));
        score(r);
        r.parts.layers = {1};
        QVERIFY(fails(r, "--layers"));
        r.parts = {{ModelPart::Embeddings}, {}};
        QVERIFY(fails(r, "--parts"));
        r.parts = query;
        r.data = path("nowhere");
        QVERIFY(fails(r, "--data"));
        // Not over another checkpoint.
        r = request(ResetHow::Zero, query);
        ProgressSink quiet;
        QVERIFY_VALUE(run_reset(r, {}, quiet));
        const auto again = run_reset(r, {}, quiet);
        QVERIFY(again.failed() && again.error().message.find("already holds") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestResetRun)
#include "tst_reset_run.moc"
