// SPDX-License-Identifier: GPL-3.0-or-later
//
// How long the window takes, without a display: from its making to its first paint, to open a study, to show each of
// its figures, and in the what-if editor from a toggle to the first estimate and to the last.
//
//   lottery-view-times --study DIR [--masks DIR] [--repeats N]
//
// Times are medians over the repeats, in milliseconds, with reading and painting; the machine should be idle.
#include <QApplication>
#include <QCommandLineParser>
#include <QElapsedTimer>
#include <QLabel>
#include <QTemporaryDir>
#include <QThread>
#include <algorithm>
#include <cstdio>
#include <functional>
#include <vector>

#include "app/gui/main_window.h"
#include "app/gui/run_parts.h"
#include "app/gui/run_tabs.h"
#include "widgets/analysis/analysis_view.h"
#include "widgets/masks/what_if_view.h"

using namespace lottery;
using namespace lottery::gui;

namespace {

constexpr int kPatienceMs = 120'000;

// Milliseconds until `done`.
double until(const std::function<bool()>& done) {
    QElapsedTimer clock;
    clock.start();
    while (!done()) {
        if (clock.elapsed() > kPatienceMs) qFatal("nothing came within two minutes");
        QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
        QThread::usleep(200);
    }
    return static_cast<double>(clock.nsecsElapsed()) / 1e6;
}

double median(std::vector<double> times) {
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

void tell(const std::string& what, const std::vector<double>& times) {
    std::printf("%-44s %9.1f\n", what.c_str(), median(times));
}

double milliseconds(const std::function<void()>& work) {
    QElapsedTimer clock;
    clock.start();
    work();
    return static_cast<double>(clock.nsecsElapsed()) / 1e6;
}

void timeFigures(AnalysisView* page, int repeats) {
    for (const StudyFigureInfo& figure : all_study_figures()) {
        std::vector<double> times;
        for (int r = 0; r < repeats; ++r) {
            const auto other =
                figure.kind == StudyFigureKind::Survival ? StudyFigureKind::Overlap : StudyFigureKind::Survival;
            bool shown = false;
            const auto connection = QObject::connect(page, &AnalysisView::shown, page, [&] { shown = true; });
            if (page->wanted().kind != other) {
                page->choose(other);
                until([&] { return shown; });
            }
            shown = false;
            times.push_back(milliseconds([&] {
                page->choose(figure.kind);
                until([&] { return shown; });
                page->shownView()->grab();
            }));
            QObject::disconnect(connection);
        }
        tell(std::string(figure.title).append(page->shownView() == page->message() ? " (nothing to show)" : ""), times);
    }
}

bool isFinished(const WhatIfView* page) {
    return page->estimate() && page->estimate()->examples == page->estimate()->of;
}

void timeEdits(RunView* view, int repeats) {
    WhatIfView* page = view->parts()->whatIfView();
    if (!page) qFatal("the model of the masks is not known");
    std::vector<double> loading{milliseconds([&] {
        view->parts()->setCurrentWidget(page);
        until([&] { return page->isEditing(); });
    })};
    tell("what-if: model and examples loaded", loading);
    tell("what-if: first score of all", {until([&] { return isFinished(page); })});
    const int layers = page->masks().layers();
    for (const int layer : {0, layers / 2, layers - 1}) {
        std::vector<double> first, last, cost;
        for (int r = 0; r < repeats; ++r) {
            QElapsedTimer clock;
            clock.start();
            page->toggle({layer, r % page->masks().heads.heads});
            until([&] { return page->estimate().has_value(); });
            first.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
            until([&] { return isFinished(page); });
            last.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
            cost.push_back(page->estimate()->milliseconds_per_example);
        }
        const std::string where = "what-if, layer " + std::to_string(layer + 1) + ": ";
        tell(where + "first estimate, 16 examples", first);
        tell(where + "last, " + std::to_string(page->estimate()->of) + " examples", last);
        std::printf("%-44s %9.3f\n", (where + "an example").c_str(), median(cost));
    }
}

}  // namespace

int main(int argc, char** argv) {
    QElapsedTimer start;
    start.start();
    QApplication app(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions(
        {{QStringLiteral("study"), QStringLiteral("A study, e.g. an import."), QStringLiteral("dir")},
         {QStringLiteral("masks"), QStringLiteral("Masks whose model is known."), QStringLiteral("dir")},
         {QStringLiteral("repeats"), QStringLiteral("Of each."), QStringLiteral("n"), QStringLiteral("5")}});
    parser.process(app);
    const int repeats = parser.value(QStringLiteral("repeats")).toInt();
    QTemporaryDir folder;
    MainWindow window(folder.filePath(QStringLiteral("settings.ini")));
    window.show();
    window.grab();
    std::printf("%-44s %9.1f\n", "start to first paint", static_cast<double>(start.nsecsElapsed()) / 1e6);
    if (parser.isSet(QStringLiteral("study"))) {
        AnalysisView* page = nullptr;
        std::printf("%-44s %9.1f\n", "study opened and painted", milliseconds([&] {
                        window.openFolder(parser.value(QStringLiteral("study")));
                        until([&] {
                            const RunView* view = window.tabs()->current();
                            page = view ? view->parts()->analysisView() : nullptr;
                            return page && page->shownView() != page->message();
                        });
                        window.grab();
                    }));
        window.tabs()->current()->parts()->setCurrentWidget(page);
        timeFigures(page, repeats);
    }
    if (parser.isSet(QStringLiteral("masks"))) {
        window.openFolder(parser.value(QStringLiteral("masks")));
        until([&] {
            const RunView* view = window.tabs()->current();
            return view && view->parts()->maskView();
        });
        timeEdits(window.tabs()->current(), repeats);
    }
    return 0;
}
