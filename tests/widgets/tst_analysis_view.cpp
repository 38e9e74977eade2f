// SPDX-License-Identifier: GPL-3.0-or-later
//
// The page of figures: what is asked for when something is chosen, and what is shown of the answer.
#include "widgets/analysis/analysis_view.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QLabel>
#include <QListWidget>
#include <QMenu>
#include <QSignalSpy>
#include <QTabBar>
#include <QTableWidget>
#include <QTest>
#include <QToolButton>

#include "widgets/analysis/check_menu.h"
#include "widgets/analysis/tables_view.h"
#include "widgets/figures/bar_chart_view.h"
#include "widgets/figures/figure_view.h"
#include "widgets/masks/mask_heatmap_view.h"
#include "widgets/runs/component_inspector.h"

using namespace lottery;
using namespace lottery::gui;

namespace {

AnalysisScope someScope() {
    AnalysisScope scope;
    scope.study = "/studies/quick";
    for (const auto& figure : all_study_figures())
        if (figure.of_masks) scope.settings[figure.kind] = {"heads", "heads_mlps", "heads_mlps_random"};
    scope.settings[StudyFigureKind::Magnitude] = {"global"};
    scope.families = {ExperimentFamily::Structured, ExperimentFamily::Magnitude};
    scope.tasks = {TaskId::MRPC, TaskId::RTE};
    scope.seeds = {42, 1337};
    return scope;
}

StudyFigure somePicture(StudyFigureKind kind) {
    switch (kind) {
        case StudyFigureKind::Overlap:
        case StudyFigureKind::Agreement:
        case StudyFigureKind::Jaccard: {
            MatrixPicture picture;
            picture.content.names = {"MRPC", "RTE"};
            picture.content.values = {{3, 1}, {1, 2}};
            picture.content.value_label = "shared heads";
            picture.options.title = "Overlap";
            return picture;
        }
        case StudyFigureKind::Importance:
            return BoxContent{"Importances", "importance", {{"MRPC", {"seed 1"}, {{0, 0.2, 0.4, 0.6, 1}}}}};
        case StudyFigureKind::ImportanceEvolution:
            return LinesContent{"Evolution", {{"step", "median", {{"MRPC", {{0, 1}, {1, 0.5}}}}}}, ""};
        case StudyFigureKind::Evaluation: {
            BarContent content;
            content.series = {"good"};
            content.groups = {{"MRPC", {{0.8}}}};
            content.title = "Scores";
            return content;
        }
        default: {
            HeatmapPicture picture;
            picture.content.values.heads = HeadMatrix(2, 3, 0.5F);
            picture.options.title = "Survival";
            return picture;
        }
    }
}

}  // namespace

class TestAnalysisView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // Every view, as a person walks through the list.
    void every_figure_is_asked_for_and_shown() {
        AnalysisView view;
        view.resize(900, 600);
        view.show();
        QSignalSpy asked(&view, &AnalysisView::figureWanted);
        view.setScope(someScope());
        QCOMPARE(asked.count(), 1);
        QCOMPARE(view.list()->count(), static_cast<int>(all_study_figures().size()));
        for (const auto& figure : all_study_figures()) {
            view.choose(figure.kind);
            const StudyFigureRequest wanted = view.wanted();
            QVERIFY(wanted.kind == figure.kind);
            QCOMPARE(wanted.study.string(), std::string("/studies/quick"));
            if (figure.of_masks)
                QCOMPARE(wanted.setting,
                         std::string(figure.kind == StudyFigureKind::Magnitude ? "global" : "heads_mlps"));
            QCOMPARE(wanted.tasks.size(), std::size_t{figure.kind == StudyFigureKind::TaskSurvival ? 1U : 0U});
            const StudyFigure picture = somePicture(figure.kind);
            view.setFigure(wanted, picture, {{}, "lottery figure"});
            QWidget* const shown = view.shownView();
            QVERIFY(shown != view.message());
            if (std::holds_alternative<HeatmapPicture>(picture)) QCOMPARE(shown, view.heatmap());
            if (std::holds_alternative<BarContent>(picture)) QCOMPARE(shown, view.bars());
            QVERIFY(!view.grab().toImage().isNull());
        }
    }

    void tables_are_shown_and_copied() {
        AnalysisView view;
        view.resize(900, 600);
        view.show();
        view.setScope(someScope());
        view.choose(StudyFigureKind::Agreement);
        QSignalSpy figures(&view, &AnalysisView::figureWanted), tables(&view, &AnalysisView::tablesWanted);
        view.formBar()->setCurrentIndex(1);
        QCOMPARE(tables.count(), 1);
        QCOMPARE(figures.count(), 0);
        StudyTables some;
        some.tables = {{{{"task", "\u03ba"}, {"MRPC", "0.42"}, {"RTE", "undefined"}}, "Fleiss"}};
        some.data = {{"task", "kappa"}, {{std::string("MRPC"), 0.42}}};
        some.json = {{"kappa", 0.42}};
        view.setTables(view.wanted(), some);
        QCOMPARE(view.shownView(), view.tables());
        auto* table = view.tables()->findChild<QTableWidget*>();
        QVERIFY(table);
        QCOMPARE(table->rowCount(), 2);
        QCOMPARE(table->item(1, 1)->text(), QStringLiteral("undefined"));
        QVERIFY(!view.grab().toImage().isNull());
        const auto copied = [&](int action) {
            view.tables()->copyButton()->menu()->actions().at(action)->trigger();
            return QGuiApplication::clipboard()->text();
        };
        QVERIFY(copied(1).startsWith(QLatin1String("| task")));
        QVERIFY(copied(2).contains(QLatin1String("\\toprule")));
        QVERIFY(copied(3).startsWith(QLatin1String("task,kappa")));
        QVERIFY(copied(4).contains(QLatin1String("\"kappa\": 0.42")));
        // A figure that comes late is not shown in their place, and another setting is asked for as tables.
        view.setFigure(view.wanted(), somePicture(StudyFigureKind::Agreement), {{}, {}});
        QCOMPARE(view.shownView(), view.tables());
        view.componentsBox()->setCurrentIndex(1);
        QCOMPARE(tables.count(), 2);
        view.setTables(view.wanted(), Error{"no masks", "/studies/quick", {}});
        QCOMPARE(view.shownView(), view.message());
        // What has none shows its figure.
        view.choose(StudyFigureKind::Magnitude);
        QVERIFY(!view.formBar()->isTabEnabled(1));
        QVERIFY(figures.count() > 0);
    }

    void choices_are_part_of_what_is_wanted() {
        AnalysisView view;
        view.setScope(someScope());
        view.choose(StudyFigureKind::Overlap);
        QSignalSpy asked(&view, &AnalysisView::figureWanted);
        view.componentsBox()->setCurrentIndex(1);
        QCOMPARE(asked.count(), 1);
        QVERIFY(view.wanted().components == MaskedComponents::Mlps);
        view.tasksMenu()->setChecked({"RTE"});
        QCOMPARE(asked.count(), 2);
        QCOMPARE(view.wanted().tasks, std::vector<TaskId>{TaskId::RTE});
        view.seedsMenu()->setChecked({"1337"});
        QCOMPARE(view.wanted().seeds, std::vector<std::uint64_t>{1337});
        QSignalSpy brushed(&view, &AnalysisView::brushed);
        view.seedsMenu()->setChecked({"42"});
        QCOMPARE(brushed.count(), 1);
        QCOMPARE(view.brush(), (Brush{{"RTE"}, {"42"}}));
        // What was chosen elsewhere is asked for, and not told again.
        const auto before = asked.count();
        view.setBrush({{"RTE"}, {"1337"}});
        QCOMPARE(asked.count(), before + 1);
        QCOMPARE(brushed.count(), 1);
        view.settingBox()->setCurrentText("heads");
        QCOMPARE(view.wanted().setting, std::string("heads"));
        // It is the same for the next figure; a comparison is only for heatmaps.
        view.choose(StudyFigureKind::Survival);
        QCOMPARE(view.wanted().setting, std::string("heads"));
        QCOMPARE(view.wanted().tasks, std::vector<TaskId>{TaskId::RTE});
        view.compareBox()->setCurrentText("heads_mlps");
        QCOMPARE(view.wanted().compare.value_or(""), std::string("heads_mlps"));
        view.choose(StudyFigureKind::Agreement);
        QVERIFY(!view.wanted().compare.has_value());
        // The published study's setting, where there is one.
        auto beside = someScope();
        beside.published = "/studies/published";
        beside.published_settings[StudyFigureKind::Survival] = {"heads_mlps"};
        view.setScope(beside);
        view.choose(StudyFigureKind::Survival);
        view.compareBox()->setCurrentText("published: heads_mlps");
        QCOMPARE(view.wanted().compare.value_or(""), std::string("heads_mlps"));
        QCOMPARE(view.wanted().compare_study.string(), std::string("/studies/published"));
        view.compareBox()->setCurrentText("heads_mlps");
        QVERIFY(view.wanted().compare_study.empty());
        // What is there no more is not asked for any more.
        auto less = someScope();
        less.tasks = {TaskId::MRPC};
        view.setScope(less);
        QVERIFY(view.wanted().tasks.empty());
    }

    void late_answers_are_dropped() {
        AnalysisView view;
        view.setScope(someScope());
        const auto first = view.wanted();
        view.choose(StudyFigureKind::Overlap);
        view.setFigure(first, somePicture(StudyFigureKind::Survival), {});
        QVERIFY(view.shownView() == view.message());
    }

    void what_cannot_be_drawn_is_said() {
        AnalysisView view;
        view.setScope(someScope());
        view.setFigure(view.wanted(), Error{"no masks found", "/studies/quick/masks", "Run the study"}, {});
        QVERIFY(view.shownView() == view.message());
        QVERIFY2(view.message()->text().contains("no masks found"), qPrintable(view.message()->text()));
    }

    void a_component_is_selected_in_all_of_them() {
        AnalysisView view;
        view.resize(900, 600);
        view.show();
        view.setScope(someScope());
        view.setFigure(view.wanted(), somePicture(StudyFigureKind::Survival), {});
        QSignalSpy selected(&view, &AnalysisView::componentSelected);
        QTest::mouseClick(view.heatmap(), Qt::LeftButton, {}, view.heatmap()->cellRect({1, 2}).center().toPoint());
        QCOMPARE(selected.count(), 1);
        view.choose(StudyFigureKind::Magnitude);
        view.setFigure(view.wanted(), somePicture(StudyFigureKind::Magnitude), {});
        QVERIFY(view.heatmap()->selected() == (Component{1, 2}));
        view.setSelected(Component{0, 1});
        QVERIFY(view.heatmap()->selected() == (Component{0, 1}));
        QCOMPARE(selected.count(), 1);
    }

    void matrices_have_tool_tips() {
        AnalysisView view;
        view.resize(900, 600);
        view.show();
        view.setScope(someScope());
        view.choose(StudyFigureKind::Overlap);
        view.setFigure(view.wanted(), somePicture(StudyFigureKind::Overlap), {});
        QString found;
        for (int y = 0; y < view.figure()->height() && found.isEmpty(); y += 4)
            for (int x = 0; x < view.figure()->width() && found.isEmpty(); x += 4)
                found = view.figure()->toolTipAt(QPointF(x, y));
        QCOMPARE(found, QStringLiteral("MRPC, MRPC\nshared heads 3.000"));
    }

    void the_inspector_tells_it_task_by_task() {
        ComponentFacts facts;
        facts.component = {1, 2};
        facts.setting = "heads_mlps";
        facts.survived = MeanDeviation{1.5, 0.7071, std::nullopt};
        facts.tasks = {{TaskId::MRPC, 5, 3, 0.25, 4.2, 72, 0.61},
                       {TaskId::STSB, 0, 0, {}, {}, 0, 0.5},
                       {TaskId::RTE, 5, 5, {}, {}, 0, {}}};
        ComponentInspector inspector;
        inspector.showFacts(facts, "quick");
        QCOMPARE(inspector.headline(), QStringLiteral("Layer 2, head 3"));
        QCOMPARE(inspector.state(), QStringLiteral("Survives in 1.5 of 2 tasks (± 0.7 over seeds)."));
        const auto cell = [&](int row, int column) { return inspector.factsTable()->item(row, column)->text(); };
        QCOMPARE(cell(0, 0), QStringLiteral("MRPC"));
        QCOMPARE(cell(0, 1), QStringLiteral("3 of 5"));
        QCOMPARE(cell(0, 2), QStringLiteral("0.250"));
        QCOMPARE(cell(0, 3), QStringLiteral("4.2 of 72"));
        QCOMPARE(cell(0, 4), QStringLiteral("61 %"));
        QCOMPARE(cell(1, 1), QStringLiteral("–"));
        QVERIFY(inspector.table()->isHidden());
        inspector.showFacts({}, "quick");
        QCOMPARE(inspector.headline(), QString());
    }

    void menus_say_what_is_checked() {
        CheckMenu menu("all tasks");
        QSignalSpy changed(&menu, &CheckMenu::checkedChanged);
        menu.setItems({"MRPC", "RTE", "STS-B"});
        QCOMPARE(menu.text(), QStringLiteral("all tasks"));
        menu.setChecked({"MRPC", "STS-B"});
        QCOMPARE(menu.text(), QStringLiteral("MRPC, STS-B"));
        QCOMPARE(changed.count(), 1);
        menu.setItems({"RTE", "STS-B"});
        QCOMPARE(menu.checked(), QStringList{"STS-B"});
        menu.setChecked({});
        QCOMPARE(menu.text(), QStringLiteral("all tasks"));
    }
};

QTEST_MAIN(TestAnalysisView)
#include "tst_analysis_view.moc"
