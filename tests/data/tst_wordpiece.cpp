// SPDX-License-Identifier: GPL-3.0-or-later
//
// Against transformers' BertTokenizer: tests/goldens/tokenizer, made by tests/reference/make_tokenizer_goldens.py.
#include "core/data/wordpiece.h"

#include <QCryptographicHash>
#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <thread>

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/data/unicode.h"

using namespace lottery;
namespace fs = std::filesystem;

namespace {

using Ids = std::vector<std::int32_t>;

fs::path goldens() { return fs::path(LOTTERY_GOLDENS) / "tokenizer"; }

Json golden(const char* name) {
    auto json = read_json(goldens() / name);
    if (!json) qFatal("%s", json.error().to_string().c_str());
    return *std::move(json);
}

const Json& cases() {
    static const Json all = golden("cases.json").at("cases");
    return all;
}

WordPieceTokenizer tokenizer(bool lower_case) {
    auto vocabulary = Vocabulary::read(goldens() / "vocab.txt");
    if (!vocabulary) qFatal("%s", vocabulary.error().to_string().c_str());
    return WordPieceTokenizer(*std::move(vocabulary), {.lower_case = lower_case});
}

QString names(const WordPieceTokenizer& t, const Ids& ids) {
    QString out;
    for (const auto id : ids) out += QString::fromStdString(t.vocabulary().token(id)) + " ";
    return out;
}

}  // namespace

class TestWordpiece : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    [[nodiscard]] fs::path path(const std::string& name) const { return fs::path(folder_.path().toStdString()) / name; }

private Q_SLOTS:
    void hard_texts_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("lower_case");
        QTest::addColumn<Ids>("ids");
        for (const auto& [name, entry] : cases().items()) {
            const auto text = QByteArray::fromHex(QByteArray::fromStdString(entry["hex"].get<std::string>()));
            QTest::newRow((name + " uncased").c_str()) << text << true << entry["uncased"].get<Ids>();
            QTest::newRow((name + " cased").c_str()) << text << false << entry["cased"].get<Ids>();
        }
    }
    void hard_texts() {
        static const WordPieceTokenizer tokenizers[2] = {tokenizer(false), tokenizer(true)};
        QFETCH(QByteArray, text);
        QFETCH(bool, lower_case);
        QFETCH(Ids, ids);
        const auto& t = tokenizers[lower_case];
        const auto found = t.tokenize(text.toStdString());
        QVERIFY2(found == ids, qPrintable("found    " + names(t, found) + "\nexpected " + names(t, ids)));
        QStringList strings;
        for (const auto& s : t.tokenize_to_strings(text.toStdString())) strings << QString::fromStdString(s);
        QCOMPARE(strings.join(' '), names(t, ids).trimmed());
    }

    void the_goldens_are_no_small_matter() {
        QVERIFY(cases().size() > 300);
        std::map<std::string, int> unknown;
        std::map<std::string, int> known;
        for (const auto& entry : cases())
            for (const char* mode : {"uncased", "cased"})
                for (const auto id : entry[mode].get<Ids>()) ++(id == 1 ? unknown : known)[mode];
        for (const char* mode : {"uncased", "cased"}) {
            QVERIFY(unknown[mode] > 50);
            QVERIFY(known[mode] > 4 * unknown[mode]);
        }
    }

    // The words of "a<c>b" for every character that Unicode 14 assigns.
    void every_character_data() {
        QTest::addColumn<bool>("lower_case");
        QTest::newRow("uncased") << true;
        QTest::newRow("cased") << false;
    }
    void every_character() {
        QFETCH(bool, lower_case);
        const auto expected = golden("characters.json");
        const auto block_size = expected["block"].get<unsigned>();
        const BasicTokenizer basic(lower_case);
        std::map<unsigned, std::unique_ptr<QCryptographicHash>> blocks;
        std::ifstream ranges(goldens() / "assigned.txt");
        std::string line;
        std::string words;
        while (std::getline(ranges, line)) {
            if (line.starts_with('#')) continue;
            std::istringstream fields(line);
            unsigned first = 1;
            unsigned last = 0;
            fields >> std::hex >> first >> last;
            QVERIFY(first <= last);
            for (unsigned c = first; c <= last; ++c) {
                if (c >= 0xF0000 && (c & 0xFF) != 0) continue;
                std::string text = "a";
                unicode::append(text, c);
                text += 'b';
                words.clear();
                basic.append_words(text, words);
                words.back() = '\n';
                auto& hash = blocks[c / block_size * block_size];
                if (!hash) hash = std::make_unique<QCryptographicHash>(QCryptographicHash::Sha256);
                hash->addData(QByteArrayView(words.data(), static_cast<qsizetype>(words.size())));
            }
        }
        const auto& digests = expected[lower_case ? "uncased" : "cased"];
        QCOMPARE(blocks.size(), digests.size());
        QVERIFY(blocks.size() > 50);
        for (const auto& [block, hash] : blocks) {
            const auto name = QString::number(block, 16).toUpper();
            const auto digest = QString::fromLatin1(hash->result().toHex());
            QVERIFY2(digests.at(name.toStdString()).get<std::string>() == digest.toStdString(),
                     qPrintable("characters from U+" + name));
        }
    }

    void special_tokens_written_in_a_text() {
        for (const bool lower_case : {true, false}) {
            const auto t = tokenizer(lower_case);
            const auto a = t.vocabulary().id("a");
            QCOMPARE(t.tokenize("[SEP]"), (Ids{t.vocabulary().sep_id()}));
            QCOMPARE(t.tokenize("a[SEP]a [MASK][CLS]"), (Ids{a, 3, a, 4, 2}));
            QVERIFY(t.tokenize("[sep]").size() > 1);
        }
    }

    void words_longer_than_the_limit() {
        auto vocabulary = Vocabulary::from_tokens({"[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "##a", "é", "##é"}, "test");
        QVERIFY(vocabulary);
        const WordPieceTokenizer t(*vocabulary, {.lower_case = false, .max_input_chars_per_word = 3});
        QCOMPARE(t.tokenize("aaa aaaa a"), (Ids{4, 5, 5, 1, 4}));
        QCOMPARE(t.tokenize("ééé éééé"), (Ids{6, 7, 7, 1}));  // characters, not bytes
    }

    void special_tokens_the_vocabulary_lacks_are_text() {
        auto vocabulary = Vocabulary::from_tokens({"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[", "]", "mask"}, "test");
        QVERIFY(vocabulary);
        const WordPieceTokenizer t(*vocabulary, {});
        QCOMPARE(t.tokenize("[MASK][SEP]"), (Ids{4, 6, 5, 3}));
    }

    void checkpoints_data() {
        QTest::addColumn<QByteArray>("config");  // null: no tokenizer_config.json
        QTest::addColumn<bool>("lower_case");
        QTest::newRow("no config") << QByteArray() << true;
        QTest::newRow("says nothing") << QByteArray("{}") << true;
        QTest::newRow("uncased") << QByteArray(R"({"do_lower_case": true, "model_max_length": 512})") << true;
        QTest::newRow("cased") << QByteArray(R"({"do_lower_case": false})") << false;
        QTest::newRow("as transformers writes it")
            << QByteArray(R"({"do_lower_case": false, "strip_accents": null, "tokenize_chinese_chars": true,
                              "do_basic_tokenize": true, "never_split": null, "tokenizer_class": "BertTokenizer"})")
            << false;
        QTest::newRow("accents as lower-casing")
            << QByteArray(R"({"do_lower_case": true, "strip_accents": true})") << true;
    }
    void checkpoints() {
        QFETCH(QByteArray, config);
        const auto folder = path(std::string("checkpoint ") + QTest::currentDataTag());
        QVERIFY(write_file_atomically(folder / "vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\nA\na\n"));
        if (!config.isNull()) QVERIFY(write_file_atomically(folder / "tokenizer_config.json", config.toStdString()));
        const auto t = WordPieceTokenizer::from_checkpoint(folder);
        QVERIFY2(t, t ? "" : t.error().to_string().c_str());
        QTEST(t->options().lower_case, "lower_case");
        QCOMPARE(t->tokenize("A"), (Ids{t->options().lower_case ? 5 : 4}));
    }

    void checkpoints_refused_data() {
        QTest::addColumn<QByteArray>("config");
        QTest::addColumn<QString>("says");
        QTest::newRow("not JSON") << QByteArray("{") << "JSON";
        QTest::newRow("no object") << QByteArray("[1]") << "object";
        QTest::newRow("lower-casing is a word") << QByteArray(R"({"do_lower_case": "yes"})") << "\"do_lower_case\"";
        QTest::newRow("accents kept") << QByteArray(R"({"do_lower_case": true, "strip_accents": false})")
                                      << "\"strip_accents\"";
        QTest::newRow("accents stripped, cased")
            << QByteArray(R"({"do_lower_case": false, "strip_accents": true})") << "\"strip_accents\"";
        QTest::newRow("CJK not apart") << QByteArray(R"({"tokenize_chinese_chars": false})")
                                       << "\"tokenize_chinese_chars\"";
        QTest::newRow("WordPiece alone") << QByteArray(R"({"do_basic_tokenize": false})") << "\"do_basic_tokenize\"";
        QTest::newRow("words never split") << QByteArray(R"({"never_split": ["a-b"]})") << "\"never_split\"";
    }
    void checkpoints_refused() {
        QFETCH(QByteArray, config);
        QFETCH(QString, says);
        const auto folder = path(std::string("refused ") + QTest::currentDataTag());
        QVERIFY(write_file_atomically(folder / "vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n"));
        QVERIFY(write_file_atomically(folder / "tokenizer_config.json", config.toStdString()));
        const auto t = WordPieceTokenizer::from_checkpoint(folder);
        QVERIFY(!t);
        QVERIFY(QString::fromStdString(t.error().place).contains("tokenizer_config.json"));
        QVERIFY2(QString::fromStdString(t.error().message).contains(says), t.error().message.c_str());
    }

    void a_checkpoint_without_vocabulary() {
        QVERIFY(fs::create_directories(path("bare")));
        const auto t = WordPieceTokenizer::from_checkpoint(path("bare"));
        QVERIFY(!t);
        QCOMPARE(t.error().place, (path("bare") / "vocab.txt").string());
        QVERIFY(!t.error().advice.empty());
    }

    void many_threads_one_tokenizer() {
        const auto t = tokenizer(true);
        std::vector<std::pair<std::string, Ids>> expected;
        for (const auto& entry : cases())
            expected.emplace_back(
                QByteArray::fromHex(QByteArray::fromStdString(entry["hex"].get<std::string>())).toStdString(),
                entry["uncased"].get<Ids>());
        std::atomic<int> wrong = 0;
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                for (const auto& [text, ids] : expected) wrong += t.tokenize(text) != ids;
            });
        for (auto& thread : threads) thread.join();
        QCOMPARE(wrong.load(), 0);
    }

    void a_copy_stands_alone() {
        auto original = std::make_unique<WordPieceTokenizer>(tokenizer(true));
        const auto ids = original->tokenize("unaffable [SEP] café");
        const WordPieceTokenizer copy = *original;
        original.reset();
        QCOMPARE(copy.tokenize("unaffable [SEP] café"), ids);
    }
};

QTEST_GUILESS_MAIN(TestWordpiece)
#include "tst_wordpiece.moc"
