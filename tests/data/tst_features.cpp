// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/features.h"

#include <QTest>
#include <numeric>

using namespace lottery;

namespace {

using Ids = std::vector<std::int32_t>;

// a…z are words of their own; [CLS] is 2, [SEP] is 3, "a" is 4.
WordPieceTokenizer letters() {
    std::vector<std::string> tokens = {"[PAD]", "[UNK]", "[CLS]", "[SEP]"};
    for (char c = 'a'; c <= 'z'; ++c) tokens.emplace_back(1, c);
    auto vocabulary = Vocabulary::from_tokens(std::move(tokens), "test");
    if (!vocabulary) qFatal("%s", vocabulary.error().to_string().c_str());
    return WordPieceTokenizer(*std::move(vocabulary), {});
}

// The ids as letters; [CLS] and [SEP] as '<' and '|'.
QString spelled(const Features& f) {
    QString out;
    for (const auto id : f.input_ids)
        out += id == 2 ? '<' : id == 3 ? '|' : id < 4 ? '?' : static_cast<char>('a' + id - 4);
    return out;
}

Features sequence(int length, int label) {
    Features f;
    f.input_ids.resize(static_cast<std::size_t>(length));
    std::iota(f.input_ids.begin(), f.input_ids.end(), 10 * label);
    f.token_type_ids.assign(f.input_ids.size(), 0);
    f.token_type_ids.back() = 1;
    f.label = label;
    f.target = 0.5F * static_cast<float>(label);
    return f;
}

template <typename T>
using Numbers = std::vector<T>;

}  // namespace

class TestFeatures : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sequences_data() {
        QTest::addColumn<QString>("a");
        QTest::addColumn<QString>("b");
        QTest::addColumn<bool>("is_pair");
        QTest::addColumn<int>("positions");
        QTest::addColumn<QString>("expected");
        QTest::newRow("single") << "a b c"
                                << "" << false << 128 << "<abc|";
        QTest::newRow("single ignores a second text") << "a b"
                                                      << "x y" << false << 128 << "<ab|";
        QTest::newRow("single, exactly full") << "a b c"
                                              << "" << false << 5 << "<abc|";
        QTest::newRow("single, one too many") << "a b c d"
                                              << "" << false << 5 << "<abc|";
        QTest::newRow("single, fewest positions") << "a b c d"
                                                  << "" << false << 3 << "<a|";
        QTest::newRow("single, empty") << ""
                                       << "" << false << 128 << "<|";
        QTest::newRow("pair") << "a b"
                              << "x y z" << true << 128 << "<ab|xyz|";
        QTest::newRow("pair, exactly full") << "a b"
                                            << "x y z" << true << 8 << "<ab|xyz|";
        QTest::newRow("pair, second longer") << "a b"
                                             << "w x y z" << true << 8 << "<ab|wxy|";
        QTest::newRow("pair, first longer") << "a b c d e"
                                            << "x y" << true << 8 << "<abc|xy|";
        QTest::newRow("pair, equal: the second first") << "a b c"
                                                       << "x y z" << true << 8 << "<abc|xy|";
        QTest::newRow("pair, then the longer one") << "a b c"
                                                   << "x y z" << true << 7 << "<ab|xy|";
        QTest::newRow("pair, much longer first") << "a b c d e f g h"
                                                 << "x y" << true << 6 << "<ab|x|";
        QTest::newRow("pair, no room") << "a b"
                                       << "x y" << true << 3 << "<||";
        QTest::newRow("pair, room for one") << "a b"
                                            << "x y" << true << 4 << "<a||";
        QTest::newRow("pair, second empty") << "a b"
                                            << "" << true << 128 << "<ab||";
        QTest::newRow("pair, first empty") << ""
                                           << "x" << true << 128 << "<|x|";
        QTest::newRow("unknown words") << "a 1 b"
                                       << "" << false << 128 << "<a?b|";
    }
    void sequences() {
        QFETCH(QString, a);
        QFETCH(QString, b);
        QFETCH(bool, is_pair);
        QFETCH(int, positions);
        const Example example{a.toStdString(), b.toStdString(), 1, 2.5F};
        const auto f = make_features(letters(), example, is_pair, positions);
        QTEST(spelled(f), "expected");
        QCOMPARE(f.label, 1);
        QCOMPARE(f.target, 2.5F);
        QCOMPARE(f.token_type_ids.size(), f.input_ids.size());
        // 0 up to and with the first [SEP], 1 after it.
        std::int32_t segment = 0;
        for (std::size_t i = 0; i < f.input_ids.size(); ++i) {
            QCOMPARE(f.token_type_ids[i], segment);
            if (f.input_ids[i] == 3) segment = 1;
        }
    }

    void many_examples_keep_their_order() {
        const std::vector<Example> examples = {{"a", "b", 0, 0}, {"c d", "e", 1, 0}, {"", "", 0, 0}};
        const auto features = make_features(letters(), examples, true, 10);
        QCOMPARE(features.size(), std::size_t{3});
        QCOMPARE(spelled(features[0]), QString("<a|b|"));
        QCOMPARE(spelled(features[1]), QString("<cd|e|"));
        QCOMPARE(spelled(features[2]), QString("<||"));
    }

    void packing() {
        const std::vector<Features> features = {sequence(4, 0), sequence(2, 1), sequence(4, 2), sequence(1, 3),
                                                sequence(2, 4)};
        std::vector<const Features*> batch;
        for (const auto& f : features) batch.push_back(&f);
        const auto p = pack(batch);
        QCOMPARE(p.sequences(), std::int64_t{5});
        QCOMPARE(p.tokens(), std::int64_t{13});
        // Shortest first, equal lengths in the order given.
        QCOMPARE(p.order, (Numbers<std::int64_t>{3, 1, 4, 0, 2}));
        QCOMPARE(p.cu_seqlens, (Numbers<std::int64_t>{0, 1, 3, 5, 9, 13}));
        QCOMPARE(p.position_ids, (Numbers<std::int64_t>{0, 0, 1, 0, 1, 0, 1, 2, 3, 0, 1, 2, 3}));
        QCOMPARE(p.input_ids, (Numbers<std::int64_t>{30, 10, 11, 40, 41, 0, 1, 2, 3, 20, 21, 22, 23}));
        QCOMPARE(p.token_type_ids, (Numbers<std::int64_t>{1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1}));
        QCOMPARE(p.labels, (Numbers<std::int64_t>{3, 1, 4, 0, 2}));
        QCOMPARE(p.targets, (Numbers<float>{1.5F, 0.5F, 2.0F, 0.0F, 1.0F}));
    }

    void packing_one_and_none() {
        const auto one = sequence(3, 2);
        const std::vector<const Features*> batch = {&one};
        const auto p = pack(batch);
        QCOMPARE(p.cu_seqlens, (Numbers<std::int64_t>{0, 3}));
        QCOMPARE(p.order, (Numbers<std::int64_t>{0}));
        const auto none = pack({});
        QCOMPARE(none.cu_seqlens, (Numbers<std::int64_t>{0}));
        QCOMPARE(none.tokens(), std::int64_t{0});
        QCOMPARE(none.sequences(), std::int64_t{0});
    }
};

QTEST_GUILESS_MAIN(TestFeatures)
#include "tst_features.moc"
