// SPDX-License-Identifier: GPL-3.0-or-later
//
// A study in the window, from the dialog to its scores beside the published ones; paused, stopped and gone on with.
#include <QAction>
#include <QCheckBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QDockWidget>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <QTableWidget>
#include <QTest>
#include <QTreeView>

#include "app/gui/analysis_pages.h"
#include "app/gui/run_header.h"
#include "app/gui/run_parts.h"
#include "app/gui/run_tabs.h"
#include "app/gui/run_view.h"
#include "app/gui/studies_controller.h"
#include "app/gui/study_desk.h"
#include "core/base/json.h"
#include "core/study/study_plan.h"
#include "tests/gui/window_fixture.h"
#include "widgets/analysis/analysis_view.h"
#include "widgets/figures/figure_view.h"
#include "widgets/masks/mask_heatmap_view.h"
#include "widgets/reproduction/reproduction_view.h"
#include "widgets/runs/component_inspector.h"
#include "widgets/runs/field_set.h"
#include "widgets/study/new_study_dialog.h"
#include "widgets/study/study_explorer.h"
#include "widgets/study/study_tree_model.h"

using namespace lottery;
using namespace lottery::gui;
using namespace lottery::gui::test;

namespace {

// Seconds of work: the tiny task, two seeds, masks of heads and MLPs with their random control.
StudyPlan tinyPlan(const Fixture& f) {
    StudyPlan plan = preset_plan(StudyPreset::Quick, Mode::Published);
    plan.checkpoint = pathFromText(tinyCheckpoint());
    plan.data = pathFromText(f.glue());
    plan.tasks = {TaskId::RTE};
    plan.seeds = {7, 8};
    plan.settings = {StudySetting::HeadsMlps, StudySetting::HeadsMlpsRandom};
    plan.retrain = false;
    plan.training.epochs = 1;
    plan.training.max_seq_length = plan.search.max_seq_length = plan.magnitude.max_seq_length = 16;
    plan.compute = {"cpu", 1};
    return plan;
}

QAction* action(const MainWindow& window, const QString& text) {
    for (QAction* candidate : window.studies()->explorer()->menuActions())
        if (candidate && candidate->text().remove('&') == text) return candidate;
    return nullptr;
}

int count(const MainWindow& window, const QString& folder, StudyJobState state) {
    const StudyOverview* overview = window.studies()->studies()->overview(folder);
    return overview ? overview->count(state) : -1;
}

bool isIdle(const MainWindow& window, const QString& folder) {
    return !window.studies()->studies()->runState(folder) && !window.studies()->isReading();
}

}  // namespace

class TestStudies : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void goes_from_the_dialog_to_the_scores() {
        Fixture f;
        QVERIFY(f.ready);
        MainWindow window(f.settings());
        show(window);
        QVERIFY(!window.findChild<QDockWidget*>("studyDock")->isVisible());

        // The dialog, filled in as a person would.
        NewStudyDialog* dialog = window.studies()->newStudy(StudyPreset::Quick);
        dialog->setBaseFolder(pathFromText(f.path("studies")));
        dialog->setInputs(pathFromText(tinyCheckpoint()), pathFromText(f.glue()), {"cpu", 1});
        for (QCheckBox* box : dialog->findChildren<QCheckBox*>()) {
            const QString name = box->objectName();
            const bool task = name.startsWith("task") && name != QLatin1String("taskRTE");
            const bool setting = name.startsWith("setting_") && name != QLatin1String("setting_heads_mlps");
            if ((task || setting || name == QLatin1String("retrain")) && box->isChecked()) box->click();
            if (name == QLatin1String("taskRTE") && !box->isChecked()) box->click();
        }
        dialog->findChild<QLineEdit*>("seeds")->setText("7, 8");
        // Rigorous searches would refuse a model that has learned nothing.
        for (FieldSet* set : dialog->findChildren<FieldSet*>())
            if (set->contains("mode")) QTest::keyClick(set->editor("mode"), Qt::Key_Up);
        QVERIFY(!dialog->validate());  // more positions than the model has
        for (FieldSet* set : dialog->findChildren<FieldSet*>())
            for (const char* id : {"training/max-seq-length", "search/max-seq-length", "magnitude/max-seq-length"})
                if (set->contains(id)) set->setInteger(id, 16);
        QVERIFY2(dialog->validate(), qPrintable(dialog->findChild<QLabel*>("choiceProblem")->text()));
        QVERIFY2(dialog->findChild<QLabel*>("studyWork")->text().startsWith("6 jobs: 2 fine-tunings, 2 mask searches"),
                 qPrintable(dialog->findChild<QLabel*>("studyWork")->text()));
        QTest::mouseClick(dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok), Qt::LeftButton);

        const QString folder = f.path("studies/quick");
        QTRY_COMPARE_WITH_TIMEOUT(count(window, folder, StudyJobState::Done), 6, kPatience);
        QTRY_VERIFY(isIdle(window, folder));
        QVERIFY(window.findChild<QDockWidget*>("studyDock")->isVisible());
        StudyExplorer* explorer = window.studies()->explorer();
        QCOMPARE(explorer->folder(), folder);
        QVERIFY(explorer->summary().startsWith("6 of 6 done"));
        RunView* view = window.tabs()->current();
        QCOMPARE(view->folder(), folder);
        QCOMPARE(view->header()->message(), QString());
        QVERIFY(view->parts()->studyView());
        QVERIFY(view->parts()->resultsView());

        // Its figures are drawn, and what is selected in one is told by the inspector.
        AnalysisView* figures = view->parts()->analysisView();
        QVERIFY(figures);
        view->parts()->setCurrentWidget(figures);
        QTRY_VERIFY(figures->shownView() == static_cast<QWidget*>(figures->heatmap()));
        QTRY_VERIFY(!window.figures()->isReading());
        auto* inspector = window.findChild<ComponentInspector*>();
        QCOMPARE(inspector->headline(), QString());
        QTest::mouseClick(figures->heatmap(), Qt::LeftButton, {},
                          figures->heatmap()->cellRect({0, 0}).center().toPoint());
        QTRY_COMPARE(inspector->headline(), QStringLiteral("Layer 1, head 1"));
        QCOMPARE(inspector->factsTable()->rowCount(), 1);
        QVERIFY(inspector->factsTable()->item(0, 1)->text().endsWith(" of 2"));
        figures->choose(StudyFigureKind::Overlap);
        QTRY_VERIFY(figures->shownView() == static_cast<QWidget*>(figures->figure()));

        // Opening the folder is looking at this tab.
        window.openFolder(folder);
        QCOMPARE(window.tabs()->count(), 2);

        // A run of it opens from the explorer.
        explorer->filterLine()->setText("search 8");
        const QModelIndex task = explorer->tree()->model()->index(0, 0);
        const QModelIndex job = explorer->tree()->model()->index(0, 0, explorer->tree()->model()->index(0, 0, task));
        explorer->tree()->setCurrentIndex(job);
        QTest::keyClick(explorer->tree(), Qt::Key_Return);
        QTRY_COMPARE(window.tabs()->current()->folder(), folder + "/masks/heads_mlps/RTE/seed_8");
        // What lies in a study shows the study.
        QCOMPARE(explorer->folder(), folder);
    }

    void is_paused_and_stopped_and_goes_on() {
        Fixture f;
        QVERIFY(f.ready);
        MainWindow window(f.settings());
        show(window);
        StudyPlan plan = tinyPlan(f);
        plan.training.epochs = 400;
        plan.training.save_steps = 1;
        const QString folder = f.path("study");
        window.studies()->createStudy(pathFromText(folder), plan, true);
        QTRY_COMPARE_WITH_TIMEOUT(count(window, folder, StudyJobState::Running), 1, kPatience);
        QVERIFY(count(window, folder, StudyJobState::Queued) >= 6);
        const JobId id = window.tabs()->current()->job();

        action(window, "Pause the study")->trigger();
        QTRY_COMPARE(state(window, id), gui::JobState::Paused);
        QVERIFY(window.studies()->explorer()->summary().startsWith("Paused"));
        action(window, "Go on with the study")->trigger();
        QTRY_COMPARE(state(window, id), gui::JobState::Running);
        action(window, "Stop the study")->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(state(window, id), gui::JobState::Cancelled, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(isIdle(window, folder), kPatience);
        QCOMPARE(count(window, folder, StudyJobState::Interrupted), 1);

        // The plan is changed by hand, the explorer says what follows from it.
        plan.training.epochs = 1;
        QVERIFY(write_json(pathFromText(folder) / "study.json", to_json(plan)));
        action(window, "Look again")->trigger();
        QTRY_COMPARE(count(window, folder, StudyJobState::Outdated), 1);
        action(window, "Run the study")->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(count(window, folder, StudyJobState::Done), 8, kPatience);
    }

    void says_why_a_job_failed_and_tries_again() {
        Fixture f;
        QVERIFY(f.ready);
        MainWindow window(f.settings());
        show(window);
        StudyPlan plan = tinyPlan(f);
        plan.hold_out = 0;
        const QString folder = f.path("study");
        QVERIFY(writeTinyGlue(f.glue(), 3));
        window.studies()->createStudy(pathFromText(folder), plan, true);
        QTRY_VERIFY_WITH_TIMEOUT(count(window, folder, StudyJobState::Failed) == 2 && isIdle(window, folder),
                                 kPatience);
        RunView* view = window.tabs()->current();
        QVERIFY2(view->header()->message().contains("2 of 8 jobs failed"), qPrintable(view->header()->message()));
        QVERIFY(window.jobs()->issues()->rowCount() > 0);
        const StudyOverview* overview = window.studies()->studies()->overview(folder);
        QVERIFY2(overview->jobs[0].why.contains("dev.tsv:5"), qPrintable(overview->jobs[0].why));
        QVERIFY(writeTinyGlue(f.glue()));
        action(window, "Run the study")->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(count(window, folder, StudyJobState::Done), 8, kPatience);
        // The same tab shows it.
        QCOMPARE(window.tabs()->count(), 2);
        QTRY_COMPARE(view->header()->message(), QString());
    }

    void stands_beside_the_published_results() {
        Fixture f;
        QVERIFY(f.ready);
        MainWindow window(f.settings());
        show(window);
        // What was published: masks and scores of RTE.
        const QString source = f.path("published-source");
        QVERIFY(QDir().mkpath(source + "/evaluate_masked/no_mask/baseline"));
        QFile results(source + "/evaluate_masked/no_mask/baseline/results.json");
        QVERIFY(results.open(QIODevice::WriteOnly));
        results.write(R"({"RTE": {"acc": [0.6, 0.02]}})");
        results.close();
        const QString reference = f.path("reference");
        const JobId import = window.studies()->startImport(source, reference);
        QTRY_COMPARE_WITH_TIMEOUT(state(window, import), gui::JobState::Done, kPatience);
        QTRY_COMPARE(window.studies()->explorer()->folder(), reference);
        QVERIFY(!action(window, "Run the study")->isEnabled());

        const QString folder = f.path("study");
        window.studies()->createStudy(pathFromText(folder), tinyPlan(f), false);
        QTRY_VERIFY(window.tabs()->current() && window.tabs()->current()->folder() == folder);
        ReproductionView* page = window.tabs()->current()->parts()->reproductionView();
        QVERIFY(page);
        QTRY_VERIFY(page->checklist()->model()->rowCount() > 0);
        QTRY_VERIFY(page->findChild<QLabel*>("reproductionProblem")->text().contains("no scores yet"));

        // Run it from the checklist: the scores of heads and MLPs.
        for (int row = 0; row < page->checklist()->model()->rowCount(); ++row)
            if (page->checklist()->model()->index(row, 0).data().toString().startsWith("Scores of subnetworks"))
                page->checklist()->selectRow(row);
        QTRY_VERIFY(page->findChild<QPushButton*>("reproduceItem")->isEnabled());
        page->findChild<QPushButton*>("reproduceItem")->click();
        QTRY_COMPARE_WITH_TIMEOUT(count(window, folder, StudyJobState::Done), 7, kPatience);  // all but the figures
        QTRY_VERIFY_WITH_TIMEOUT(page->comparison()->model()->rowCount() > 0, kPatience);
        bool compared = false;
        for (int row = 0; row < page->comparison()->model()->rowCount(); ++row)
            for (int column = 0; column < page->comparison()->model()->columnCount(); ++column)
                if (page->comparison()->model()->index(row, column).data().toString().startsWith("0.600 ±"))
                    compared = true;
        QVERIFY(compared);
        // The page as a file to pass on.
        const QString report = f.path("report.html");
        window.studies()->startReport(folder, report);
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(report), kPatience);
        QFile html(report);
        QVERIFY(html.open(QIODevice::ReadOnly));
        QVERIFY(html.readAll().contains("Ours beside the published scores"));
    }
};

QTEST_MAIN(TestStudies)
#include "tst_studies.moc"
