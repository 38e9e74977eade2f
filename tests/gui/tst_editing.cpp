// SPDX-License-Identifier: GPL-3.0-or-later
//
// The what-if editor in the window, on a real search of a tiny model: from a double click in the search's heatmap to
// the score and to masks on disk; and one head that is selected in all tabs.
#include <QApplication>
#include <QFile>
#include <QFileDialog>
#include <QLabel>
#include <QTest>
#include <QTimer>

#include "app/gui/run_parts.h"
#include "app/gui/run_tabs.h"
#include "app/gui/what_if_desk.h"
#include "core/study/what_if_starts.h"
#include "tests/gui/window_fixture.h"
#include "widgets/jobs/issues_model.h"
#include "widgets/masks/mask_heatmap_view.h"
#include "widgets/masks/mask_search_view.h"
#include "widgets/masks/what_if_view.h"
#include "widgets/runs/component_inspector.h"

using namespace lottery;
using namespace lottery::gui;
using namespace lottery::gui::test;

namespace {

RunView* searched(MainWindow& window, Fixture& fixture, const char* out) {
    const JobId id = window.startRun(fixture.draft(RunKind::MaskSearch, out));
    if (!QTest::qWaitFor([&] { return isEnd(state(window, id)); }, kPatience)) return nullptr;
    RunView* view = window.tabs()->view(id);
    return QTest::qWaitFor([&] { return view->parts()->whatIfView() != nullptr; }) ? view : nullptr;
}

struct Opened {
    Fixture fixture;
    MainWindow window{fixture.settings()};
    Opened() {
        if (!fixture.ready) qFatal("the tiny task cannot be written");
        show(window);
    }
};

MaskHeatmapView* heatmapOf(QWidget* part) { return part->findChild<MaskHeatmapView*>(); }

void clickOn(MaskHeatmapView* heatmap, const Component& component, bool twice = false) {
    const QPoint at = heatmap->cellRect(component).center().toPoint();
    QTest::mouseClick(heatmap, Qt::LeftButton, {}, at);
    if (!twice) return;
    QTest::mouseDClick(heatmap, Qt::LeftButton, {}, at);
    QTest::mouseRelease(heatmap, Qt::LeftButton, {}, at);
}

bool isFinished(const WhatIfView* page) {
    return page->estimate() && page->estimate()->examples == page->estimate()->of;
}

// Answers the file dialog that comes next.
void chooseNext(const QString& path) {
    QTimer::singleShot(0, [path] {
        QFileDialog* dialog = nullptr;
        QVERIFY(QTest::qWaitFor(
            [&] { return (dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget())) != nullptr; }));
        dialog->selectFile(path);
        static_cast<QDialog*>(dialog)->accept();  // public there
    });
}

}  // namespace

class TestWhatIfInTheWindow : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QCoreApplication::setAttribute(Qt::AA_DontUseNativeDialogs); }

    void a_mask_is_edited_scored_and_kept() {
        Opened opened;
        auto& [fixture, window] = opened;
        RunView* view = searched(window, fixture, "masks");
        QVERIFY(view);
        WhatIfView* page = view->parts()->whatIfView();
        QVERIFY(!page->isEditing());
        // The masks that were kept, not those of the last step, which may have been rejected.
        const ComponentMasks shape = heatmapOf(view->parts()->maskView())->content().masks.value();
        const ComponentMasks found = *read_masks_for(pathFromText(fixture.path("masks")),
                                                     ComponentMasks::all_kept(shape.layers(), shape.heads.heads));

        // A double click goes on in the editor, with the masks that the search found.
        clickOn(heatmapOf(view->parts()->maskView()), {1, 1}, true);
        QCOMPARE(view->parts()->currentWidget(), page);
        QTRY_VERIFY_WITH_TIMEOUT(page->isEditing(), kPatience);
        // The tiny checkpoint's classifier is of other classes: its masks say nothing of the task, which is told.
        QTRY_VERIFY(window.jobs()->issues()->toPlainText().contains(QStringLiteral("What if")));
        QVERIFY(page->masks().heads.at(1, 1) != found.heads.at(1, 1));
        QTRY_VERIFY_WITH_TIMEOUT(isFinished(page), kPatience);
        QCOMPARE(page->estimate()->of, std::int64_t{16});
        QVERIFY(page->scoreLabel()->text() != QStringLiteral("undefined"));
        QVERIFY(window.findChild<ComponentInspector*>()->headline().contains(QStringLiteral("Layer 2, head 2")));

        page->undoStack()->undo();
        QVERIFY(page->masks() == found);
        QTRY_VERIFY_WITH_TIMEOUT(isFinished(page), kPatience);
        page->toggle({0, -1});
        QTRY_VERIFY_WITH_TIMEOUT(isFinished(page), kPatience);

        // More examples than there are: all of them. The masks stay.
        const ComponentMasks edited = page->masks();
        Q_EMIT page->examplesChosen(page->examples());
        QTRY_VERIFY_WITH_TIMEOUT(isFinished(page), kPatience);
        QVERIFY(page->masks() == edited);

        const QString out = fixture.path("kept");
        chooseNext(out);
        Q_EMIT page->saveRequested();
        QTRY_VERIFY_WITH_TIMEOUT(window.tabs()->current() && window.tabs()->current()->folder() == out, kPatience);
        const auto kept = read_masks_for(pathFromText(out), found);
        QVERIFY(kept && *kept == edited);
        // What was made by hand can be gone on from, too.
        QVERIFY(window.tabs()->current()->parts()->whatIfView());
        QTRY_VERIFY_WITH_TIMEOUT(window.whatIf()->isIdle(), kPatience);
    }

    void what_cannot_be_loaded_is_said() {
        Opened opened;
        auto& [fixture, window] = opened;
        RunView* view = searched(window, fixture, "masks");
        QVERIFY(view);
        WhatIfView* page = view->parts()->whatIfView();
        QVERIFY(QFile::remove(fixture.glue() + QStringLiteral("/RTE/dev.tsv")));
        view->parts()->setCurrentWidget(page);
        QTRY_VERIFY_WITH_TIMEOUT(page->message()->text().contains(QStringLiteral("dev.tsv")), kPatience);
        QVERIFY(!page->isEditing());
        // Put back, it is found when one looks again.
        QVERIFY(writeTinyGlue(fixture.glue()));
        const auto lookAgain = [&] {
            view->parts()->setCurrentWidget(view->parts()->maskView());
            view->parts()->setCurrentWidget(page);
        };
        lookAgain();
        QTRY_VERIFY_WITH_TIMEOUT(isFinished(page), kPatience);

        // Gone when more examples are wanted: what was edited is kept.
        page->toggle({0, 1});
        const ComponentMasks edited = page->masks();
        QVERIFY(QFile::remove(fixture.glue() + QStringLiteral("/RTE/dev.tsv")));
        Q_EMIT page->examplesChosen(page->examples());
        QTRY_VERIFY_WITH_TIMEOUT(!page->isEditing() && page->message()->text().contains(QStringLiteral("dev.tsv")),
                                 kPatience);
        QVERIFY(writeTinyGlue(fixture.glue()));
        lookAgain();
        QTRY_VERIFY_WITH_TIMEOUT(page->isEditing() && isFinished(page), kPatience);
        QVERIFY(page->masks() == edited);
        QVERIFY(page->undoStack()->canUndo());
    }

    void one_head_is_selected_everywhere() {
        Opened opened;
        auto& [fixture, window] = opened;
        RunView* first = searched(window, fixture, "first");
        RunView* second = searched(window, fixture, "second");
        QVERIFY(first && second);
        second->parts()->setCurrentWidget(second->parts()->whatIfView());
        QTRY_VERIFY_WITH_TIMEOUT(second->parts()->whatIfView()->isEditing(), kPatience);

        window.tabs()->setCurrentWidget(first);
        clickOn(heatmapOf(first->parts()->maskView()), {2, 0});
        const std::optional<Component> chosen = Component{2, 0};
        QCOMPARE(heatmapOf(second->parts()->maskView())->selected(), chosen);
        QCOMPARE(second->parts()->whatIfView()->heatmap()->selected(), chosen);
        // Looking at the other tab, the inspector tells of it there.
        window.tabs()->setCurrentWidget(second);
        QVERIFY(window.findChild<ComponentInspector*>()->headline().contains(QStringLiteral("Layer 3, head 1")));

        window.tabs()->setCurrentWidget(second);
        clickOn(second->parts()->whatIfView()->heatmap(), {0, -1});
        QCOMPARE(heatmapOf(first->parts()->maskView())->selected(), std::optional(Component{0, -1}));
        QTRY_VERIFY_WITH_TIMEOUT(window.whatIf()->isIdle(), kPatience);

        // Also in a tab that is opened later.
        RunView* third = searched(window, fixture, "third");
        QVERIFY(third);
        window.tabs()->closeCurrent();
        window.openFolder(fixture.path("third"));
        QTRY_VERIFY_WITH_TIMEOUT(
            window.tabs()->current() && window.tabs()->current()->folder() == fixture.path("third"), kPatience);
        RunView* again = window.tabs()->current();
        QCOMPARE(heatmapOf(again->parts()->maskView())->selected(), std::optional(Component{0, -1}));
        QVERIFY(window.findChild<ComponentInspector*>()->headline().contains(QStringLiteral("Layer 1, MLP")));
        again->parts()->setCurrentWidget(again->parts()->whatIfView());
        QTRY_COMPARE_WITH_TIMEOUT(again->parts()->whatIfView()->heatmap()->selected(), std::optional(Component{0, -1}),
                                  kPatience);
    }

    // A tab that is closed while its model works.
    void a_closed_tab_stops_its_work() {
        Opened opened;
        auto& [fixture, window] = opened;
        RunView* view = searched(window, fixture, "masks");
        QVERIFY(view);
        view->parts()->setCurrentWidget(view->parts()->whatIfView());
        window.tabs()->closeCurrent();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        QTRY_VERIFY_WITH_TIMEOUT(window.whatIf()->isIdle(), kPatience);
        QCOMPARE(window.jobs()->issues()->counts().errors, 0);
    }
};

QTEST_MAIN(TestWhatIfInTheWindow)
#include "tst_editing.moc"
