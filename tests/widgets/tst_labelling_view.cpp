// SPDX-License-Identifier: GPL-3.0-or-later
//
// Labelling by keys and buttons, blind, and what the view says of it.
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>

#include "core/base/file.h"
#include "tests/figures/scene_checks.h"
#include "widgets/attention/labelling_agreement.h"
#include "widgets/attention/labelling_view.h"
#include "widgets/figures/figure_view.h"

using namespace lottery;
using namespace lottery::gui;
namespace fs = std::filesystem;

namespace {

std::vector<MapToLabel> mapsOf(int count) {
    std::vector<MapToLabel> maps;
    for (int i = 0; i < count; ++i) {
        MapToLabel map{"m" + std::to_string(i), 4, {}, {"[CLS]", "secret", "words", "[SEP]"}, {}};
        map.origin = "MRPC, layer 3, head " + std::to_string(i + 1);
        for (int v = 0; v < 16; ++v) map.values.push_back(static_cast<float>((v + i) % 5) / 5.0F);
        maps.push_back(std::move(map));
    }
    return maps;
}

struct Shown {
    LabellingView view;

    explicit Shown(int maps = 0) {
        view.resize(1000, 700);
        view.show();
        view.activateWindow();
        // Shortcuts are the active window's.
        if (!QTest::qWaitForWindowActive(&view)) qFatal("the window does not become active");
        if (maps > 0 && !view.setMaps(mapsOf(maps))) qFatal("maps were refused");
    }
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
        QTest::keyClick(QApplication::focusWidget(), key, modifiers);
    }
    [[nodiscard]] std::size_t place() const { return view.session().place(); }
    [[nodiscard]] std::optional<PatternClass> labelOf(std::size_t place) const { return view.session().labelOf(place); }
};

fs::path pathOf(const QTemporaryDir& folder, const char* name = "") {
    return fs::path(folder.path().toStdString()) / name;
}

}  // namespace

class TestLabellingView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void without_maps_it_asks_for_some() {
        Shown shown;
        QVERIFY(shown.view.message()->isVisible());
        QVERIFY(!shown.view.map()->isVisible());
        QVERIFY(!shown.view.saveButton()->isEnabled());
        QSignalSpy maps(&shown.view, &LabellingView::mapsWanted), folder(&shown.view, &LabellingView::folderWanted);
        for (auto* button : shown.view.findChildren<QPushButton*>())
            if (button->text() == "Choose maps…" || button->text() == "Open…") button->click();
        QCOMPARE(maps.count(), 1);
        QCOMPARE(folder.count(), 1);
        shown.press(Qt::Key_1);
        shown.press(Qt::Key_Space);
        shown.press(Qt::Key_N);
        QCOMPARE(shown.view.session().size(), std::size_t{0});
        QVERIFY(shown.view.unsavedText().isEmpty());
    }

    void each_key_has_its_class_data() {
        QTest::addColumn<int>("key");
        QTest::addColumn<bool>("keypad");
        QTest::addColumn<QString>("name");
        const QStringList names{"vertical", "diagonal", "vertical+diagonal", "block", "heterogeneous"};
        for (int i = 0; i < 5; ++i) {
            QTest::addRow("%d", i + 1) << Qt::Key_1 + i << false << names[i];
            QTest::addRow("%d on the keypad", i + 1) << Qt::Key_1 + i << true << names[i];
        }
    }

    void each_key_has_its_class() {
        QFETCH(int, key);
        QFETCH(bool, keypad);
        QFETCH(QString, name);
        Shown shown(2);
        shown.press(static_cast<Qt::Key>(key), keypad ? Qt::KeypadModifier : Qt::NoModifier);
        QCOMPARE(shown.place(), std::size_t{1});
        QVERIFY(shown.labelOf(0).has_value());
        QCOMPARE(QString(to_string(*shown.labelOf(0))), name);
        QCOMPARE(shown.view.lastLabel()->text(), "Map 1: " + name);
        QVERIFY(shown.view.classButton(*shown.labelOf(0))->text().contains("(1)"));
    }

    void other_keys_do_nothing() {
        Shown shown(2);
        for (const Qt::Key key : {Qt::Key_0, Qt::Key_6, Qt::Key_A, Qt::Key_Escape}) shown.press(key);
        shown.press(Qt::Key_1, Qt::ControlModifier);
        shown.press(Qt::Key_1, Qt::AltModifier);
        QCOMPARE(shown.place(), std::size_t{0});
        QCOMPARE(shown.view.session().labelled(), 0);
    }

    void a_key_held_down_labels_once() {
        Shown shown(3);
        QKeyEvent held(QEvent::KeyPress, Qt::Key_1, Qt::NoModifier, "1", true);
        QApplication::sendEvent(&shown.view, &held);
        QKeyEvent space(QEvent::KeyPress, Qt::Key_Space, Qt::NoModifier, " ", true);
        QApplication::sendEvent(&shown.view, &space);
        QCOMPARE(shown.place(), std::size_t{0});
    }

    void keys_go_through_all_maps() {
        Shown shown(3);
        shown.press(Qt::Key_2);
        shown.press(Qt::Key_Space);
        shown.press(Qt::Key_Right);
        QVERIFY(shown.view.session().isAtEnd());
        QVERIFY(shown.view.message()->isVisible());
        QVERIFY(shown.view.message()->text().contains("2 have no label"));
        QCOMPARE(shown.view.progressLabel()->text(), QString("1 of 3 labelled, 2 skipped"));
        QVERIFY(!shown.view.classButton(PatternClass::Block)->isEnabled());
        shown.press(Qt::Key_4);  // of no map
        shown.press(Qt::Key_Left);
        QCOMPARE(shown.place(), std::size_t{2});
        QVERIFY(shown.view.map()->isVisible());
        shown.press(Qt::Key_5);
        shown.press(Qt::Key_N);
        QCOMPARE(shown.place(), std::size_t{1});
        shown.press(Qt::Key_4);
        QCOMPARE(shown.view.progressLabel()->text(), QString("3 of 3 labelled"));
        shown.press(Qt::Key_N);
        QVERIFY(shown.view.lastLabel()->text().contains("Every map"));
    }

    void undo_and_redo_by_key() {
        Shown shown(3);
        shown.press(Qt::Key_1);
        shown.press(Qt::Key_3);
        QTest::keySequence(&shown.view, QKeySequence(QKeySequence::Undo));
        QCOMPARE(shown.place(), std::size_t{1});
        QVERIFY(!shown.labelOf(1));
        QTest::keySequence(&shown.view, QKeySequence(QKeySequence::Undo));
        QVERIFY(!shown.labelOf(0));
        QTest::keySequence(&shown.view, QKeySequence(QKeySequence::Redo));
        QVERIFY(shown.labelOf(0) == PatternClass::Vertical);
        QCOMPARE(shown.place(), std::size_t{1});
        QVERIFY(shown.view.lastLabel()->text().isEmpty());
    }

    void buttons_do_what_keys_do() {
        Shown shown(3);
        QTest::mouseClick(shown.view.classButton(PatternClass::Block), Qt::LeftButton);
        QVERIFY(shown.labelOf(0) == PatternClass::Block);
        shown.press(Qt::Key_2);  // the keys are still the maps'
        QVERIFY(shown.labelOf(1) == PatternClass::Diagonal);
        shown.press(Qt::Key_Left);
        QVERIFY(shown.view.classButton(PatternClass::Diagonal)->isChecked());
        QVERIFY(!shown.view.classButton(PatternClass::Block)->isChecked());
        // A click on the map gives them back as well.
        shown.view.labellerEdit()->setFocus();
        QTest::mouseClick(shown.view.map(), Qt::LeftButton);
        shown.press(Qt::Key_5);
        QVERIFY(shown.labelOf(1) == PatternClass::Heterogeneous);
    }

    void digits_in_the_name_are_no_labels() {
        Shown shown(2);
        shown.view.labellerEdit()->setFocus();
        QTest::keyClicks(shown.view.labellerEdit(), "Ann 12");
        QCOMPARE(shown.view.session().labelled(), 0);
        QCOMPARE(shown.view.session().labeller(), std::string("Ann 12"));
        QCOMPARE(shown.view.unsavedText(), QString("Not saved"));
        shown.press(Qt::Key_Return);
        shown.press(Qt::Key_1);
        QCOMPARE(shown.view.session().labelled(), 1);
    }

    void a_map_is_blind_until_it_has_a_label() {
        Shown shown(2);
        const auto hidden = [&] {
            const QString all = test::texts_of(shown.view.map()->scene()).join(' ') + shown.view.originLabel()->text() +
                                shown.view.map()->toolTipAt({200, 200}) + shown.view.map()->accessibleName();
            return !all.contains("secret") && !all.contains("MRPC") && !all.contains("head");
        };
        QVERIFY(hidden());
        QVERIFY(test::texts_of(shown.view.map()->scene()).contains("[SEP]"));
        shown.press(Qt::Key_1);
        QVERIFY(hidden());
        shown.press(Qt::Key_Left);
        QVERIFY(!hidden());
        QVERIFY(test::texts_of(shown.view.map()->scene()).contains("secret"));
        QCOMPARE(shown.view.originLabel()->text(), QString("MRPC, layer 3, head 1"));
        QCOMPARE(shown.view.map()->toolTipAt({200, 200}), QString("MRPC, layer 3, head 1"));
        // Skipped is not labelled.
        shown.press(Qt::Key_Right);
        shown.press(Qt::Key_Right);
        shown.press(Qt::Key_Left);
        QVERIFY(hidden());
    }

    void unsaved_labels_are_said() {
        QTemporaryDir folder;
        Shown shown(3);
        QSignalSpy modified(&shown.view, &LabellingView::modifiedChanged),
            wanted(&shown.view, &LabellingView::saveRequested);
        QVERIFY(shown.view.unsavedText().isEmpty());
        shown.press(Qt::Key_1);
        QCOMPARE(shown.view.unsavedText(), QString("1 label is not saved"));
        QCOMPARE(shown.view.unsavedLabel()->text(), shown.view.unsavedText());
        shown.press(Qt::Key_1);
        QCOMPARE(shown.view.unsavedText(), QString("2 labels are not saved"));
        QCOMPARE(modified.count(), 1);
        QTest::keySequence(&shown.view, QKeySequence(QKeySequence::Save));
        QCOMPARE(wanted.count(), 1);
        QVERIFY(shown.view.folder().empty());
        QVERIFY(shown.view.saveTo(pathOf(folder)).has_value());
        QVERIFY(shown.view.unsavedText().isEmpty());
        QVERIFY(shown.view.unsavedLabel()->text().isEmpty());
        QCOMPARE(modified.count(), 2);
        QVERIFY(!modified.last().first().toBool());
        QCOMPARE(shown.view.folder(), pathOf(folder));
        // An exchanged label, and one taken back.
        shown.press(Qt::Key_Left);
        shown.press(Qt::Key_2);
        QCOMPARE(shown.view.unsavedText(), QString("1 label is not saved"));
        QTest::keySequence(&shown.view, QKeySequence(QKeySequence::Undo));
        QVERIFY(shown.view.unsavedText().isEmpty());
    }

    void a_failed_save_is_said_and_loses_nothing() {
        QTemporaryDir folder;
        QVERIFY(write_file_atomically(pathOf(folder, "file"), "x").has_value());
        Shown shown(1);
        shown.press(Qt::Key_1);
        QVERIFY(!shown.view.saveTo(pathOf(folder, "file")));
        QVERIFY(!shown.view.lastLabel()->text().isEmpty());
        QCOMPARE(shown.view.unsavedText(), QString("1 label is not saved"));
    }

    void goes_on_where_it_was_saved() {
        QTemporaryDir folder;
        {
            Shown first(4);
            QTest::keyClicks(first.view.labellerEdit(), "Ann");
            first.view.setFocus();
            first.press(Qt::Key_3);
            first.press(Qt::Key_Space);
            QVERIFY(first.view.saveTo(pathOf(folder)).has_value());
        }
        Shown again;
        QVERIFY(again.view.openFolder(pathOf(folder)).has_value());
        QCOMPARE(again.place(), std::size_t{2});
        QVERIFY(again.labelOf(0) == PatternClass::VerticalDiagonal);
        QCOMPARE(again.view.labellerEdit()->text(), QString("Ann"));
        QCOMPARE(again.view.progressLabel()->text(), QString("1 of 4 labelled, 1 skipped"));
        QVERIFY(again.view.unsavedText().isEmpty());

        // Somebody else gets the maps without the labels, and cannot write over them.
        Shown other;
        QTest::keyClicks(other.view.labellerEdit(), "Ben");
        QVERIFY(other.view.openFolder(pathOf(folder)).has_value());
        QCOMPARE(other.view.session().size(), std::size_t{4});
        QCOMPARE(other.view.session().labelled(), 0);
        QCOMPARE(other.view.labellerEdit()->text(), QString("Ben"));
        QVERIFY(other.view.lastLabel()->text().contains("Ann"));
        other.view.setFocus();
        other.press(Qt::Key_1);
        QVERIFY(!other.view.saveTo(pathOf(folder)));
        QVERIFY(other.view.saveTo(pathOf(folder, "ben")).has_value());
    }

    void a_bad_folder_keeps_what_is_there() {
        QTemporaryDir folder;
        Shown shown;
        QVERIFY(!shown.view.openFolder(pathOf(folder)));
        QVERIFY(shown.view.message()->text().contains("holds no map"));
        QVERIFY(shown.view.setMaps(mapsOf(2)).has_value());
        shown.press(Qt::Key_1);
        QVERIFY(!shown.view.openFolder(pathOf(folder, "absent")));
        QVERIFY(shown.view.lastLabel()->text().contains("absent"));
        auto twice = mapsOf(1);
        twice.push_back(twice[0]);
        QVERIFY(!shown.view.setMaps(twice));
        QCOMPARE(shown.view.session().labelled(), 1);
    }

    void agreement_follows_the_labels() {
        QTemporaryDir folder;
        QVERIFY(write_file_atomically(pathOf(folder, "ben.tsv"), "m0\tblock\nm1\tblock\nm2\tdiagonal\n").has_value());
        Shown shown(4);
        QVERIFY(!shown.view.agreement()->isVisible());
        QSignalSpy wanted(&shown.view, &LabellingView::comparisonWanted);
        for (auto* button : shown.view.findChildren<QPushButton*>())
            if (button->text().startsWith("Compare")) button->click();
        QCOMPARE(wanted.count(), 1);
        shown.press(Qt::Key_4);
        shown.press(Qt::Key_2);
        QVERIFY(shown.view.compareWith(pathOf(folder, "ben.tsv")).has_value());
        QVERIFY(shown.view.agreement()->isVisible());
        const auto cell = [&](int row, int column) {
            return shown.view.agreement()->table()->item(row, column)->text();
        };
        QCOMPARE(cell(3, 3), QString("1"));
        QCOMPARE(cell(1, 3), QString("1"));  // diagonal here, block there
        QCOMPARE(cell(3, 1), QString("0"));
        QVERIFY2(shown.view.agreement()->text()->text().contains("2 maps have both labels, 1 of them the same"),
                 qPrintable(shown.view.agreement()->text()->text()));
        shown.press(Qt::Key_2);
        QCOMPARE(cell(1, 1), QString("1"));
        QVERIFY(shown.view.agreement()->text()->text().contains(QString::fromUtf8("\u03ba 0.")));
        // A file that is none leaves the comparison as it is.
        QVERIFY(!shown.view.compareWith(pathOf(folder, "none.tsv")));
        QVERIFY(shown.view.agreement()->isVisible());
        QVERIFY(shown.view.lastLabel()->text().contains("none.tsv"));
        QVERIFY(shown.view.setMaps(mapsOf(2)).has_value());
        QVERIFY(!shown.view.agreement()->isVisible());
    }
};

QTEST_MAIN(TestLabellingView)
#include "tst_labelling_view.moc"
