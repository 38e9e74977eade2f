// SPDX-License-Identifier: GPL-3.0-or-later
//
// A walk through every view of the window: an imported study with all of its figures and tables, a fine-tuned model, a
// mask search, a magnitude search and an evaluation, each of whose pages is looked at, large and small.
#include <QImage>
#include <QLabel>
#include <QListWidget>
#include <QSet>
#include <QTabBar>
#include <QTest>

#include "app/gui/analysis_pages.h"
#include "app/gui/run_parts.h"
#include "app/gui/run_tabs.h"
#include "app/gui/study_desk.h"
#include "app/gui/what_if_desk.h"
#include "tests/gui/window_fixture.h"
#include "tests/study/import_fixture.h"
#include "widgets/analysis/analysis_view.h"
#include "widgets/jobs/issues_model.h"
#include "widgets/masks/what_if_view.h"

using namespace lottery;
using namespace lottery::gui;
using namespace lottery::gui::test;

namespace {

int coloursOf(const QImage& image) {
    QSet<QRgb> colours;
    for (int y = 0; y < image.height(); y += 2)
        for (int x = 0; x < image.width(); x += 2) colours.insert(image.pixel(x, y));
    return static_cast<int>(colours.size());
}

bool isQuiet(MainWindow& window) {
    return window.jobs()->isIdle() && !window.figures()->isReading() && !window.studies()->isReading() &&
           window.whatIf()->isIdle();
}

// Looked at when nothing is read any more: something stands there.
void lookAt(MainWindow& window, QWidget* part, const QString& where) {
    QVERIFY2(QTest::qWaitFor([&] { return isQuiet(window); }, kPatience), qPrintable(where));
    for (const QSize size : {QSize(1400, 900), QSize(900, 600)}) {
        window.resize(size);
        QVERIFY2(part->isVisible(), qPrintable(where));
        QVERIFY2(coloursOf(part->grab().toImage()) > 3, qPrintable(where));
    }
}

}  // namespace

class TestEveryView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everything_is_looked_at() {
        Fixture fixture;
        QVERIFY(fixture.ready);
        const lottery::test::ImportFixture import;
        QVERIFY(import.import().done());
        MainWindow window(fixture.settings());
        show(window);
        const auto run = [&](RunDraft draft) {
            const JobId id = window.startRun(draft);
            return QTest::qWaitFor([&] { return isEnd(state(window, id)); }, kPatience) &&
                   state(window, id) == gui::JobState::Done;
        };
        QVERIFY(run(fixture.draft(RunKind::Finetune, "model")));
        QVERIFY(run(fixture.draft(RunKind::MaskSearch, "masks")));
        RunDraft weights = fixture.draft(RunKind::Magnitude, "weights");
        weights.magnitude.mode = Mode::Published;
        weights.magnitude.split = SearchSplit::Dev;
        weights.magnitude.max_seq_length = 16;
        QVERIFY(run(weights));
        QVERIFY(run(fixture.draft(RunKind::Evaluate, "unused")));
        window.openFolder(textFromPath(import.out()));
        QTRY_VERIFY_WITH_TIMEOUT(window.tabs()->current() && window.tabs()->current()->parts()->analysisView(),
                                 kPatience);

        QStringList seen;
        for (int tab = 0; tab < window.tabs()->count(); ++tab) {
            window.tabs()->setCurrentIndex(tab);
            RunView* view = window.tabs()->current();
            if (!view) {
                lookAt(window, window.tabs()->currentWidget(), QStringLiteral("start"));
                continue;
            }
            for (int part = 0; part < view->parts()->count(); ++part) {
                view->parts()->setCurrentIndex(part);
                const QString name = view->parts()->tabText(part);
                seen << name;
                lookAt(window, view->parts()->currentWidget(), view->title() + QStringLiteral(", ") + name);
            }
        }
        seen.removeDuplicates();
        seen.sort();
        QCOMPARE(seen,
                 QStringList({QStringLiteral("Attention"), QStringLiteral("Evaluation"), QStringLiteral("Figures"),
                              QStringLiteral("Fine-tuning"), QStringLiteral("Magnitude pruning"),
                              QStringLiteral("Mask search"), QStringLiteral("Record"), QStringLiteral("Reproduction"),
                              QStringLiteral("Results"), QStringLiteral("Study"), QStringLiteral("What if")}));
        QCOMPARE(window.jobs()->issues()->counts().errors, 0);
    }

    void every_figure_and_its_tables() {
        Fixture fixture;
        const lottery::test::ImportFixture import;
        QVERIFY(import.import().done());
        MainWindow window(fixture.settings());
        show(window);
        window.openFolder(textFromPath(import.out()));
        QTRY_VERIFY_WITH_TIMEOUT(window.tabs()->current() && window.tabs()->current()->parts()->analysisView(),
                                 kPatience);
        RunParts* parts = window.tabs()->current()->parts();
        AnalysisView* page = parts->analysisView();
        parts->setCurrentWidget(page);
        QStringList without;
        for (const auto& figure : all_study_figures()) {
            const QString name = QString::fromUtf8(figure.title.data(), static_cast<qsizetype>(figure.title.size()));
            page->choose(figure.kind);
            for (int form = 0; form < (figure.has_tables ? 2 : 1); ++form) {
                page->formBar()->setCurrentIndex(form);
                lookAt(window, page, name);
                if (page->shownView() == page->message()) without << name;
            }
        }
        // An import has neither passes of searches nor weights, nor models whose maps could be classified.
        QCOMPARE(without, QStringList({QStringLiteral("Importances over a search"), QStringLiteral("Surviving weights"),
                                       QStringLiteral("Attention patterns"), QStringLiteral("Attention patterns")}));

        // Tasks that are checked in the figures are those of all views of the study.
        page->choose(StudyFigureKind::Overlap);
        page->setBrush({});
        parts->setBrush({{QStringLiteral("RTE")}, {QStringLiteral("7")}});
        QCOMPARE(page->wanted().tasks, std::vector<TaskId>{TaskId::RTE});
        QCOMPARE(page->wanted().seeds, std::vector<std::uint64_t>{7});
        lookAt(window, page, QStringLiteral("brushed"));
    }
};

QTEST_MAIN(TestEveryView)
#include "tst_every_view.moc"
