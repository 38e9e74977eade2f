// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractButton>
#include <QAbstractItemModelTester>
#include <QDir>
#include <QFile>
#include <QListView>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "widgets/runs/folder_kind.h"
#include "widgets/start/recent_model.h"
#include "widgets/start/start_page.h"

using namespace lottery;
using namespace lottery::gui;

namespace {

void touch(const QString& path) {
    QVERIFY(QDir().mkpath(QFileInfo(path).path()));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
}

}  // namespace

class TestStartPage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void recognisesFolders_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<int>("kind");
        QTest::newRow("mask search") << "search.json" << int(FolderKind::MaskSearch);
        QTest::newRow("published masks") << "head_mask.npy" << int(FolderKind::MaskSearch);
        QTest::newRow("checkpoint") << "config.json" << int(FolderKind::Checkpoint);
        QTest::newRow("a task") << "train.tsv" << int(FolderKind::Glue);
        QTest::newRow("GLUE") << "STS-B/dev.tsv" << int(FolderKind::Glue);
        QTest::newRow("MNLI") << "MNLI/dev_matched.tsv" << int(FolderKind::Glue);
        QTest::newRow("study") << "masks/heads/MRPC/seed_42/head_mask.npy" << int(FolderKind::Study);
        QTest::newRow("something else") << "letter.txt" << int(FolderKind::Unknown);
    }
    void recognisesFolders() {
        QFETCH(QString, file);
        QTemporaryDir folder;
        touch(folder.filePath(file));
        QTEST(int(folderKind(pathFromText(folder.path()))), "kind");
    }

    void recognisesWhatIsNotThere() {
        QCOMPARE(folderKind("/nowhere/at/all"), FolderKind::Missing);
        QTemporaryDir folder;
        touch(folder.filePath("file"));
        QCOMPARE(folderKind(pathFromText(folder.filePath("file"))), FolderKind::Missing);
    }

    void understandsPaths_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("path");
        QTest::newRow("plain") << "/data/glue"
                               << "/data/glue";
        QTest::newRow("blanks") << "  /data/glue "
                                << "/data/glue";
        QTest::newRow("slash at the end") << "/data/glue/"
                                          << "/data/glue";
        QTest::newRow("root") << "/"
                              << "/";
        QTest::newRow("address") << "file:///data/my%20glue"
                                 << "/data/my glue";
        QTest::newRow("home") << "~/glue" << QDir::homePath() + "/glue";
        QTest::newRow("nothing") << ""
                                 << "";
    }
    void understandsPaths() {
        QFETCH(QString, text);
        QTEST(textFromPath(pathFromText(text)), "path");
    }

    void namesRuns_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("title");
        QTest::newRow("study layout") << "/s/masks/heads_mlps/MRPC/seed_42"
                                      << "MRPC · seed_42 · heads_mlps";
        QTest::newRow("task and seed") << "/MRPC/seed_42"
                                       << "MRPC · seed_42";
        QTest::newRow("any folder") << "/home/me/try"
                                    << "try";
    }
    void namesRuns() {
        QFETCH(QString, path);
        QTEST(recentTitle(path), "title");
    }

    void listsTheNewestFirstAndOnce() {
        RecentModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy changed(&model, &RecentModel::changed);
        for (int i = 0; i < RecentModel::kCapacity + 3; ++i) model.add(QStringLiteral("/run/%1").arg(i));
        model.add("/run/5");
        QCOMPARE(model.rowCount(), RecentModel::kCapacity);
        QCOMPARE(model.paths().first(), QStringLiteral("/run/5"));
        QCOMPARE(model.paths().count("/run/5"), 1);
        QCOMPARE(model.index(0).data(RecentModel::KindRole).toInt(), int(FolderKind::Missing));
        model.remove("/run/5");
        QVERIFY(!model.paths().contains("/run/5"));
        QCOMPARE(changed.size(), RecentModel::kCapacity + 5);
    }

    void begins() {
        RecentModel recent;
        StartPage page(&recent);
        page.resize(1000, 700);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        QSignalSpy begun(&page, &StartPage::newRunRequested);
        QSignalSpy open(&page, &StartPage::openRequested);
        // What one can begin with; the other kinds go on from something that was found.
        for (const auto kind : {RunKind::FinetuneAndMask, RunKind::Finetune, RunKind::MaskSearch, RunKind::Evaluate}) {
            auto* button = page.findChild<QAbstractButton*>(QStringLiteral("begin%1").arg(int(kind)));
            QVERIFY(button);
            QTest::mouseClick(button, Qt::LeftButton);
            QCOMPARE(begun.takeFirst().at(0).value<RunKind>(), kind);
        }
        // With the keyboard as well.
        auto* button = page.findChild<QAbstractButton*>("open");
        button->setFocus();
        QTest::keyClick(button, Qt::Key_Space);
        QCOMPARE(open.size(), 1);
    }

    void opensRecentFolders() {
        RecentModel recent;
        recent.setPaths({"/a/MRPC/seed_1", "/a/RTE/seed_2"});
        StartPage page(&recent);
        page.resize(1000, 700);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        QSignalSpy chosen(&page, &StartPage::folderChosen);
        QListView* list = page.recentList();
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualRect(recent.index(1)).center());
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen.takeFirst().at(0).toString(), QStringLiteral("/a/RTE/seed_2"));
        list->setFocus();
        list->setCurrentIndex(recent.index(0));
        QTest::keyClick(list, Qt::Key_Return);
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen.takeFirst().at(0).toString(), QStringLiteral("/a/MRPC/seed_1"));
        recent.setPaths({});
        QVERIFY(!list->isVisible());
    }
};

QTEST_MAIN(TestStartPage)
#include "tst_start_page.moc"
