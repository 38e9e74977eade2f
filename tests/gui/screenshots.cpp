// SPDX-License-Identifier: GPL-3.0-or-later
//
// Takes the manual's pictures: does real runs in the real window and looks at it on the way.
//
//   lottery-screenshots --work DIR --out DIR [--checkpoint DIR --data DIR --task NAME] [--study DIR] [--dark]
//                       [--limit N] [--learning-rate X] [--published DIR]
#include <QApplication>
#include <QComboBox>
#include <QCommandLineParser>
#include <QContextMenuEvent>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QLabel>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QSettings>
#include <QSpinBox>
#include <QStyleFactory>
#include <QTabBar>
#include <QTableView>
#include <QThread>
#include <QTreeView>
#include <cstdio>
#include <functional>

#include "app/gui/analysis_pages.h"
#include "app/gui/appearance.h"
#include "app/gui/attention_desk.h"
#include "app/gui/main_window.h"
#include "app/gui/record_actions.h"
#include "app/gui/run_header.h"
#include "app/gui/run_parts.h"
#include "app/gui/run_tabs.h"
#include "app/gui/run_view.h"
#include "app/gui/study_desk.h"
#include "app/gui/study_services.h"
#include "widgets/analysis/analysis_view.h"
#include "widgets/analysis/tables_view.h"
#include "widgets/attention/attention_controls.h"
#include "widgets/attention/attention_detail.h"
#include "widgets/attention/attention_view.h"
#include "widgets/masks/mask_heatmap_view.h"
#include "widgets/masks/mask_search_view.h"
#include "widgets/masks/what_if_view.h"
#include "widgets/provenance/provenance_view.h"
#include "widgets/provenance/run_difference_dialog.h"
#include "widgets/reproduction/reproduction_view.h"
#include "widgets/results/results_view.h"
#include "widgets/runs/folder_kind.h"
#include "widgets/runs/new_run_dialog.h"
#include "widgets/runs/study_view.h"
#include "widgets/study/new_study_dialog.h"
#include "widgets/study/study_explorer.h"

using namespace lottery;
using namespace lottery::gui;

namespace {

// Lets the window live until `done` holds.
void until(const std::function<bool()>& done) {
    while (!done()) {
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
        QThread::msleep(5);
    }
}

void settle() {
    QElapsedTimer clock;
    clock.start();
    until([&] { return clock.elapsed() > 400; });
}

class Photographer {
public:
    Photographer(QString folder, QString suffix) : folder_(std::move(folder)), suffix_(std::move(suffix)) {}

    void take(QWidget* widget, const char* name) const {
        settle();
        save(widget->grab(), name);
    }
    // With a menu open on it, which is a window of its own.
    void take(QWidget* window, QMenu* menu, const char* name) const {
        settle();
        QPixmap picture = window->grab();
        QPainter(&picture).drawPixmap(window->mapFromGlobal(menu->pos()), menu->grab());
        save(picture, name);
    }

private:
    void save(const QPixmap& picture, const char* name) const {
        const QString file = QStringLiteral("%1/%2%3.png").arg(folder_, QLatin1String(name), suffix_);
        if (picture.save(file))
            std::printf("%s\n", qPrintable(file));
        else
            qFatal("%s could not be written", qPrintable(file));
    }

    QString folder_;
    QString suffix_;
};

RunDraft draftOf(const QCommandLineParser& parser, const QString& work) {
    RunDraft draft;
    draft.kind = RunKind::FinetuneAndMask;
    draft.checkpoint = pathFromText(parser.value(QStringLiteral("checkpoint")));
    draft.data = pathFromText(parser.value(QStringLiteral("data")));
    draft.out = pathFromText(work + QStringLiteral("/study"));
    const auto task = parse_task(parser.value(QStringLiteral("task")).toStdString());
    if (!task) qFatal("%s", task.error().to_string().c_str());
    draft.task = *task;
    const qint64 limit = parser.value(QStringLiteral("limit")).toLongLong();
    draft.training.limit_train = limit;
    draft.training.limit_dev = limit;
    draft.search.limit_dev = limit;
    if (parser.isSet(QStringLiteral("learning-rate")))
        draft.training.learning_rate = parser.value(QStringLiteral("learning-rate")).toDouble();
    draft.search.split = SearchSplit::Dev;
    draft.evaluate_limit_dev = limit;
    return draft;
}

// The maps of a pair, of the model before its masks were applied, what they leave out crossed; lines; what pruning
// changes.
void takeAttention(MainWindow& window, const Photographer& photographer, RunView* run) {
    AttentionView* page = run->parts()->attentionView();
    if (!page) qFatal("the model of %s is not known", qPrintable(run->folder()));
    window.resize(1500, 900);
    run->parts()->setCurrentWidget(page);
    const auto shown = [&] { return page->picture().maps && window.attention()->isIdle(); };
    until(shown);
    page->controls()->chooseModel(1);
    page->controls()->exampleBox()->setValue(9);
    until(shown);
    page->setSelected(Component{2, 6});
    photographer.take(&window, "attention");
    page->detail()->setCurrentIndex(1);
    photographer.take(&window, "attention-lines");
    page->detail()->setCurrentIndex(0);
    page->controls()->minusBox()->setCurrentIndex(1);
    until(shown);
    photographer.take(&window, "attention-difference");
    page->controls()->minusBox()->setCurrentIndex(0);
    until(shown);
    window.resize(1280, 820);
}

void takePictures(MainWindow& window, const Photographer& photographer, const RunDraft& draft) {
    photographer.take(&window, "start");
    NewRunDialog* dialog = window.newRun(draft);
    photographer.take(dialog, "new-run");
    dialog->reject();

    const JobId id = window.startRun(draft);
    RunDraft next = draft;
    next.seed = 42;
    const JobId waiting = window.startRun(next);
    window.tabs()->showJob(id);
    RunView* view = window.tabs()->view(id);
    const auto progress = [&] { return window.jobs()->jobs()->record(id)->progress; };
    const auto ended = [&] { return isEnd(window.jobs()->jobs()->record(id)->state); };
    until([&] { return ended() || (progress().unit == "steps" && progress().done * 10 > progress().total * 8); });
    photographer.take(&window, "training");
    until([&] { return ended() || view->parts()->maskView()->stepCount() >= 4; });
    photographer.take(&window, "mask-search-live");
    until(ended);
    if (window.jobs()->jobs()->record(id)->state != gui::JobState::Done)
        qFatal("%s", qPrintable(view->header()->message()));
    window.jobs()->cancel(waiting);
    until([&] { return window.jobs()->isIdle(); });
    view->parts()->maskView()->selectComponent({1, 2});
    Q_EMIT view->parts()->maskView()->componentSelected({1, 2});
    photographer.take(&window, "mask-search");
    takeAttention(window, photographer, view);

    RunDraft evaluation = draft;
    evaluation.kind = RunKind::Evaluate;
    evaluation.checkpoint = modelFolder(draft);
    evaluation.head_mask = maskFolder(draft) / "head_mask.npy";
    evaluation.mlp_mask = maskFolder(draft) / "mlp_mask.npy";
    evaluation.measure_speed = true;
    window.startRun(evaluation);
    until([&] { return window.jobs()->isIdle(); });
    photographer.take(&window, "evaluation");
}

// Opens a folder and waits until it is shown.
RunView* opened(MainWindow& window, const QString& folder) {
    window.openFolder(folder);
    until([&] { return !window.isOpening(); });
    settle();
    RunView* view = window.tabs()->current();
    if (!view || view->folder() != folder) qFatal("%s could not be opened", qPrintable(folder));
    return view;
}

// Of a run of a study, and what makes it another than the same run of another seed.
void takeRecords(MainWindow& window, const Photographer& photographer, const RunView* run) {
    run->parts()->setCurrentWidget(run->parts()->recordView());
    photographer.take(&window, "record");
    QDir seeds(run->folder());
    const QString own = seeds.dirName();
    seeds.cdUp();
    for (const QString& seed : seeds.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        if (seed == own || !QFile::exists(seeds.filePath(seed + QStringLiteral("/run.json")))) continue;
        RunDifferenceDialog* dialog = showDifference(&window, run->folder(), seeds.filePath(seed), {});
        photographer.take(dialog, "run-difference");
        dialog->reject();
        return;
    }
}

void takeFigures(MainWindow& window, const Photographer& photographer, RunView* whole) {
    AnalysisView* page = whole->parts()->analysis();
    whole->parts()->setCurrentWidget(page);
    const QSize before = window.size();
    window.resize(1600, 860);  // the inspector beside the explorer wants room
    const std::pair<StudyFigureKind, const char*> figures[] = {{StudyFigureKind::Survival, "figures"},
                                                               {StudyFigureKind::ImportanceEvolution, "evolution"}};
    for (const auto& [kind, name] : figures) {
        page->choose(kind);
        until([&] { return !window.figures()->isReading() && page->shownView() != page->message(); });
        if (kind == StudyFigureKind::Survival) {
            // A head is selected, so that the inspector tells it.
            const QPointF at = page->heatmap()->cellRect({1, 1}).center();
            QMouseEvent click(QEvent::MouseButtonPress, at, page->heatmap()->mapToGlobal(at), Qt::LeftButton,
                              Qt::LeftButton, Qt::NoModifier);
            QCoreApplication::sendEvent(page->heatmap(), &click);
        }
        photographer.take(&window, name);
    }
    page->choose(StudyFigureKind::Agreement);
    page->formBar()->setCurrentIndex(1);
    until([&] { return !window.figures()->isReading() && page->shownView() == page->tables(); });
    photographer.take(&window, "tables");
    page->formBar()->setCurrentIndex(0);
    window.resize(before);
}

// A few heads and an MLP turned over by hand, and what that costs.
void takeWhatIf(MainWindow& window, const Photographer& photographer, RunView* run) {
    WhatIfView* page = run->parts()->whatIfView();
    if (!page) qFatal("the model of %s is not known", qPrintable(run->folder()));
    run->parts()->setCurrentWidget(page);
    const auto finished = [&] { return page->estimate() && page->estimate()->examples == page->estimate()->of; };
    until(finished);
    for (const Component& component : {Component{1, 2}, Component{1, 3}, Component{4, -1}}) page->toggle(component);
    Q_EMIT page->componentSelected(Component{1, 3});
    until(finished);
    photographer.take(&window, "what-if");
}

// Of a study that is there already: training all its models takes hours.
void takeStudy(MainWindow& window, const Photographer& photographer, const QString& study, const QString& run) {
    RunView* found = opened(window, study + QStringLiteral("/masks/heads_mlps/") + run);
    QWidget* mask = found->parts()->maskView();
    if (!mask) qFatal("%s holds no mask of heads and MLPs", qPrintable(found->folder()));
    QContextMenuEvent click(QContextMenuEvent::Mouse, {300, 260}, mask->mapToGlobal(QPoint(300, 260)));
    QCoreApplication::sendEvent(mask, &click);
    auto* menu = found->findChild<QMenu*>(QStringLiteral("followUps"));
    photographer.take(&window, menu, "mask-menu");
    menu->close();
    takeRecords(window, photographer, found);
    takeWhatIf(window, photographer, found);
    opened(window, study + QStringLiteral("/masks/heads_mlps_bad_1/") + run);
    photographer.take(&window, "control");
    opened(window, study + QStringLiteral("/masks/global/") + run);
    photographer.take(&window, "magnitude");
    RunView* whole = opened(window, study);
    if (!whole->parts()->resultsView()) qFatal("%s has no scores", qPrintable(study));
    whole->parts()->setCurrentWidget(whole->parts()->resultsView());
    photographer.take(&window, "results");
    whole->parts()->setCurrentWidget(whole->parts()->studyView());
    photographer.take(&window, "study");
    ReproductionView* page = whole->parts()->reproduction();
    whole->parts()->setCurrentWidget(page);
    until([&] { return !window.studies()->isReading(); });
    for (int row = 0; row < page->checklist()->model()->rowCount(); ++row)
        if (page->checklist()->model()->index(row, 0).data().toString().startsWith(QStringLiteral("Scores of sub")))
            page->checklist()->selectRow(row);
    photographer.take(&window, "reproduction");
    takeFigures(window, photographer, whole);
}

// The demo's study at work: it needs no data and is quick enough to be begun for a picture.
void takeStudyAtWork(MainWindow& window, const Photographer& photographer, const RunDraft& draft) {
    NewStudyDialog* dialog = window.studies()->newStudy(StudyPreset::Quick);
    if (!draft.checkpoint.empty()) dialog->setInputs(draft.checkpoint, draft.data, draft.compute);
    photographer.take(dialog, "new-study");
    dialog->reject();
    const std::filesystem::path folder = draft.out.parent_path() / "demo-study";
    const QString text = textFromPath(folder);
    window.studies()->createStudy(folder, newStudyServices().preset(StudyPreset::Demo, Mode::Rigorous), true);
    StudiesController* studies = window.studies()->studies();
    const auto count = [&](StudyJobState state) {
        return studies->overview(text) ? studies->overview(text)->count(state) : 0;
    };
    until([&] { return count(StudyJobState::Done) >= 9 && count(StudyJobState::Running) == 1; });
    auto* tree = window.studies()->explorer()->tree();
    tree->expandToDepth(0);
    tree->expand(tree->model()->index(0, 0, tree->model()->index(0, 0)));
    photographer.take(&window, "study-at-work");
    studies->cancel(text);
    until([&] { return window.jobs()->isIdle() && !window.studies()->isReading(); });
}

}  // namespace

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setApplicationVersion(QStringLiteral(LOTTERY_VERSION));
    QCommandLineParser parser;
    for (const char* name :
         {"checkpoint", "data", "task", "work", "out", "limit", "learning-rate", "study", "published"})
        parser.addOption({QLatin1String(name), QString(), QLatin1String(name)});
    parser.addOption({QStringLiteral("dark"), QStringLiteral("Dark instead of light")});
    parser.process(app);
    const QString work = QDir().absoluteFilePath(parser.value(QStringLiteral("work")));
    const QString out = QDir().absoluteFilePath(parser.value(QStringLiteral("out")));
    QDir().mkpath(work);
    QDir().mkpath(out);

    const bool dark = parser.isSet(QStringLiteral("dark"));
    applyAppearance(dark ? Appearance::Dark : Appearance::Light);
    const RunDraft draft = draftOf(parser, work);
    const QString settings = work + QStringLiteral("/settings.ini");
    WindowSettings(settings).setBaseFolder(draft.out);
    WindowSettings(settings).setPublished(parser.value(QStringLiteral("published")));
    MainWindow window(settings);
    window.resize(1280, 860);
    window.show();
    const Photographer photographer(out, dark ? QStringLiteral("-dark") : QString());
    if (parser.isSet(QStringLiteral("checkpoint"))) takePictures(window, photographer, draft);
    takeStudyAtWork(window, photographer, draft);
    if (parser.isSet(QStringLiteral("study")))
        takeStudy(window, photographer, parser.value(QStringLiteral("study")),
                  parser.value(QStringLiteral("task")) + QStringLiteral("/seed_1337"));
    return 0;
}
