// SPDX-License-Identifier: GPL-3.0-or-later
//
// The window as a person uses it, on real runs of a tiny model.
#include <QAction>
#include <QDialogButtonBox>
#include <QDir>
#include <QDockWidget>
#include <QFile>
#include <QLabel>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QPushButton>
#include <QStatusBar>
#include <QTest>
#include <QTreeWidget>
#include <set>

#include "app/gui/main_window.h"
#include "app/gui/run_header.h"
#include "app/gui/run_parts.h"
#include "app/gui/run_tabs.h"
#include "app/gui/run_view.h"
#include "tests/gui/window_fixture.h"
#include "widgets/jobs/jobs_panel.h"
#include "widgets/masks/mask_search_view.h"
#include "widgets/runs/component_inspector.h"
#include "widgets/runs/evaluation_view.h"
#include "widgets/runs/new_run_dialog.h"
#include "widgets/start/start_page.h"

using namespace lottery;
using namespace lottery::gui;
using namespace lottery::gui::test;

namespace {

void collect(const QMenu* menu, QList<QAction*>& actions) {
    for (QAction* action : menu->actions()) {
        if (action->menu())
            collect(action->menu(), actions);
        else if (!action->isSeparator())
            actions << action;
    }
}

QList<QAction*> menuActions(const MainWindow& window) {
    QList<QAction*> actions;
    for (const QAction* top : window.menuBar()->actions()) collect(top->menu(), actions);
    return actions;
}

QAction* menuAction(const MainWindow& window, const QString& text) {
    for (QAction* action : menuActions(window)) {
        if (action->text().remove(QLatin1Char('&')).startsWith(text)) return action;
    }
    return nullptr;
}

}  // namespace

class TestMainWindow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void opensOnTheStartPage() {
        Fixture f;
        MainWindow window(f.settings());
        show(window);
        QVERIFY(!window.tabs()->current());
        QVERIFY(window.findChild<StartPage*>()->isVisible());
        // The start page has no close button and cannot be closed.
        menuAction(window, "Close tab")->trigger();
        QCOMPARE(window.tabs()->count(), 1);
        QVERIFY(window.findChild<QDockWidget*>("jobsDock")->isVisible());
        QCOMPARE(window.windowTitle(), QStringLiteral("Lottery Workbench"));
    }

    void givesEveryActionAShortcutOfItsOwn() {
        Fixture f;
        MainWindow window(f.settings());
        std::set<QString> seen;
        for (QAction* action : menuActions(window)) {
            if (action->text() == QLatin1String("Tools")) continue;
            QVERIFY2(!action->statusTip().isEmpty() || action->isCheckable(), qPrintable(action->text()));
            for (const QKeySequence& keys : action->shortcuts())
                QVERIFY2(seen.insert(keys.toString()).second, qPrintable(action->text() + ": " + keys.toString()));
        }
        QVERIFY(seen.size() > 15);
        show(window);
        menuAction(window, "Keyboard shortcuts")->trigger();
        auto* dialog = window.findChild<QDialog*>("shortcuts");
        QVERIFY(dialog && dialog->isVisible());
        std::set<QString> listed;
        auto* tree = dialog->findChild<QTreeWidget*>();
        for (int g = 0; g < tree->topLevelItemCount(); ++g) {
            for (int i = 0; i < tree->topLevelItem(g)->childCount(); ++i)
                listed.insert(tree->topLevelItem(g)->child(i)->text(1));
        }
        for (const QString& keys : seen) QVERIFY2(listed.count(keys), qPrintable(keys));
        dialog->close();
        menuAction(window, "About")->trigger();
        auto* about = window.findChild<QDialog*>("about");
        QVERIFY(about && about->findChild<QLabel*>("aboutText")->text().contains("General Public License"));
        about->close();
    }

    void goesFromADialogToAMaskAndItsEvaluation() {
        Fixture f;
        QVERIFY(f.ready);
        MainWindow window(f.settings());
        show(window);
        NewRunDialog* dialog = window.newRun(RunKind::FinetuneAndMask);
        dialog->setDraft(f.draft(RunKind::FinetuneAndMask, "study"));
        QVERIFY(dialog->validate());
        QTest::mouseClick(dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok), Qt::LeftButton);
        RunView* view = window.tabs()->current();
        QVERIFY(view);
        const JobId id = view->job();
        QTRY_VERIFY_WITH_TIMEOUT(isEnd(state(window, id)), kPatience);
        QCOMPARE(view->header()->message(), QString());
        QCOMPARE(state(window, id), JobState::Done);
        QVERIFY(view->parts()->maskView()->stepCount() > 1);
        QVERIFY(QFile::exists(f.path("study/models/finetuned/RTE/seed_1337/model.safetensors")));
        QVERIFY(QFile::exists(f.path("study/masks/heads_mlps/RTE/seed_1337/search.json")));
        QVERIFY(window.jobs()->jobs()->record(id)->log.size() > 5);

        // A head is selected: the inspector comes up and tells.
        auto* inspector = window.findChild<ComponentInspector*>();
        QCOMPARE(inspector->headline(), QString());
        Q_EMIT view->parts()->maskView()->componentSelected({1, 0});
        QVERIFY(window.findChild<QDockWidget*>("inspectorDock")->isVisible());
        QCOMPARE(inspector->headline(), QStringLiteral("Layer 2, head 1"));
        menuAction(window, "Start page")->trigger();
        QCOMPARE(inspector->headline(), QString());
        window.tabs()->showJob(id);
        QCOMPARE(inspector->headline(), QStringLiteral("Layer 2, head 1"));

        click(view, "followUp0");
        dialog = window.findChild<NewRunDialog*>();
        QCOMPARE(dialog->draft().kind, RunKind::Evaluate);
        QCOMPARE(textFromPath(dialog->draft().checkpoint), f.path("study/models/finetuned/RTE/seed_1337"));
        QTest::mouseClick(dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok), Qt::LeftButton);
        RunView* evaluation = window.tabs()->current();
        QVERIFY(evaluation != view);
        QTRY_VERIFY_WITH_TIMEOUT(isEnd(state(window, evaluation->job())), kPatience);
        QCOMPARE(evaluation->header()->message(), QString());
        QVERIFY(evaluation->parts()->evaluationView()->model()->rowCount() > 5);
    }

    void opensRunsAgain() {
        Fixture f;
        MainWindow window(f.settings());
        show(window);
        RunView* made = nullptr;
        {
            const JobId id = window.startRun(f.draft(RunKind::FinetuneAndMask, "study"));
            made = window.tabs()->view(id);
            QTRY_VERIFY_WITH_TIMEOUT(isEnd(state(window, id)), kPatience);
            QCOMPARE(state(window, id), JobState::Done);
        }
        const QString masks = f.path("study/masks/heads_mlps/RTE/seed_1337");
        drop(window, masks);
        QTRY_COMPARE(window.tabs()->count(), 3);
        RunView* opened = window.tabs()->current();
        QCOMPARE(opened->title(), QStringLiteral("RTE · seed_1337 · heads_mlps"));
        QCOMPARE(opened->parts()->maskView()->stepCount(), made->parts()->maskView()->stepCount());
        // Once more is the same tab.
        menuAction(window, "Start page")->trigger();
        window.openFolder(masks + "/");
        QVERIFY(!window.isOpening());
        QCOMPARE(window.tabs()->current(), opened);
        // The history of the fine-tuning.
        window.openFolder(f.path("study/models/finetuned/RTE/seed_1337"));
        QTRY_COMPARE(window.tabs()->count(), 4);
        QVERIFY(window.tabs()->current()->parts()->trainingView());
        // Masks alone, as they are published.
        QVERIFY(QFile::remove(masks + "/search.json"));
        window.tabs()->setCurrentWidget(opened);
        menuAction(window, "Close tab")->trigger();
        window.openFolder(masks);
        QTRY_COMPARE(window.tabs()->count(), 4);
        QCOMPARE(window.tabs()->current()->parts()->maskView()->stepCount(), 1);
    }

    void saysWhyARunFailedAndRunsItAgain() {
        Fixture f;
        QVERIFY(writeTinyGlue(f.glue(), 4));
        MainWindow window(f.settings());
        show(window);
        const JobId id = window.startRun(f.draft(RunKind::Finetune, "out"));
        RunView* view = window.tabs()->view(id);
        QTRY_VERIFY_WITH_TIMEOUT(isEnd(state(window, id)), kPatience);
        QCOMPARE(state(window, id), JobState::Failed);
        QVERIFY2(view->header()->message().contains("perhaps"), qPrintable(view->header()->message()));
        QVERIFY2(view->header()->message().contains("dev.tsv:6"), qPrintable(view->header()->message()));
        QCOMPARE(window.jobs()->issues()->counts().errors, 1);
        QVERIFY(!window.findChild<QMessageBox*>());
        // Other options…
        click(view, "runEdit");
        auto* dialog = window.findChild<NewRunDialog*>();
        QCOMPARE(dialog->draft().out, f.draft(RunKind::Finetune, "out").out);
        dialog->reject();
        // … or the same, once the file is repaired.
        QVERIFY(writeTinyGlue(f.glue()));
        click(view, "runRetry");
        QVERIFY(view->job() != id);
        QTRY_VERIFY_WITH_TIMEOUT(isEnd(state(window, view->job())), kPatience);
        QCOMPARE(state(window, view->job()), JobState::Done);
        QCOMPARE(view->header()->message(), QString());
    }

    void cancelsAndGoesOn() {
        Fixture f;
        MainWindow window(f.settings());
        show(window);
        RunDraft draft = f.draft(RunKind::Finetune, "out");
        draft.training.epochs = 40;
        const JobId id = window.startRun(draft);
        RunView* view = window.tabs()->view(id);
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(f.path("out/resume.safetensors")), kPatience);
        // The same run cannot be queued over the one that is there.
        QTRY_VERIFY_WITH_TIMEOUT(window.jobs()->jobs()->record(id)->progress.done > 0, kPatience);
        click(view, "runCancel");
        QTRY_VERIFY_WITH_TIMEOUT(isEnd(state(window, id)), kPatience);
        QCOMPARE(state(window, id), JobState::Cancelled);
        QCOMPARE(window.jobs()->issues()->counts().errors, 0);
        click(view, "runRetry");
        const JobId again = view->job();
        QVERIFY(window.jobs()->draft(again)->resume);
        QTRY_VERIFY_WITH_TIMEOUT(isEnd(state(window, again)), kPatience);
        QCOMPARE(view->header()->message(), QString());
        QCOMPARE(state(window, again), JobState::Done);
    }

    void reordersAndCancelsInTheQueue() {
        Fixture f;
        MainWindow window(f.settings());
        show(window);
        RunDraft endless = f.draft(RunKind::Finetune, "a");
        endless.training.epochs = 1000;
        const JobId a = window.startRun(endless);
        const JobId b = window.startRun(f.draft(RunKind::Finetune, "b"));
        const JobId c = window.startRun(f.draft(RunKind::Finetune, "c"));
        auto* panel = window.findChild<JobsPanel*>();
        panel->setCurrentJob(c);
        menuAction(window, "Move up")->trigger();
        QCOMPARE(window.jobs()->jobs()->rowOf(c), 1);
        QCOMPARE(window.jobs()->jobs()->rowOf(b), 2);
        panel->setCurrentJob(b);
        menuAction(window, "Cancel job")->trigger();
        QTRY_COMPARE(state(window, b), JobState::Cancelled);
        QTRY_COMPARE(state(window, a), JobState::Running);
        panel->setCurrentJob(a);
        menuAction(window, "Cancel job")->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(isEnd(state(window, c)), kPatience);
        QCOMPARE(state(window, a), JobState::Cancelled);
        QCOMPARE(state(window, c), JobState::Done);
        QVERIFY(!QFile::exists(f.path("b")));
        menuAction(window, "Clear finished")->trigger();
        QCOMPARE(window.jobs()->jobs()->rowCount(), 0);
    }

    void asksBeforeItClosesAndCancels() {
        Fixture f;
        MainWindow window(f.settings());
        show(window);
        RunDraft endless = f.draft(RunKind::Finetune, "out");
        endless.training.epochs = 1000;
        const JobId id = window.startRun(endless);
        const JobId waiting = window.startRun(f.draft(RunKind::Finetune, "other"));
        QTRY_COMPARE_WITH_TIMEOUT(state(window, id), JobState::Running, kPatience);
        QVERIFY(!window.close());
        auto* box = window.findChild<QMessageBox*>("closeQuestion");
        QVERIFY(box && box->isVisible());
        // Asked once, however often one tries.
        QVERIFY(!window.close());
        QCOMPARE(window.findChildren<QMessageBox*>().size(), 1);
        click(box, "keepRunning");
        QVERIFY(window.isVisible());
        QCOMPARE(state(window, id), JobState::Running);
        QTRY_VERIFY(!window.findChild<QMessageBox*>("closeQuestion"));
        QVERIFY(!window.close());
        click(window.findChild<QMessageBox*>("closeQuestion"), "closeAnyway");
        QTRY_VERIFY_WITH_TIMEOUT(!window.isVisible(), kPatience);
        QCOMPARE(state(window, id), JobState::Cancelled);
        QCOMPARE(state(window, waiting), JobState::Cancelled);
        QVERIFY(window.jobs()->isIdle());
    }

    void takesWhatIsDropped() {
        Fixture f;
        MainWindow window(f.settings());
        show(window);
        drop(window, tinyCheckpoint());
        auto* dialog = window.findChild<NewRunDialog*>();
        QVERIFY(dialog);
        QCOMPARE(textFromPath(dialog->draft().checkpoint), tinyCheckpoint());
        drop(*dialog, f.glue());
        QCOMPARE(textFromPath(dialog->draft().data), f.glue());
        dialog->reject();
        QVERIFY(QDir().mkpath(f.path("letters")));
        drop(window, f.path("letters"));
        QTRY_COMPARE(window.jobs()->issues()->counts().errors, 1);
        QVERIFY(window.jobs()->issues()->issue(0).place.contains("letters"));
        QVERIFY(!window.jobs()->issues()->issue(0).advice.isEmpty());
        window.openFolder("/nowhere/at/all");
        QTRY_COMPARE(window.jobs()->issues()->counts().errors, 2);
        // A weight mask of which nobody knows the model, and one with a record that is none.
        QVERIFY(QDir().mkpath(f.path("weights")));
        QVERIFY(QFile(f.path("weights/weight_mask.safetensors")).open(QIODevice::WriteOnly));
        window.openFolder(f.path("weights"));
        QTRY_COMPARE(window.jobs()->issues()->counts().errors, 3);
        QVERIFY(window.jobs()->issues()->issue(2).text.contains("model is not known"));
        QVERIFY(QFile(f.path("weights/search.json")).open(QIODevice::WriteOnly));
        window.openFolder(f.path("weights"));
        QTRY_COMPARE(window.jobs()->issues()->counts().errors, 4);
        QVERIFY(window.jobs()->issues()->issue(3).place.contains("search.json"));
        QCOMPARE(window.tabs()->count(), 1);
    }

    void remembers() {
        Fixture f;
        {
            MainWindow window(f.settings());
            window.resize(1111, 777);
            show(window);
            window.findChild<QDockWidget*>("jobsDock")->hide();
            window.startRun(f.draft(RunKind::Finetune, "study/models/finetuned/RTE/seed_5"));
            QTRY_VERIFY_WITH_TIMEOUT(window.jobs()->isIdle(), kPatience);
            QVERIFY(window.close());
        }
        MainWindow window(f.settings());
        show(window);
        QCOMPARE(window.size(), QSize(1111, 777));
        QVERIFY(!window.findChild<QDockWidget*>("jobsDock")->isVisible());
        menuAction(window, "Reset layout")->trigger();
        QVERIFY(window.findChild<QDockWidget*>("jobsDock")->isVisible());
        NewRunDialog* dialog = window.newRun(RunKind::Finetune);
        QCOMPARE(dialog->draft().task, TaskId::RTE);
        QCOMPARE(textFromPath(dialog->draft().checkpoint), tinyCheckpoint());
        QCOMPARE(dialog->draft().training.batch_size, 8);
        // The next run goes where the last one went.
        QCOMPARE(textFromPath(dialog->draft().out), f.path("study/models/finetuned/RTE/seed_1337"));
        dialog->reject();
        QTRY_VERIFY(!window.findChild<NewRunDialog*>());
        menuAction(window, "Open recent");
        window.openFolder(f.path("study/models/finetuned/RTE/seed_5"));
        QTRY_COMPARE(window.tabs()->count(), 2);
    }

    void opensTheLastSessionAgain() {
        Fixture f;
        QVERIFY(f.ready);
        const QString first = f.path("study/models/finetuned/RTE/seed_5");
        {
            MainWindow window(f.settings());
            show(window);
            for (const char* run : {"study/models/finetuned/RTE/seed_5", "study/models/finetuned/RTE/seed_6"})
                window.startRun(f.draft(RunKind::Finetune, run));
            QTRY_VERIFY_WITH_TIMEOUT(window.jobs()->isIdle(), kPatience);
            QVERIFY(window.tabs()->showFolder(first));
            QVERIFY(window.close());
        }
        {
            MainWindow window(f.settings());
            show(window);
            window.restoreSession();
            QTRY_COMPARE(window.tabs()->count(), 3);
            QTRY_VERIFY(window.tabs()->current() && window.tabs()->current()->folder() == first);
            QVERIFY(window.close());
        }
        // Nothing to open again: what is opened next stays in front.
        {
            MainWindow window(f.path("other.ini"));
            show(window);
            window.restoreSession();
            window.openFolder(first);
            QTRY_COMPARE(window.tabs()->count(), 2);
            QCOMPARE(window.tabs()->current() ? window.tabs()->current()->folder() : QString(), first);
        }
        // A folder that has gone is named, the others open; nothing in front means the start page.
        QVERIFY(QDir(first).removeRecursively());
        {
            MainWindow window(f.settings());
            show(window);
            window.restoreSession();
            QVERIFY(window.statusBar()->currentMessage().contains(first));
            QTRY_COMPARE(window.tabs()->count(), 2);
            window.tabs()->showStartPage();
            menuAction(window, "Reopen tabs")->trigger();
            QVERIFY(window.close());
        }
        MainWindow window(f.settings());
        show(window);
        window.restoreSession();
        QVERIFY(!window.isOpening());
        QCOMPARE(window.tabs()->count(), 1);
    }

    void followsLightAndDark() {
        Fixture f;
        MainWindow window(f.settings());
        show(window);
        menuAction(window, "Dark")->trigger();
        QTRY_VERIFY(window.palette().color(QPalette::Window).lightness() < 100);
        const QColor dark = window.grab().toImage().pixelColor(window.width() / 2, 300);
        menuAction(window, "Light")->trigger();
        QTRY_VERIFY(window.palette().color(QPalette::Window).lightness() > 200);
        const QColor light = window.grab().toImage().pixelColor(window.width() / 2, 300);
        QVERIFY2(dark.lightness() < 100 && light.lightness() > 200, qPrintable(dark.name() + light.name()));
        QCOMPARE(WindowSettings(f.settings()).appearance(), Appearance::Light);
    }

    void dropsEventsOfOtherJobs() {
        Fixture f;
        RunView view(5, f.draft(RunKind::MaskSearch, "out"));
        MaskSearchStep step;
        step.phase = "full";
        step.masks = ComponentMasks::all_kept(2, 2);
        step.importance = {HeadMatrix(2, 2, 0.5F), {0.5F, 0.5F}};
        view.onEvent(4, step);
        QCOMPARE(view.parts()->maskView()->stepCount(), 0);
        view.onEvent(5, step);
        QCOMPARE(view.parts()->maskView()->stepCount(), 1);
        // Run again: what the old job still tells is not shown, the new one starts from nothing.
        view.takeJob(6);
        step.index = 1;
        view.onEvent(5, step);
        QCOMPARE(view.parts()->maskView()->stepCount(), 1);
        view.onEvent(6, PartStarted{JobPart::MaskSearch, "RTE", "/out"});
        QCOMPARE(view.parts()->maskView()->stepCount(), 0);
        view.onEnded(5, {JobState::Failed, {"late", "", ""}});
        QCOMPARE(view.header()->message(), QString());
    }
};

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
