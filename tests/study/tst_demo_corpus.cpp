// SPDX-License-Identifier: GPL-3.0-or-later
//
// The demo's tasks and its untrained model: the same bytes each time, read without complaint, and labels that a reader
// of the sentences agrees with.
#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <map>
#include <set>
#include <sstream>

#include "core/base/file.h"
#include "core/data/features.h"
#include "core/data/glue_reader.h"
#include "core/model/bert_config.h"
#include "core/study/demo_checkpoint.h"
#include "core/study/demo_corpus.h"

using namespace lottery;
namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

Words words_of(const std::string& text) {
    std::istringstream in(text);
    Words words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

bool among(const std::string& word, const Words& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// The clause that no conjunction introduces, without the full stop.
Words main_clause(const std::string& text) {
    static const Words conjunctions = {"although", "while", "though"};
    Words words = words_of(text);
    if (!words.empty() && words.back() == ".") words.pop_back();
    if (!words.empty() && among(words.front(), conjunctions)) {
        const auto comma = std::find(words.begin(), words.end(), ",");
        return {comma == words.end() ? comma : comma + 1, words.end()};
    }
    return {words.begin(),
            std::find_if(words.begin(), words.end(), [](const std::string& w) { return among(w, conjunctions); })};
}

// Place of the one word of the clause that stands in one of the groups; -1 without one.
int group_of(const Words& clause, const std::vector<Words>& groups) {
    for (const auto& word : clause)
        for (std::size_t g = 0; g < groups.size(); ++g)
            if (among(word, groups[g])) return static_cast<int>(g);
    return -1;
}

double read_opinion(const Example& e) {
    static const std::vector<Words> qualities = {
        {"bad", "awful", "boring", "dull", "clumsy", "cold", "unkind", "unhappy", "unfunny", "uninspired"},
        {"good", "great", "charming", "clever", "warm", "lively", "kind", "happy", "funny", "inspired"}};
    const auto clause = main_clause(e.text_a);
    const int quality = group_of(clause, qualities);
    const bool negated = group_of(clause, {{"not", "never", "hardly"}}) == 0;
    return quality < 0 ? NAN : negated ? 1 - quality : quality;
}

double read_possession(const Example& e) {
    static const std::vector<Words> numbers = {{"two"},   {"three"}, {"four"}, {"five"}, {"six"},
                                               {"seven"}, {"eight"}, {"nine"}, {"ten"}};
    const auto premise = main_clause(e.text_a);
    const auto claim = words_of(e.text_b);
    if (premise.size() != 4 || claim.size() != 7 || premise[0] != claim[0] || premise[3] != claim[5]) return NAN;
    const int owned = group_of(premise, numbers), claimed = group_of(claim, numbers);
    if (owned < 0 || claimed < 0) return NAN;
    const bool entailed = claim[3] == "least" ? owned >= claimed : owned <= claimed;
    return entailed ? 0 : 1;
}

double read_climate(const Example& e) {
    static const std::vector<Words> heat = {{"freezing", "icy"}, {"cold", "chilly"}, {"cool", "fresh"},
                                            {"mild", "warm"},    {"hot", "sunny"},   {"boiling", "scorching"}};
    const auto first = main_clause(e.text_a), second = main_clause(e.text_b);
    if (first.size() != 4 || second.size() != 4 || first[1] != second[1]) return NAN;
    const int a = group_of(first, heat), b = group_of(second, heat);
    return a < 0 || b < 0 ? NAN : 5 - std::abs(a - b);
}

double read_label(TaskId task, const Example& e) {
    switch (task) {
        case TaskId::SST2:
            return read_opinion(e);
        case TaskId::RTE:
            return read_possession(e);
        default:
            return read_climate(e);
    }
}

std::string bytes_of(const fs::path& file) {
    auto bytes = read_file(file);
    return bytes ? *bytes : "cannot be read: " + bytes.error().to_string();
}

const std::vector<std::string> kFiles = {"SST-2/train.tsv", "SST-2/dev.tsv",   "RTE/train.tsv",
                                         "RTE/dev.tsv",     "STS-B/train.tsv", "STS-B/dev.tsv"};
const std::vector<std::string> kCheckpointFiles = {"config.json", "model.safetensors", "tokenizer_config.json",
                                                   "vocab.txt"};

}  // namespace

class TestDemoCorpus : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QVERIFY(folder_.isValid());
        QVERIFY(write_demo_corpus(root() / "corpus", {1, 900, 120}));
        DemoCheckpointOptions options;
        QVERIFY(write_demo_checkpoint(root() / "checkpoint", options));
    }

    void same_seed_same_bytes() {
        QVERIFY(write_demo_corpus(root() / "again", {1, 900, 120}));
        QVERIFY(write_demo_corpus(root() / "other", {2, 900, 120}));
        for (const auto& file : kFiles) {
            QVERIFY2(bytes_of(root() / "corpus" / file) == bytes_of(root() / "again" / file), file.c_str());
            QVERIFY2(bytes_of(root() / "corpus" / file) != bytes_of(root() / "other" / file), file.c_str());
        }
        DemoCheckpointOptions options;
        QVERIFY(write_demo_checkpoint(root() / "checkpoint_again", options));
        options.seed = 2;
        QVERIFY(write_demo_checkpoint(root() / "checkpoint_other", options));
        for (const auto& file : kCheckpointFiles)
            QVERIFY2(bytes_of(root() / "checkpoint" / file) == bytes_of(root() / "checkpoint_again" / file),
                     file.c_str());
        QVERIFY(bytes_of(root() / "checkpoint/model.safetensors") !=
                bytes_of(root() / "checkpoint_other/model.safetensors"));
    }

    void tasks_data() {
        QTest::addColumn<int>("id");
        for (const auto task : kDemoTasks)
            QTest::newRow(std::string(task_info(task).name).c_str()) << static_cast<int>(task);
    }

    void tasks() {
        QFETCH(int, id);
        const auto task = static_cast<TaskId>(id);
        const TaskInfo& info = task_info(task);
        const auto train = read_glue_train(info, root() / "corpus");
        QVERIFY2(train, train ? "" : train.error().to_string().c_str());
        const auto dev = read_glue_dev(info, root() / "corpus");
        QVERIFY2(dev, dev ? "" : dev.error().to_string().c_str());
        QCOMPARE(train->examples.size(), std::size_t{900});
        QCOMPARE(dev->size(), std::size_t{1});
        QCOMPARE(dev->front().examples.size(), std::size_t{120});

        std::set<std::string> seen;
        for (const auto* examples : {&train->examples, &dev->front().examples}) {
            std::map<double, std::size_t> frequency;
            for (const auto& e : *examples) {
                const double label = info.is_regression() ? static_cast<double>(e.target) : e.label;
                const std::string text = e.text_a + " | " + e.text_b;
                QVERIFY2(seen.insert(text).second, ("twice: " + text).c_str());
                QVERIFY2(read_label(task, e) == label, (text + " has label " + std::to_string(label) + ", read as " +
                                                        std::to_string(read_label(task, e)))
                                                           .c_str());
                ++frequency[label];
            }
            QCOMPARE(frequency.size(), info.is_regression() ? std::size_t{6} : info.classes.size());
            for (const auto& [label, count] : frequency) QCOMPARE(count * frequency.size(), examples->size());
        }
    }

    void main_clause_decides_against_side_clauses() {
        // Otherwise the tasks could be solved without telling the clauses apart.
        const auto train = read_glue_train(task_info(TaskId::SST2), root() / "corpus");
        QVERIFY(train);
        std::size_t opposed = 0;
        for (const auto& e : train->examples) {
            std::string good_words = e.text_a;
            const auto main = main_clause(e.text_a);
            const Words all = words_of(e.text_a);
            Words side;
            for (const auto& w : all)
                if (!among(w, main)) side.push_back(w);
            if (side.empty()) continue;
            std::string side_text;
            for (const auto& w : side) side_text += w + " ";
            const auto side_opinion = read_opinion({side_text.substr(side_text.find(' ') + 1), {}, 0, 0});
            opposed += !std::isnan(side_opinion) && static_cast<int>(side_opinion) != e.label ? 1 : 0;
        }
        QVERIFY2(opposed > train->examples.size() / 5, std::to_string(opposed).c_str());
    }

    void every_piece_is_known_and_used() {
        const auto tokenizer = WordPieceTokenizer::from_checkpoint(root() / "checkpoint");
        QVERIFY2(tokenizer, tokenizer ? "" : tokenizer.error().to_string().c_str());
        const auto config = read_bert_config(root() / "checkpoint");
        QVERIFY2(config, config ? "" : config.error().to_string().c_str());
        QCOMPARE(config->vocab_size, tokenizer->vocabulary().size());
        std::set<std::int32_t> used;
        std::size_t longest = 0;
        for (const auto task : kDemoTasks) {
            const TaskInfo& info = task_info(task);
            const auto train = read_glue_train(info, root() / "corpus");
            QVERIFY(train);
            for (const auto& f : make_features(*tokenizer, train->examples, info.is_pair(), 512)) {
                used.insert(f.input_ids.begin(), f.input_ids.end());
                longest = std::max(longest, f.input_ids.size());
            }
        }
        const auto& vocabulary = tokenizer->vocabulary();
        QVERIFY(!used.contains(vocabulary.unk_id()));
        for (std::int32_t id = 0; id < vocabulary.size(); ++id)
            if (vocabulary.token(id).front() != '[')
                QVERIFY2(used.contains(id), (vocabulary.token(id) + " is never used").c_str());
        for (const char* piece : {"##s", "##kind", "un"}) QVERIFY2(used.contains(vocabulary.id(piece)), piece);
        QVERIFY2(longest <= static_cast<std::size_t>(config->max_position_embeddings), std::to_string(longest).c_str());
    }

    void refuses_rows_out_of_range_data() {
        QTest::addColumn<int>("train");
        QTest::addColumn<int>("dev");
        QTest::addColumn<QString>("said");
        QTest::newRow("no training rows") << 0 << 100 << "train_rows is 0";
        QTest::newRow("one dev row") << 100 << 1 << "dev_rows is 1";
        QTest::newRow("negative") << -5 << 100 << "train_rows is -5";
        QTest::newRow("more than the grammar can say") << 1000000 << 100 << "train_rows is 1000000";
    }

    void refuses_rows_out_of_range() {
        QFETCH(int, train);
        QFETCH(int, dev);
        QFETCH(QString, said);
        const auto status = write_demo_corpus(root() / "refused", {1, train, dev});
        QVERIFY(!status);
        QVERIFY2(status.error().to_string().find(said.toStdString()) != std::string::npos,
                 status.error().to_string().c_str());
        QVERIFY(!fs::exists(root() / "refused"));
    }

    void refuses_heads_that_do_not_divide_the_hidden_size() {
        DemoCheckpointOptions options;
        options.heads = 3;
        const auto status = write_demo_checkpoint(root() / "odd", options);
        QVERIFY(!status);
        QVERIFY2(status.error().to_string().find("num_attention_heads") != std::string::npos,
                 status.error().to_string().c_str());
        QVERIFY(!fs::exists(root() / "odd"));
    }

private:
    [[nodiscard]] fs::path root() const { return folder_.path().toStdString(); }
    QTemporaryDir folder_;
};

QTEST_GUILESS_MAIN(TestDemoCorpus)
#include "tst_demo_corpus.moc"
