// SPDX-License-Identifier: GPL-3.0-or-later
//
// The page Attention in the window, on a real search of a tiny model: from an example of its task to differences, to a
// head that is selected everywhere, and to maps on disk.
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTableWidget>
#include <QTest>
#include <QTimer>
#include <QToolButton>
#include <cmath>

#include "app/gui/attention_desk.h"
#include "app/gui/run_parts.h"
#include "app/gui/run_tabs.h"
#include "core/base/npy.h"
#include "tests/gui/window_fixture.h"
#include "widgets/attention/attention_arc_view.h"
#include "widgets/attention/attention_controls.h"
#include "widgets/attention/attention_detail.h"
#include "widgets/attention/attention_grid_view.h"
#include "widgets/attention/attention_map_view.h"
#include "widgets/attention/attention_search_view.h"
#include "widgets/attention/attention_view.h"
#include "widgets/masks/mask_heatmap_view.h"
#include "widgets/masks/mask_search_view.h"
#include "widgets/runs/component_inspector.h"

using namespace lottery;
using namespace lottery::gui;
using namespace lottery::gui::test;

namespace {

struct Opened {
    Fixture fixture;
    MainWindow window{fixture.settings()};
    Opened() {
        if (!fixture.ready) qFatal("the tiny task cannot be written");
        show(window);
    }
    AttentionView* searched(const char* out) {
        const JobId id = window.startRun(fixture.draft(RunKind::MaskSearch, out));
        if (!QTest::qWaitFor([&] { return isEnd(state(window, id)); }, kPatience)) return nullptr;
        RunView* view = window.tabs()->view(id);
        if (!QTest::qWaitFor([&] { return view->parts()->attentionView() != nullptr; })) return nullptr;
        return view->parts()->attentionView();
    }
    RunParts* parts() { return window.tabs()->current()->parts(); }
};

// Everything that was wished is shown.
bool settles(Opened& opened) {
    return QTest::qWaitFor([&] { return opened.window.attention()->isIdle(); }, kPatience);
}

void type(QLineEdit* edit, const QString& text) {
    edit->setFocus();
    edit->setText(text);  // also what no key types
    QTest::keyClick(edit, Qt::Key_Return);
}

}  // namespace

class TestAttentionPages : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QCoreApplication::setAttribute(Qt::AA_DontUseNativeDialogs); }

    void an_example_is_the_first_thing_to_be_seen() {
        Opened opened;
        AttentionView* page = opened.searched("masks");
        QVERIFY(page);
        QVERIFY(!page->picture().maps);  // nothing is computed before one looks
        opened.parts()->setCurrentWidget(page);
        QTRY_VERIFY_WITH_TIMEOUT(page->picture().maps != nullptr, kPatience);
        QVERIFY(settles(opened));
        const auto& maps = *page->picture().maps;
        QVERIFY(!page->controls()->textEdit()->text().isEmpty());
        QCOMPARE(page->controls()->exampleBox()->maximum(), 16);
        // The model without what its mask leaves out comes first, then the whole one.
        QCOMPARE(page->controls()->modelBox()->itemText(0), QStringLiteral("pruned"));
        QCOMPARE(page->controls()->modelBox()->itemText(1), QStringLiteral("not pruned"));
        QCOMPARE(page->detail()->mapView()->content()->rows.size(), maps.size());
        QVERIFY2(page->status()->text().contains(QStringLiteral("pruned, raw")), qPrintable(page->status()->text()));

        const QString first = page->controls()->textEdit()->text();
        page->controls()->exampleBox()->setValue(2);
        QTRY_VERIFY_WITH_TIMEOUT(page->controls()->textEdit()->text() != first, kPatience);
    }

    void a_head_that_is_chosen_is_chosen_everywhere() {
        Opened opened;
        AttentionView* page = opened.searched("masks");
        QVERIFY(page);
        RunParts* parts = opened.parts();
        parts->setCurrentWidget(page);
        QTRY_VERIFY_WITH_TIMEOUT(page->picture().maps != nullptr, kPatience);
        const Component head{1, 0};
        QTest::mouseClick(page->grid()->viewport(), Qt::LeftButton, {},
                          page->grid()->cellRect(head).center().toPoint());
        QCOMPARE(page->grid()->selected(), std::optional(head));
        auto* heatmap = parts->maskView()->findChild<MaskHeatmapView*>();
        QCOMPARE(heatmap->selected(), std::optional(head));
        QVERIFY(opened.window.findChild<ComponentInspector*>()->headline().contains(QStringLiteral("Layer 2, head 1")));

        parts->setCurrentWidget(parts->maskView());
        QTest::mouseClick(heatmap, Qt::LeftButton, {}, heatmap->cellRect({0, 1}).center().toPoint());
        QCOMPARE(page->shownHead(), (std::optional(Component{0, 1})));
        QCOMPARE(page->detail()->numbersView()->selected(), (std::optional(Component{0, 1})));
    }

    void typed_texts_and_what_is_wrong_with_them() {
        Opened opened;
        AttentionView* page = opened.searched("masks");
        QVERIFY(page);
        opened.parts()->setCurrentWidget(page);
        QTRY_VERIFY_WITH_TIMEOUT(page->picture().maps != nullptr, kPatience);
        const QString words = page->controls()->textEdit()->text().section(' ', 0, 1);
        type(page->controls()->textEdit(), words);
        type(page->controls()->pairEdit(), words);
        QTRY_VERIFY_WITH_TIMEOUT(page->picture().text.text_pair == words.toStdString(), kPatience);
        QCOMPARE(page->picture().text.text, words.toStdString());
        const auto shown = page->picture().maps;

        type(page->controls()->textEdit(), QStringLiteral(" "));
        QTRY_VERIFY_WITH_TIMEOUT(page->status()->text().contains(QStringLiteral("no token")), kPatience);
        QCOMPARE(page->picture().maps, shown);  // what was shown stays
        type(page->controls()->textEdit(), words + QString(QStringLiteral(" x")).repeated(600));
        QTRY_VERIFY_WITH_TIMEOUT(page->status()->text().contains(QStringLiteral("positions")), kPatience);
        type(page->controls()->textEdit(), QStringLiteral("☃"));
        QTRY_VERIFY_WITH_TIMEOUT(page->status()->text().contains(QStringLiteral("[UNK]")), kPatience);
    }

    void differences_means_and_kinds() {
        Opened opened;
        AttentionView* page = opened.searched("masks");
        QVERIFY(page);
        opened.parts()->setCurrentWidget(page);
        QTRY_VERIFY_WITH_TIMEOUT(page->picture().maps != nullptr, kPatience);
        page->controls()->modelBox()->setCurrentIndex(1);
        page->controls()->kindBox()->setCurrentIndex(1);
        page->controls()->minusBox()->setCurrentIndex(1);
        page->controls()->minusKindBox()->setCurrentIndex(2);
        // Several wishes, one after another: the last one is what is shown.
        QVERIFY(settles(opened));
        QVERIFY(page->picture().maps->difference);
        QCOMPARE(page->picture().maps->kind, AttentionKind::Norm);
        QVERIFY2(page->status()->text().contains(QStringLiteral("not pruned, norm minus pruned, norm as published")),
                 qPrintable(page->status()->text()));
        QVERIFY(page->detail()->numbersView()->content().values.heads.values.empty());

        page->controls()->minusBox()->setCurrentIndex(0);
        page->controls()->meanCountBox()->setValue(5);
        page->controls()->meanBox()->click();
        QVERIFY(settles(opened));
        QVERIFY(!page->picture().maps->difference);
        QCOMPARE(page->picture().maps->tokens.texts.front(), std::string("1"));
        page->detail()->whichBox()->setCurrentIndex(3);
        QCOMPARE(page->detail()->mapView()->content()->values, mean_over_all(*page->picture().maps));
    }

    void one_token_through_the_layers() {
        Opened opened;
        AttentionView* page = opened.searched("masks");
        QVERIFY(page);
        opened.parts()->setCurrentWidget(page);
        QTRY_VERIFY_WITH_TIMEOUT(page->picture().maps != nullptr, kPatience);
        QVERIFY(!page->detail()->layersView()->content());
        Q_EMIT page->detail()->mapView()->tokenSelected(1, false);
        const auto& maps = *page->picture().maps;
        const auto content = page->detail()->layersView()->content();
        QVERIFY(content);
        QCOMPARE(content->rows.size(), maps.layers);
        const auto expected = through_layers(maps, 1, TokenSide::Gets, -1);
        QCOMPARE(content->values.size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i)
            QVERIFY(content->values[i] == expected[i] || (std::isnan(content->values[i]) && std::isnan(expected[i])));
        QVERIFY(page->detail()->arcView()->selectedToken().has_value());
    }

    void examples_are_found_and_opened() {
        Opened opened;
        AttentionView* page = opened.searched("masks");
        QVERIFY(page);
        opened.parts()->setCurrentWidget(page);
        QTRY_VERIFY_WITH_TIMEOUT(page->picture().maps != nullptr, kPatience);
        page->detail()->setCurrentWidget(page->search());
        QTRY_VERIFY(page->search()->findButton()->isEnabled());
        QTest::mouseClick(page->search()->findButton(), Qt::LeftButton);
        QTableWidget* table = page->search()->table();
        QTRY_COMPARE_WITH_TIMEOUT(table->rowCount(), 16, kPatience);
        QVERIFY(table->item(0, 0)->text().toDouble() >= table->item(15, 0)->text().toDouble());
        const int example = table->item(15, 1)->text().toInt();
        Q_EMIT table->activated(table->model()->index(15, 0));
        QTRY_COMPARE_WITH_TIMEOUT(page->controls()->exampleBox()->value(), example, kPatience);
        QVERIFY(settles(opened));
        QCOMPARE(page->detail()->currentIndex(), 0);
    }

    void maps_are_kept_and_a_checkpoint_is_looked_at() {
        Opened opened;
        AttentionView* page = opened.searched("masks");
        QVERIFY(page);
        opened.parts()->setCurrentWidget(page);
        QTRY_VERIFY_WITH_TIMEOUT(page->picture().maps != nullptr, kPatience);
        const QString out = opened.fixture.path("maps");
        QTimer::singleShot(0, [&out] {
            QFileDialog* dialog = nullptr;
            QVERIFY(QTest::qWaitFor(
                [&] { return (dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget())) != nullptr; }));
            dialog->selectFile(out);
            static_cast<QDialog*>(dialog)->accept();  // public there
        });
        QTest::mouseClick(page->saveButton(), Qt::LeftButton);
        QVERIFY(settles(opened));
        const auto array = read_npy(pathFromText(out) / "attention.npy");
        QVERIFY(array.has_value());
        QCOMPARE(array->shape.size(), std::size_t{4});

        // A checkpoint without a record: its own tab, and no task is known but that of the last run.
        const RunDraft draft = opened.fixture.draft(RunKind::MaskSearch, "unused");
        opened.window.lookAtAttention(textFromPath(draft.checkpoint));
        QTRY_VERIFY_WITH_TIMEOUT(opened.window.tabs()->current()->folder() == textFromPath(draft.checkpoint),
                                 kPatience);
        AttentionView* other = opened.parts()->attentionView();
        QVERIFY(other);
        QCOMPARE(opened.parts()->currentWidget(), other);
        QTRY_VERIFY_WITH_TIMEOUT(other->picture().maps != nullptr, kPatience);
        QCOMPARE(other->controls()->modelBox()->itemText(0), QStringLiteral("this checkpoint"));
        // Another one to compare with.
        opened.window.attention()->addModel(other, textFromPath(draft.checkpoint));
        QVERIFY(settles(opened));
        QCOMPARE(other->controls()->modelBox()->currentIndex(), 1);
    }

    void a_tab_that_is_closed_wants_no_answer() {
        Opened opened;
        AttentionView* page = opened.searched("masks");
        QVERIFY(page);
        opened.parts()->setCurrentWidget(page);
        opened.window.tabs()->closeCurrent();
        QVERIFY(settles(opened));
    }
};

QTEST_MAIN(TestAttentionPages)
#include "tst_attention_pages.moc"
