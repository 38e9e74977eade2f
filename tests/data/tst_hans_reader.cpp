// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/hans_reader.h"

#include <QTemporaryDir>
#include <QTest>
#include <map>

#include "core/base/file.h"
#include "tests/support/shared.h"

using namespace lottery;
namespace fs = std::filesystem;

namespace {

constexpr auto kHeader = "gold_label\tsentence1_parse\tsentence1\tsentence2\tpairID\theuristic\tsubcase\ttemplate\n";

QByteArray row(const char* label, const char* heuristic = "constituent", const char* rest = "\tce_adverb\ttemp68") {
    return QByteArray(label) + "\t(ROOT\tSuddenly he ran .\tHe ran .\tex1\t" + heuristic + rest + "\n";
}

}  // namespace

class TestHansReader : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    [[nodiscard]] fs::path written(const QByteArray& bytes) const {
        const auto file = fs::path(folder_.path().toStdString()) / "heuristics_evaluation_set.txt";
        if (!write_file_atomically(file, bytes.toStdString())) qFatal("cannot write %s", file.c_str());
        return file;
    }

private Q_SLOTS:
    void reads() {
        const auto file = written(kHeader + row("entailment") + row("non-entailment", "subsequence"));
        for (const auto& path : {file, file.parent_path()}) {
            const auto hans = read_hans(path);
            QVERIFY2(hans, hans ? "" : hans.error().to_string().c_str());
            QCOMPARE(hans->path, file);
            QCOMPARE(hans->examples.size(), std::size_t{2});
            const auto& first = hans->examples.front();
            QCOMPARE(first.pair.text_a, std::string("Suddenly he ran ."));
            QCOMPARE(first.pair.text_b, std::string("He ran ."));
            QCOMPARE(first.gold(), HansLabel::Entailment);
            QCOMPARE(first.heuristic, std::string("constituent"));
            QCOMPARE(first.subcase, std::string("ce_adverb"));
            QCOMPARE(first.line, std::int64_t{2});
            QCOMPARE(hans->examples.back().gold(), HansLabel::NonEntailment);
            QCOMPARE(hans->examples.back().heuristic, std::string("subsequence"));
        }
        QCOMPARE(read_hans(file, 1)->examples.size(), std::size_t{1});
    }

    void columns_go_by_name() {
        const auto hans =
            read_hans(written("heuristic\tsentence2\tsentence1\tgold_label\r\nnew\tb\ta\tentailment\r\n"));
        QVERIFY2(hans, hans ? "" : hans.error().to_string().c_str());
        QCOMPARE(hans->examples.front().pair.text_a, std::string("a"));
        QCOMPARE(hans->examples.front().heuristic, std::string("new"));
        QVERIFY(hans->examples.front().subcase.empty());
    }

    void errors_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("said");
        QTest::newRow("empty") << QByteArray("\n") << "txt:1: is empty";
        QTest::newRow("header alone") << QByteArray(kHeader) << "header but no example";
        QTest::newRow("unknown label") << kHeader + row("entailment") + row("neutral")
                                       << "txt:3: unknown gold_label \"neutral\"; expected entailment or";
        QTest::newRow("no heuristic column") << QByteArray("gold_label\tsentence1\tsentence2\nentailment\ta\tb\n")
                                             << "txt:1: no column \"heuristic\": the header has \"gold_label\"";
        QTest::newRow("no header") << row("entailment") << "txt:1: no column \"gold_label\"";
        QTest::newRow("truncated row") << kHeader + row("entailment") + QByteArray("entailment\t(ROOT\tSud")
                                       << "txt:3: 3 column(s) found, at least 7 expected";
        QTest::newRow("empty heuristic") << kHeader + row("entailment", "") << "txt:2: the heuristic is empty";
        QTest::newRow("broken UTF-8") << kHeader + row("entailment").replace("Suddenly", "Sudd\xFFnly")
                                      << "txt:2: broken UTF-8: byte 0xFF";
        QTest::newRow("UTF-16") << QByteArray("\xFF\xFEg\0", 4) << "txt:1: is UTF-16";
    }
    void errors() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, said);
        const auto hans = read_hans(written(bytes));
        QVERIFY(!hans);
        const auto text = QString::fromStdString(hans.error().to_string());
        QVERIFY2(text.contains(said), qPrintable(text));
    }

    void missing() {
        const auto none = read_hans("/nowhere/hans.txt");
        QVERIFY(!none);
        QVERIFY(none.error().message.find("no such file") != std::string::npos);
        QTemporaryDir empty;
        const auto folder = read_hans(empty.path().toStdString());
        QVERIFY(!folder);
        QVERIFY(folder.error().message.find("heuristics_evaluation_set.txt") != std::string::npos);
    }

    // The real file beside the project: balanced over its three heuristics and two labels, thirty subcases.
    void real_file() {
        const auto file = test::shared_folder() / "hans" / "heuristics_evaluation_set.txt";
        if (!fs::exists(file)) QSKIP("no HANS beside the project; set LOTTERY_SHARED");
        const auto hans = read_hans(file);
        QVERIFY2(hans, hans ? "" : hans.error().to_string().c_str());
        std::map<std::pair<std::string, HansLabel>, std::size_t> counts;
        std::map<std::string, std::size_t> subcases;
        for (const auto& example : hans->examples) {
            ++counts[{example.heuristic, example.gold()}];
            ++subcases[example.subcase];
        }
        QCOMPARE(counts.size(), std::size_t{6});
        for (const auto& [group, count] : counts) QCOMPARE(count, hans->examples.size() / 6);
        QCOMPARE(subcases.size(), std::size_t{30});
        for (const auto& [subcase, count] : subcases) QCOMPARE(count, hans->examples.size() / 30);
    }
};

QTEST_GUILESS_MAIN(TestHansReader)
#include "tst_hans_reader.moc"
