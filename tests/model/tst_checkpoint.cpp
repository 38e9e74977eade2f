// SPDX-License-Identifier: GPL-3.0-or-later
//
// Checkpoint folders written by transformers and PyTorch (tests/reference/make_checkpoint_goldens.py), and by us.
#include <torch/torch.h>

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <filesystem>
#include <functional>

#include "core/base/file.h"
#include "core/model/checkpoint.h"
#include "core/model/safetensors.h"

using namespace lottery;
namespace fs = std::filesystem;

Q_DECLARE_METATYPE(std::function<void(const std::filesystem::path&)>)

namespace {

using Tensors = std::vector<std::pair<std::string, torch::Tensor>>;
using Damage = std::function<void(const fs::path&)>;

constexpr int kLabels = 3;

fs::path golden(const std::string& name) { return fs::path(LOTTERY_GOLDENS) / "checkpoints" / name; }

// The weights of all goldens, canonical key → values.
std::map<std::string, torch::Tensor> expected_weights() {
    const auto json = read_json(golden("expected.json"));
    if (!json) qFatal("%s", json.error().to_string().c_str());
    std::map<std::string, torch::Tensor> weights;
    for (const auto& [key, tensor] : json->items()) {
        if (key == "origin") continue;
        weights[key] = torch::tensor(tensor["values"].get<std::vector<float>>())
                           .view(tensor["shape"].get<std::vector<std::int64_t>>());
    }
    return weights;
}

Tensors as_list(const std::map<std::string, torch::Tensor>& weights) { return {weights.begin(), weights.end()}; }

void change_json(const fs::path& file, const std::function<void(Json&)>& change) {
    auto json = read_json(file);
    if (!json) qFatal("%s", json.error().to_string().c_str());
    change(*json);
    if (!write_json(file, *json)) qFatal("cannot write");
}

// Rewrites a folder's model.safetensors with other tensors.
Damage tensors_changed(const std::function<void(std::map<std::string, torch::Tensor>&)>& change) {
    return [change](const fs::path& folder) {
        auto weights = expected_weights();
        change(weights);
        if (!write_safetensors(folder / "model.safetensors", as_list(weights))) qFatal("cannot write");
    };
}

Damage config_changed(const char* key, const Json& value) {
    return [key = std::string(key), value](const fs::path& folder) {
        change_json(folder / "config.json", [&](Json& json) {
            if (value.is_null())
                json.erase(key);
            else
                json[key] = value;
        });
    };
}

Damage truncated(const char* name, std::size_t bytes) {
    return [name = std::string(name), bytes](const fs::path& folder) { fs::resize_file(folder / name, bytes); };
}

}  // namespace

class TestCheckpoint : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void the_specs_are_the_models_keys() {
        const auto config = read_bert_config(golden("f32"));
        QVERIFY(config);
        const auto specs = bert_tensor_specs(*config, kLabels);
        const auto weights = expected_weights();
        QCOMPARE(specs.size(), weights.size());
        std::int64_t count = 0;
        for (const auto& spec : specs) {
            QVERIFY2(weights.contains(spec.key), spec.key.c_str());
            QCOMPARE(weights.at(spec.key).sizes().vec(), spec.shape);
            const bool optional = spec.key.starts_with("bert.pooler.") || spec.key.starts_with("classifier.");
            QCOMPARE(spec.required, !optional);
            count += weights.at(spec.key).numel();
        }
        QCOMPARE(config->parameter_count(), count);
    }

    void reads_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("dtype");  // the values were rounded to
        QTest::addColumn<QStringList>("missing");
        QTest::addColumn<QStringList>("ignored");
        const auto row = [](const char* name, torch::Dtype dtype, const QStringList& missing = {},
                            const QStringList& ignored = {}) {
            QTest::newRow(name) << name << static_cast<int>(dtype) << missing << ignored;
        };
        const QStringList classifier = {"classifier.weight", "classifier.bias"};
        row("f32", torch::kFloat32);
        row("f16", torch::kFloat16);
        row("bf16", torch::kBFloat16);
        row("sharded", torch::kFloat32);
        row("bin", torch::kFloat32);
        row("bin_views", torch::kFloat16, {}, {"global_step"});
        row("prefixless", torch::kFloat32, classifier);
        row("gamma_beta", torch::kFloat32, classifier,
            {"bert.embeddings.position_ids", "cls.predictions.bias", "cls.predictions.decoder.bias",
             "cls.predictions.transform.LayerNorm.beta", "cls.predictions.transform.LayerNorm.gamma",
             "cls.predictions.transform.dense.bias", "cls.predictions.transform.dense.weight",
             "cls.seq_relationship.bias", "cls.seq_relationship.weight"});
    }
    void reads() {
        QFETCH(QString, name);
        QFETCH(int, dtype);
        QFETCH(QStringList, missing);
        QFETCH(QStringList, ignored);
        const auto checkpoint = read_checkpoint(golden(name.toStdString()), kLabels);
        QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().to_string().c_str());
        QCOMPARE(checkpoint->config.hidden_size, 8);
        QCOMPARE(checkpoint->config.num_labels, kLabels);
        QCOMPARE(checkpoint->config.labels, (std::vector<std::string>{"contradiction", "entailment", "neutral"}));
        QVERIFY2(checkpoint->notes.empty(), checkpoint->notes.empty() ? "" : checkpoint->notes.front().c_str());

        QStringList found_ignored;
        for (const auto& key : checkpoint->ignored) found_ignored << QString::fromStdString(key);
        found_ignored.sort();
        QCOMPARE(found_ignored, ignored);
        QStringList found_missing;
        for (const auto& key : checkpoint->missing) found_missing << QString::fromStdString(key);
        QCOMPARE(found_missing, missing);

        const auto weights = expected_weights();
        QCOMPARE(checkpoint->tensors.size(), weights.size() - static_cast<std::size_t>(missing.size()));
        for (const auto& [key, tensor] : checkpoint->tensors) {
            QCOMPARE(tensor.scalar_type(), torch::kFloat32);
            QVERIFY(tensor.is_contiguous());
            const auto rounded = weights.at(key).to(static_cast<torch::Dtype>(dtype)).to(torch::kFloat32);
            QVERIFY2(torch::equal(tensor, rounded), key.c_str());
        }
    }

    void another_label_count_leaves_the_classifier_out() {
        const auto checkpoint = read_checkpoint(golden("f32"), 2);
        QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().to_string().c_str());
        QCOMPARE(checkpoint->missing, (std::vector<std::string>{"classifier.weight", "classifier.bias"}));
        QVERIFY(!checkpoint->tensors.contains("classifier.weight"));
        QVERIFY(!checkpoint->tensors.contains("classifier.bias"));
        QCOMPARE(checkpoint->notes.size(), std::size_t{1});
        QVERIFY2(checkpoint->notes[0].find("has 3 outputs, 2 are needed") != std::string::npos,
                 checkpoint->notes[0].c_str());
        QCOMPARE(checkpoint->config.num_labels, 2);
        QVERIFY(checkpoint->config.labels.empty());
        QCOMPARE(checkpoint->config.problem_type, std::string("single_label_classification"));

        const auto regression = read_checkpoint(golden("f32"), 1);
        QVERIFY(regression);
        QCOMPARE(regression->config.problem_type, std::string("regression"));
    }

    void layers_beyond_the_config_are_noted() {
        const QTemporaryDir folder;
        const auto path = copy_of("f32", folder);
        config_changed("num_hidden_layers", 1)(path);
        const auto checkpoint = read_checkpoint(path, kLabels);
        QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().to_string().c_str());
        QCOMPARE(checkpoint->ignored.size(), std::size_t{16});
        QCOMPARE(checkpoint->notes.size(), std::size_t{1});
        QVERIFY2(checkpoint->notes[0].find("layers beyond the 1 of") != std::string::npos,
                 checkpoint->notes[0].c_str());
    }

    void refuses_data() {
        QTest::addColumn<QString>("name");  // golden to damage
        QTest::addColumn<std::function<void(const std::filesystem::path&)>>("damage");
        QTest::addColumn<QString>("place");  // file the error must name
        QTest::addColumn<QString>("says");
        const auto row = [](const char* title, const char* name, const Damage& damage, const char* place,
                            const char* says) { QTest::newRow(title) << name << damage << place << says; };
        const char* const kConfig = "config.json";
        const char* const kModel = "model.safetensors";
        const char* const kIndex = "model.safetensors.index.json";
        const char* const kBin = "pytorch_model.bin";
        const char* const kQuery = "bert.encoder.layer.1.attention.self.query.weight";

        row(
            "no config", "f32", [](const fs::path& f) { fs::remove(f / "config.json"); }, "", "no config.json");
        row("not BERT", "f32", config_changed("model_type", "roberta"), kConfig, "\"roberta\"");
        row("absurd config", "f32", config_changed("num_hidden_layers", 100000), kConfig,
            "\"num_hidden_layers\" is 100000");
        row(
            "no weights", "f32", [](const fs::path& f) { fs::remove(f / "model.safetensors"); }, "", "no weights");
        row(
            "only TensorFlow weights", "f32",
            [](const fs::path& f) { fs::rename(f / "model.safetensors", f / "tf_model.h5"); }, "", "found tf_model.h5");
        row("truncated safetensors", "f32", truncated(kModel, 5000), kModel, "truncated");
        row(
            "legacy bin", "bin_legacy", [](const fs::path&) {}, kBin, "before 1.6");
        row("truncated bin", "bin", truncated(kBin, 5000), kBin, "truncated");
        row("more layers than weights", "f32", config_changed("num_hidden_layers", 3), kModel,
            "\"bert.encoder.layer.2.attention.self.query.weight\" is missing, expected with shape [8, 8]");
        row("wider than its weights", "f32", config_changed("intermediate_size", 16), kModel,
            "\"bert.encoder.layer.0.intermediate.dense.weight\" has shape [12, 8], expected [16, 8]");
        row("other vocabulary", "bin", config_changed("vocab_size", 30522), kBin,
            "\"bert.embeddings.word_embeddings.weight\" has shape [24, 8], expected [30522, 8]");
        row("wrong shape", "f32", tensors_changed([=](auto& w) {
                w[kQuery] = torch::zeros({8, 4});
            }),
            kModel, "query.weight\" has shape [8, 4], expected [8, 8]");
        row("wrong rank", "f32", tensors_changed([=](auto& w) { w[kQuery] = torch::zeros({64}); }), kModel,
            "has shape [64]");
        row("wrong dtype", "f32", tensors_changed([=](auto& w) { w[kQuery] = w[kQuery].to(torch::kInt8); }), kModel,
            "has dtype I8, expected F32");
        row("missing tensor", "f32", tensors_changed([=](auto& w) { w.erase(kQuery); }), kModel,
            "query.weight\" is missing, expected with shape [8, 8]");
        row("another model's", "f32", tensors_changed([](auto& w) {
                w = {{"roberta.embeddings.word_embeddings.weight", torch::zeros({24, 8})}};
            }),
            kModel, "found tensors such as \"roberta.embeddings.word_embeddings.weight\"");
        row("half a pooler", "f32", tensors_changed([](auto& w) { w.erase("bert.pooler.dense.bias"); }), kModel,
            "\"bert.pooler.dense.bias\" is missing, but \"bert.pooler.dense.weight\" is there");
        row("half a classifier", "f32", tensors_changed([](auto& w) { w.erase("classifier.weight"); }), kModel,
            "\"classifier.weight\" is missing");
        row("classifier of another width", "f32", tensors_changed([](auto& w) {
                w["classifier.weight"] = torch::zeros({2, 9});
            }),
            kModel, "\"classifier.weight\" has shape [2, 9], expected [3, 8]");
        row("classifier's bias of another length", "f32",
            tensors_changed([](auto& w) { w["classifier.bias"] = torch::zeros({2}); }), kModel,
            "\"classifier.bias\" has shape [2], expected [3]");
        row("one tensor by two names", "f32", tensors_changed([](auto& w) {
                w["pooler.dense.weight"] = torch::zeros({8, 8});
            }),
            kModel, "\"bert.pooler.dense.weight\" and \"pooler.dense.weight\" are both");
        row(
            "no weight map", "sharded",
            [=](const fs::path& f) { change_json(f / kIndex, [](Json& j) { j.erase("weight_map"); }); }, kIndex,
            "\"weight_map\"");
        row(
            "shard elsewhere", "sharded",
            [=](const fs::path& f) {
                change_json(f / kIndex, [=](Json& j) { j["weight_map"][kQuery] = "../other/model.safetensors"; });
            },
            kIndex, "a file in this folder");
        row(
            "shard is the folder above", "sharded",
            [=](const fs::path& f) { change_json(f / kIndex, [=](Json& j) { j["weight_map"][kQuery] = ".."; }); }, "..",
            "is not a file");
        row(
            "shard missing", "sharded", [](const fs::path& f) { fs::remove(f / "model-00001-of-00002.safetensors"); },
            "model-00001-of-00002.safetensors", "No such file");
        row("shard truncated", "sharded", truncated("model-00002-of-00002.safetensors", 600),
            "model-00002-of-00002.safetensors", "truncated");
        row(
            "a key its shard lacks", "sharded",
            [=](const fs::path& f) {
                change_json(f / kIndex, [](Json& j) { j["weight_map"]["extra"] = "model-00001-of-00002.safetensors"; });
            },
            kIndex, "holds \"extra\", but it does not");
        row(
            "a key the index lacks", "sharded",
            [=](const fs::path& f) { change_json(f / kIndex, [=](Json& j) { j["weight_map"].erase(kQuery); }); },
            kIndex, "does not say so");
    }
    void refuses() {
        QFETCH(QString, name);
        QFETCH(std::function<void(const std::filesystem::path&)>, damage);
        QFETCH(QString, place);
        QFETCH(QString, says);
        const QTemporaryDir folder;
        const auto path = copy_of(name.toStdString(), folder);
        damage(path);
        const auto checkpoint = read_checkpoint(path, kLabels);
        QVERIFY(!checkpoint);
        const auto line = QString::fromStdString(checkpoint.error().to_string());
        QVERIFY2(line.contains(says), qPrintable(line));
        const auto file = place.isEmpty() ? path : path / place.toStdString();
        QVERIFY2(line.startsWith(QString::fromStdString(file.string())), qPrintable(line));
        QVERIFY2(!checkpoint.error().advice.empty(), qPrintable(line));
    }

    void refuses_what_is_no_folder() {
        const auto missing = read_checkpoint(golden("none"), kLabels);
        QVERIFY(!missing);
        QVERIFY(missing.error().message.find("no such folder") != std::string::npos);
        const auto file = read_checkpoint(golden("expected.json"), kLabels);
        QVERIFY(!file);
        QVERIFY(file.error().message.find("is a file") != std::string::npos);
    }

    void writes_and_reads() {
        const QTemporaryDir folder;
        const auto path = fs::path(folder.path().toStdString()) / "run" / "model";
        const auto source = read_checkpoint(golden("f32"), kLabels);
        QVERIFY(source);
        const auto status = write_checkpoint(path, source->config, as_list(source->tensors), golden("f32"));
        QVERIFY2(status, status ? "" : status.error().to_string().c_str());
        std::vector<std::string> files;
        for (const auto& item : fs::directory_iterator(path)) files.push_back(item.path().filename().string());
        std::sort(files.begin(), files.end());
        QCOMPARE(files,
                 (std::vector<std::string>{"config.json", "model.safetensors", "tokenizer_config.json", "vocab.txt"}));
        QCOMPARE(*read_file(path / "vocab.txt"), *read_file(golden("f32") / "vocab.txt"));
        QCOMPARE(SafetensorsFile::open(path / "model.safetensors")->metadata().at("format"), std::string("pt"));

        const auto again = read_checkpoint(path, kLabels);
        QVERIFY2(again, again ? "" : again.error().to_string().c_str());
        QCOMPARE(to_json(again->config).dump(), to_json(source->config).dump());
        QCOMPARE(again->tensors.size(), source->tensors.size());
        for (const auto& [key, tensor] : source->tensors)
            QVERIFY2(torch::equal(again->tensors.at(key), tensor), key.c_str());
        QVERIFY(again->missing.empty());
        QVERIFY(again->ignored.empty());

        // Over itself, with the vocabulary it already has.
        const auto before = *read_file(path / "model.safetensors");
        QVERIFY(write_checkpoint(path, again->config, as_list(again->tensors), path));
        QCOMPARE(*read_file(path / "model.safetensors"), before);
        QCOMPARE(*read_file(path / "vocab.txt"), *read_file(golden("f32") / "vocab.txt"));
    }

    void refuses_to_write_data() {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("says");
        QTest::newRow("a tensor missing") << "missing"
                                          << "\"bert.pooler.dense.bias\" to write: expected shape [8], found none";
        QTest::newRow("a shape") << "shape"
                                 << "expected shape [8], found [9]";
        QTest::newRow("an unknown key") << "unknown"
                                        << "\"cls.bias\" to write is not one";
        QTest::newRow("half precision") << "half"
                                        << "\"bert.pooler.dense.bias\" to write has dtype Half, expected Float";
        QTest::newRow("other label count") << "labels"
                                           << "\"classifier.weight\" to write: expected shape [2, 8], found [3, 8]";
    }
    void refuses_to_write() {
        QFETCH(QString, kind);
        QFETCH(QString, says);
        auto config = *read_bert_config(golden("f32"));
        auto weights = expected_weights();
        if (kind == "missing") weights.erase("bert.pooler.dense.bias");
        if (kind == "shape") weights["bert.pooler.dense.bias"] = torch::zeros({9});
        if (kind == "unknown") weights["cls.bias"] = torch::zeros({2});
        if (kind == "half") weights["bert.pooler.dense.bias"] = torch::zeros({8}, torch::kHalf);
        if (kind == "labels") config.num_labels = 2;
        const QTemporaryDir folder;
        const auto path = fs::path(folder.path().toStdString()) / "model";
        const auto status = write_checkpoint(path, config, as_list(weights));
        QVERIFY(!status);
        QVERIFY2(status.error().message.find(says.toStdString()) != std::string::npos, status.error().message.c_str());
        QVERIFY(!fs::exists(path));
    }

    void transformers_loads_what_we_write() {
        const auto python = qEnvironmentVariable("LOTTERY_PYTHON");
        if (python.isEmpty()) QSKIP("LOTTERY_PYTHON names no Python with torch and transformers");
        const QTemporaryDir folder;
        const auto path = fs::path(folder.path().toStdString());
        const auto source = read_checkpoint(golden("bin"), kLabels);
        QVERIFY(source);
        QVERIFY(write_checkpoint(path, source->config, as_list(source->tensors), golden("f32")));
        QProcess check;
        check.setProcessChannelMode(QProcess::MergedChannels);
        check.start(python, {LOTTERY_SOURCE_DIR "/tests/reference/check_written_checkpoint.py", folder.path(),
                             QString::fromStdString(golden("expected.json").string())});
        QVERIFY2(check.waitForFinished(-1), qPrintable(check.errorString()));
        QVERIFY2(check.exitCode() == 0, check.readAll().constData());
    }

    // A real checkpoint of any size, for example one with six layers whose keys leave out "bert.".
    void reads_a_real_checkpoint() {
        const auto real = qEnvironmentVariable("LOTTERY_CHECKPOINT").toStdString();
        if (real.empty()) QSKIP("LOTTERY_CHECKPOINT names no checkpoint folder");
        auto checkpoint = read_checkpoint(real, 2);
        QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().to_string().c_str());
        const auto specs = bert_tensor_specs(checkpoint->config, 2);
        QCOMPARE(checkpoint->tensors.size() + checkpoint->missing.size(), specs.size());
        for (const auto& [key, tensor] : checkpoint->tensors) {
            QVERIFY2(torch::isfinite(tensor).all().item<bool>(), key.c_str());
            QVERIFY2((tensor != 0).any().item<bool>(), key.c_str());
        }
        for (const auto& spec : specs)
            if (!checkpoint->tensors.contains(spec.key)) checkpoint->tensors[spec.key] = torch::full(spec.shape, 0.5);
        const QTemporaryDir folder;
        const auto path = fs::path(folder.path().toStdString());
        QVERIFY(write_checkpoint(path, checkpoint->config, as_list(checkpoint->tensors), real));
        const auto again = read_checkpoint(path, 2);
        QVERIFY2(again, again ? "" : again.error().to_string().c_str());
        for (const auto& [key, tensor] : checkpoint->tensors)
            QVERIFY2(torch::equal(again->tensors.at(key), tensor), key.c_str());
    }

private:
    static fs::path copy_of(const std::string& name, const QTemporaryDir& folder) {
        const auto path = fs::path(folder.path().toStdString()) / name;
        fs::copy(golden(name), path, fs::copy_options::recursive);
        return path;
    }
};

QTEST_GUILESS_MAIN(TestCheckpoint)
#include "tst_checkpoint.moc"
