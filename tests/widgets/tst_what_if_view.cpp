// SPDX-License-Identifier: GPL-3.0-or-later
//
// The what-if editor by mouse and keyboard, and what it says.
#include <QComboBox>
#include <QLabel>
#include <QMenu>
#include <QProgressBar>
#include <QSignalSpy>
#include <QTest>

#include "widgets/masks/mask_heatmap_view.h"
#include "widgets/masks/what_if_text.h"
#include "widgets/masks/what_if_view.h"

using namespace lottery;
using namespace lottery::gui;

namespace {

// Every component counts 1 million.
std::int64_t count(const ComponentMasks& masks) { return 1'000'000 * (masks.kept_heads() + masks.kept_mlps()); }

struct Shown {
    WhatIfView view;
    std::vector<ComponentMasks> wanted;

    Shown() {
        QObject::connect(&view, &WhatIfView::masksChanged, &view,
                         [this](const ComponentMasks& masks) { wanted.push_back(masks); });
        view.resize(900, 600);
        view.show();
        view.activateWindow();
        // Shortcuts are the active window's.
        if (!QTest::qWaitForWindowActive(&view)) qFatal("the window does not become active");
    }
    void load(int missingHead = -1) {
        auto components = ComponentMasks::all_kept(3, 4);
        if (missingHead >= 0) components.heads.at(0, missingHead) = 0.0F;
        auto good = components;
        good.heads.at(2, 3) = 0.0F;
        WhatIfStarts starts;
        starts.starts = {{"Everything", components}, {"Masks found", good}};
        starts.good = 1;
        view.setModel(components, count, 15'000'000, starts);
    }
    [[nodiscard]] QPoint at(int layer, int head) const {
        return view.heatmap()->cellRect({layer, head}).center().toPoint();
    }
    [[nodiscard]] float head(int layer, int head) const { return view.masks().heads.at(layer, head); }
};

WhatIfEstimate someEstimate() {
    WhatIfEstimate estimate;
    estimate.examples = 32;
    estimate.of = 512;
    estimate.metric = "acc";
    estimate.score = {0.75, Interval{0.579, 0.867}};
    estimate.full = {0.8125, Interval{0.647, 0.911}};
    estimate.difference = {-0.0625, Interval{-0.125, 0.0}};
    estimate.milliseconds_per_example = 1.284;
    estimate.reused = 2.0 / 3.0;
    return estimate;
}

}  // namespace

class TestWhatIfView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void begins_with_the_masks_found() {
        Shown shown;
        QVERIFY(!shown.view.isEditing());
        shown.view.setMessage(QStringLiteral("Loading…"));
        QCOMPARE(shown.view.message()->text(), QStringLiteral("Loading…"));
        shown.load();
        QVERIFY(shown.view.isEditing());
        QCOMPARE(shown.view.startBox()->currentText(), QStringLiteral("Masks found"));
        QCOMPARE(shown.head(2, 3), 0.0F);
        QCOMPARE(shown.wanted.size(), std::size_t{1});
        QVERIFY(!shown.view.undoStack()->canUndo());
    }

    void a_click_turns_a_head_over() {
        Shown shown;
        shown.load();
        QSignalSpy selected(&shown.view, &WhatIfView::componentSelected);
        QTest::mouseClick(shown.view.heatmap(), Qt::LeftButton, {}, shown.at(1, 2));
        QCOMPARE(shown.head(1, 2), 0.0F);
        QCOMPARE(selected.count(), 1);
        QCOMPARE(shown.wanted.size(), std::size_t{2});
        QTest::mouseClick(shown.view.heatmap(), Qt::LeftButton, {}, shown.at(1, 2));
        QCOMPARE(shown.head(1, 2), 1.0F);
        QTest::mouseClick(shown.view.heatmap(), Qt::LeftButton, {}, shown.at(0, -1));
        QCOMPARE(shown.view.masks().mlps[0], 0.0F);
        shown.view.undoStack()->undo();
        QCOMPARE(shown.view.masks().mlps[0], 1.0F);
        shown.view.undoStack()->undo();
        QCOMPARE(shown.head(1, 2), 0.0F);
        shown.view.undoStack()->redo();
        QCOMPARE(shown.head(1, 2), 1.0F);
    }

    // A double click is two clicks.
    void a_double_click_leaves_it_as_it_was() {
        Shown shown;
        shown.load();
        QTest::mouseClick(shown.view.heatmap(), Qt::LeftButton, {}, shown.at(1, 2));
        QCOMPARE(shown.head(1, 2), 0.0F);
        // The second press and release.
        QTest::mouseDClick(shown.view.heatmap(), Qt::LeftButton, {}, shown.at(1, 2));
        QTest::mouseRelease(shown.view.heatmap(), Qt::LeftButton, {}, shown.at(1, 2));
        QCOMPARE(shown.head(1, 2), 1.0F);
        QCOMPARE(shown.view.undoStack()->count(), 2);
    }

    void a_stroke_is_one_step() {
        Shown shown;
        shown.load();
        auto* heatmap = shown.view.heatmap();
        QTest::mousePress(heatmap, Qt::LeftButton, {}, shown.at(0, 0));
        QTest::mouseMove(heatmap, shown.at(0, 1));
        QTest::mouseMove(heatmap, shown.at(0, 2));
        // Back over the first one: a stroke does one thing.
        QTest::mouseMove(heatmap, shown.at(0, 1));
        QTest::mouseMove(heatmap, shown.at(2, 3));
        QTest::mouseRelease(heatmap, Qt::LeftButton, {}, shown.at(2, 3));
        QCOMPARE(shown.head(0, 0), 0.0F);
        QCOMPARE(shown.head(0, 1), 0.0F);
        QCOMPARE(shown.head(0, 2), 0.0F);
        QCOMPARE(shown.head(2, 3), 0.0F);
        QCOMPARE(shown.view.undoStack()->count(), 1);
        shown.view.undoStack()->undo();
        QCOMPARE(shown.head(0, 0), 1.0F);
        QCOMPARE(shown.head(0, 2), 1.0F);
        QCOMPARE(shown.head(2, 3), 0.0F);
        shown.view.undoStack()->redo();
        QCOMPARE(shown.head(0, 1), 0.0F);
        // Moving without the button does nothing.
        QTest::mouseMove(heatmap, shown.at(1, 1));
        QCOMPARE(shown.head(1, 1), 1.0F);
    }

    void keys_turn_the_selected_one_over() {
        Shown shown;
        shown.load();
        auto* heatmap = shown.view.heatmap();
        heatmap->setFocus();
        QTest::keyClick(heatmap, Qt::Key_Right);
        QTest::keyClick(heatmap, Qt::Key_Down);
        QTest::keyClick(heatmap, Qt::Key_Space);
        QCOMPARE(shown.head(1, 0), 0.0F);
        QTest::keyClick(heatmap, Qt::Key_End);
        QTest::keyClick(heatmap, Qt::Key_Return);
        QCOMPARE(shown.view.masks().mlps[1], 0.0F);
        QTest::keyClick(heatmap, Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(shown.view.masks().mlps[1], 1.0F);
        QTest::keyClick(heatmap, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(shown.view.masks().mlps[1], 0.0F);
    }

    void what_the_model_lost_stays_lost() {
        Shown shown;
        shown.load(1);
        QTest::mouseClick(shown.view.heatmap(), Qt::LeftButton, {}, shown.at(0, 1));
        QCOMPARE(shown.head(0, 1), 0.0F);
        QVERIFY(!shown.view.undoStack()->canUndo());
        shown.view.toggle({7, 0});
        shown.view.toggle({0, 9});
        QVERIFY(!shown.view.undoStack()->canUndo());
    }

    void starts_are_taken_and_undone() {
        Shown shown;
        shown.load();
        auto* box = shown.view.startBox();
        QSignalSpy folder(&shown.view, &WhatIfView::folderWanted);
        box->setCurrentIndex(0);
        Q_EMIT box->activated(0);
        QCOMPARE(shown.head(2, 3), 1.0F);
        shown.view.undoStack()->undo();
        QCOMPARE(shown.head(2, 3), 0.0F);
        Q_EMIT box->activated(box->count() - 1);
        QCOMPARE(folder.count(), 1);
    }

    void a_layer_is_masked_by_its_menu() {
        Shown shown;
        shown.load();
        Q_EMIT shown.view.heatmap()->customContextMenuRequested(shown.at(1, 0));
        auto* menu = shown.view.findChild<QMenu*>(QStringLiteral("layerMenu"));
        QVERIFY(menu);
        QCOMPARE(menu->actions().first()->text(), QStringLiteral("Mask the heads of layer 2"));
        menu->actions().first()->trigger();
        QCOMPARE(shown.view.masks().kept_heads_in(1), 0);
        QCOMPARE(shown.view.masks().kept_heads_in(0), 4);
        QVERIFY(shown.view.masks().keeps_mlp(1));
    }

    // From a search's heatmap, before the model is there.
    void what_is_turned_over_early_is_not_lost() {
        Shown shown;
        shown.view.toggle({1, 1});
        shown.load();
        QCOMPARE(shown.head(1, 1), 0.0F);
        QVERIFY(shown.view.undoStack()->canUndo());
        QCOMPARE(shown.view.heatmap()->selected(), std::optional(Component{1, 1}));
    }

    void masks_stay_when_the_model_comes_again() {
        Shown shown;
        shown.load();
        shown.view.toggle({1, 1});
        shown.load();
        QCOMPARE(shown.head(1, 1), 0.0F);
        QVERIFY(shown.view.undoStack()->canUndo());
        // Another model's are another matter.
        shown.load(0);
        QCOMPARE(shown.head(1, 1), 1.0F);
        QVERIFY(!shown.view.undoStack()->canUndo());
    }

    void estimates_are_said() {
        Shown shown;
        shown.load();
        shown.view.setEstimate(someEstimate());
        QCOMPARE(shown.view.scoreLabel()->text(), QStringLiteral("0.7500"));
        QVERIFY(shown.view.scoreLabel()->isEnabled());
        QCOMPARE(shown.view.progress()->text(), QStringLiteral("32 of 512 examples"));
        QCOMPARE(shown.view.sizeLabel()->text(),
                 QStringLiteral("11 of 12 heads and 3 of 3 MLPs kept: 93.3% of the parameters outside the embeddings, "
                                "14.00 of 15.00 million"));
        QCOMPARE(shown.view.costLabel()->text(),
                 QStringLiteral("1.28 ms per example; 67% of the layers were known already"));
        // The next masks have no score yet.
        shown.view.toggle({0, 0});
        QVERIFY(!shown.view.scoreLabel()->isEnabled());
        QVERIFY(!shown.view.estimate());
        shown.view.setFailed(QStringLiteral("out of memory"));
        QCOMPARE(shown.view.scoreLabel()->text(), QStringLiteral("–"));
    }

    void texts_of_estimates() {
        auto estimate = someEstimate();
        QCOMPARE(whatIfIntervalText(estimate.score), QStringLiteral("95%: 0.579 to 0.867"));
        QCOMPARE(whatIfDifferenceText(estimate),
                 QStringLiteral("−0.0625 against everything kept, which has 0.8125\n95% of the difference: −0.125 to "
                                "0.000"));
        estimate.difference = {0.0, {}};
        QCOMPARE(whatIfDifferenceText(estimate),
                 QStringLiteral("As with everything kept on each of these examples: 0.8125"));
        QCOMPARE(whatIfScoreText({}), QStringLiteral("undefined"));
        QCOMPARE(whatIfIntervalText({0.5, {}}),
                 QStringLiteral("No interval: all resamples give one score; more examples may tell them apart."));
    }

    void other_examples_are_asked_for() {
        Shown shown;
        shown.load();
        QCOMPARE(shown.view.examples(), std::int64_t{512});
        QSignalSpy chosen(&shown.view, &WhatIfView::examplesChosen);
        auto* box = shown.view.examplesBox();
        box->setCurrentIndex(box->count() - 1);
        Q_EMIT box->activated(box->count() - 1);
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(chosen.first().first().toLongLong(), 0LL);
    }
};

QTEST_MAIN(TestWhatIfView)
#include "tst_what_if_view.moc"
