// SPDX-License-Identifier: GPL-3.0-or-later
//
// Labelling without a window: what keys do, and folders that are written and read.
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <limits>

#include "core/base/file.h"
#include "core/base/npy.h"
#include "widgets/attention/labelling_folder.h"
#include "widgets/attention/labelling_session.h"

using namespace lottery;
using namespace lottery::gui;
namespace fs = std::filesystem;

namespace {

MapToLabel mapOf(const std::string& name, int size = 3) {
    MapToLabel map{name, size, {}, {}, "layer 1, head 2 of " + name};
    for (int i = 0; i < size * size; ++i) map.values.push_back(static_cast<float>(i) / 8.0F);
    for (int i = 0; i < size; ++i) map.tokens.push_back("token" + std::to_string(i));
    return map;
}

LabellingSession sessionOf(int count) {
    std::vector<MapToLabel> maps;
    for (int i = 0; i < count; ++i) maps.push_back(mapOf("m" + std::to_string(i), 3 + i % 2));
    auto session = LabellingSession::of(std::move(maps));
    if (!session) qFatal("%s", session.error().to_string().c_str());
    return *std::move(session);
}

fs::path pathOf(const QTemporaryDir& folder, const char* name = "") {
    return fs::path(folder.path().toStdString()) / name;
}

QString textOf(const Status& status) { return status ? QString() : QString::fromStdString(status.error().to_string()); }

}  // namespace

class TestLabellingSession : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void labels_go_on_and_back() {
        LabellingSession session = sessionOf(3);
        session.label(PatternClass::Block);
        QCOMPARE(session.place(), std::size_t{1});
        session.skip();
        session.label(PatternClass::Vertical);
        QVERIFY(session.isAtEnd());
        session.label(PatternClass::Diagonal);  // nothing is shown
        session.skip();
        QCOMPARE(session.labelled(), 2);
        QCOMPARE(session.skipped(), 1);
        QCOMPARE(session.counts(), (std::array<int, pattern_count>{1, 0, 0, 1, 0}));
        QCOMPARE(session.labels().size(), std::size_t{2});
        QCOMPARE(session.labels()[1].name, std::string("m2"));
        session.back();
        QCOMPARE(session.place(), std::size_t{2});
        for (int i = 0; i < 5; ++i) session.back();
        QCOMPARE(session.place(), std::size_t{0});
        // A label is exchanged; a labelled map is not skipped.
        session.label(PatternClass::Diagonal);
        session.back();
        session.skip();
        QVERIFY(session.labelOf(0) == PatternClass::Diagonal);
        QCOMPARE(session.skipped(), 1);
        session.label(PatternClass::Heterogeneous);
        QCOMPARE(session.skipped(), 0);
    }

    void undo_and_redo_go_to_their_maps() {
        LabellingSession session = sessionOf(3);
        QVERIFY(!session.canUndo());
        session.label(PatternClass::Block);
        session.skip();
        session.back();
        session.back();
        session.label(PatternClass::Vertical);
        session.goTo(2);
        session.undo();
        QCOMPARE(session.place(), std::size_t{0});
        QVERIFY(session.labelOf(0) == PatternClass::Block);
        session.undo();
        QCOMPARE(session.place(), std::size_t{1});
        QVERIFY(!session.isSkipped(1));
        session.undo();
        QVERIFY(!session.labelOf(0));
        session.undo();  // nothing is left
        QVERIFY(!session.canUndo());
        session.redo();
        session.redo();
        QVERIFY(session.isSkipped(1));
        QCOMPARE(session.place(), std::size_t{2});
        // Something else gives up what could be redone.
        session.label(PatternClass::Diagonal);
        QVERIFY(!session.canRedo());
        // The same label again is no step.
        session.back();
        session.label(PatternClass::Diagonal);
        session.undo();
        QVERIFY(!session.labelOf(2));
    }

    void next_open_map_is_found_from_anywhere() {
        LabellingSession session = sessionOf(3);
        session.label(PatternClass::Block);
        session.skip();
        session.label(PatternClass::Block);
        QVERIFY(session.goToUnlabelled());  // from the end
        QCOMPARE(session.place(), std::size_t{1});
        QVERIFY(session.goToUnlabelled());  // the only one
        QCOMPARE(session.place(), std::size_t{1});
        session.label(PatternClass::Block);
        QVERIFY(!session.goToUnlabelled());
        QCOMPARE(session.place(), std::size_t{2});
        QVERIFY(!LabellingSession().goToUnlabelled());
    }

    void bad_maps_are_refused_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("reason");
        QTest::newRow("name twice") << 0 << "two maps are called b";
        QTest::newRow("no name") << 1 << "no name";
        QTest::newRow("too few values") << 2 << "has 8 values";
        QTest::newRow("empty") << 3 << "has 0 values";
        QTest::newRow("not a number") << 4 << "holds nan in row 2, column 3";
        QTest::newRow("infinite") << 5 << "holds inf in row 1, column 1";
        QTest::newRow("tokens of another text") << 6 << "has 3 rows and the names of 2 tokens";
    }

    void bad_maps_are_refused() {
        QFETCH(int, kind);
        QFETCH(QString, reason);
        std::vector<MapToLabel> maps{mapOf("a"), mapOf("b")};
        MapToLabel& last = maps.back();
        if (kind == 0) maps.push_back(mapOf("b"));
        if (kind == 1) last.name.clear();
        if (kind == 2) last.values.pop_back();
        if (kind == 3) last = {"b", 0, {}, {}, {}};
        if (kind == 4) last.values[5] = std::numeric_limits<float>::quiet_NaN();
        if (kind == 5) last.values[0] = std::numeric_limits<float>::infinity();
        if (kind == 6) last.tokens.pop_back();
        const auto session = LabellingSession::of(std::move(maps));
        QVERIFY(!session);
        const QString text = QString::fromStdString(session.error().to_string());
        QVERIFY2(text.contains(reason), qPrintable(text));
    }

    void a_folder_holds_everything() {
        QTemporaryDir folder;
        LabellingSession session = sessionOf(4);
        session.setLabeller("Ann");
        session.label(PatternClass::VerticalDiagonal);
        session.skip();
        session.label(PatternClass::Block);
        QCOMPARE(session.unsaved(), 2);
        QVERIFY(session.isModified());
        const Status saved = saveLabelling(pathOf(folder, "new/maps"), session);
        QVERIFY2(saved.has_value(), qPrintable(textOf(saved)));
        QCOMPARE(session.unsaved(), 0);
        QVERIFY(!session.isModified());
        auto again = readLabelling(pathOf(folder, "new/maps"));
        QVERIFY2(again.has_value(), again ? "" : again.error().to_string().c_str());
        QCOMPARE(again->size(), std::size_t{4});
        QCOMPARE(again->labeller(), std::string("Ann"));
        QVERIFY(again->labels() == session.labels());
        QVERIFY(again->isSkipped(1));
        QCOMPARE(again->place(), std::size_t{3});  // where the labeller was
        QVERIFY(!again->isModified());
        QVERIFY(!again->canUndo());
        for (std::size_t i = 0; i < 4; ++i) {
            QVERIFY(again->map(i).values == session.map(i).values);
            QVERIFY(again->map(i).tokens == session.map(i).tokens);
            QCOMPARE(again->map(i).origin, session.map(i).origin);
        }
        // And is what the training of a classifier reads.
        const auto labelled = read_labelled_maps(pathOf(folder, "new/maps"));
        QVERIFY(labelled.has_value());
        QCOMPARE(labelled->maps.size(), std::size_t{2});
        QCOMPARE(labelled->unlabelled, 2);

        again->label(PatternClass::Heterogeneous);
        QVERIFY(saveLabelling(pathOf(folder, "new/maps"), *again).has_value());
        QCOMPARE(readLabelling(pathOf(folder, "new/maps"))->labelled(), 3);
    }

    void a_folder_without_a_label_is_read_too() {
        QTemporaryDir folder;
        LabellingSession session = sessionOf(2);
        QVERIFY(saveLabelling(pathOf(folder), session).has_value());
        QVERIFY(!QFile::exists(folder.filePath("labels.tsv")));
        QCOMPARE(readLabelling(pathOf(folder))->labelled(), 0);
        session.label(PatternClass::Block);
        QVERIFY(saveLabelling(pathOf(folder), session).has_value());
        session.undo();
        QVERIFY(saveLabelling(pathOf(folder), session).has_value());
        QCOMPARE(readLabelling(pathOf(folder))->labelled(), 0);
    }

    void nobodys_labels_are_written_over() {
        QTemporaryDir folder;
        LabellingSession ann = sessionOf(2), ben = sessionOf(2);
        ann.label(PatternClass::Block);
        QVERIFY(saveLabelling(pathOf(folder), ann).has_value());
        ben.label(PatternClass::Vertical);
        const QString refused = textOf(saveLabelling(pathOf(folder), ben));
        QVERIFY2(refused.contains("another labelling"), qPrintable(refused));
        QVERIFY(ben.isModified());
        QVERIFY(readLabelling(pathOf(folder))->labelOf(0) == PatternClass::Block);
        // A published set as well, even by who reads it.
        QTemporaryDir published;
        QVERIFY(write_npy(pathOf(published, "0001.npy"), {{2, 2}, {1, 0, 0, 1}}).has_value());
        QVERIFY(write_file_atomically(pathOf(published, "labels.txt"), "diagonal = 1\n").has_value());
        auto read = readLabelling(pathOf(published));
        QVERIFY2(read.has_value(), read ? "" : read.error().to_string().c_str());
        QVERIFY(read->labelOf(0) == PatternClass::Diagonal);
        QVERIFY(!saveLabelling(pathOf(published), *read));
        QVERIFY(saveLabelling(pathOf(published, "mine"), *read).has_value());
    }

    void bare_maps_are_read_by_name() {
        QTemporaryDir folder;
        for (const char* name : {"c", "a", "b"})
            QVERIFY(write_npy(pathOf(folder, "maps") / (std::string(name) + ".npy"), {{1, 1}, {1}}).has_value());
        const auto session = readLabelling(pathOf(folder, "maps"));
        QVERIFY2(session.has_value(), session ? "" : session.error().to_string().c_str());
        QCOMPARE(session->map(0).name, std::string("a"));
        QCOMPARE(session->map(2).name, std::string("c"));
        QCOMPARE(session->labelled(), 0);
    }

    void another_person_begins_anew() {
        QTemporaryDir folder;
        LabellingSession session = sessionOf(2);
        session.label(PatternClass::Block);
        QVERIFY(saveLabelling(pathOf(folder), session).has_value());
        session.beginAnew("Ben");
        QCOMPARE(session.labelled(), 0);
        QCOMPARE(session.labeller(), std::string("Ben"));
        QVERIFY(session.folder().empty());
        QVERIFY(!session.canUndo());
        QVERIFY(!saveLabelling(pathOf(folder), session));
    }

    void bad_folders_are_refused_data() {
        QTest::addColumn<QString>("file");  // is written over
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("reason");
        const QString record = "labelling.json";
        QTest::newRow("no JSON") << record << QByteArray("{") << record;
        QTest::newRow("of tomorrow") << record << QByteArray(R"({"format": 2, "maps": []})") << "format 2";
        QTest::newRow("no maps") << record << QByteArray(R"({"format": 1})") << "maps";
        QTest::newRow("empty") << record << QByteArray(R"({"format": 1, "maps": []})") << "holds no map";
        QTest::newRow("unknown key") << record << QByteArray(R"({"format": 1, "maps": [], "mood": 1})") << "mood";
        QTest::newRow("number for a map") << record << QByteArray(R"({"format": 1, "maps": [5]})") << "maps[0]";
        QTest::newRow("absent map") << record << QByteArray(R"({"format": 1, "maps": [{"name": "m9"}]})") << "m9.npy";
        QTest::newRow("map elsewhere") << record << QByteArray(R"({"format": 1, "maps": [{"name": "../m0"}]})")
                                       << "no name of a map";
        QTest::newRow("label of an absent map") << "labels.tsv" << QByteArray("m9\tblock\n") << "m9";
        QTest::newRow("unknown class") << "labels.tsv" << QByteArray("m0\tzigzag\n") << "labels.tsv:1";
        QTest::newRow("no npy") << "m1.npy" << QByteArray("junk") << "m1.npy";
    }

    void bad_folders_are_refused() {
        QFETCH(QString, file);
        QFETCH(QByteArray, text);
        QFETCH(QString, reason);
        QTemporaryDir folder;
        LabellingSession session = sessionOf(2);
        session.label(PatternClass::Block);
        QVERIFY(saveLabelling(pathOf(folder), session).has_value());
        QVERIFY(write_file_atomically(pathOf(folder) / file.toStdString(), text.toStdString()).has_value());
        const auto read = readLabelling(pathOf(folder));
        QVERIFY(!read);
        const QString message = QString::fromStdString(read.error().to_string());
        QVERIFY2(message.contains(reason), qPrintable(message));
    }

    void maps_that_are_none_are_refused() {
        QTemporaryDir folder;
        const auto refused = [&](const Array& array) {
            if (!write_npy(pathOf(folder, "maps/a.npy"), array)) qFatal("not written");
            const auto read = readLabelling(pathOf(folder, "maps"));
            return read ? QString() : QString::fromStdString(read.error().to_string());
        };
        QVERIFY(refused({{2, 3}, {1, 2, 3, 4, 5, 6}}).contains("2 × 3"));
        QVERIFY(refused({{4}, {1, 2, 3, 4}}).contains("square"));
        QVERIFY(refused({{1, 1}, {std::nanf("")}}).contains("map a"));
        QVERIFY(refused({{1, 1}, {1}}).isEmpty());
        const auto none = readLabelling(pathOf(folder, "none"));
        QVERIFY(QString::fromStdString(none.error().to_string()).contains("is not a folder"));
    }

    void a_failed_save_leaves_labels_unsaved() {
        QTemporaryDir folder;
        QVERIFY(write_file_atomically(pathOf(folder, "file"), "x").has_value());
        LabellingSession session = sessionOf(1);
        session.label(PatternClass::Block);
        QVERIFY(!saveLabelling(pathOf(folder, "file"), session));
        QCOMPARE(session.unsaved(), 1);
        QVERIFY(session.folder().empty());
    }

    void restore_refuses_unknown_names() {
        LabellingSession session = sessionOf(2);
        session.label(PatternClass::Block);
        QVERIFY(!session.restore({{"m9", PatternClass::Block}}, {}));
        QVERIFY(!session.restore({}, {"m9"}));
        QCOMPARE(session.labelled(), 1);
        QVERIFY(session.canUndo());
        QVERIFY(session.restore({{"m1", PatternClass::Diagonal}}, {"m0"}).has_value());
        QVERIFY(session.isAtEnd());
    }

    void agreement_counts_shared_maps() {
        LabellingSession session = sessionOf(6);
        for (const PatternClass pattern : {PatternClass::Vertical, PatternClass::Vertical, PatternClass::Diagonal,
                                           PatternClass::Block, PatternClass::Block})
            session.label(pattern);
        const LabelComparison comparison = compareLabels(session, {{"m0", PatternClass::Vertical},
                                                                   {"m1", PatternClass::Diagonal},
                                                                   {"m2", PatternClass::Diagonal},
                                                                   {"m3", PatternClass::Block},
                                                                   {"m5", PatternClass::Block},
                                                                   {"elsewhere", PatternClass::Block}});
        QCOMPARE(comparison.both, 4);
        QCOMPARE(comparison.same, 3);
        QCOMPARE(comparison.onlyMine, 1);
        QCOMPARE(comparison.onlyTheirs, 2);
        QCOMPARE(comparison.differing, std::vector<std::size_t>{1});
        QCOMPARE(comparison.table[0][1], 1);
        QCOMPARE(comparison.table[1][1], 1);
        // Observed 3/4; by chance (2·1 + 1·2 + 1·1) / 16 = 5/16: 7/11.
        QVERIFY(comparison.kappa.has_value());
        QVERIFY(std::abs(*comparison.kappa - 7.0 / 11.0) < 1e-12);
        QVERIFY(!compareLabels(session, {}).kappa);
        QVERIFY(!compareLabels(session, {{"m0", PatternClass::Vertical}}).kappa);  // one class only
    }
};

QTEST_GUILESS_MAIN(TestLabellingSession)
#include "tst_labelling_session.moc"
