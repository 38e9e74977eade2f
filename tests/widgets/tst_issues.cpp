// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

#include "widgets/jobs/issues_model.h"
#include "widgets/jobs/issues_panel.h"

using namespace lottery;
using namespace lottery::gui;

namespace {

Issue issue(Severity severity, const QString& text, JobId job = 1) {
    Issue made;
    made.severity = severity;
    made.job = job;
    made.origin = QStringLiteral("Fine-tune RTE");
    made.text = text;
    return made;
}

QString message(const IssuesModel& model, int row) { return model.index(row, IssuesModel::Message).data().toString(); }

QAction* filter(const IssuesPanel& panel, const QString& word) {
    for (QAction* action : panel.findChildren<QAction*>()) {
        if (action->isCheckable() && action->text().contains(word)) return action;
    }
    return nullptr;
}

}  // namespace

class TestIssues : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsTheModelsContract() {
        IssuesModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.add(issue(Severity::Info, "one"));
        model.add(issue(Severity::Warning, "two"));
        model.add(issue(Severity::Info, "one"));
        model.clear();
        model.add(issue(Severity::Error, "three"));
        QCOMPARE(model.rowCount(), 1);
    }

    void countsWhatIsRepeated() {
        IssuesModel model;
        for (int i = 0; i < 3; ++i) model.add(issue(Severity::Warning, "score is NaN"));
        model.add(issue(Severity::Warning, "score is NaN", 2));
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(message(model, 0), QStringLiteral("score is NaN  (×3)"));
        QCOMPARE(message(model, 1), QStringLiteral("score is NaN"));
        QCOMPARE(model.counts().warnings, 2);
    }

    void tellsPlaceAndAdvice() {
        IssuesModel model;
        Issue told = issue(Severity::Error, "“maybe” found, entailment or not_entailment expected");
        told.place = "dev.tsv:17";
        told.advice = "Download the task again";
        model.add(told);
        QCOMPARE(message(model, 0), QStringLiteral("dev.tsv:17: “maybe” found, entailment or not_entailment expected"));
        QCOMPARE(model.index(0, IssuesModel::Advice).data().toString(), QStringLiteral("Download the task again"));
        const QString text = model.toPlainText();
        QVERIFY(text.contains("Error\tFine-tune RTE\tdev.tsv:17"));
        QVERIFY(text.endsWith("Download the task again\n"));
    }

    void forgetsTheOldest() {
        IssuesModel model;
        for (int i = 0; i < IssuesModel::kCapacity + 5; ++i) model.add(issue(Severity::Info, QString::number(i)));
        QCOMPARE(model.rowCount(), IssuesModel::kCapacity);
        QCOMPARE(message(model, 0), QStringLiteral("5"));
    }

    void filtersBySeverity() {
        IssuesModel model;
        IssuesPanel panel(&model);
        model.add(issue(Severity::Info, "a"));
        model.add(issue(Severity::Warning, "b"));
        model.add(issue(Severity::Error, "c"));
        QAbstractItemModel* shown = panel.table()->model();
        QCOMPARE(shown->rowCount(), 3);
        QCOMPARE(filter(panel, "error")->text(), QStringLiteral("1 error"));
        QCOMPARE(filter(panel, "note")->text(), QStringLiteral("1 note"));
        filter(panel, "note")->trigger();
        QCOMPARE(shown->rowCount(), 2);
        filter(panel, "warning")->trigger();
        QCOMPARE(shown->rowCount(), 1);
        QCOMPARE(shown->index(0, IssuesModel::Message).data().toString(), QStringLiteral("c"));
        filter(panel, "error")->trigger();
        QCOMPARE(shown->rowCount(), 0);
        filter(panel, "warning")->trigger();
        QCOMPARE(shown->rowCount(), 1);
    }

    void leadsToTheJobAndCopies() {
        IssuesModel model;
        IssuesPanel panel(&model);
        model.add(issue(Severity::Error, "broken", 42));
        model.add(issue(Severity::Error, "of no job", 0));
        QSignalSpy show(&panel, &IssuesPanel::showRequested);
        panel.show();
        QVERIFY(QTest::qWaitForWindowExposed(&panel));
        panel.table()->setFocus();
        panel.table()->selectRow(1);
        QTest::keyClick(panel.table(), Qt::Key_Return);
        QCOMPARE(show.size(), 0);
        panel.table()->selectRow(0);
        QTest::keyClick(panel.table(), Qt::Key_Return);
        QCOMPARE(show.size(), 1);
        QCOMPARE(show.at(0).at(0).value<JobId>(), JobId(42));
        for (QAction* action : panel.findChildren<QAction*>()) {
            if (action->text() == QLatin1String("Copy all")) action->trigger();
        }
        QCOMPARE(QGuiApplication::clipboard()->text(), model.toPlainText());
        for (QAction* action : panel.findChildren<QAction*>()) {
            if (action->text() == QLatin1String("Clear")) action->trigger();
        }
        QCOMPARE(model.rowCount(), 0);
    }
};

QTEST_MAIN(TestIssues)
#include "tst_issues.moc"
