// SPDX-License-Identifier: GPL-3.0-or-later
//
// From a mask to everything that is made of it, by right clicks, on real runs of a tiny model: controls, retraining,
// removal, evaluation, weights, and the scores of the study that comes of it.
#include <QDialogButtonBox>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QMenu>
#include <QTableWidget>
#include <QTest>
#include <set>

#include "app/gui/follow_ups.h"
#include "app/gui/run_header.h"
#include "app/gui/run_parts.h"
#include "app/gui/run_tabs.h"
#include "core/base/json.h"
#include "core/study/imp_run.h"
#include "tests/gui/window_fixture.h"
#include "widgets/masks/magnitude_view.h"
#include "widgets/masks/mask_search_view.h"
#include "widgets/provenance/provenance_view.h"
#include "widgets/results/results_model.h"
#include "widgets/results/results_view.h"
#include "widgets/runs/facts_view.h"
#include "widgets/runs/new_run_dialog.h"
#include "widgets/runs/study_view.h"

using namespace lottery;
using namespace lottery::gui;
using namespace lottery::gui::test;

namespace {

// The menu that a right click in the middle of `on` brings up.
QMenu* rightClick(RunView* view, QWidget* on) {
    QContextMenuEvent event(QContextMenuEvent::Mouse, on->rect().center(), on->mapToGlobal(on->rect().center()));
    QCoreApplication::sendEvent(on, &event);
    return view->findChild<QMenu*>(QStringLiteral("followUps"));
}

QStringList texts(const QMenu* menu) {
    QStringList all;
    for (const QAction* action : menu->actions())
        if (!action->isSeparator()) all << action->text();
    return all;
}

// Agrees to the dialog and waits for the end of its run; the new tab, nullptr when something went wrong.
RunView* agree(MainWindow& window) {
    auto* dialog = window.findChild<NewRunDialog*>();
    if (!dialog) return nullptr;
    RunDraft draft = dialog->draft();
    draft.compute = {"cpu", 1};
    dialog->setDraft(draft);
    if (!dialog->validate()) return nullptr;
    QTest::mouseClick(dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok), Qt::LeftButton);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    RunView* view = window.tabs()->current();
    if (!view || !QTest::qWaitFor([&] { return isEnd(state(window, view->job())); }, kPatience)) return nullptr;
    if (state(window, view->job()) != JobState::Done) {
        qWarning("%s", qPrintable(view->header()->message()));
        return nullptr;
    }
    return view;
}

RunView* goOn(MainWindow& window, QMenu* menu, const QString& text) {
    if (!menu) return nullptr;
    for (QAction* action : menu->actions())
        if (action->text() == text) action->trigger();
    menu->close();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    return agree(window);
}

QString shownFolder(const MainWindow& window) {
    const RunView* view = window.tabs()->current();
    return view ? view->folder() : QString();
}

QString fact(const FactsView* view, const QString& name) {
    for (const auto& [key, value] : view->facts())
        if (key == name) return value;
    return {};
}

}  // namespace

class TestGoingOn : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void fromAMaskOfHeadsAndMlps() {
        Fixture f;
        QVERIFY(f.ready);
        MainWindow window(f.settings());
        show(window);
        const JobId id = window.startRun(f.draft(RunKind::FinetuneAndMask, "study"));
        RunView* found = window.tabs()->view(id);
        QTRY_VERIFY_WITH_TIMEOUT(isEnd(state(window, id)), kPatience);
        QCOMPARE(state(window, id), JobState::Done);
        QVERIFY(!found->parts()->recordView()->value("inputs/options/phase_importance").isEmpty());

        const auto menu = [&] {
            window.tabs()->setCurrentWidget(found);
            found->parts()->setCurrentWidget(found->parts()->maskView());
            return rightClick(found, found->parts()->maskView());
        };
        QCOMPARE(texts(menu()),
                 (QStringList{"Evaluate with this mask…", "Retrain this subnetwork…", "Remove what is masked…",
                              "Random control…", "Bad control…", "Inverted mask…"}));

        RunView* bad = goOn(window, menu(), "Bad control…");
        QVERIFY(bad);
        QVERIFY(QFile::exists(f.path("study/masks/heads_mlps_bad_1/RTE/seed_1337/head_mask.npy")));
        QVERIFY2(fact(bad->parts()->factsView(), "Heads").contains("are good ("),
                 qPrintable(bad->parts()->factsView()->toText()));
        QCOMPARE(bad->parts()->maskView()->stepCount(), 1);
        QVERIFY(goOn(window, menu(), "Random control…"));

        // From the weights that the full model was trained from, with its options.
        RunView* retrained = goOn(window, menu(), "Retrain this subnetwork…");
        QVERIFY(retrained);
        const auto run = read_json(pathFromText(f.path("study/models/heads_mlps/RTE/seed_1337/run.json")));
        QVERIFY(run);
        QCOMPARE(QString::fromStdString(run->at("checkpoint")), tinyCheckpoint());
        QCOMPARE(run->at("inputs").at("options").at("epochs").get<int>(), 1);
        QCOMPARE(run->at("inputs").at("options").at("max_seq_length").get<int>(), 16);

        RunView* removed = goOn(window, menu(), "Remove what is masked…");
        QVERIFY(removed);
        QVERIFY(QFile::exists(f.path("study/models/heads_mlps_removed/RTE/seed_1337/model.safetensors")));
        QVERIFY(fact(removed->parts()->factsView(), "Parameters kept").contains('%'));
        // Opened again it shows the same, not a new run's dialog.
        const QString smaller = removed->folder();
        window.tabs()->setCurrentWidget(removed);
        window.tabs()->closeCurrent();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        window.openFolder(smaller);
        QTRY_COMPARE(shownFolder(window), smaller);
        removed = window.tabs()->current();
        QVERIFY(fact(removed->parts()->factsView(), "Parameters kept").contains('%'));
        // And on from there: the record leads back to task and data.
        const auto next = followUps(pathFromText(removed->folder()), {});
        QVERIFY(!next.empty());
        QCOMPARE(next.front().draft.kind, RunKind::MaskSearch);
        QCOMPARE(next.front().draft.task, TaskId::RTE);
        QCOMPARE(textFromPath(next.front().draft.data), f.glue());

        // All of it scored, as it arrives.
        window.openFolder(f.path("study"));
        QTRY_COMPARE(shownFolder(window), f.path("study"));
        RunView* study = window.tabs()->current();
        QTableWidget* runs = study->parts()->studyView()->runs();
        QCOMPARE(runs->rowCount(), 6);
        click(study, "followUp0");
        RunView* scores = agree(window);
        QVERIFY(scores);
        const ResultsModel* model = scores->parts()->resultsView()->model();
        std::set<std::string> experiments;
        for (const ResultRow& row : model->rows()) experiments.insert(row.experiment);
        QVERIFY((experiments == std::set<std::string>{"freq_baseline", "no_mask", "head_mlp", "head_mlp_random",
                                                      "head_mlp_bad_1", "head_mlp_retrained"}));
        QVERIFY(QFile::exists(f.path("study/figures/results.svg")));
        // A row leads to its run.
        Q_EMIT scores->parts()->resultsView()->experimentActivated("head_mlp_bad_1", TaskId::RTE);
        QTRY_COMPARE(shownFolder(window), f.path("study/masks/heads_mlps_bad_1/RTE/seed_1337"));
        // The study opened again has its scores.
        window.tabs()->setCurrentWidget(study);
        window.tabs()->closeCurrent();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        window.tabs()->setCurrentWidget(scores);
        window.tabs()->closeCurrent();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        window.openFolder(f.path("study"));
        QTRY_COMPARE(shownFolder(window), f.path("study"));
        QVERIFY(window.tabs()->current()->parts()->resultsView());
        QCOMPARE(window.tabs()->current()->parts()->resultsView()->model()->rowCount(), int(experiments.size()));
    }

    void fromAMaskOfWeights() {
        Fixture f;
        MainWindow window(f.settings());
        show(window);
        RunDraft training = f.draft(RunKind::Finetune, "study/models/finetuned/RTE/seed_1337");
        const JobId id = window.startRun(training);
        RunView* trained = window.tabs()->view(id);
        QTRY_VERIFY_WITH_TIMEOUT(isEnd(state(window, id)), kPatience);
        click(trained, "followUp1");
        auto* dialog = window.findChild<NewRunDialog*>();
        QVERIFY(dialog);
        RunDraft draft = dialog->draft();
        QCOMPARE(draft.kind, RunKind::Magnitude);
        QCOMPARE(draft.magnitude.max_seq_length, 16);
        draft.magnitude.mode = Mode::Published;
        draft.magnitude.split = SearchSplit::Dev;
        draft.magnitude.threshold = 0.5;
        draft.compute = {"cpu", 1};
        dialog->setDraft(draft);
        QVERIFY(dialog->validate());
        QTest::mouseClick(dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok), Qt::LeftButton);
        RunView* pruned = window.tabs()->current();
        QTRY_VERIFY_WITH_TIMEOUT(isEnd(state(window, pruned->job())), kPatience);
        QCOMPARE(state(window, pruned->job()), JobState::Done);
        QVERIFY(pruned->parts()->magnitudeView()->stepCount() > 1);

        const auto menu = [&] {
            window.tabs()->setCurrentWidget(pruned);
            pruned->parts()->setCurrentWidget(pruned->parts()->magnitudeView());
            return rightClick(pruned, pruned->parts()->magnitudeView());
        };
        RunView* random = goOn(window, menu(), "Random control…");
        QVERIFY(random);
        QVERIFY2(fact(random->parts()->factsView(), "Weights").contains("are good ("),
                 qPrintable(random->parts()->factsView()->toText()));
        QVERIFY(random->parts()->magnitudeView());
        // Without a record there is no score to tell, and nothing is said of a full model.
        const auto* control = random->parts()->magnitudeView();
        QVERIFY(control->findChild<QLabel*>("score")->text().contains("No score"));
        QVERIFY(control->findChild<QLabel*>("outcome")->text().startsWith("The mask keeps"));
        QVERIFY(goOn(window, menu(), "Evaluate with this mask…"));
        QVERIFY(goOn(window, menu(), "Retrain this subnetwork…"));
        QVERIFY(QFile::exists(f.path("study/models/global/RTE/seed_1337/run.json")));

        // Opened again, with all its steps.
        const int steps = pruned->parts()->magnitudeView()->stepCount();
        window.tabs()->setCurrentWidget(pruned);
        window.tabs()->closeCurrent();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        window.openFolder(f.path("study/masks/global/RTE/seed_1337"));
        QTRY_COMPARE(shownFolder(window), f.path("study/masks/global/RTE/seed_1337"));
        QCOMPARE(window.tabs()->current()->parts()->magnitudeView()->stepCount(), steps);
    }

    void fromPruningInRounds() {
        Fixture f;
        ImpRequest request;
        const RunDraft tiny = f.draft(RunKind::Finetune, "tickets");
        request.checkpoint = tiny.checkpoint;
        request.data = tiny.data;
        request.out = tiny.out;
        request.task = tiny.task;
        request.training = tiny.training;
        request.compute = tiny.compute;
        request.rounds = 2;
        request.amount = 0.3;
        TrainingObserver quiet;
        QVERIFY(!run_imp(request, {}, quiet).failed());
        MainWindow window(f.settings());
        show(window);
        window.openFolder(f.path("tickets"));
        QTRY_COMPARE(shownFolder(window), f.path("tickets"));
        const RunView* view = window.tabs()->current();
        const MagnitudeView* rounds = view->parts()->magnitudeView();
        QVERIFY(rounds);
        QCOMPARE(rounds->stepCount(), 3);
        QCOMPARE(rounds->currentStep(), 2);
        const QString outcome = rounds->findChild<QLabel*>("outcome")->text();
        QVERIFY2(outcome.contains("on dev") && !outcome.contains("nan"), qPrintable(outcome));
        // The mask is scored in the model that was trained under it, and trained from the ticket.
        for (const FollowUp& next : followUps(pathFromText(f.path("tickets")), {})) {
            if (next.draft.kind == RunKind::Evaluate)
                QCOMPARE(textFromPath(next.draft.checkpoint), f.path("tickets/rounds/2"));
            if (next.draft.kind == RunKind::Finetune)
                QCOMPARE(textFromPath(next.draft.checkpoint), f.path("tickets/ticket"));
            QCOMPARE(next.draft.task, TaskId::RTE);
        }
        // A round is a fine-tuning like any other.
        window.openFolder(f.path("tickets/rounds/1"));
        QTRY_COMPARE(shownFolder(window), f.path("tickets/rounds/1"));
        QVERIFY(window.tabs()->current()->parts()->trainingView());
    }

    // Masks that came without a record: what can be known is filled in, the rest is asked for.
    void fromMasksAlone() {
        QTemporaryDir folder;
        const QString mask = folder.filePath("s/masks/heads_mlps/QNLI/seed_42");
        QVERIFY(QDir().mkpath(mask));
        QFile file(mask + "/head_mask.npy");
        QVERIFY(file.open(QIODevice::WriteOnly));
        const auto offers = followUps(pathFromText(mask), {});
        QVERIFY(!offers.empty());
        for (const FollowUp& offer : offers) {
            QCOMPARE(offer.draft.task, TaskId::QNLI);
            QCOMPARE(offer.draft.seed, std::uint64_t(42));
            QVERIFY(offer.draft.head_mask);
            QVERIFY(!offer.draft.mlp_mask);
            QVERIFY(offer.draft.checkpoint.empty());
        }
        // A record that is not ours ends the search for more, and nothing else.
        QFile run(mask + "/run.json");
        QVERIFY(run.open(QIODevice::WriteOnly));
        run.write(R"({"command": 7, "inputs": []})");
        run.close();
        QCOMPARE(followUps(pathFromText(mask), {}).size(), offers.size());
        QVERIFY(followUps(pathFromText(folder.filePath("nowhere")), {}).empty());
    }
};

QTEST_MAIN(TestGoingOn)
#include "tst_going_on.moc"
