// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>
#include <filesystem>

#include "core/base/file.h"
#include "core/model/bert_config.h"

using namespace lottery;

Q_DECLARE_METATYPE(lottery::Json)

namespace {

// As the published checkpoint has it.
Json base_config() {
    return Json{{"architectures", {"BertForMaskedLM"}},
                {"attention_probs_dropout_prob", 0.1},
                {"hidden_act", "gelu"},
                {"hidden_dropout_prob", 0.2},
                {"hidden_size", 768},
                {"initializer_range", 0.02},
                {"intermediate_size", 3072},
                {"layer_norm_eps", 1e-12},
                {"max_position_embeddings", 512},
                {"model_type", "bert"},
                {"num_attention_heads", 12},
                {"num_hidden_layers", 12},
                {"pad_token_id", 0},
                {"type_vocab_size", 2},
                {"vocab_size", 30522}};
}

// `changes` merged into the base; a null takes the key away.
Json changed(const Json& changes) {
    Json json = base_config();
    for (const auto& [key, value] : changes.items()) {
        if (value.is_null())
            json.erase(key);
        else
            json[key] = value;
    }
    return json;
}

// Json converts to so much that QCOMPARE cannot show it.
std::string text(const Json& json) { return json.dump(); }
// The same for any order of keys.
std::string sorted_text(const Json& json) { return nlohmann::json(json).dump(); }

}  // namespace

class TestBertConfig : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reads_every_field() {
        const auto config = parse_bert_config(base_config(), "config.json");
        QVERIFY2(config, config ? "" : config.error().to_string().c_str());
        QCOMPARE(config->vocab_size, 30522);
        QCOMPARE(config->hidden_size, 768);
        QCOMPARE(config->num_hidden_layers, 12);
        QCOMPARE(config->num_attention_heads, 12);
        QCOMPARE(config->head_size(), 64);
        QCOMPARE(config->intermediate_size, 3072);
        QCOMPARE(config->max_position_embeddings, 512);
        QCOMPARE(config->type_vocab_size, 2);
        QCOMPARE(config->layer_norm_eps, 1e-12);
        QCOMPARE(config->hidden_dropout_prob, 0.2);
        QCOMPARE(config->attention_probs_dropout_prob, 0.1);
        QCOMPARE(config->hidden_act, std::string("gelu"));
        QCOMPARE(config->num_labels, 2);
        QVERIFY(config->labels.empty());
        // 109 482 240 in BertModel of transformers, and 768 × 2 + 2 in the classifier.
        QCOMPARE(config->parameter_count(), std::int64_t{109'482'240 + 1538});
        QCOMPARE(text(config->other), text((Json{{"initializer_range", 0.02}, {"pad_token_id", 0}})));
    }

    void accepts_data() {
        QTest::addColumn<Json>("changes");
        QTest::newRow("gelu_new") << Json{{"hidden_act", "gelu_new"}};
        QTest::newRow("gelu_pytorch_tanh") << Json{{"hidden_act", "gelu_pytorch_tanh"}};
        QTest::newRow("relu") << Json{{"hidden_act", "relu"}};
        QTest::newRow("absolute positions") << Json{{"position_embedding_type", "absolute"}};
        QTest::newRow("no model type") << Json{{"model_type", nullptr}};
        QTest::newRow("no model type, no architecture") << Json{{"model_type", nullptr}, {"architectures", nullptr}};
        QTest::newRow("no optional key") << Json{{"layer_norm_eps", nullptr}, {"hidden_act", nullptr}};
        QTest::newRow("encoder said so") << Json{{"is_decoder", false}, {"pruned_heads", Json::object()}};
        QTest::newRow("no dropout") << Json{{"hidden_dropout_prob", 0}};
        QTest::newRow("largest layers") << Json{{"num_hidden_layers", 1000}};
    }
    void accepts() {
        QFETCH(Json, changes);
        const auto config = parse_bert_config(changed(changes), "config.json");
        QVERIFY2(config, config ? "" : config.error().to_string().c_str());
    }

    void refuses_data() {
        QTest::addColumn<Json>("json");
        QTest::addColumn<QString>("found");  // all must be named
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const Json& changes, const char* found, const char* expected) {
            QTest::newRow(name) << changed(changes) << found << expected;
        };
        row("roberta", {{"model_type", "roberta"}}, "\"model_type\" is \"roberta\"", "expected \"bert\"");
        row("roberta by architecture", {{"model_type", nullptr}, {"architectures", {"RobertaModel"}}},
            "\"architectures\" is [\"RobertaModel\"]", "begins with \"Bert\"");
        row("swish", {{"hidden_act", "silu"}}, "\"hidden_act\" is \"silu\"", "gelu, gelu_new");
        row("activation no text", {{"hidden_act", 1}}, "\"hidden_act\" is 1", "gelu, gelu_new");
        row("relative positions", {{"position_embedding_type", "relative_key"}}, "\"relative_key\"", "\"absolute\"");
        row("decoder", {{"is_decoder", true}}, "\"is_decoder\" is true", "expected false");
        row("cross attention", {{"add_cross_attention", true}}, "\"add_cross_attention\" is true", "expected false");
        row("pruned heads a list", {{"pruned_heads", {1}}}, "\"pruned_heads\" is [1]", "layers from 0 to 11");
        row("pruned layer beyond", {{"pruned_heads", {{"12", {1}}}}}, "layer \"12\"", "layers from 0 to 11");
        row("pruned layer negative", {{"pruned_heads", {{"-1", {1}}}}}, "layer \"-1\"", "layers from 0 to 11");
        row("pruned layer twice", {{"pruned_heads", {{"1", {1}}, {"01", {2}}}}}, "layer \"01\"", "layers from 0 to 11");
        row("pruned layer no number", {{"pruned_heads", {{"one", {1}}}}}, "layer \"one\"", "layers from 0 to 11");
        row("pruned layer too long", {{"pruned_heads", {{"99999999999999999999", {1}}}}}, "99999999999999999999",
            "layers from 0 to 11");
        row("pruned head beyond", {{"pruned_heads", {{"0", {12}}}}}, "of layer 0 is [12]", "heads from 0 to 11");
        row("pruned head negative", {{"pruned_heads", {{"0", {-1}}}}}, "of layer 0 is [-1]", "heads from 0 to 11");
        row("pruned head twice", {{"pruned_heads", {{"3", {4, 4}}}}}, "of layer 3 is [4,4]", "different heads");
        row("pruned head no number", {{"pruned_heads", {{"0", {"1"}}}}}, "of layer 0 is", "different heads");
        row("pruned head not whole", {{"pruned_heads", {{"0", {1.5}}}}}, "of layer 0 is [1.5]", "different heads");
        row("pruned head beyond 64 bits", {{"pruned_heads", {{"0", {18446744073709551615ULL}}}}}, "of layer 0 is",
            "different heads");
        row("too many pruned heads", {{"pruned_heads", {{"0", Json(std::vector<int>(5000, 1))}}}}, "of layer 0 is",
            "different heads");
        row("pruned heads no list", {{"pruned_heads", {{"0", 1}}}}, "of layer 0 is 1", "different heads");
        row("pruned MLPs no list", {{"lottery_pruned_mlps", 3}}, "\"lottery_pruned_mlps\" is 3", "layers from 0 to 11");
        row("pruned MLP beyond", {{"lottery_pruned_mlps", {0, 12}}}, "\"lottery_pruned_mlps\" is [0,12]",
            "layers from 0 to 11");
        row("pruned MLP twice", {{"lottery_pruned_mlps", {2, 2}}}, "\"lottery_pruned_mlps\" is [2,2]",
            "different layers");
        row("heads do not divide", {{"num_attention_heads", 7}}, "\"hidden_size\" is 768", "which is 7");
        row("too many layers", {{"num_hidden_layers", 1001}}, "\"num_hidden_layers\" is 1001", "from 1 to 1000");
        row("no layer", {{"num_hidden_layers", 0}}, "\"num_hidden_layers\" is 0", "from 1 to 1000");
        row("negative", {{"hidden_size", -768}}, "\"hidden_size\" is -768", "from 1 to 65536");
        row("absurd hidden", {{"hidden_size", 65537}}, "65537", "from 1 to 65536");
        row("absurd vocabulary", {{"vocab_size", 10'000'001}}, "10000001", "from 1 to 10000000");
        row("beyond 64 bits", {{"vocab_size", 1e30}}, "1e+30", "a whole number");
        row("not whole", {{"hidden_size", 768.5}}, "768.5", "a whole number");
        row("whole, but written as real", {{"hidden_size", 768.0}}, "768.0", "a whole number");
        row("text", {{"hidden_size", "768"}}, "\"hidden_size\" is \"768\"", "a whole number");
        row("missing", {{"intermediate_size", nullptr}}, "\"intermediate_size\" is missing", "a whole number");
        row("too large in all", {{"hidden_size", 65536}, {"num_attention_heads", 16}, {"num_hidden_layers", 100}},
            "a model of", "8589934592");
        row("dropout 1", {{"hidden_dropout_prob", 1.0}}, "\"hidden_dropout_prob\" is 1.0", "below 1");
        row("dropout no number", {{"attention_probs_dropout_prob", "a"}}, "\"attention_probs_dropout_prob\"",
            "below 1");
        row("negative eps", {{"layer_norm_eps", -1e-12}}, "\"layer_norm_eps\"", "from 0");
        row("no labels", {{"num_labels", 0}}, "\"num_labels\" is 0", "from 1");
        row("a label missing", {{"id2label", {{"0", "a"}, {"2", "b"}}}}, "\"id2label\"", "a name for each");
        row("label names a list", {{"id2label", {"a", "b"}}}, "\"id2label\"", "a name for each");
        row("problem type no text", {{"problem_type", 3}}, "\"problem_type\" is 3", "a string");
        QTest::newRow("a list") << Json::array({1}) << "found array"
                                << "object was expected";
    }
    void refuses() {
        QFETCH(Json, json);
        QFETCH(QString, found);
        QFETCH(QString, expected);
        const auto config = parse_bert_config(json, "somewhere/config.json");
        QVERIFY(!config);
        QCOMPARE(config.error().place, std::string("somewhere/config.json"));
        const auto message = QString::fromStdString(config.error().message);
        QVERIFY2(message.contains(found), qPrintable(message));
        QVERIFY2(message.contains(expected), qPrintable(message));
        QVERIFY(!config.error().advice.empty());
    }

    void reads_labels() {
        const auto config = parse_bert_config(changed({{"id2label", {{"0", "no"}, {"1", "yes"}, {"2", "maybe"}}},
                                                       {"label2id", {{"no", 0}, {"yes", 1}, {"maybe", 2}}},
                                                       {"problem_type", "single_label_classification"}}),
                                              "config.json");
        QVERIFY(config);
        QCOMPARE(config->num_labels, 3);
        QCOMPARE(config->labels, (std::vector<std::string>{"no", "yes", "maybe"}));
        QCOMPARE(config->problem_type, std::string("single_label_classification"));
    }

    void reads_and_writes_what_was_pruned() {
        const auto config =
            parse_bert_config(changed({{"pruned_heads", {{"11", {3, 1}}, {"2", Json::array()}, {"0", {0}}}},
                                       {"lottery_pruned_mlps", {5, 4}}}),
                              "config.json");
        QVERIFY2(config, config ? "" : config.error().to_string().c_str());
        QCOMPARE(config->pruned_heads, (std::map<int, std::vector<int>>{{0, {0}}, {11, {1, 3}}}));
        QCOMPARE(config->pruned_mlps, (std::vector<int>{4, 5}));
        const auto components = config->components();
        QCOMPARE(components.kept_heads(), 144 - 3);
        QCOMPARE(components.kept_mlps(), 10);
        QCOMPARE(components.heads.at(11, 3), 0.0F);
        QVERIFY(!components.keeps_mlp(5));
        // Three heads of 4 × 64 × 768 + 3 × 64 numbers, two MLPs of 2 × 768 × 3072 + 3072 + 768.
        QCOMPARE(config->parameter_count(),
                 std::int64_t{109'482'240 + 1538} - std::int64_t{3} * 196'800 - std::int64_t{2} * 4'722'432);
        const Json written = to_json(*config);
        QCOMPARE(text(written["pruned_heads"]), text((Json{{"0", {0}}, {"11", {1, 3}}})));
        QCOMPARE(text(written["lottery_pruned_mlps"]), text(Json::array({4, 5})));
        auto again = parse_bert_config(written, "config.json");
        QVERIFY(again);
        QCOMPARE(text(to_json(*again)), text(written));
        again->prune_to(ComponentMasks::all_kept(12, 12));
        QVERIFY(!to_json(*again).contains("pruned_heads"));
        QVERIFY(!to_json(*again).contains("lottery_pruned_mlps"));
    }

    void writes_what_it_read() {
        const auto config = parse_bert_config(changed({{"hidden_act", "relu"}}), "config.json");
        QVERIFY(config);
        const Json written = to_json(*config);
        QCOMPARE(text(written["architectures"]), text(Json::array({"BertForSequenceClassification"})));
        QCOMPARE(text(written["model_type"]), text(Json("bert")));
        QCOMPARE(text(written["id2label"]), text((Json{{"0", "LABEL_0"}, {"1", "LABEL_1"}})));
        QCOMPARE(text(written["label2id"]), text((Json{{"LABEL_0", 0}, {"LABEL_1", 1}})));
        QVERIFY(!written.contains("problem_type"));
        QVERIFY(!written.contains("num_labels"));
        Json rest = written;
        for (const char* key : {"architectures", "id2label", "label2id"}) rest.erase(key);
        Json before = changed({{"hidden_act", "relu"}});
        before.erase("architectures");
        QCOMPARE(sorted_text(rest), sorted_text(before));

        const auto again = parse_bert_config(written, "config.json");
        QVERIFY(again);
        QCOMPARE(text(to_json(*again)), text(written));
    }

    void writes_the_task() {
        auto config = parse_bert_config(base_config(), "config.json");
        QVERIFY(config);
        config->num_labels = 1;
        config->problem_type = "regression";
        QCOMPARE(text(to_json(*config)["problem_type"]), text(Json("regression")));
        QCOMPARE(text(to_json(*config)["id2label"]), text((Json{{"0", "LABEL_0"}})));
        config->num_labels = 2;
        config->labels = {"no", "yes"};
        QCOMPARE(text(to_json(*config)["id2label"]), text((Json{{"0", "no"}, {"1", "yes"}})));
        QCOMPARE(text(to_json(*config)["label2id"]), text((Json{{"no", 0}, {"yes", 1}})));
    }

    void reads_a_folder_or_a_file() {
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        const auto missing = read_bert_config(path);
        QVERIFY(!missing);
        QCOMPARE(missing.error().place, path.string());
        QVERIFY(missing.error().message.find("config.json") != std::string::npos);

        QVERIFY(write_json(path / "config.json", base_config()));
        QVERIFY(read_bert_config(path));
        QVERIFY(read_bert_config(path / "config.json"));
        QVERIFY(!read_bert_config(path / "other.json"));

        QVERIFY(write_file_atomically(path / "config.json", "{\n\"hidden_size\": 76"));
        const auto truncated = read_bert_config(path);
        QVERIFY(!truncated);
        QVERIFY2(truncated.error().place.ends_with("config.json:2"), truncated.error().place.c_str());
    }
};

QTEST_GUILESS_MAIN(TestBertConfig)
#include "tst_bert_config.moc"
