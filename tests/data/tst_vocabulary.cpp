// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <random>

#include "core/base/file.h"
#include "core/data/piece_table.h"
#include "core/data/wordpiece.h"

using namespace lottery;
namespace fs = std::filesystem;

namespace {

const std::string kSpecial = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n";

}  // namespace

class TestVocabulary : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    [[nodiscard]] fs::path path(const std::string& name) const { return fs::path(folder_.path().toStdString()) / name; }

private Q_SLOTS:
    void line_ends_data() {
        QTest::addColumn<QByteArray>("file");
        QTest::newRow("LF") << QByteArray("[PAD]\n[UNK]\n[CLS]\n[SEP]\nword\n##s\n");
        QTest::newRow("CRLF") << QByteArray("[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\nword\r\n##s\r\n");
        QTest::newRow("no last newline") << QByteArray("[PAD]\n[UNK]\n[CLS]\n[SEP]\nword\n##s");
        QTest::newRow("byte-order mark") << QByteArray("\xEF\xBB\xBF[PAD]\n[UNK]\n[CLS]\n[SEP]\nword\n##s\n");
    }
    void line_ends() {
        QFETCH(QByteArray, file);
        QVERIFY(write_file_atomically(path("vocab.txt"), file.toStdString()));
        const auto v = Vocabulary::read(path("vocab.txt"));
        QVERIFY2(v, v ? "" : v.error().to_string().c_str());
        QCOMPARE(v->size(), 6);
        QCOMPARE(v->id("[PAD]"), 0);
        QCOMPARE(v->pad_id(), 0);
        QCOMPARE(v->unk_id(), 1);
        QCOMPARE(v->cls_id(), 2);
        QCOMPARE(v->sep_id(), 3);
        QCOMPARE(v->id("word"), 4);
        QCOMPARE(v->id("##s"), 5);
        QCOMPARE(v->id("s"), -1);
        QCOMPARE(v->id(""), -1);
        for (std::int32_t id = 0; id < v->size(); ++id) QCOMPARE(v->id(v->token(id)), id);
    }

    void bad_files_data() {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<int>("line");  // 0: the place is the file alone
        QTest::addColumn<QString>("says");
        const auto add = [](const char* name, const std::string& file, int line, const char* says) {
            QTest::newRow(name) << QByteArray::fromStdString(file) << line << says;
        };
        add("empty", "", 0, "empty");
        add("twice", kSpecial + "word\nother\nword\n", 7, "\"word\" appears twice, first in line 5");
        add("not UTF-8", kSpecial + "caf\xE9\n", 5, "UTF-8");
        add("no [PAD]", "[UNK]\n[CLS]\n[SEP]\n", 0, "[PAD] is missing");
        add("no [UNK]", "[PAD]\n[CLS]\n[SEP]\n", 0, "[UNK] is missing");
        add("no [CLS]", "[PAD]\n[UNK]\n[SEP]\n", 0, "[CLS] is missing");
        add("no [SEP]", "[PAD]\n[UNK]\n[CLS]\n", 0, "[SEP] is missing");
        add("JSON", "{\"[PAD]\": 0}\n", 0, "[PAD] is missing among 1 tokens");
    }
    void bad_files() {
        QFETCH(QByteArray, file);
        QFETCH(int, line);
        QFETCH(QString, says);
        QVERIFY(write_file_atomically(path("vocab.txt"), file.toStdString()));
        const auto v = Vocabulary::read(path("vocab.txt"));
        QVERIFY(!v);
        QCOMPARE(v.error().place, path("vocab.txt").string() + (line > 0 ? ":" + std::to_string(line) : ""));
        QVERIFY2(QString::fromStdString(v.error().message).contains(says), v.error().message.c_str());
    }

    void no_tokens_and_no_file() {
        QVERIFY(!Vocabulary::from_tokens({}, "nowhere"));
        const auto v = Vocabulary::read(path("absent.txt"));
        QVERIFY(!v);
        QCOMPARE(v.error().place, path("absent.txt").string());
    }

    void longest_pieces() {
        const PieceTable table({"a", "ab", "abc", "##b", "##bc", "é", "éa", "##é", "##", "##c"});
        PieceTable::Scratch scratch;
        const auto match = [&](std::string_view rest, bool continues) {
            const auto m = table.longest_match(rest, continues, scratch);
            return std::pair(m.id, m.length);
        };
        using Pair = std::pair<std::int32_t, std::size_t>;
        QCOMPARE(match("abcd", false), Pair(2, 3));
        QCOMPARE(match("abd", false), Pair(1, 2));
        QCOMPARE(match("a", false), Pair(0, 1));
        QCOMPARE(match("bc", false), Pair(-1, 0));  // only a continuation
        QCOMPARE(match("bcd", true), Pair(4, 2));
        QCOMPARE(match("ab", true), Pair(-1, 0));  // only a beginning
        QCOMPARE(match("éab", false), Pair(6, 3));
        QCOMPARE(match("éb", true), Pair(7, 2));
        QCOMPARE(match("è", false), Pair(-1, 0));  // shares its first byte with é
        QCOMPARE(match("##", false), Pair(8, 2));
        QCOMPARE(match("", false), Pair(-1, 0));
    }

    // Against the definition, on random pieces over a small alphabet (many shared prefixes and hash neighbours).
    void longest_pieces_by_search() {
        std::mt19937 engine(5);
        const auto word = [&](std::size_t longest) {
            std::string w(1 + engine() % longest, 'a');
            for (auto& c : w) c = static_cast<char>('a' + engine() % 3);
            return w;
        };
        std::vector<std::string> tokens;
        for (int i = 0; i < 400; ++i) {
            const auto piece = (engine() % 2 ? "##" : "") + word(7);
            if (std::find(tokens.begin(), tokens.end(), piece) == tokens.end()) tokens.push_back(piece);
        }
        const PieceTable table(tokens);
        PieceTable::Scratch scratch;
        int found = 0;
        for (int i = 0; i < 5000; ++i) {
            const auto rest = word(12);
            const bool continues = engine() % 2;
            std::int32_t id = -1;
            for (auto length = rest.size(); length > 0 && id < 0; --length) {
                const auto at =
                    std::find(tokens.begin(), tokens.end(), (continues ? "##" : "") + rest.substr(0, length));
                if (at != tokens.end()) id = static_cast<std::int32_t>(at - tokens.begin());
            }
            QCOMPARE(table.longest_match(rest, continues, scratch).id, id);
            found += id >= 0;
        }
        QVERIFY(found > 2500);
    }
};

QTEST_GUILESS_MAIN(TestVocabulary)
#include "tst_vocabulary.moc"
