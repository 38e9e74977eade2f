// SPDX-License-Identifier: GPL-3.0-or-later
//
// Weight masks: what is prunable, exact zeros, files of both forms, survival counted by hand.
#ifndef Q_MOC_RUN  // moc need not read LibTorch
#include "core/model/safetensors.h"
#include "core/model/weight_masks.h"
#endif

#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <map>
#include <set>

#include "core/base/file.h"
#include "tests/support/goldens.h"
#include "tests/support/weight_bits.h"

using namespace lottery;
using namespace lottery::test;
namespace fs = std::filesystem;

namespace {

// 2 layers, 2 heads of size 2, 3 intermediate units.
BertConfig small_config() {
    BertConfig c;
    c.vocab_size = 11;
    c.hidden_size = 4;
    c.num_hidden_layers = 2;
    c.num_attention_heads = 2;
    c.intermediate_size = 3;
    c.max_position_embeddings = 8;
    c.type_vocab_size = 2;
    return c;
}

const std::string kLayer1 = "bert.encoder.layer.1.";

torch::Tensor& mask_of(WeightMasks& masks, const std::string& parameter) {
    for (auto& mask : masks.masks)
        if (mask.parameter == parameter) return mask.kept;
    qFatal("no mask of %s", parameter.c_str());
}

WeightMasks random_masks(MlpOutputBias bias) {
    torch::manual_seed(5);
    auto masks = all_weights_kept(small_config(), bias);
    for (auto& mask : masks.masks) mask.kept = torch::rand(mask.kept.sizes()) < 0.6;
    return masks;
}

using Tensors = std::vector<std::pair<std::string, torch::Tensor>>;

// The masks as others write them: one number per weight.
Tensors plain(const WeightMasks& masks, torch::Dtype dtype) {
    Tensors tensors;
    for (const auto& mask : masks.masks) tensors.emplace_back(mask.parameter + "_mask", mask.kept.to(dtype));
    return tensors;
}

}  // namespace

class TestWeightMasks : public QObject {
    Q_OBJECT

private:
    QTemporaryDir folder_;
    [[nodiscard]] fs::path path(const char* name = "weight_mask.safetensors") const {
        return fs::path(folder_.path().toStdString()) / name;
    }

private Q_SLOTS:
    void prunable_data() {
        QTest::addColumn<int>("bias");
        QTest::addColumn<int>("parameters");
        QTest::addColumn<int>("weights");
        // Per layer 4·(4·4+4) + (3·4+3) + 4·3, and the output's bias 4.
        QTest::newRow("left") << static_cast<int>(MlpOutputBias::Left) << 22 << 2 * 107;
        QTest::newRow("pruned") << static_cast<int>(MlpOutputBias::Pruned) << 24 << 2 * 111;
    }
    void prunable() {
        QFETCH(int, bias);
        QFETCH(int, parameters);
        QFETCH(int, weights);
        const auto masks = all_weights_kept(small_config(), static_cast<MlpOutputBias>(bias));
        QCOMPARE(static_cast<int>(masks.masks.size()), parameters);
        QCOMPARE(masks.prunable(), std::int64_t{weights});
        QCOMPARE(masks.kept_share(), 1.0);
        QCOMPARE(masks.masks.front().parameter, std::string("bert.encoder.layer.0.attention.self.query.weight"));
        for (const auto& mask : masks.masks) {
            QVERIFY(mask.parameter.find("LayerNorm") == std::string::npos);
            QVERIFY(mask.parameter.find("embeddings") == std::string::npos);
        }
    }

    void pruned_weights_are_exactly_zero() {
        BertForSequenceClassification model(small_config(), 2);
        auto masks = random_masks(MlpOutputBias::Pruned);
        const auto before = weights_of(model, masks);
        {
            const torch::NoGradGuard no_grad;
            // Also what multiplication by zero would not clear.
            auto& weight = model->named_parameters()[kLayer1 + "output.dense.weight"];
            weight[0][0] = std::nan("");
            weight[0][1] = -INFINITY;
            auto& kept = mask_of(masks, kLayer1 + "output.dense.weight");
            kept[0][0] = false;
            kept[0][1] = false;
        }
        apply_weight_masks(model, masks);
        const auto after = weights_of(model, masks);
        for (std::size_t i = 0; i < after.size(); ++i) {
            const auto pruned = masks.masks[i].kept.logical_not();
            const auto zeros = after[i].masked_select(pruned);
            QVERIFY(zeros.eq(0).all().item<bool>() && !zeros.signbit().any().item<bool>());
            QVERIFY(after[i].masked_select(masks.masks[i].kept).equal(before[i].masked_select(masks.masks[i].kept)));
        }
    }

    void survives_its_file_data() {
        QTest::addColumn<int>("bias");
        QTest::addColumn<QString>("form");
        for (const auto bias : {MlpOutputBias::Left, MlpOutputBias::Pruned})
            for (const char* form : {"packed", "bool", "u8", "i64", "f16", "f32", "f64", "without bert."})
                QTest::addRow("%s, %d", form, static_cast<int>(bias)) << static_cast<int>(bias) << form;
    }
    void survives_its_file() {
        QFETCH(int, bias);
        QFETCH(QString, form);
        const auto masks = random_masks(static_cast<MlpOutputBias>(bias));
        if (form == "packed") {
            QVERIFY_VALUE(write_weight_masks(path(), masks));
            // 1 bit per weight, each parameter's last byte aside.
            const auto file = SafetensorsFile::open(path());
            QVERIFY_VALUE(file);
            std::int64_t bytes = 0;
            for (const auto& entry : file->entries()) bytes += static_cast<std::int64_t>(entry.end - entry.begin);
            QVERIFY(bytes * 8 < masks.prunable() + 8 * static_cast<std::int64_t>(masks.masks.size()));
            // Weight i is bit i % 8 of byte i / 8.
            const auto& first = masks.masks.front();
            const auto byte = file->tensor(first.parameter + "_mask");
            QVERIFY_VALUE(byte);
            unsigned expected = 0;
            for (int i = 0; i < 8; ++i) expected |= static_cast<unsigned>(first.kept.flatten()[i].item<bool>()) << i;
            QCOMPARE((*byte)[0].item<int>(), static_cast<int>(expected));
        } else {
            const std::map<QString, torch::Dtype> dtypes{{"bool", torch::kBool},         {"u8", torch::kUInt8},
                                                         {"i64", torch::kInt64},         {"f16", torch::kFloat16},
                                                         {"f32", torch::kFloat32},       {"f64", torch::kFloat64},
                                                         {"without bert.", torch::kBool}};
            auto tensors = plain(masks, dtypes.at(form));
            if (form.startsWith("without"))
                for (auto& tensor : tensors) tensor.first = tensor.first.substr(5);
            // A state dict has the weights beside them.
            tensors.emplace_back("bert.pooler.dense.weight", torch::ones({4, 4}));
            QVERIFY_VALUE(write_safetensors(path(), tensors));
        }
        const auto back = read_weight_masks(path(), small_config());
        QVERIFY_VALUE(back);
        QVERIFY(*back == masks);
    }

    void same_masks_same_bytes() {
        const auto masks = random_masks(MlpOutputBias::Pruned);
        QVERIFY_VALUE(write_weight_masks(path("a"), masks));
        QVERIFY_VALUE(write_weight_masks(path("b"), masks.clone()));
        QCOMPARE(*read_file(path("a")), *read_file(path("b")));
    }

    // Written by torch.nn.utils.prune (tests/reference/make_magnitude_goldens.py).
    void reads_what_torch_writes_data() {
        QTest::addColumn<QString>("file");
        for (const char* file :
             {"published_style.bin", "published_style.safetensors", "published_style_prefixless.safetensors"})
            QTest::newRow(file) << file;
    }
    void reads_what_torch_writes() {
        QFETCH(QString, file);
        const auto golden = read_golden(golden_folder("magnitude") / "published_style.json");
        const auto config = read_bert_config(golden_folder(golden.at("checkpoint").get<std::string>()));
        QVERIFY_VALUE(config);
        const auto masks = read_weight_masks(golden_folder("magnitude") / file.toStdString(), *config);
        QVERIFY_VALUE(masks);
        std::vector<std::string> parameters;
        for (const auto& mask : masks->masks) parameters.push_back(mask.parameter);
        QCOMPARE(parameters, golden.at("parameters").get<std::vector<std::string>>());
        QCOMPARE(weight_bits(*masks), golden.at("masks").get<std::string>());
    }

    void damaged_files_data() {
        QTest::addColumn<QString>("damage");
        QTest::addColumn<QString>("said");
        QTest::newRow("missing file") << "none"
                                      << "weight_mask.safetensors";
        QTest::newRow("truncated") << "truncate"
                                   << "truncated";
        QTest::newRow("no masks at all") << "weights"
                                         << "holds no weight masks";
        QTest::newRow("parameter missing") << "missing"
                                           << "no mask for \"bert.encoder.layer.1.attention.self.key.bias\"";
        QTest::newRow("bias of one layer only") << "one bias"
                                                << "no mask for \"bert.encoder.layer.0.output.dense.bias\"";
        QTest::newRow("another shape") << "shape"
                                       << "the model's is [3]";
        QTest::newRow("another model") << "model"
                                       << "the model's is [3, 4]";
        QTest::newRow("a value of 2") << "two"
                                      << "value 1 is 2.0";
        QTest::newRow("a boolean of 3") << "bool"
                                        << "a mask holds only 0 and 1";
        QTest::newRow("not a number") << "nan"
                                      << "a mask holds only 0 and 1";
        QTest::newRow("another parameter") << "other"
                                           << "classifier.weight_mask";
        QTest::newRow("a parameter twice") << "twice"
                                           << "are both the mask of";
        QTest::newRow("bits beyond the end") << "bits"
                                             << "beyond the last of its 3 weights";
        QTest::newRow("too few bytes") << "bytes"
                                       << "U8 [2] was expected";
        QTest::newRow("another version") << "version"
                                         << "lottery-weight-mask-2";
        QTest::newRow("no shapes") << "shapes"
                                   << "\"shapes\"";
        QTest::newRow("shapes without a parameter") << "lacking"
                                                    << "lacks \"bert.encoder.layer.0.intermediate.dense.bias\"";
        QTest::newRow("shapes of nonsense") << "nonsense"
                                            << "whole numbers";
    }
    void damaged_files() {
        QFETCH(QString, damage);
        QFETCH(QString, said);
        QFile::remove(QString::fromStdString(path().string()));
        const auto masks = random_masks(damage == "one bias" ? MlpOutputBias::Pruned : MlpOutputBias::Left);
        auto tensors = plain(masks, torch::kFloat32);
        const auto find = [&](Tensors& in, const std::string& key) -> torch::Tensor& {
            for (auto& tensor : in)
                if (tensor.first == key) return tensor.second;
            qFatal("no %s", key.c_str());
        };
        const auto drop = [](Tensors& from, const std::string& key) {
            std::erase_if(from, [&](const auto& tensor) { return tensor.first == key; });
        };
        const std::string bias = "bert.encoder.layer.0.intermediate.dense.bias_mask";
        const std::set<QString> packed{"truncate", "bits", "bytes", "version", "shapes", "lacking", "nonsense"};
        if (packed.contains(damage)) {
            QVERIFY_VALUE(write_weight_masks(path(), masks));
            const auto file = SafetensorsFile::open(path());
            QVERIFY_VALUE(file);
            Tensors stored;
            for (const auto& entry : file->entries()) stored.emplace_back(entry.name, *file->tensor(entry.name));
            auto metadata = file->metadata();
            auto shapes = Json::parse(metadata.at("shapes"));
            if (damage == "bits") find(stored, bias)[0] += 8;
            if (damage == "bytes")
                find(stored, "bert.encoder.layer.0.attention.self.query.weight_mask") = torch::ones({3}, torch::kUInt8);
            if (damage == "version") metadata["format"] = "lottery-weight-mask-2";
            if (damage == "lacking") shapes.erase("bert.encoder.layer.0.intermediate.dense.bias");
            if (damage == "nonsense") shapes["bert.encoder.layer.0.intermediate.dense.bias"] = {-3};
            metadata["shapes"] = shapes.dump();
            if (damage == "shapes") metadata.erase("shapes");
            QVERIFY_VALUE(write_safetensors(path(), stored, metadata));
            if (damage == "truncate") {
                const auto name = QString::fromStdString(path().string());
                QVERIFY(QFile::resize(name, QFile(name).size() - 5));
            }
        } else if (damage != "none") {
            if (damage == "weights") tensors = {{"bert.pooler.dense.weight", torch::ones({4, 4})}};
            if (damage == "missing") drop(tensors, kLayer1 + "attention.self.key.bias_mask");
            if (damage == "one bias") drop(tensors, "bert.encoder.layer.0.output.dense.bias_mask");
            if (damage == "shape") find(tensors, bias) = torch::ones({4});
            if (damage == "model")
                find(tensors, "bert.encoder.layer.0.intermediate.dense.weight_mask") = torch::ones({3, 6});
            if (damage == "two") find(tensors, bias) = torch::tensor({1.0F, 2.0F, 0.0F});
            if (damage == "nan") find(tensors, bias)[2] = std::nan("");
            if (damage == "other") tensors.emplace_back("classifier.weight_mask", torch::ones({2, 4}));
            if (damage == "twice") tensors.emplace_back(bias.substr(5), torch::ones({3}));
            if (damage == "bool") find(tensors, bias) = torch::ones({3}, torch::kBool);
            QVERIFY_VALUE(write_safetensors(path(), tensors));
            if (damage == "bool") {
                // One-byte values stand at the file's end.
                auto bytes = *read_file(path());
                bytes.back() = '\x03';
                QVERIFY_VALUE(write_file_atomically(path(), bytes));
            }
        }
        const auto read = read_weight_masks(path(), small_config());
        QVERIFY(!read);
        const auto text = QString::fromStdString(read.error().to_string());
        QVERIFY2(text.contains(said), qPrintable(text));
        QVERIFY2(text.contains("weight_mask.safetensors"), qPrintable(text));
    }

    // Counted by hand: head size 2, hidden 4, intermediate 3. A head has 3·(2·4+2) + 4·2 + 2 = 40 weights, an MLP
    // 4·3 + 3 + 3·4 = 27, with the output's bias 31.
    void survival_data() {
        QTest::addColumn<int>("bias");
        QTest::addColumn<double>("mlp_size");
        QTest::newRow("left") << static_cast<int>(MlpOutputBias::Left) << 27.0;
        QTest::newRow("pruned") << static_cast<int>(MlpOutputBias::Pruned) << 31.0;
    }
    void survival() {
        QFETCH(int, bias);
        QFETCH(double, mlp_size);
        auto masks = all_weights_kept(small_config(), static_cast<MlpOutputBias>(bias));
        mask_of(masks, kLayer1 + "attention.self.query.weight")[2] = false;           // a row of head 1: 4
        mask_of(masks, kLayer1 + "attention.self.value.bias")[1] = false;             // head 0: 1
        mask_of(masks, kLayer1 + "attention.self.key.weight")[0][3] = false;          // head 0: 1
        mask_of(masks, kLayer1 + "attention.output.dense.weight")[0] = false;         // a column of each head: 2 and 2
        mask_of(masks, kLayer1 + "attention.output.dense.bias")[3] = false;           // head 1's slice: 1
        mask_of(masks, "bert.encoder.layer.0.intermediate.dense.weight")[1] = false;  // 4 of layer 0's MLP
        mask_of(masks, "bert.encoder.layer.0.output.dense.weight")[3][2] = false;     // 1
        int pruned = 4 + 1 + 1 + 4 + 1 + 4 + 1;
        double mlp = 5;
        if (mlp_size > 27) {
            mask_of(masks, "bert.encoder.layer.0.output.dense.bias")[0] = false;
            ++pruned;
            ++mlp;
        }
        const auto s = weight_survival(masks, small_config());
        QCOMPARE(s.heads.at(0, 0), 1.0F);
        QCOMPARE(s.heads.at(0, 1), 1.0F);
        QCOMPARE(s.heads.at(1, 0), static_cast<float>(1 - 4.0 / 40));
        QCOMPARE(s.heads.at(1, 1), static_cast<float>(1 - 7.0 / 40));
        QCOMPARE(s.mlps[0], static_cast<float>(1 - mlp / mlp_size));
        QCOMPARE(s.mlps[1], 1.0F);
        QCOMPARE(s.prunable - s.kept, std::int64_t{pruned});
        QCOMPARE(s.prunable, masks.prunable());
    }

    // Pruned weights of masked components are not counted twice.
    // Heads and MLPs that the checkpoint has lost: what is left goes by its original index.
    void survival_of_a_pruned_checkpoint() {
        auto config = small_config();
        config.pruned_heads = {{0, {0}}, {1, {0, 1}}};
        config.pruned_mlps = {0};
        auto masks = all_weights_kept(config, MlpOutputBias::Pruned);
        const std::string self = "bert.encoder.layer.0.attention.self.",
                          out = "bert.encoder.layer.0.attention.output.dense.";
        QVERIFY(mask_of(masks, self + "query.weight").sizes() == torch::IntArrayRef({2, 4}));
        mask_of(masks, self + "query.weight")[1].fill_(false);                            // 4 of head 1
        mask_of(masks, out + "weight").index_put_({torch::indexing::Slice(), 0}, false);  // 4 of head 1
        auto bias = mask_of(masks, out + "bias");
        bias[0] = false;  // the slice of head 0, which is gone
        bias[3] = false;  // 1 of head 1
        const auto survival = weight_survival(masks, config);
        QVERIFY(std::isnan(survival.heads.at(0, 0)));
        // Rows 3·(2·4+2), columns 4·2, slice 2.
        QCOMPARE(survival.heads.at(0, 1), 1.0F - 9.0F / 40.0F);
        QVERIFY(std::isnan(survival.heads.at(1, 0)) && std::isnan(survival.heads.at(1, 1)));
        QVERIFY(std::isnan(survival.mlps[0]));
        QCOMPARE(survival.mlps[1], 1.0F);
        QCOMPARE(survival.prunable - survival.kept, std::int64_t{10});

        // The share of the original model counts each pruned weight once, those of masked heads not again.
        BertForSequenceClassification model(config, 2);
        const auto components = config.components();
        const auto left = model->parameter_count() - (11 + 8 + 2 + 2) * 4;
        const double original = 2.0 * (4 * 20 + 15 + 16 + 16) + 20 + 10;
        QCOMPARE(parameters_kept_share(model, components, masks), static_cast<double>(left - 10) / original);
        auto none = components;
        none.heads.at(0, 1) = 0.0F;
        QCOMPARE(parameters_kept_share(model, none, masks), static_cast<double>(left - 30 - 8 - 4) / original);

        // Written and read again, applied to the model that it is of; another model's is refused.
        QVERIFY_VALUE(write_weight_masks(path(), masks));
        const auto read = read_weight_masks(path(), config);
        QVERIFY_VALUE(read);
        QVERIFY(*read == masks);
        apply_weight_masks(model, *read);
        QCOMPARE(model->named_parameters()[self + "query.weight"][1].count_nonzero().item<std::int64_t>(),
                 std::int64_t{0});
        const auto whole = read_weight_masks(path(), small_config());
        QVERIFY(!whole);
        QVERIFY2(whole.error().message.find("shape [2, 4], the model's is [4, 4]") != std::string::npos,
                 whole.error().message.c_str());
        QVERIFY_VALUE(write_weight_masks(path(), all_weights_kept(small_config(), MlpOutputBias::Pruned)));
        const auto smaller = read_weight_masks(path(), config);
        QVERIFY(!smaller);
        QVERIFY2(smaller.error().message.find("the model's is [2, 4]") != std::string::npos,
                 smaller.error().message.c_str());
    }

    void parameters_kept_data() {
        QTest::addColumn<int>("heads_masked");  // of layer 1
        QTest::addColumn<bool>("mlp_masked");   // of layer 0
        QTest::addColumn<int>("removed");
        // As in survival(): 4 weights of head 0 and 6 of head 1 without slices, 1 slice, 5 of layer 0's MLP.
        // A removed head takes 38, the last one 4 more, a removed MLP 31.
        QTest::newRow("nothing masked") << 0 << false << 4 + 6 + 1 + 5;
        QTest::newRow("head 0") << 1 << false << 38 + 6 + 1 + 5;
        QTest::newRow("both heads") << 2 << false << 2 * 38 + 4 + 5;
        QTest::newRow("MLP") << 0 << true << 4 + 6 + 1 + 31;
        QTest::newRow("all of it") << 2 << true << 2 * 38 + 4 + 31;
    }
    void parameters_kept() {
        QFETCH(int, heads_masked);
        QFETCH(bool, mlp_masked);
        QFETCH(int, removed);
        auto masks = all_weights_kept(small_config(), MlpOutputBias::Left);
        mask_of(masks, kLayer1 + "attention.self.query.weight")[2] = false;
        mask_of(masks, kLayer1 + "attention.self.value.bias")[1] = false;
        mask_of(masks, kLayer1 + "attention.self.key.weight")[0][3] = false;
        mask_of(masks, kLayer1 + "attention.output.dense.weight")[0] = false;
        mask_of(masks, kLayer1 + "attention.output.dense.bias")[3] = false;
        mask_of(masks, "bert.encoder.layer.0.intermediate.dense.weight")[1] = false;
        mask_of(masks, "bert.encoder.layer.0.output.dense.weight")[3][2] = false;
        BertForSequenceClassification model(small_config(), 2);
        auto components = ComponentMasks::all_kept(2, 2);
        for (int h = 0; h < heads_masked; ++h) components.heads.at(1, h) = 0.0F;
        if (mlp_masked) components.mlps[0] = 0.0F;
        // Layers 2·(80+15+16+16), pooler 20, classifier 10.
        const double all = 2 * (80 + 15 + 16 + 16) + 20 + 10;
        QVERIFY(std::abs(parameters_kept_share(model, components, masks) - (1 - removed / all)) < 1e-12);
        QVERIFY(std::abs(parameters_kept_share(model, components, {}) - model->kept_share(components)) < 1e-12);
    }
};

QTEST_GUILESS_MAIN(TestWeightMasks)
#include "tst_weight_masks.moc"
