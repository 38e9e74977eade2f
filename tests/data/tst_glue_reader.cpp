// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/glue_reader.h"

#include <QTemporaryDir>
#include <QTest>

#include "core/base/file.h"

using namespace lottery;
namespace fs = std::filesystem;

namespace {

QString text(const std::string& s) { return QString::fromStdString(s); }

// "a | b | label" of each example, one a line.
QString summary(const GlueFile& file) {
    QString out;
    for (const auto& e : file.examples)
        out += text(e.text_a) + " | " + text(e.text_b) + " | " + QString::number(e.label) + " | " +
               QString::number(static_cast<double>(e.target)) + "\n";
    return out;
}

constexpr auto kMnliHeader =
    "index\tpromptID\tpairID\tgenre\tsentence1_binary_parse\tsentence2_binary_parse\tsentence1_parse\t"
    "sentence2_parse\tsentence1\tsentence2\tlabel1\tlabel2\tgold_label\n";

}  // namespace

class TestGlueReader : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    [[nodiscard]] fs::path path(const std::string& name) const { return fs::path(folder_.path().toStdString()) / name; }
    [[nodiscard]] fs::path written(const QByteArray& bytes) const {
        const auto file = path("file.tsv");
        if (!write_file_atomically(file, bytes.toStdString())) qFatal("cannot write %s", file.c_str());
        return file;
    }
    void write(const std::string& name, const std::string& bytes) const {
        if (!write_file_atomically(path(name), bytes)) qFatal("cannot write %s", name.c_str());
    }

private Q_SLOTS:
    void official_layouts_data() {
        QTest::addColumn<int>("task");
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QString>("examples");
        const auto add = [](const char* name, TaskId task, const QByteArray& file, const char* examples) {
            QTest::newRow(name) << static_cast<int>(task) << file << QString::fromUtf8(examples);
        };
        add("CoLA", TaskId::CoLA, "gj04\t1\t\tThe sailors rode.\ncj99\t0\t*\tAs you eat, \"you\" want.\n",
            "The sailors rode. |  | 1 | 0\nAs you eat, \"you\" want. |  | 0 | 0\n");
        add("SST-2", TaskId::SST2, "sentence\tlabel\nit 's charming \t1\nno \t0\n",
            "it 's charming  |  | 1 | 0\nno  |  | 0 | 0\n");
        add("MRPC", TaskId::MRPC,
            "\xEF\xBB\xBFQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n1\t7\t8\tHe said.\tShe said.\r\n",
            "He said. | She said. | 1 | 0\n");
        add("STS-B", TaskId::STSB,
            "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore\n"
            "0\tg\tf\t2012\t0001\tnone\tnone\tA man.\tA dog.\t2.750\n1\tg\tf\t2012\t0002\tnone\tnone\tA.\tB.\t0\n",
            "A man. | A dog. | 0 | 2.75\nA. | B. | 0 | 0\n");
        add("QQP", TaskId::QQP,
            "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n5\t1\t2\tWhy?\tHow?\t0\n6\t3\t4\tWho?\t\t1\n",
            "Why? | How? | 0 | 0\nWho? |  | 1 | 0\n");
        add("MNLI", TaskId::MNLI,
            QByteArray(kMnliHeader) +
                "0\t1\t2\tfiction\t(\t(\t(\t(\tA is.\tB is.\tneutral\tneutral\tentailment\n"
                "1\t1\t2\tfiction\t(\t(\t(\t(\tC is.\tD is.\tneutral\tneutral\tcontradiction\n"
                "2\t1\t2\tfiction\t(\t(\t(\t(\tE is.\tF is.\tentailment\tentailment\tneutral\n",
            "A is. | B is. | 1 | 0\nC is. | D is. | 0 | 0\nE is. | F is. | 2 | 0\n");
        add("QNLI", TaskId::QNLI,
            "index\tquestion\tsentence\tlabel\n0\tWhat?\tThat.\tentailment\n1\tWho?\tHe.\tnot_entailment\n",
            "What? | That. | 0 | 0\nWho? | He. | 1 | 0\n");
        add("RTE", TaskId::RTE, "index\tsentence1\tsentence2\tlabel\n0\tOne.\tTwo.\tnot_entailment\n",
            "One. | Two. | 1 | 0\n");
        add("WNLI", TaskId::WNLI, "index\tsentence1\tsentence2\tlabel\n0\tOne.\tTwo.\t1\n", "One. | Two. | 1 | 0\n");
    }
    void official_layouts() {
        QFETCH(int, task);
        QFETCH(QByteArray, file);
        const auto read = read_glue_file(task_info(static_cast<TaskId>(task)), written(file));
        QVERIFY2(read, read ? "" : read.error().to_string().c_str());
        QTEST(summary(*read), "examples");
        QCOMPARE(read->skipped_rows, std::int64_t{0});
        QCOMPARE(read->path, path("file.tsv"));
    }

    void copies_that_differ_data() {
        QTest::addColumn<int>("task");
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QString>("examples");
        const auto add = [](const char* name, TaskId task, const QByteArray& file, const char* examples) {
            QTest::newRow(name) << static_cast<int>(task) << file << QString::fromUtf8(examples);
        };
        add("columns in another order", TaskId::RTE, "label\tsentence2\tindex\tsentence1\nentailment\tTwo.\t0\tOne.\n",
            "One. | Two. | 0 | 0\n");
        add("header in capitals", TaskId::RTE, "INDEX\tSentence1\tSentence2\tLabel\n0\tOne.\tTwo.\tentailment\n",
            "One. | Two. | 0 | 0\n");
        add("MRPC exported", TaskId::MRPC, "sentence1\tsentence2\tlabel\tidx\nOne.\tTwo.\t1\t0\n",
            "One. | Two. | 1 | 0\n");
        add("STS-B exported", TaskId::STSB, "sentence1\tsentence2\tlabel\tidx\nOne.\tTwo.\t5\t0\n",
            "One. | Two. | 0 | 5\n");
        add("QQP exported", TaskId::QQP, "question1\tquestion2\tlabel\tidx\nOne?\tTwo?\t1\t0\n",
            "One? | Two? | 1 | 0\n");
        add("MNLI exported", TaskId::MNLI, "premise\thypothesis\tlabel\tidx\nOne.\tTwo.\tneutral\t0\n",
            "One. | Two. | 2 | 0\n");
        add("names nobody knows", TaskId::RTE, "nr\ttext\thypo\tclass\n0\tOne.\tTwo.\tentailment\n",
            "One. | Two. | 0 | 0\n");
        add("label name unknown: the last column", TaskId::STSB, "sentence1\tsentence2\tx\ty\nOne.\tTwo.\t-\t1.5\n",
            "One. | Two. | 0 | 1.5\n");
        add("byte-order mark before a file without header", TaskId::CoLA, "\xEF\xBB\xBFs\t1\t\tText.\n",
            "Text. |  | 1 | 0\n");
        add("no last newline", TaskId::WNLI, "index\tsentence1\tsentence2\tlabel\n0\tOne.\tTwo.\t1",
            "One. | Two. | 1 | 0\n");
        add("CRLF, no last newline", TaskId::WNLI, "index\tsentence1\tsentence2\tlabel\r\n0\tA\tB\t1\r\n1\tC\tD\t0",
            "A | B | 1 | 0\nC | D | 0 | 0\n");
        add("empty lines at the end", TaskId::WNLI, "index\tsentence1\tsentence2\tlabel\n0\tA\tB\t1\n\n\r\n\n",
            "A | B | 1 | 0\n");
        add("quotes are text", TaskId::WNLI, "index\tsentence1\tsentence2\tlabel\n0\t\"A\t\"\"B\"\t1\n",
            "\"A | \"\"B\" | 1 | 0\n");
        add("only LF ends a line", TaskId::WNLI, "index\tsentence1\tsentence2\tlabel\n0\tA\u2028x\tB\u0085y\x0bz\t1\n",
            "A\u2028x | B\u0085y\x0bz | 1 | 0\n");
        add("empty texts", TaskId::WNLI, "index\tsentence1\tsentence2\tlabel\n0\t\t\t1\n", " |  | 1 | 0\n");
    }
    void copies_that_differ() { official_layouts(); }

    void short_rows_of_qqp_are_counted() {
        const auto file = written(
            "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n1\t1\t2\tA?\tB?\t0\nrest of a "
            "question\n\n3\t1\t2\tC?\tD?\n"
            "4\t1\t2\tE?\tF?\t1\n");
        const auto read = read_glue_file(task_info(TaskId::QQP), file);
        QVERIFY(read);
        QCOMPARE(summary(*read), QString("A? | B? | 0 | 0\nE? | F? | 1 | 0\n"));
        QCOMPARE(read->skipped_rows, std::int64_t{3});
    }

    void bad_files_data() {
        QTest::addColumn<int>("task");
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<int>("line");  // 0: the place is the file alone
        QTest::addColumn<QStringList>("says");
        const auto add = [](const char* name, TaskId task, const QByteArray& file, int line, const QStringList& says) {
            QTest::newRow(name) << static_cast<int>(task) << file << line << says;
        };
        const QByteArray rte = "index\tsentence1\tsentence2\tlabel\n0\tOne.\tTwo.\tentailment\n";
        const QByteArray sts = "index\tsentence1\tsentence2\tscore\n0\tA.\tB.\t";
        add("empty", TaskId::RTE, "", 1, {"empty"});
        add("nothing but a byte-order mark", TaskId::RTE, "\xEF\xBB\xBF", 1, {"empty"});
        add("nothing but newlines", TaskId::CoLA, "\n\r\n\n", 1, {"empty"});
        add("header alone", TaskId::RTE, "index\tsentence1\tsentence2\tlabel\n", 0, {"no example"});
        add("every row skipped", TaskId::QQP, "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\nx\ny\n", 0,
            {"no example", "2 rows"});
        add("unknown label", TaskId::RTE, rte + "1\tA\tB\tneutral\n", 3,
            {"\"neutral\"", "entailment, not_entailment", "column 4"});
        add("label in other letters", TaskId::RTE, rte + "1\tA\tB\tEntailment\n", 3, {"\"Entailment\""});
        add("label with a space", TaskId::RTE, rte + "1\tA\tB\tentailment \n", 3, {"\"entailment \""});
        add("label empty", TaskId::RTE, rte + "1\tA\tB\t\n", 3, {"\"\""});
        add("no gold label", TaskId::MNLI, QByteArray(kMnliHeader) + "0\t1\t2\tg\t(\t(\t(\t(\tA\tB\tx\ty\t-\n", 2,
            {"\"-\"", "contradiction, entailment, neutral"});
        add("label of CoLA", TaskId::CoLA, "s\t1\t\tA.\ns\t2\t\tB.\n", 2, {"\"2\"", "0, 1", "column 2"});
        add("a header where none belongs", TaskId::CoLA, "source\tlabel\tmark\tsentence\ns\t1\t\tA.\n", 1,
            {"\"label\"", "0, 1"});
        add("header missing", TaskId::RTE, "0\tOne.\tTwo.\tentailment\n1\tA\tB\tentailment\n", 1,
            {"header is missing"});
        add("header missing, regression", TaskId::STSB, "0\tg\tf\ty\to\ts\ts\tA.\tB.\t2.5\n", 1, {"header is missing"});
        add("too few columns in the header", TaskId::MRPC, "Quality\tString\n1\tA\n", 1,
            {"first text", "\"Quality\", \"String\"", "#1 String", "column 4"});
        add("no label column", TaskId::RTE, "index\tsentence1\tsentence2\n0\tA\tB\n", 1,
            {"the label", "\"label\"", "column 4"});
        add("commas for tabs", TaskId::RTE, "index,sentence1,sentence2,label\n0,A,B,entailment\n", 1,
            {"first text", "tabs"});
        add("short row", TaskId::RTE, rte + "1\tA\tB\n", 3, {"3 column(s)", "at least 4"});
        add("empty line inside", TaskId::RTE, rte + "\n1\tA\tB\tentailment\n", 3, {"empty", "at least 4"});
        add("score not a number", TaskId::STSB, sts + "good\n", 2, {"\"good\"", "0 to 5"});
        add("score NaN", TaskId::STSB, sts + "nan\n", 2, {"\"nan\"", "0 to 5"});
        add("score infinite", TaskId::STSB, sts + "inf\n", 2, {"\"inf\""});
        add("score too high", TaskId::STSB, sts + "5.001\n", 2, {"\"5.001\""});
        add("score negative", TaskId::STSB, sts + "-0.5\n", 2, {"\"-0.5\""});
        add("score with a tail", TaskId::STSB, sts + "2.5x\n", 2, {"\"2.5x\""});
        add("score with a comma", TaskId::STSB, sts + "2,5\n", 2, {"\"2,5\""});
        add("score empty", TaskId::STSB, sts + "\n", 2, {"\"\""});
        add("score beyond float", TaskId::STSB, sts + "1e99\n", 2, {"\"1e99\""});
        add("broken UTF-8", TaskId::RTE, rte + "1\tcaf\xE9 noir\tB\tentailment\n", 3, {"UTF-8", "0xE9", "position 6"});
        add("broken UTF-8 at the end of a line", TaskId::RTE, rte + "1\tA\tB\tentailment\xC3\n", 3, {"UTF-8", "0xC3"});
        add("broken UTF-8 in the header", TaskId::RTE, "index\xFF\tsentence1\tsentence2\tlabel\n0\tA\tB\tentailment\n",
            1, {"UTF-8"});
        add("encoded surrogate", TaskId::RTE, rte + "1\tA\xED\xA0\x80\tB\tentailment\n", 3, {"UTF-8", "0xED"});
        add("UTF-16", TaskId::RTE, QByteArray("\xFF\xFEi\0n\0", 6), 1, {"UTF-16"});
        add("long label is cut", TaskId::RTE, rte + "1\tA\tB\t" + QByteArray(500, 'x') + "\n", 3, {"xxx…\""});
        add("control characters in a label", TaskId::RTE, rte + "1\tA\tB\tred\x1b[31m\n", 3, {"\"red\uFFFD[31m\""});
    }
    void bad_files() {
        QFETCH(int, task);
        QFETCH(QByteArray, file);
        QFETCH(int, line);
        QFETCH(QStringList, says);
        const auto where = written(file);
        const auto read = read_glue_file(task_info(static_cast<TaskId>(task)), where);
        QVERIFY(!read);
        const auto message = text(read.error().to_string());
        QCOMPARE(text(read.error().place), text(where.string() + (line > 0 ? ":" + std::to_string(line) : "")));
        for (const auto& part : says) QVERIFY2(message.contains(part), qPrintable(part + " is not in: " + message));
        QVERIFY2(!message.contains('\n') && message.size() < 500, qPrintable(message));
    }

    void a_limit_keeps_the_first_and_reads_no_further() {
        const auto file = written("index\tsentence1\tsentence2\tlabel\n0\tA\tB\t1\n1\tC\tD\t0\n2\tE\tF\twrong\n");
        const auto& task = task_info(TaskId::WNLI);
        QCOMPARE(read_glue_file(task, file, 1)->examples.size(), std::size_t{1});
        QCOMPARE(read_glue_file(task, file, 2)->examples.size(), std::size_t{2});
        QVERIFY(!read_glue_file(task, file, 3));
        QVERIFY(!read_glue_file(task, file, 0));
    }

    void missing_files_are_named() {
        const auto read = read_glue_file(task_info(TaskId::RTE), path("nowhere.tsv"));
        QVERIFY(!read);
        QCOMPARE(read.error().place, path("nowhere.tsv").string());
        QVERIFY(!read_glue_file(task_info(TaskId::RTE), path("")));
    }

    void folders() {
        const std::string rte = "index\tsentence1\tsentence2\tlabel\n0\tA\tB\tentailment\n";
        write("glue/RTE/dev.tsv", rte);
        write("glue/RTE/train.tsv", rte + "1\tC\tD\tentailment\n");
        write("glue/sst2/dev.tsv", "sentence\tlabel\ngood\t1\n");
        write("glue/MNLI/dev_matched.tsv", std::string(kMnliHeader) + "0\t1\t2\tg\t(\t(\t(\t(\tA\tB\tx\ty\tneutral\n");
        write("glue/MNLI/dev_mismatched.tsv",
              std::string(kMnliHeader) + "0\t1\t2\tg\t(\t(\t(\t(\tC\tD\tx\ty\tentailment\n");
        const auto& task = task_info(TaskId::RTE);

        QCOMPARE(*find_task_folder(task, path("glue")), path("glue/RTE"));
        QCOMPARE(*find_task_folder(task, path("glue/RTE")), path("glue/RTE"));
        QCOMPARE(*find_task_folder(task_info(TaskId::SST2), path("glue")), path("glue/sst2"));

        const auto train = read_glue_train(task, path("glue"));
        QVERIFY(train);
        QCOMPARE(train->examples.size(), std::size_t{2});
        QCOMPARE(read_glue_train(task, path("glue"), 1)->examples.size(), std::size_t{1});
        const auto mnli = read_glue_dev(task_info(TaskId::MNLI), path("glue"));
        QVERIFY(mnli);
        QCOMPARE(mnli->size(), std::size_t{2});
        QCOMPARE(mnli->at(0).examples.at(0).text_a, std::string("A"));
        QCOMPARE(mnli->at(1).examples.at(0).text_a, std::string("C"));
        // One of the two files alone is not the task's dev set.
        fs::remove(path("glue/MNLI/dev_mismatched.tsv"));
        const auto half = read_glue_dev(task_info(TaskId::MNLI), path("glue"));
        QVERIFY(!half);
        QCOMPARE(half.error().place, path("glue/MNLI/dev_mismatched.tsv").string());
    }

    void folders_without_the_task() {
        const auto& mrpc = task_info(TaskId::MRPC);
        write("some/RTE/dev.tsv", "index\tsentence1\tsentence2\tlabel\n0\tA\tB\tentailment\n");
        const auto absent = find_task_folder(mrpc, path("some"));
        QVERIFY(!absent);
        QCOMPARE(absent.error().place, path("some").string());
        QVERIFY(text(absent.error().to_string()).contains("MRPC"));
        QVERIFY(text(absent.error().to_string()).contains("dev.tsv"));
        // Another task's folder has files of the same names and, for some, readable columns.
        const auto other = find_task_folder(mrpc, path("some/RTE"));
        QVERIFY(!other);
        QVERIFY(text(other.error().to_string()).contains("RTE"));
        QVERIFY(!find_task_folder(mrpc, path("some/RTE/")));
        QVERIFY(!find_task_folder(mrpc, path("nowhere")));
        QVERIFY(!find_task_folder(mrpc, path("some/RTE/dev.tsv")));
        // A folder of any other name is taken at its word.
        write("mine/dev.tsv", "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t7\t8\tA\tB\n");
        QCOMPARE(*find_task_folder(mrpc, path("mine")), path("mine"));
    }
};

QTEST_GUILESS_MAIN(TestGlueReader)
#include "tst_glue_reader.moc"
