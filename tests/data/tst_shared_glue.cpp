// SPDX-License-Identifier: GPL-3.0-or-later
//
// The real GLUE files beside the project: row counts, and every sentence tokenized as transformers' BertTokenizer
// does (digests in tests/goldens/tokenizer/shared_glue.json, made by tests/reference/make_tokenizer_goldens.py).
#include <QCryptographicHash>
#include <QTest>
#include <algorithm>

#include "core/base/json.h"
#include "core/data/features.h"
#include "tests/support/shared.h"

using namespace lottery;
namespace fs = std::filesystem;

namespace {

class LineDigest {
public:
    void add(const std::vector<std::int32_t>& numbers) {
        line_.clear();
        for (const auto n : numbers) {
            if (!line_.isEmpty()) line_ += ' ';
            line_ += QByteArray::number(n);
        }
        hash_.addData(line_ += '\n');
    }
    [[nodiscard]] std::string hex() const { return hash_.result().toHex().toStdString(); }

private:
    QByteArray line_;
    QCryptographicHash hash_{QCryptographicHash::Sha256};
};

}  // namespace

class TestSharedGlue : public QObject {
    Q_OBJECT

    fs::path glue_;
    Json digests_;

private Q_SLOTS:
    void initTestCase() {
        glue_ = test::shared_folder() / "glue";
        if (!fs::exists(glue_ / "vocab.txt"))
            QSKIP(qPrintable(QString::fromStdString("no GLUE files in " + glue_.string() + "; set LOTTERY_SHARED")));
        auto digests = read_json(fs::path(LOTTERY_GOLDENS) / "tokenizer" / "shared_glue.json");
        QVERIFY2(digests, digests ? "" : digests.error().to_string().c_str());
        digests_ = *std::move(digests);
    }

    void row_counts_data() {
        QTest::addColumn<QString>("task");
        QTest::addColumn<int>("train");  // 0: no such file here
        QTest::addColumn<int>("dev");
        QTest::newRow("CoLA") << "CoLA" << 8551 << 1043;
        QTest::newRow("MRPC") << "MRPC" << 3668 << 408;
        QTest::newRow("STS-B") << "STS-B" << 5749 << 1500;
        QTest::newRow("RTE") << "RTE" << 2490 << 277;
        QTest::newRow("WNLI") << "WNLI" << 635 << 71;
        QTest::newRow("QNLI") << "QNLI" << 0 << 5463;
    }
    void row_counts() {
        QFETCH(QString, task);
        QFETCH(int, train);
        QFETCH(int, dev);
        const auto& info = task_info(*parse_task(task.toStdString()));
        const auto dev_files = read_glue_dev(info, glue_);
        QVERIFY2(dev_files, dev_files ? "" : dev_files.error().to_string().c_str());
        QCOMPARE(dev_files->size(), std::size_t{1});
        QCOMPARE(dev_files->at(0).examples.size(), static_cast<std::size_t>(dev));
        QCOMPARE(dev_files->at(0).skipped_rows, std::int64_t{0});
        const auto train_file = read_glue_train(info, glue_);
        QCOMPARE(train_file.has_value(), train > 0);
        if (train > 0) QCOMPARE(train_file->examples.size(), static_cast<std::size_t>(train));
    }

    void every_sentence_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<bool>("lower_case");
        for (const char* mode : {"uncased", "cased"})
            for (const auto& [file, digest] : digests_[mode].items())
                QTest::newRow((file + " " + mode).c_str())
                    << QString::fromStdString(file) << (mode == std::string("uncased"));
    }
    void every_sentence() {
        QFETCH(QString, file);
        QFETCH(bool, lower_case);
        const auto& expected = digests_[lower_case ? "uncased" : "cased"][file.toStdString()];
        auto vocabulary = Vocabulary::read(glue_ / "vocab.txt");
        QVERIFY(vocabulary);
        const WordPieceTokenizer tokenizer(*std::move(vocabulary), {.lower_case = lower_case});
        const auto& task = task_info(*parse_task(file.section('/', 0, 0).toStdString()));
        const auto read = read_glue_file(task, glue_ / file.toStdString());
        QVERIFY2(read, read ? "" : read.error().to_string().c_str());
        LineDigest ids;
        LineDigest features;
        std::size_t sentences = 0;
        std::size_t tokens = 0;
        for (const auto& example : read->examples) {
            const std::string* texts[2] = {&example.text_a, &example.text_b};
            for (int i = 0; i < (task.is_pair() ? 2 : 1); ++i) {
                const auto sequence = tokenizer.tokenize(*texts[i]);
                ids.add(sequence);
                ++sentences;
                tokens += sequence.size();
            }
            const auto f = make_features(tokenizer, example, task.is_pair(), digests_["feature_length"].get<int>());
            features.add(f.input_ids);
            features.add(f.token_type_ids);
        }
        QCOMPARE(sentences, expected["sentences"].get<std::size_t>());
        QCOMPARE(tokens, expected["tokens"].get<std::size_t>());
        QCOMPARE(ids.hex(), expected["ids"].get<std::string>());
        QCOMPARE(features.hex(), expected["features"].get<std::string>());
    }

    // What a search's batches look like: nothing is lost or doubled by packing real data.
    void packing_real_batches() {
        auto vocabulary = Vocabulary::read(glue_ / "vocab.txt");
        QVERIFY(vocabulary);
        const WordPieceTokenizer tokenizer(*std::move(vocabulary), {});
        const auto dev = read_glue_dev(task_info(TaskId::MRPC), glue_);
        QVERIFY(dev);
        const auto features = make_features(tokenizer, dev->at(0).examples, true, 128);
        for (std::size_t begin = 0; begin < features.size(); begin += 64) {
            std::vector<const Features*> batch;
            for (auto i = begin; i < std::min(begin + 64, features.size()); ++i) batch.push_back(&features[i]);
            const auto p = pack(batch);
            QCOMPARE(p.sequences(), static_cast<std::int64_t>(batch.size()));
            std::size_t tokens = 0;
            for (std::size_t s = 0; s < batch.size(); ++s) {
                const auto& f = *batch[static_cast<std::size_t>(p.order[s])];
                const auto at = static_cast<std::size_t>(p.cu_seqlens[s]);
                QCOMPARE(p.cu_seqlens[s + 1] - p.cu_seqlens[s], static_cast<std::int64_t>(f.input_ids.size()));
                QVERIFY(std::equal(f.input_ids.begin(), f.input_ids.end(),
                                   p.input_ids.begin() + static_cast<std::ptrdiff_t>(at)));
                QVERIFY(s == 0 || p.cu_seqlens[s] - p.cu_seqlens[s - 1] <= p.cu_seqlens[s + 1] - p.cu_seqlens[s]);
                QCOMPARE(p.labels[s], static_cast<std::int64_t>(f.label));
                tokens += f.input_ids.size();
            }
            QCOMPARE(static_cast<std::size_t>(p.tokens()), tokens);
        }
    }
};

QTEST_GUILESS_MAIN(TestSharedGlue)
#include "tst_shared_glue.moc"
