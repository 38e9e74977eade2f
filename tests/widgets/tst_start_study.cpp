// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QListWidget>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>

#include "widgets/runs/study_folder.h"
#include "widgets/runs/study_view.h"

using namespace lottery::gui;

namespace {

void write(const QString& path, const QByteArray& text = {}) {
    QVERIFY(QDir().mkpath(QFileInfo(path).path()));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(text), text.size());
}

const QByteArray kFigure =
    "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20' viewBox='0 0 40 20'>"
    "<rect width='40' height='20' fill='#ff0000'/></svg>";

}  // namespace

class TestStartStudy : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void listsRunsAndFigures() {
        QTemporaryDir folder;
        for (const char* seed : {"seed_10", "seed_9"})
            write(folder.filePath(QStringLiteral("masks/heads_mlps/RTE/%1/search.json").arg(seed)));
        write(folder.filePath("masks/heads/MRPC/seed_42/head_mask.npy"));
        write(folder.filePath("masks/heads/MRPC/seed_71/nothing.txt"));
        write(folder.filePath("models/full/RTE/seed_9/config.json"));
        write(folder.filePath("figures/b.svg"), kFigure);
        write(folder.filePath("figures/a.svg"), kFigure);
        write(folder.filePath("figures/a.csv"));
        const StudyFolder study = readStudyFolder(pathFromText(folder.path()));
        QStringList runs;
        for (const StudyRun& run : study.runs)
            runs << QStringList{folderKindName(run.kind), run.setting, run.task, run.seed}.join(' ');
        QCOMPARE(runs, (QStringList{"mask search heads MRPC seed_42", "mask search heads_mlps RTE seed_9",
                                    "mask search heads_mlps RTE seed_10", "checkpoint full RTE seed_9"}));
        QCOMPARE(study.figures.size(), std::size_t(2));
        QCOMPARE(study.figures.front().filename(), std::filesystem::path("a.svg"));

        StudyView view;
        view.resize(900, 500);
        view.setStudy(study);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QCOMPARE(view.runs()->rowCount(), 4);
        QCOMPARE(view.runs()->item(1, 1)->text(), QStringLiteral("heads_mlps"));
        QSignalSpy open(&view, &StudyView::openRequested);
        view.runs()->setFocus();
        view.runs()->selectRow(3);
        QTest::keyClick(view.runs(), Qt::Key_Return);
        QCOMPARE(open.size(), 1);
        QCOMPARE(open.at(0).at(0).toString(), folder.filePath("models/full/RTE/seed_9"));
        // Two of them can be compared, in the order of the list.
        auto* compare = view.findChild<QPushButton*>("compareRuns");
        QVERIFY(!compare->isEnabled());
        QSignalSpy compared(&view, &StudyView::compareRequested);
        const auto pick = [&](int row) {
            QTest::mouseClick(view.runs()->viewport(), Qt::LeftButton, Qt::ControlModifier,
                              view.runs()->visualItemRect(view.runs()->item(row, 1)).center());
        };
        pick(1);
        QVERIFY(compare->isEnabled());
        QTest::mouseClick(compare, Qt::LeftButton);
        QCOMPARE(compared.size(), 1);
        QCOMPARE(compared.at(0).at(0).toString(), folder.filePath("masks/heads_mlps/RTE/seed_9"));
        QCOMPARE(compared.at(0).at(1).toString(), folder.filePath("models/full/RTE/seed_9"));
        pick(2);
        QVERIFY(!compare->isEnabled());
        // The first figure is shown.
        auto* preview = view.findChild<FigurePreview*>();
        QCOMPARE(preview->grab().toImage().pixelColor(preview->width() / 2, 10), QColor("#ff0000"));
        view.figures()->setCurrentRow(1);
        QCOMPARE(view.figures()->currentItem()->text(), QStringLiteral("b"));
    }

    void findsNothingInAnEmptyFolder() {
        QTemporaryDir folder;
        const StudyFolder study = readStudyFolder(pathFromText(folder.path()));
        QVERIFY(study.runs.empty() && study.figures.empty());
        QVERIFY(readStudyFolder("/nowhere/at/all").runs.empty());
        StudyView view;
        view.setStudy(study);
        QCOMPARE(view.runs()->rowCount(), 0);
        QVERIFY(!FigurePreview().setFile("/nowhere/figure.svg"));
    }
};

QTEST_MAIN(TestStartStudy)
#include "tst_start_study.moc"
