// SPDX-License-Identifier: GPL-3.0-or-later
//
// Folders of labelled maps, in both published forms.
#include "core/attention/labelled_maps.h"

#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <set>

#include "core/base/npy.h"
#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;
namespace fs = std::filesystem;

namespace {

void write(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
}

void write_map(const fs::path& path, std::vector<std::int64_t> shape, float fill = 0.25F) {
    std::int64_t count = 1;
    for (const auto extent : shape) count *= extent;
    const auto written = write_npy(path, {std::move(shape), std::vector<float>(static_cast<std::size_t>(count), fill)});
    if (!written) qFatal("%s", written.error().to_string().c_str());
}

LabelledMaps set_of(const std::vector<std::pair<PatternClass, int>>& classes) {
    LabelledMaps set;
    for (const auto& [label, count] : classes)
        for (int i = 0; i < count; ++i)
            set.maps.push_back({"map_" + std::to_string(set.maps.size()), label, 2, {0.5F, 0.5F, 1.0F, 0.0F}});
    return set;
}

}  // namespace

class TestLabelledMaps : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> folder_;
    [[nodiscard]] fs::path root() const { return folder_->path().toStdString(); }
    [[nodiscard]] fs::path maps() const { return root() / "maps"; }

private Q_SLOTS:
    void init() { folder_ = std::make_unique<QTemporaryDir>(); }

    void reads_the_form_of_the_raw_set_data() {
        QTest::addColumn<bool>("above");
        QTest::newRow("label file in the folder") << false;
        QTest::newRow("label file above it") << true;
    }
    void reads_the_form_of_the_raw_set() {
        QFETCH(bool, above);
        write(
            (above ? root() : maps()) / "labels.txt",
            "\xef\xbb\xbfsingle_vertical = 7, 12\r\n\nmix = 3_0_5, 12345,\nother=  0008.npy ,7_a\nvertical = 99, 7\n");
        for (const char* name : {"0007", "0012", "3_0_5", "12345", "0008", "7_a", "0099", "0100"})
            write_map(maps() / (std::string(name) + ".npy"), {3, 3});
        write_map(maps() / "0012.npy", {5, 5}, 0.2F);
        const auto read = read_labelled_maps(maps());
        QVERIFY_VALUE(read);
        const std::vector<std::pair<std::string, PatternClass>> expected{
            {"0007", PatternClass::Vertical},          {"0012", PatternClass::Vertical},
            {"3_0_5", PatternClass::VerticalDiagonal}, {"12345", PatternClass::VerticalDiagonal},
            {"0008", PatternClass::Heterogeneous},     {"7_a", PatternClass::Heterogeneous},
            {"0099", PatternClass::Vertical}};
        QCOMPARE(read->maps.size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            QCOMPARE(read->maps[i].name, expected[i].first);
            QVERIFY(read->maps[i].label == expected[i].second);
        }
        QCOMPARE(read->unlabelled, 1);
        QCOMPARE(read->smallest(), 3);
        QCOMPARE(read->largest(), 5);
        QVERIFY((read->counts() == std::array<int, pattern_count>{3, 0, 2, 0, 2}));
        QCOMPARE(read->maps[1].values, std::vector<float>(25, 0.2F));
    }

    void reads_tables_data() {
        QTest::addColumn<QString>("text");
        QTest::newRow("with a header") << "name\tclass\na\tblock\nb.npy\tmix\n";
        QTest::newRow("without one") << "a\tblock\nb\tvertical+diagonal\n";
        QTest::newRow("CRLF, no last newline") << "a\tBlock\r\n\r\nb\tmix";
        QTest::newRow("the same label twice") << "a\tblock\nb\tmix\na\tblock\n";
    }
    void reads_tables() {
        QFETCH(QString, text);
        write(maps() / "by_anna.tsv", text.toStdString());
        write_map(maps() / "a.npy", {4, 4});
        write_map(maps() / "b.npy", {2, 2});
        const auto read = read_labelled_maps(maps());
        QVERIFY_VALUE(read);
        QCOMPARE(read->maps.size(), std::size_t{2});
        QCOMPARE(read->maps[0].name, std::string("a"));
        QVERIFY(read->maps[0].label == PatternClass::Block);
        QVERIFY(read->maps[1].label == PatternClass::VerticalDiagonal);
        QCOMPARE(read->label_file, maps() / "by_anna.tsv");
    }

    void a_given_label_file_wins() {
        write(maps() / "labels.txt", "block = a_\n");
        write(root() / "elsewhere" / "second.tsv", "a_\tdiagonal\n");
        write_map(maps() / "a_.npy", {4, 4});
        const auto read = read_labelled_maps(maps(), root() / "elsewhere" / "second.tsv");
        QVERIFY_VALUE(read);
        QVERIFY(read->maps[0].label == PatternClass::Diagonal);
    }

    void a_trailing_slash_does_not_hide_the_folder_above() {
        write(root() / "labels.txt", "block = a_\n");
        write_map(maps() / "a_.npy", {4, 4});
        QVERIFY_VALUE(read_labelled_maps(maps().string() + "/"));
    }

    void writes_what_it_reads() {
        auto set = set_of({{PatternClass::Vertical, 2}, {PatternClass::VerticalDiagonal, 1}, {PatternClass::Block, 3}});
        QVERIFY_VALUE(write_labelled_maps(maps(), set));
        const auto read = read_labelled_maps(maps());
        QVERIFY_VALUE(read);
        QCOMPARE(read->maps.size(), set.maps.size());
        for (std::size_t i = 0; i < set.maps.size(); ++i) {
            QCOMPARE(read->maps[i].name, set.maps[i].name);
            QVERIFY(read->maps[i].label == set.maps[i].label);
            QCOMPARE(read->maps[i].values, set.maps[i].values);
        }
        QCOMPARE(read->unlabelled, 0);
        // Again into the same folder; but not beside another label file.
        QVERIFY_VALUE(write_labelled_maps(maps(), set));
        write(maps() / "labels.txt", "block = 1\n");
        const auto beside = write_labelled_maps(maps(), set);
        QVERIFY(!beside && beside.error().message.find("labels.txt") != std::string::npos);
        set.maps[1].name = set.maps[0].name;
        const auto twice = write_labelled_maps(root() / "other", set);
        QVERIFY(!twice && twice.error().message.find("two maps are called map_0") != std::string::npos);
        QVERIFY(!fs::exists(root() / "other"));
    }

    void refuses_labels_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const char* file, const char* text, const char* says) {
            QTest::newRow(name) << file << text << says;
        };
        row("unknown class", "labels.txt", "block = a_\nstripes = b_\n", "labels.txt:2: \"stripes\" is no class");
        row("unknown class in a table", "labels.tsv", "name\tclass\na_\tstripes\n", "labels.tsv:2: \"stripes\"");
        row("no =", "labels.txt", "block a_\n", "labels.txt:1: no \"=\" found");
        row("one column", "labels.tsv", "a_ block\n", "labels.tsv:1: two columns were expected");
        row("three columns", "labels.tsv", "a_\tblock\tsure\n", "labels.tsv:1: two columns were expected");
        row("no name", "labels.tsv", "\tblock\n", "labels.tsv:1: a map's name was expected");
        row("no id", "labels.txt", "block = a_,,b_\n", "labels.txt:1: a map's name was expected");
        row("a path", "labels.tsv", "../a_\tblock\n", "labels.tsv:1: \"../a_\" is no name of a map");
        row("two classes", "labels.txt", "block = a_, b_\nmix = c_\nother = b_\n",
            "labels.txt:3: map b_ is called heterogeneous here and block in line 1");
        row("two spellings of one id", "labels.txt", "block = 7\nmix = 0007\n", "map 0007 is called vertical+diagonal");
        row("empty", "labels.txt", "", "names no map");
        row("no ids", "labels.txt", "block =\n", "names no map");
        row("a header alone", "labels.tsv", "name\tclass\n", "names no map");
        row("an absent map", "labels.txt", "block = a_, nowhere_\n",
            "labels.txt: names map nowhere_, which is not there");
    }
    void refuses_labels() {
        QFETCH(QString, file);
        QFETCH(QString, text);
        QFETCH(QString, says);
        write(maps() / file.toStdString(), text.toStdString());
        for (const char* name : {"a_", "b_", "c_"}) write_map(maps() / (std::string(name) + ".npy"), {3, 3});
        const auto read = read_labelled_maps(maps());
        QVERIFY(!read);
        const auto said = read.error().to_string();
        QVERIFY2(said.find(says.toStdString()) != std::string::npos, said.c_str());
    }

    void refuses_maps_data() {
        QTest::addColumn<QList<int>>("shape");
        QTest::addColumn<float>("fill");
        QTest::addColumn<QString>("says");
        constexpr float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
        QTest::newRow("not square") << QList<int>{3, 4} << 0.1F
                                    << "a square map was expected, tokens × tokens; found 3 × 4";
        QTest::newRow("three dimensions") << QList<int>{1, 3, 3} << 0.1F << "found 1 × 3 × 3";
        QTest::newRow("a number") << QList<int>{} << 0.1F << "found one number";
        QTest::newRow("empty") << QList<int>{0, 0} << 0.1F << "found 0 × 0";
        QTest::newRow("NaN") << QList<int>{3, 3} << nan << "in row 0, column 0";
        QTest::newRow("infinity") << QList<int>{3, 3} << inf << "holds inf in row 0, column 0";
    }
    void refuses_maps() {
        QFETCH(QList<int>, shape);
        QFETCH(float, fill);
        QFETCH(QString, says);
        write(maps() / "labels.txt", "block = a_\n");
        write_map(maps() / "a_.npy", {shape.begin(), shape.end()}, fill);
        const auto read = read_labelled_maps(maps());
        QVERIFY(!read);
        const auto said = read.error().to_string();
        QVERIFY2(said.find(says.toStdString()) != std::string::npos, said.c_str());
        QVERIFY2(said.find("a_.npy") != std::string::npos, said.c_str());
    }

    void refuses_truncated_maps() {
        write(maps() / "labels.txt", "block = a_\n");
        write_map(maps() / "a_.npy", {8, 8});
        fs::resize_file(maps() / "a_.npy", fs::file_size(maps() / "a_.npy") - 8);
        const auto read = read_labelled_maps(maps());
        QVERIFY(!read && read.error().to_string().find("truncated") != std::string::npos);
    }

    void needs_one_label_file() {
        const auto says = [&](const char* text) {
            const auto read = read_labelled_maps(maps());
            return !read && read.error().to_string().find(text) != std::string::npos;
        };
        QVERIFY(says("is not a folder"));
        write_map(maps() / "a_.npy", {3, 3});
        QVERIFY(says("no label file in this folder or the one above it"));
        write(maps() / "labels.txt", "block = a_\n");
        write(maps() / "labels.tsv", "a_\tblock\n");
        QVERIFY(says("holds more than one label file: labels.tsv, labels.txt"));
        const auto absent = read_labelled_maps(maps(), root() / "absent.tsv");
        QVERIFY(!absent && absent.error().to_string().find("no such file") != std::string::npos);
        write(root() / "labels.csv", "a_,block\n");
        const auto other = read_labelled_maps(maps(), root() / "labels.csv");
        QVERIFY(!other && other.error().to_string().find("neither .txt nor .tsv") != std::string::npos);
    }

    void sets_aside_of_every_class_data() {
        QTest::addColumn<int>("maps");
        QTest::addColumn<double>("share");
        QTest::addColumn<int>("aside");
        QTest::newRow("a fifth") << 20 << 0.2 << 4;
        QTest::newRow("to the nearest") << 13 << 0.2 << 3;
        QTest::newRow("at least one") << 2 << 0.2 << 1;
        QTest::newRow("not all") << 3 << 0.9 << 2;
    }
    void sets_aside_of_every_class() {
        QFETCH(int, maps);
        QFETCH(double, share);
        QFETCH(int, aside);
        const auto set = set_of({{PatternClass::Diagonal, maps}, {PatternClass::Block, maps}});
        const auto chosen = stratified_validation(set, share, 7);
        QVERIFY_VALUE(chosen);
        QVERIFY(std::is_sorted(chosen->begin(), chosen->end()));
        QCOMPARE(std::set<std::size_t>(chosen->begin(), chosen->end()).size(), chosen->size());
        std::array<int, pattern_count> counts{};
        for (const auto place : *chosen) ++counts[index_of(set.maps[place].label)];
        QVERIFY((counts == std::array<int, pattern_count>{0, aside, 0, aside, 0}));
        QVERIFY(*stratified_validation(set, share, 7) == *chosen);
        if (maps == 20) QVERIFY(*stratified_validation(set, share, 8) != *chosen);
    }

    void a_class_needs_two_maps() {
        const auto chosen =
            stratified_validation(set_of({{PatternClass::Diagonal, 5}, {PatternClass::Block, 1}}), 0.2, 7);
        QVERIFY(!chosen && chosen.error().message.find("class block has 1 map") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestLabelledMaps)
#include "tst_labelled_maps.moc"
