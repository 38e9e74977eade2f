// SPDX-License-Identifier: GPL-3.0-or-later
//
// Attention maps against transformers' and against the formula of norms, evaluated directly in float64.
// torch before Qt: both use the word `slots`.
#ifndef Q_MOC_RUN  // moc need not read LibTorch
#include "core/attention/extract.h"
#endif

#include <QTest>
#include <cmath>

#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;

namespace {

// float32 against float64, of numbers up to some tens.
constexpr double kTolerance = 1e-4;

struct Tiny {
    BertForSequenceClassification model{nullptr};
    WordPieceTokenizer tokenizer;

    explicit Tiny(const std::string& name) : tokenizer(read_tokenizer(name)) {
        ProgressSink quiet;
        const auto golden = read_golden(golden_folder("bert/" + name) / "expected.json");
        auto loaded = load_model(golden_folder("bert/" + name), golden.at("outputs").get<int>(), 0, torch::kCPU, quiet);
        if (!loaded) qFatal("%s", loaded.error().to_string().c_str());
        model = loaded->model;
    }
    static WordPieceTokenizer read_tokenizer(const std::string& name) {
        auto tokenizer = WordPieceTokenizer::from_checkpoint(golden_folder("bert/" + name));
        if (!tokenizer) qFatal("%s", tokenizer.error().to_string().c_str());
        return *std::move(tokenizer);
    }
    [[nodiscard]] ComponentMasks without(const Json& heads) const {
        auto masks = model->components();
        for (const auto& head : heads) masks.heads.at(head.at(0).get<int>(), head.at(1).get<int>()) = 0.0F;
        return masks;
    }
};

double worst(std::span<const float> ours, const Json& expected) {
    const auto reference = flat_floats(expected);
    double most = ours.size() == reference.size() ? 0.0 : INFINITY;
    for (std::size_t i = 0; i < ours.size() && i < reference.size(); ++i)
        if (const double d = std::abs(static_cast<double>(ours[i]) - static_cast<double>(reference[i])); !(d <= most))
            most = d;
    return most;
}

Json cases() { return read_golden(golden_folder("attention") / "expected.json").at("cases"); }

}  // namespace

class TestExtract : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void maps_data() {
        QTest::addColumn<std::size_t>("index");
        QTest::addColumn<AttentionKind>("kind");
        QTest::addColumn<QString>("key");
        const auto all = cases();
        for (std::size_t i = 0; i < all.size(); ++i) {
            const std::string name =
                all[i].at("model").get<std::string>() + (all[i].at("pruned_heads").empty() ? "" : ", pruned");
            QTest::addRow("%s: raw", name.c_str()) << i << AttentionKind::Raw << "raw";
            QTest::addRow("%s: norm", name.c_str()) << i << AttentionKind::Norm << "norm";
            QTest::addRow("%s: norm as published", name.c_str())
                << i << AttentionKind::NormAsPublished << "norm_as_published";
        }
    }
    void maps() {
        QFETCH(const std::size_t, index);
        QFETCH(const AttentionKind, kind);
        QFETCH(const QString, key);
        const auto golden = cases()[index];
        Tiny tiny(golden.at("model").get<std::string>());
        const auto masks = tiny.without(golden.at("pruned_heads"));
        const auto plan = tiny.model->plan(masks, Removal::Physical);
        const auto sequences = golden_features(golden.at("sequences"));
        QVERIFY(!sequences.empty());
        for (std::size_t s = 0; s < sequences.size(); ++s) {
            const auto ours = extract_maps(tiny.model, plan, sequences[s], tiny.tokenizer.vocabulary(), kind);
            QCOMPARE(ours.size(), static_cast<int>(sequences[s].input_ids.size()));
            QCOMPARE(ours.present, masks.heads);
            QCOMPARE(ours.tokens.segments.size(), sequences[s].token_type_ids.size());
            const auto& expected = golden.at("maps")[s].at(key.toStdString());
            for (int l = 0; l < ours.layers; ++l) {
                std::size_t place = 0;
                for (int h = 0; h < ours.heads; ++h) {
                    if (!ours.has(l, h)) {
                        for (const float value : ours.map(l, h)) QVERIFY(std::isnan(value));
                        continue;
                    }
                    const auto difference = worst(ours.map(l, h), expected[static_cast<std::size_t>(l)][place++]);
                    QVERIFY2(difference < kTolerance, std::to_string(difference).c_str());
                    // One head alone, without the layers after it.
                    const auto alone = extract_map(tiny.model, plan, sequences[s], l, h, kind);
                    QVERIFY(std::equal(alone.begin(), alone.end(), ours.map(l, h).begin(), ours.map(l, h).end()));
                }
            }
        }
    }

    // The probabilities kept with the goldens of the models.
    void stored_probabilities_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"two_layers", "three_layers", "one_head_regression"}) QTest::newRow(name) << name;
    }
    void stored_probabilities() {
        QFETCH(const QString, name);
        Tiny tiny(name.toStdString());
        const auto golden = read_golden(golden_folder("bert/" + name.toStdString()) / "expected.json");
        const auto sequences = golden_features(golden.at("sequences"));
        const auto& expected = golden.at("attention_probs");
        QCOMPARE(expected.size(), std::size_t{2});
        for (std::size_t s = 0; s < expected.size(); ++s) {
            const auto ours = extract_maps(tiny.model, tiny.model->plan(), sequences[s], tiny.tokenizer.vocabulary(),
                                           AttentionKind::Raw);
            for (int l = 0; l < ours.layers; ++l)
                for (int h = 0; h < ours.heads; ++h) {
                    const auto& of_head = expected[s][static_cast<std::size_t>(l)][static_cast<std::size_t>(h)];
                    QVERIFY(worst(ours.map(l, h), of_head) < kTolerance);
                }
        }
    }

    // Layers above one whose head was masked see other inputs; a layer without heads has no maps at all.
    void removed_layers() {
        Tiny tiny("three_layers");
        auto masks = tiny.model->components();
        for (int h = 0; h < masks.heads.heads; ++h) masks.heads.at(1, h) = 0.0F;
        const auto golden = read_golden(golden_folder("bert/three_layers") / "expected.json");
        const auto text = golden_features(golden.at("sequences")).front();
        const auto& vocabulary = tiny.tokenizer.vocabulary();
        const auto whole = extract_maps(tiny.model, tiny.model->plan(), text, vocabulary, AttentionKind::Raw);
        const auto pruned =
            extract_maps(tiny.model, tiny.model->plan(masks, Removal::Physical), text, vocabulary, AttentionKind::Raw);
        for (int h = 0; h < whole.heads; ++h) {
            QVERIFY(std::equal(whole.map(0, h).begin(), whole.map(0, h).end(), pruned.map(0, h).begin()));
            QVERIFY(!pruned.has(1, h));
            QVERIFY(std::isnan(pruned.map(1, h).front()));
            QVERIFY(!std::equal(whole.map(2, h).begin(), whole.map(2, h).end(), pruned.map(2, h).begin()));
        }
        // A physically smaller model gives the maps of its plan.
        auto smaller = remove(tiny.model, masks);
        const auto of_smaller = extract_maps(smaller, smaller->plan(), text, vocabulary, AttentionKind::Raw);
        QCOMPARE(of_smaller.present, pruned.present);
        for (int h = 0; h < whole.heads; ++h)
            for (std::size_t i = 0; i < pruned.map(2, h).size(); ++i)
                QVERIFY(std::abs(of_smaller.map(2, h)[i] - pruned.map(2, h)[i]) < 1e-6F);
    }

    void rows_of_probabilities_sum_to_one() {
        Tiny tiny("two_layers");
        const auto golden = read_golden(golden_folder("bert/two_layers") / "expected.json");
        for (const auto& text : golden_features(golden.at("sequences"))) {
            const auto maps =
                extract_maps(tiny.model, tiny.model->plan(), text, tiny.tokenizer.vocabulary(), AttentionKind::Raw);
            for (int l = 0; l < maps.layers; ++l)
                for (int h = 0; h < maps.heads; ++h)
                    for (const double sum : row_sums(maps.map(l, h), maps.size())) QVERIFY(std::abs(sum - 1.0) < 1e-5);
        }
    }
};

QTEST_GUILESS_MAIN(TestExtract)
#include "tst_extract.moc"
